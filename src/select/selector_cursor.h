/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word that is parsed, and how far: what the parts of the parser hand to each other. */
#ifndef LSPORTS_SELECT_SELECTOR_CURSOR_H
#define LSPORTS_SELECT_SELECTOR_CURSOR_H
#pragma once

#include "error.h"
#include "nearest.h"

#include <lsports/lsports.h>

#include <errno.h>
#include <string.h>

/* Where names of services are looked up; NULL functions know none. */
struct selector_names {
	/* @ports: 0 for a protocol that has none. Return: 0, -ENOENT, or a negative errno. */
	int (*find)(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTOCOLS_MAX]);
	void (*offer)(void *data, struct nearest *nearest); /* every name */
	void *data;
	const char *const *words; /* that may stand there too, NULL behind the last; or NULL */
};

/* From @at to @end the word is still to be read. Its items have commas between them. */
struct selector_cursor {
	const char *at, *end;
	const struct selector_names *names;
	struct error *error;
	uint8_t protos;     /* of the port items that follow */
	bool has_key;       /* the word says of what its values are */
	uint64_t unoffered; /* words of a key, by their bits, that would be refused as well */
};

static inline bool selector_cursor_is_item_end(const struct selector_cursor *cursor)
{
	return cursor->at == cursor->end || *cursor->at == ',';
}

/* Up to the comma or the end. */
static inline size_t selector_cursor_item_size(const struct selector_cursor *cursor)
{
	const char *comma = memchr(cursor->at, ',', (size_t)(cursor->end - cursor->at));

	return (size_t)((comma ? comma : cursor->end) - cursor->at);
}

static inline void selector_cursor_offer_words(const struct selector_cursor *cursor,
					       struct nearest *nearest)
{
	for (const char *const *at = cursor->names->words; at && *at; at++)
		nearest_try(nearest, *at);
}

/* The cursor stands where the word is wrong. Return: -EINVAL. */
static inline int selector_cursor_refuse(const struct selector_cursor *cursor, const char *reason)
{
	return error_set(cursor->error, -EINVAL, "%s", reason);
}

#endif
