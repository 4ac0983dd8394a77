/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Integer map. Sizes itself to what it holds, so that a look-up stays one or two probes
 * whatever the number of sockets. Keys are never removed one by one.
 */
#include "intmap.h"

#include "hash.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define SMALLEST 64

/*
 * The finaliser of splitmix64: inodes and cookies are consecutive, slots must not be. The numbers
 * are others' to choose in part (which sockets stay open decides the inodes), but which of them
 * fall into one slot depends on a seed that they cannot know, and no output shows them the slots.
 */
static uint64_t mix(uint64_t x, uint64_t seed)
{
	x ^= seed;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

void intmap_deinit(struct intmap *map)
{
	if (!map)
		return;
	free(map->slots);
	*map = (struct intmap){0};
}

/* The slot that holds @key, or the free one where it belongs. */
static struct intmap_slot *slot_of(const struct intmap *map, uint64_t key)
{
	size_t mask = map->capacity - 1;
	size_t at = mix(key, map->seed) & mask;

	while (map->slots[at].is_used && map->slots[at].key != key)
		at = (at + 1) & mask;
	return &map->slots[at];
}

static bool is_full(size_t count, size_t capacity)
{
	return count >= capacity / 16 * 13;
}

static int resize(struct intmap *map, size_t capacity)
{
	struct intmap wider = {.count = map->count, .capacity = capacity, .seed = map->seed};
	struct hash_seed drawn;

	wider.slots = calloc(capacity, sizeof(*wider.slots));
	if (!wider.slots)
		return -ENOMEM;
	if (!wider.seed) {
		hash_seed_init(&drawn);
		wider.seed = drawn.k0;
	}
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->slots[i].is_used)
			*slot_of(&wider, map->slots[i].key) = map->slots[i];
	}
	intmap_deinit(map);
	*map = wider;
	return 0;
}

int intmap_reserve(struct intmap *map, size_t count)
{
	size_t capacity = map->capacity ? map->capacity : SMALLEST;

	while (is_full(count, capacity))
		capacity *= 2;
	return !count || capacity == map->capacity ? 0 : resize(map, capacity);
}

int intmap_put(struct intmap *map, uint64_t key, uint32_t value)
{
	struct intmap_slot *slot;

	if (is_full(map->count, map->capacity)) {
		int r = resize(map, map->capacity ? map->capacity * 2 : SMALLEST);

		if (r < 0)
			return r;
	}
	slot = slot_of(map, key);
	map->count += !slot->is_used;
	*slot = (struct intmap_slot){key, value, 1};
	return 0;
}

uint32_t *intmap_find(const struct intmap *map, uint64_t key)
{
	struct intmap_slot *slot;

	if (!map->count)
		return NULL;
	slot = slot_of(map, key);
	return slot->is_used ? &slot->value : NULL;
}
