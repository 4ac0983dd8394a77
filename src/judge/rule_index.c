/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finding the rules that can be about a port without looking at all of them. Decides nothing: each
 * rule that comes out still has to be matched.
 */
#include "judge/rules.h"

#include <errno.h>
#include <stdlib.h>

#define PORT_MAX 65535u

/* --- what a rule says about ports --------------------------------------------------------- */

/* Range @at of those that a rule names; a rule without any is about all ports. */
static bool range_at(const struct rules *rules, const struct rule *rule, uint32_t at,
		     struct lsp_port_range *out)
{
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_term_at(&rules->pool, &rule->selector, i);
		const struct selector_value *value = &rules->pool.values[term->first_value + at];

		if (term->key != KEY_PORT || term->is_negative)
			continue;
		if (at >= term->value_count)
			return false;
		*out = (struct lsp_port_range){value->ports.first, value->ports.last};
		return true;
	}
	*out = (struct lsp_port_range){0, PORT_MAX};
	return at == 0;
}

/* --- intervals: between two bounds every port has the same rules ----------------------------- */

/* Adds a bound that is marked in @is_bound, a byte a port. */
static size_t mark_bounds(const struct rules *rules, uint8_t *is_bound)
{
	struct lsp_port_range range;
	size_t count = 0;

	is_bound[0] = 1;
	for (size_t i = 0; i < rules->count; i++) {
		for (uint32_t at = 0; range_at(rules, &rules->rules[i], at, &range); at++) {
			is_bound[range.first] = 1;
			is_bound[range.last + 1u] = 1;
		}
	}
	for (size_t port = 0; port <= PORT_MAX; port++)
		count += is_bound[port];
	return count;
}

/* @leaf_at: the interval of each port, while rules are put in. */
static int make_bounds(struct rules *rules, uint16_t leaf_at[PORT_MAX + 1])
{
	struct rule_index *index = &rules->index;
	uint8_t *is_bound = calloc(PORT_MAX + 2, 1);
	size_t count;

	if (!is_bound)
		return -ENOMEM;
	count = mark_bounds(rules, is_bound);
	index->bounds = calloc(count, sizeof(*index->bounds));
	for (size_t port = 0; index->bounds && port <= PORT_MAX; port++) {
		if (is_bound[port])
			index->bounds[index->leaves++] = (uint16_t)port;
		leaf_at[port] = (uint16_t)(index->leaves - 1);
	}
	free(is_bound);
	return index->bounds ? 0 : -ENOMEM;
}

/* The interval that holds @port. */
static uint32_t leaf_of(const struct rule_index *index, uint32_t port)
{
	uint32_t low = 0, high = index->leaves;

	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (index->bounds[middle] <= port)
			low = middle;
		else
			high = middle;
	}
	return low;
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

static void visit_rules(struct rules *rules, const uint16_t *leaf_at, node_fn *visit)
{
	struct rule_index *index = &rules->index;
	struct lsp_port_range range;

	for (uint32_t i = 0; i < rules->count; i++) {
		for (uint32_t at = 0; range_at(rules, &rules->rules[i], at, &range); at++) {
			uint32_t low = leaf_at[range.first] + index->leaves;
			uint32_t high = leaf_at[range.last] + index->leaves + 1;

			for (; low < high; low /= 2, high /= 2) {
				if (low & 1)
					visit(index, low++, i);
				if (high & 1)
					visit(index, --high, i);
			}
		}
	}
}

static int fill(struct rules *rules, const uint16_t *leaf_at)
{
	struct rule_index *index = &rules->index;
	uint32_t nodes = 2 * index->leaves;

	index->starts = calloc(nodes + 2, sizeof(*index->starts));
	if (!index->starts)
		return -ENOMEM;
	visit_rules(rules, leaf_at, count_node);
	for (uint32_t node = 0; node <= nodes; node++)
		index->starts[node + 1] += index->starts[node];
	index->rules = calloc(index->starts[nodes + 1] + 1, sizeof(*index->rules));
	if (!index->rules)
		return -ENOMEM;
	visit_rules(rules, leaf_at, fill_node);
	/* Filling moved each start to the next one's: move them back. */
	for (uint32_t node = nodes + 1; node > 0; node--)
		index->starts[node] = index->starts[node - 1];
	index->starts[0] = 0;
	return 0;
}

int rules_index(struct rules *rules)
{
	uint16_t *leaf_at = calloc(PORT_MAX + 1, sizeof(*leaf_at));
	int r = leaf_at ? make_bounds(rules, leaf_at) : -ENOMEM;

	if (r >= 0)
		r = fill(rules, leaf_at);
	free(leaf_at);
	return r;
}

void rule_walk_init(struct rule_walk *walk, const struct rules *rules, uint16_t port)
{
	const struct rule_index *index = &rules->index;

	*walk = (struct rule_walk){.rules = rules, .node = leaf_of(index, port) + index->leaves};
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
