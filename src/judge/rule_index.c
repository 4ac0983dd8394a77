/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the rules that can be about a port without looking at all of them. Decides nothing: each
 * rule that comes out still has to be matched.
 */
#include "judge/facts.h"
#include "judge/rules.h"

#include <errno.h>
#include <stdlib.h>

#define PORT_MAX 65535u
#define ALL_PROTOS ((uint8_t)(LSP_BIT(LSP_PROTO_COUNT) - 1))
#define WORD_BITS 64u
#define WORDS (((uint32_t)LSP_PROTO_COUNT << 16) / WORD_BITS)

static uint32_t place_of(unsigned proto, uint32_t port)
{
	return (uint32_t)proto << 16 | port;
}

/* --- what rules say about ports ------------------------------------------------------------- */

/* Places, and the leaves of the tree that they are in once those are known. */
struct range {
	uint32_t first, last, rule;
};

static void add_ranges(struct buf *ranges, uint32_t rule, uint16_t first, uint16_t last,
		       uint8_t protos)
{
	for (unsigned proto = 0; proto < LSP_PROTO_COUNT; proto++) {
		struct range range = {place_of(proto, first), place_of(proto, last), rule};

		if (protos & LSP_BIT(proto))
			buf_append(ranges, &range, sizeof(range));
	}
}

static void add_categories(struct buf *ranges, uint32_t rule, const struct selector_value *values,
			   size_t count)
{
	unsigned wanted = 0;

	for (size_t i = 0; i < count; i++)
		wanted |= values[i].bits;
	for (unsigned i = 0; i < LSP_CATEGORY_COUNT; i++) {
		struct lsp_port_range ports = facts_ports_of((enum lsp_category)i);

		if (wanted & LSP_BIT(i))
			add_ranges(ranges, rule, ports.first, ports.last, ALL_PROTOS);
	}
}

/* A rule that names neither ports nor categories of them is about all. */
static void list_ranges(const struct rules *rules, uint32_t index, struct buf *ranges)
{
	const struct rule *rule = &rules->rules[index];
	const struct selector_term *ports = selector_find(&rules->pool, &rule->selector, KEY_PORT);
	const struct selector_term *categories =
		ports ? NULL : selector_find(&rules->pool, &rule->selector, KEY_CATEGORY);
	const struct selector_value *values = rules->pool.values;

	for (uint32_t i = 0; ports && i < ports->value_count; i++) {
		const struct selector_value *value = &values[ports->first_value + i];

		add_ranges(ranges, index, value->ports.first, value->ports.last,
			   value->ports.protos);
	}
	if (categories)
		add_categories(ranges, index, &values[categories->first_value],
			       categories->value_count);
	else if (!ports)
		add_ranges(ranges, index, 0, PORT_MAX, ALL_PROTOS);
}

/* --- intervals: between the firsts of two every port has the same rules ----------------------- */

static void mark_first(struct rule_index *index, uint32_t place)
{
	if (place < WORDS * WORD_BITS)
		index->firsts[place / WORD_BITS] |= UINT64_C(1) << place % WORD_BITS;
}

static int make_intervals(struct rule_index *index, const struct range *ranges, size_t count)
{
	index->firsts = calloc(WORDS, sizeof(*index->firsts));
	index->before = calloc(WORDS, sizeof(*index->before));
	if (!index->firsts || !index->before)
		return -ENOMEM;
	mark_first(index, 0);
	for (size_t i = 0; i < count; i++) {
		mark_first(index, ranges[i].first);
		mark_first(index, ranges[i].last + 1);
	}
	for (uint32_t word = 0; word < WORDS; word++) {
		index->before[word] = index->leaves;
		index->leaves += (uint32_t)__builtin_popcountll(index->firsts[word]);
	}
	return 0;
}

/* The interval that holds @place. */
static uint32_t leaf_of(const struct rule_index *index, uint32_t place)
{
	uint64_t upto = UINT64_MAX >> (WORD_BITS - 1 - place % WORD_BITS);
	uint32_t word = place / WORD_BITS;

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
		ranges[i].last = is_one ? ranges[i].first
					: leaf_of(index, ranges[i].last) + index->leaves;
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

int rules_index(struct rules *rules)
{
	struct buf bytes = BUF_INIT;
	struct range *ranges;
	size_t count;
	int r;

	for (uint32_t i = 0; i < rules->count; i++)
		list_ranges(rules, i, &bytes);
	ranges = (void *)bytes.data;
	count = bytes.size / sizeof(*ranges);
	r = bytes.error ? bytes.error : make_intervals(&rules->index, ranges, count);
	if (r >= 0)
		r = fill(&rules->index, ranges, count);
	buf_deinit(&bytes);
	return r;
}

void rule_walk_init(struct rule_walk *walk, const struct rules *rules, enum lsp_proto proto,
		    uint16_t port)
{
	const struct rule_index *index = &rules->index;

	*walk = (struct rule_walk){
		.rules = rules,
		.node = leaf_of(index, place_of(proto, port)) + index->leaves,
	};
	walk->at = index->starts[walk->node];
}

const struct rule *rule_walk_next(struct rule_walk *walk)
{
	const struct rule_index *index = &walk->rules->index;

	while (walk->node && walk->at == index->starts[walk->node + 1]) {
		walk->node /= 2;
		walk->at = index->starts[walk->node];
	}
	return walk->node ? &walk->rules->rules[index->rules[walk->at++]] : NULL;
}
