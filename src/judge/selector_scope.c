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

static const struct selector_term *find_term(const struct selector_pool *pool,
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
	const struct selector_term *term = find_term(pool, selector, key);
	unsigned bits = 0;

	for (uint32_t i = 0; term && i < term->value_count; i++)
		bits |= pool->values[term->first_value + i].bits;
	return term ? bits : ~0u;
}

static unsigned protos_of_ports(const struct selector_pool *pool, const struct selector *selector)
{
	const struct selector_term *term = find_term(pool, selector, KEY_PORT);
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
	const struct selector_term *term = find_term(pool, selector, KEY_PORT);

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

bool selector_has(const struct selector_pool *pool, const struct selector *selector,
		  enum key_id key)
{
	return find_term(pool, selector, key) != NULL;
}
