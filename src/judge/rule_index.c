/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the rules that can be about a port without looking at all of them. Decides nothing: each
 * rule that comes out still has to be matched.
 */
#include "judge/rule_index.h"

#include "model/port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535u
#define ALL_PROTOS ((uint8_t)(lsp_protocol_all()))
#define WORD_BITS 64u

/* Of @firsts: a bit for each port of each protocol. */
static uint32_t word_count(void)
{
	return ((uint32_t)lsp_protocol_count() << 16) / WORD_BITS;
}

/* The ports of all protocols on one line. */
static uint32_t point_of(unsigned proto, uint32_t port)
{
	return (uint32_t)proto << 16 | port;
}

/* --- what rules say about ports ------------------------------------------------------------- */

/* Points, and the leaves of the tree that they are in once those are known. */
struct range {
	uint32_t first, last, rule;
};

static int add_ranges(struct array *ranges, uint32_t rule, uint16_t first, uint16_t last,
		      uint8_t protos)
{
	for (unsigned proto = 0; proto < lsp_protocol_count(); proto++) {
		struct range *range;

		if (!(protos & LSP_BIT(proto)))
			continue;
		range = array_add(ranges, sizeof(*range));
		if (!range)
			return -ENOMEM;
		*range = (struct range){point_of(proto, first), point_of(proto, last), rule};
	}
	return 0;
}

static int add_categories(struct array *ranges, uint32_t rule, const struct selector_value *values,
			  size_t count)
{
	unsigned wanted = 0;
	int r = 0;

	for (size_t i = 0; i < count; i++)
		wanted |= values[i].bits;
	for (unsigned i = 0; r >= 0 && i < LSP_CATEGORY_COUNT; i++) {
		struct lsp_port_range ports = port_category_range((enum lsp_category)i);

		if (wanted & LSP_BIT(i))
			r = add_ranges(ranges, rule, ports.first, ports.last, ALL_PROTOS);
	}
	return r;
}

/* A rule that names neither ports nor categories of them is about all. */
static int list_ranges(const struct rule_table *table, uint32_t index, size_t category,
		       struct array *ranges)
{
	const struct rule *rule = rule_table_at(table, index);
	const struct selector_term *ports =
		selector_pool_find(&table->pool, &rule->selector, FACT_PORT);
	const struct selector_term *categories =
		ports ? NULL : selector_pool_find(&table->pool, &rule->selector, category);
	int r = 0;

	if (categories)
		return add_categories(ranges, index, selector_pool_values(&table->pool, categories),
				      categories->value_count);
	if (!ports)
		return add_ranges(ranges, index, 0, PORT_MAX, ALL_PROTOS);
	for (uint32_t i = 0; r >= 0 && i < ports->value_count; i++) {
		const struct selector_value *value = &selector_pool_values(&table->pool, ports)[i];

		r = add_ranges(ranges, index, value->ports.first, value->ports.last,
			       value->ports.protos);
	}
	return r;
}

/* --- intervals: between the firsts of two every port has the same rules ----------------------- */

static void mark_first(struct rule_index *index, uint32_t point)
{
	if (point < word_count() * WORD_BITS)
		index->firsts[point / WORD_BITS] |= UINT64_C(1) << point % WORD_BITS;
}

static int make_intervals(struct rule_index *index, const struct range *ranges, size_t count)
{
	const uint32_t words = word_count();

	index->firsts = calloc(words, sizeof(*index->firsts));
	index->before = calloc(words, sizeof(*index->before));
	if (!index->firsts || !index->before)
		return -ENOMEM;
	mark_first(index, 0);
	for (size_t i = 0; i < count; i++) {
		mark_first(index, ranges[i].first);
		mark_first(index, ranges[i].last + 1);
	}
	for (uint32_t word = 0; word < words; word++) {
		index->before[word] = index->leaves;
		index->leaves += (uint32_t)__builtin_popcountll(index->firsts[word]);
	}
	return 0;
}

