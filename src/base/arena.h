/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory for many small things that live and die together. Whatever is added stays where it is
 * until all of it is freed at once, so it can be pointed to.
 */
#ifndef LSPORTS_BASE_ARENA_H
#define LSPORTS_BASE_ARENA_H
#pragma once

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *newest; /* owned, with all that came before it */
	char *at;                   /* the first free byte of the newest chunk */
	size_t left;                /* how many bytes are free from there on */
	size_t next_size;           /* of the next chunk; 0 before the first one */
};

#define ARENA_INIT ((struct arena){0})

void arena_deinit(struct arena *arena); /* takes a zeroed one too, leaves it zeroed */

/*
 * arena_add() - @size bytes, which are not set.
 * @alignment: a power of two, at most that of malloc(3).
 * Return: borrowed until arena_deinit(); NULL when memory is short.
 */
void *arena_add(struct arena *arena, size_t size, size_t alignment);

/* arena_add_text() - a copy of @size bytes, with a NUL after them. Return: as arena_add(). */
const char *arena_add_text(struct arena *arena, const char *text, size_t size);

#endif
