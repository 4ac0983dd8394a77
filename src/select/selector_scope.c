/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a selector the kernel can do by itself: protocols, families, states and ports. The answer
 * may hold more than the selector means, never less; it is still matched.
 */
#include "select/selector_scope.h"

#include <errno.h>
#include <stdlib.h>

/* Numbers of the words of FACT_STATE: state - 1, then the word of listeners in CLOSE. */
#define UNCONNECTED LSP_BIT(LSP_STATE_COUNT - 1)
#define LISTEN LSP_BIT(LSP_STATE_LISTEN - 1)

/* The words of a fact that holds; all of them without such a term. */
static unsigned words_of(const struct selector_pool *pool, const struct selector *selector,
			 size_t fact)
{
	const struct selector_term *term = selector_pool_find(pool, selector, fact);
	unsigned bits = 0;

	for (uint32_t i = 0; term && i < term->value_count; i++)
		bits |= selector_pool_values(pool, term)[i].bits;
	return term ? bits : ~0u;
}

static unsigned protos_of_ports(const struct selector_pool *pool, const struct selector *selector)
{
	const struct selector_term *term = selector_pool_find(pool, selector, FACT_PORT);
	unsigned protos = 0;

	for (uint32_t i = 0; term && i < term->value_count; i++)
		protos |= selector_pool_values(pool, term)[i].ports.protos;
	return term ? protos : ~0u;
}

void selector_scope_narrow(const struct selector_pool *pool, const struct selector *selector,
			   struct lsp_query *query)
{
	unsigned states = words_of(pool, selector, FACT_STATE);

	query->protos &= words_of(pool, selector, FACT_PROTO) & protos_of_ports(pool, selector);
	query->families &= words_of(pool, selector, FACT_FAMILY);
	if (states == ~0u)
		return;
	query->listeners &= (states & (LISTEN | UNCONNECTED)) != 0;
	query->states = (states & ~(LISTEN | UNCONNECTED)) << 1;
	query->others &= query->states != 0;
	if (!query->others && states == LISTEN)
		query->protos &= lsp_protocol_listeners(LSP_STATE_LISTEN);
	if (!query->others && states == UNCONNECTED)
		query->protos &= lsp_protocol_listeners(LSP_STATE_CLOSE);
}

int selector_scope_list_ports(const struct selector_pool *pool, const struct selector *selector,
			      struct lsp_port_range **ports, size_t *count)
{
	const struct selector_term *term = selector_pool_find(pool, selector, FACT_PORT);

	*ports = NULL;
	*count = 0;
	if (!term)
		return 0;
	*ports = calloc(term->value_count, sizeof(**ports));
	if (!*ports)
		return -ENOMEM;
	for (uint32_t i = 0; i < term->value_count; i++) {
		const struct selector_value *value = &selector_pool_values(pool, term)[i];

		(*ports)[(*count)++] =
			(struct lsp_port_range){value->ports.first, value->ports.last};
		/* Whatever port the kernel chose: that is no range. */
		if (value->ports.is_auto) {
			*count = 0;
			return 0;
		}
	}
	return 0;
}

/* Are all ports of a value among the ranges? */
static bool has_ports(const struct lsp_query *query, const struct selector_value *value)
{
	uint32_t first = value->ports.first;
	bool goes_on = true;

	/* Ranges may lie in any order, and one may go on where another one ends. */
	while (goes_on && first <= value->ports.last) {
		goes_on = false;
		for (size_t i = 0; i < query->port_count; i++) {
			const struct lsp_port_range *range = &query->ports[i];

			if (range->first <= first && range->last >= first) {
				first = (uint32_t)range->last + 1;
				goes_on = true;
			}
		}
	}
	return first > value->ports.last;
}

unsigned selector_scope_protos(const struct selector_pool *pool, const struct selector *selector)
{
	struct lsp_query wanted = {.protos = lsp_protocol_all(), .listeners = true};

	selector_scope_narrow(pool, selector, &wanted);
	return wanted.protos;
}

bool selector_scope_is_covered(const struct selector_pool *pool, const struct selector *selector,
			       const struct lsp_query *query)
{
	const struct selector_term *ports = selector_pool_find(pool, selector, FACT_PORT);
	struct lsp_query wanted = {
		.protos = lsp_protocol_all(),
		.families = LSP_BIT(LSP_FAMILY_COUNT) - 1,
		.listeners = true,
	};

	selector_scope_narrow(pool, selector, &wanted);
	if (!query->listeners || wanted.protos & ~query->protos ||
	    wanted.families & ~query->families || (query->port_count && !ports))
		return false;
	for (uint32_t i = 0; query->port_count && i < ports->value_count; i++) {
		const struct selector_value *value = &selector_pool_values(pool, ports)[i];

		if (value->ports.is_auto || !has_ports(query, value))
			return false;
	}
	return true;
}