/* The interval that holds @point. */
static uint32_t leaf_of(const struct rule_index *index, uint32_t point)
{
	uint64_t upto = UINT64_MAX >> (WORD_BITS - 1 - point % WORD_BITS);
	uint32_t word = point / WORD_BITS;

	return index->before[word] + (uint32_t)__builtin_popcountll(index->firsts[word] & upto) - 1;
}

/* --- the tree ----------------------------------------------------------------------------------
 */

/* What is done with each node that a rule belongs to. */
typedef void node_fn(struct rule_index *index, uint32_t node, uint32_t rule);

static void count_node(struct rule_index *index, uint32_t node, uint32_t rule)
{
	(void)rule;
	index->starts[node + 1]++;
}

/* While the index is filled, starts[node] is where the next rule of the node goes. */
static void fill_node(struct rule_index *index, uint32_t node, uint32_t rule)
{
	index->rules[index->starts[node]++] = rule;
}

static void find_leaves(const struct rule_index *index, struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool is_one = ranges[i].first == ranges[i].last;

		ranges[i].first = leaf_of(index, ranges[i].first) + index->leaves;
		ranges[i].last =
			is_one ? ranges[i].first : leaf_of(index, ranges[i].last) + index->leaves;
	}
}

static void visit_ranges(struct rule_index *index, const struct range *ranges, size_t count,
			 node_fn *visit)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t low = ranges[i].first, high = ranges[i].last + 1;

		for (; low < high; low /= 2, high /= 2) {
			if (low & 1)
				visit(index, low++, ranges[i].rule);
			if (high & 1)
				visit(index, --high, ranges[i].rule);
		}
	}
}

static int fill(struct rule_index *index, struct range *ranges, size_t count)
{
	uint32_t nodes = 2 * index->leaves;

	index->starts = calloc(nodes + 2, sizeof(*index->starts));
	if (!index->starts)
		return -ENOMEM;
	find_leaves(index, ranges, count);
	visit_ranges(index, ranges, count, count_node);
	for (uint32_t node = 0; node <= nodes; node++)
		index->starts[node + 1] += index->starts[node];
	index->rules = calloc(index->starts[nodes + 1] + 1, sizeof(*index->rules));
	if (!index->rules)
		return -ENOMEM;
	visit_ranges(index, ranges, count, fill_node);
	/* Filling moved each start to the next one's: move them back. */
	for (uint32_t node = nodes + 1; node > 0; node--)
		index->starts[node] = index->starts[node - 1];
	index->starts[0] = 0;
	return 0;
}

int rule_index_init(struct rule_index *index, const struct rule_table *table)
{
	const size_t category = fact_key_index("category", strlen("category"));
	struct array ranges = ARRAY_INIT; /* struct range */
	int r = 0;

	*index = (struct rule_index){.table = table};
	for (uint32_t i = 0; r >= 0 && i < rule_table_count(table); i++)
		r = list_ranges(table, i, category, &ranges);
	if (r >= 0)
		r = make_intervals(index, ranges.data, ranges.count);
	if (r >= 0)
		r = fill(index, ranges.data, ranges.count);
	array_deinit(&ranges);
	return r;
}

void rule_index_deinit(struct rule_index *index)
{
	if (!index)
		return;
	free(index->firsts);
	free(index->before);
	free(index->starts);
	free(index->rules);
	*index = (struct rule_index){0};
}

void rule_index_begin(struct rule_index_walk *walk, const struct rule_index *index, unsigned proto,
		      uint16_t port)
{
	*walk = (struct rule_index_walk){
		.index = index,
		.node = leaf_of(index, point_of(proto, port)) + index->leaves,
	};
	walk->at = index->starts[walk->node];
}

const struct rule *rule_index_next(struct rule_index_walk *walk)
{
	const struct rule_index *index = walk->index;

	while (walk->node && walk->at == index->starts[walk->node + 1]) {
		walk->node /= 2;
		walk->at = index->starts[walk->node];
	}
	return walk->node ? rule_table_at(index->table, index->rules[walk->at++]) : NULL;
}
