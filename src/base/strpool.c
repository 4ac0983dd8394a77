/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interned texts: a hash table of pointers into an arena. Knows nothing of what they say. */
#include "strpool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 32

void strpool_deinit(struct strpool *pool)
{
	if (!pool)
		return;
	arena_deinit(&pool->texts);
	free(pool->slots);
	*pool = (struct strpool){0};
}

/* The slot of that text, or the free one where it belongs. */
static struct strpool_slot *find_slot(const struct strpool *pool, const char *bytes, size_t size,
				      uint32_t hash)
{
	size_t mask = pool->capacity - 1, at = hash & mask;

	for (; pool->slots[at].text; at = (at + 1) & mask) {
		const struct strpool_slot *slot = &pool->slots[at];

		if (slot->hash == hash && slot->size == size &&
		    memcmp(slot->text, bytes, size) == 0)
			break;
	}
	return &pool->slots[at];
}

/* Room for one text more: three slots of sixteen stay free. */
static int make_room(struct strpool *pool)
{
	size_t capacity = pool->capacity ? 2 * pool->capacity : FIRST_CAPACITY, mask = capacity - 1;
	struct strpool_slot *slots;

	if (pool->count < pool->capacity / 16 * 13)
		return 0;
	if (capacity > UINT32_MAX)
		return -ENOMEM;
	slots = calloc(capacity, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < pool->capacity; i++) {
		size_t at = pool->slots[i].hash & mask;

		if (!pool->slots[i].text)
			continue;
		while (slots[at].text)
			at = (at + 1) & mask;
		slots[at] = pool->slots[i];
	}
	free(pool->slots);
	pool->slots = slots;
	pool->capacity = capacity;
	return 0;
}

/* Return: as strpool_insert(). */
static int add(struct strpool *pool, const char *bytes, size_t size, const char **out)
{
	struct strpool_slot *slot;
	uint32_t hash;

	if (size >= UINT32_MAX || make_room(pool) < 0)
		return -ENOMEM;
	if (!pool->seed.k0 && !pool->seed.k1)
		hash_seed_init(&pool->seed);
	hash = (uint32_t)hash_bytes(&pool->seed, bytes, size);
	slot = find_slot(pool, bytes, size, hash);
	*out = slot->text;
	if (slot->text)
		return 0;
	*out = arena_add_text(&pool->texts, bytes, size);
	if (!*out)
		return -ENOMEM;
	*slot = (struct strpool_slot){*out, hash, (uint32_t)size};
	pool->count++;
	return 1;
}

int strpool_add_bytes(struct strpool *pool, const char *bytes, size_t size, const char **out)
{
	int r;

	*out = NULL;
	r = add(pool, bytes, size, out);
	return r < 0 ? r : 0;
}

int strpool_add(struct strpool *pool, const char *text, const char **out)
{
	*out = NULL;
	return text ? strpool_add_bytes(pool, text, strlen(text), out) : 0;
}

int strpool_insert(struct strpool *pool, const char *bytes, size_t size)
{
	const char *text;

	return add(pool, bytes, size, &text);
}

const char *strpool_find(const struct strpool *pool, const char *bytes, size_t size)
{
	uint32_t hash = (uint32_t)hash_bytes(&pool->seed, bytes, size);

	return pool->count ? find_slot(pool, bytes, size, hash)->text : NULL;
}
