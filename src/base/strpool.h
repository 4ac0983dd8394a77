/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned texts: equal ones are stored once and have one address, which stays the same for as long
 * as the pool lives.
 */
#ifndef LSPORTS_BASE_STRPOOL_H
#define LSPORTS_BASE_STRPOOL_H
#pragma once

#include "arena.h"
#include "hash.h"

#include <stddef.h>
#include <stdint.h>

struct strpool_slot {
	const char *text; /* NULL: free */
	uint32_t hash, size;
};

struct strpool {
	struct arena texts;
	struct strpool_slot *slots; /* owned */
	size_t count, capacity;     /* capacity is a power of two, or 0 */
	struct hash_seed seed;      /* drawn with the first text unless it is set */
};

void strpool_deinit(struct strpool *pool); /* takes a zeroed one too, leaves it zeroed */

/*
 * strpool_add() - the pool's own copy of @text, terminated.
 * @text: NULL is no text, and so is *out then.
 * Return: 0 or -ENOMEM, with *out NULL.
 */
int strpool_add(struct strpool *pool, const char *text, const char **out);

/* strpool_add_bytes() - likewise of @size bytes, which need no end and may hold a NUL. */
int strpool_add_bytes(struct strpool *pool, const char *bytes, size_t size, const char **out);

/* strpool_insert() - Return: 1 when the text is new, 0 when it was there already, or -ENOMEM. */
int strpool_insert(struct strpool *pool, const char *bytes, size_t size);

/* strpool_find() - the text's address in the pool, NULL when it was never added. */
const char *strpool_find(const struct strpool *pool, const char *bytes, size_t size);

#endif
