/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chunks of memory, each about twice as large as the one before it, handed out from front to back.
 * Nothing is ever moved or given back by itself.
 */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE ((size_t)1 << 10)
#define LARGEST_SIZE ((size_t)256 << 10)

struct arena_chunk {
	struct arena_chunk *before;
	alignas(max_align_t) char bytes[];
};

void arena_deinit(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->newest) {
		struct arena_chunk *chunk = arena->newest;

		arena->newest = chunk->before;
		free(chunk);
	}
	*arena = ARENA_INIT;
}

/* What is left of the newest chunk stays unused. */
static int add_chunk(struct arena *arena, size_t size)
{
	size_t wanted = arena->next_size ? arena->next_size : FIRST_SIZE;
	struct arena_chunk *chunk;

	if (size > SIZE_MAX / 2)
		return -1;
	if (wanted < size)
		wanted = size;
	chunk = malloc(sizeof(*chunk) + wanted);
	if (!chunk)
		return -1;
	chunk->before = arena->newest;
	arena->newest = chunk;
	arena->at = chunk->bytes;
	arena->left = wanted;
	arena->next_size = wanted < LARGEST_SIZE / 2 ? 2 * wanted : LARGEST_SIZE;
	return 0;
}

void *arena_add(struct arena *arena, size_t size, size_t alignment)
{
	size_t skipped = -(uintptr_t)arena->at & (alignment - 1);
	void *added;

	if (arena->left < skipped || arena->left - skipped < size) {
		if (add_chunk(arena, size) < 0)
			return NULL;
		skipped = 0;
	}
	added = arena->at + skipped;
	arena->at += skipped + size;
	arena->left -= skipped + size;
	return added;
}

const char *arena_add_text(struct arena *arena, const char *text, size_t size)
{
	char *copy = size < SIZE_MAX ? arena_add(arena, size + 1, 1) : NULL;

	if (!copy)
		return NULL;
	if (size)
		memcpy(copy, text, size);
	copy[size] = '\0';
	return copy;
}
