/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single values of selectors. */
#ifndef LSPORTS_SELECT_SELECTOR_VALUE_H
#define LSPORTS_SELECT_SELECTOR_VALUE_H
#pragma once

#include "select/selector_cursor.h"
#include "select/selector_pool.h"

/*
 * selector_value_parse() - one item of a word. The cursor moves to the comma or the end, or to
 * where the item is wrong. Return: as selector_parse_word().
 */
int selector_value_parse(struct selector_pool *pool, const struct lsp_fact *fact,
			 struct selector_cursor *cursor, struct selector_value *out);

/* Does a value of ports mean each of them? One that is as wide as this means none in particular. */
#define SELECTOR_VALUE_NAMED_MAX 256
static inline bool selector_value_names_ports(const struct selector_value *value)
{
	return value->ports.last - value->ports.first < SELECTOR_VALUE_NAMED_MAX;
}

#endif
