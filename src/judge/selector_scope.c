/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a selector the kernel can do by itself: protocols, families, states and ports. The answer
 * may hold more than the selector means, never less; it is still matched.
 */
#include "judge/selector.h"

#include <errno.h>
#include <stdlib.h>

/* Numbers of judge/key.c's state words: state - 1, and UDP's word for CLOSE behind them. */
#define UNCONNECTED LSP_BIT(LSP_STATE_COUNT - 1)
#define LISTEN LSP_BIT(LSP_STATE_LISTEN - 1)

const struct selector_term *selector_find(const struct selector_pool *pool,
					  const struct selector *selector, enum key_id key)
{
	for (uint32_t i = 0; i < selector->term_count; i++) {
		const struct selector_term *term = selector_term_at(pool, selector, i);

		if (term->key == key && !term->is_negative)
			return term;
	}
	return NULL;
}

/* The words of a key that holds; all of them without such a term. */
static unsigned words_of(const struct selector_pool *pool, const struct selector *selector,
			 enum key_id key)
{
	const struct selector_term *term = selector_find(pool, selector, key);
	unsigned bits = 0;

	for (uint32_t i = 0; term && i < term->value_count; i++)
		bits |= pool->values[term->first_value + i].bits;
	return term ? bits : ~0u;
}

static unsigned protos_of_ports(const struct selector_pool *pool, const struct selector *selector)
{
	const struct selector_term *term = selector_find(pool, selector, KEY_PORT);
	unsigned protos = 0;

	for (uint32_t i = 0; term && i < term->value_count; i++)
		protos |= pool->values[term->first_value + i].ports.protos;
	return term ? protos : ~0u;
}

void selector_narrow(const struct selector_pool *pool, const struct selector *selector,
		     struct lsp_query *query)
{
	unsigned states = words_of(pool, selector, KEY_STATE);

	query->protos &= words_of(pool, selector, KEY_PROTO) & protos_of_ports(pool, selector);
	query->families &= words_of(pool, selector, KEY_FAMILY);
	if (states == ~0u)
		return;
	query->listeners &= (states & (LISTEN | UNCONNECTED)) != 0;
	query->states = (states & ~(LISTEN | UNCONNECTED)) << 1;
	query->others &= query->states != 0;
	if (!query->others && states == LISTEN)
		query->protos &= LSP_BIT(LSP_PROTO_TCP);
	if (!query->others && states == UNCONNECTED)
		query->protos &= LSP_BIT(LSP_PROTO_UDP);
}

int selector_list_ports(const struct selector_pool *pool, const struct selector *selector,
			struct lsp_port_range **ports, size_t *count)
{
	const struct selector_term *term = selector_find(pool, selector, KEY_PORT);

	*ports = NULL;
	*count = 0;
	if (!term)
		return 0;
	*ports = calloc(term->value_count, sizeof(**ports));
	if (!*ports)
		return -ENOMEM;
	for (uint32_t i = 0; i < term->value_count; i++) {
		const struct selector_value *value = &pool->values[term->first_value + i];

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

bool selector_is_covered(const struct selector_pool *pool, const struct selector *selector,
			 const struct lsp_query *query)
{
	const struct selector_term *ports = selector_find(pool, selector, KEY_PORT);
	struct lsp_query wanted = {
		.protos = LSP_BIT(LSP_PROTO_COUNT) - 1,
		.families = LSP_BIT(LSP_FAMILY_COUNT) - 1,
		.listeners = true,
	};

	selector_narrow(pool, selector, &wanted);
	if (!query->listeners || wanted.protos & ~query->protos ||
	    wanted.families & ~query->families || (query->port_count && !ports))
		return false;
	for (uint32_t i = 0; query->port_count && i < ports->value_count; i++) {
		const struct selector_value *value = &pool->values[ports->first_value + i];

		if (value->ports.is_auto || !has_ports(query, value))
			return false;
	}
	return true;
}
