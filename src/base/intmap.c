/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Integer map. Sizes itself to what it holds, so that a look-up stays one or two probes
 * whatever the number of sockets. Keys are never removed one by one.
 */
#include "intmap.h"

#include <errno.h>
#include <stdlib.h>

#define SMALLEST 64

/* The finaliser of splitmix64: inodes and cookies are consecutive, slots must not be. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

void intmap_deinit(struct intmap *map)
{
	if (!map)
		return;
	free(map->keys);
	free(map->values);
	free(map->used);
	*map = (struct intmap){0};
}

/* The slot that holds @key, or the free one where it belongs. */
static size_t slot_of(const struct intmap *map, uint64_t key)
{
	size_t mask = map->capacity - 1;
	size_t slot = mix(key) & mask;

	while (map->used[slot] && map->keys[slot] != key)
		slot = (slot + 1) & mask;
	return slot;
}

static int grow(struct intmap *map)
{
	struct intmap wider = {.capacity = map->capacity ? map->capacity * 2 : SMALLEST};

	wider.keys = calloc(wider.capacity, sizeof(*wider.keys));
	wider.values = calloc(wider.capacity, sizeof(*wider.values));
	wider.used = calloc(wider.capacity, sizeof(*wider.used));
	if (!wider.keys || !wider.values || !wider.used) {
		intmap_deinit(&wider);
		return -ENOMEM;
	}
	for (size_t i = 0; i < map->capacity; i++) {
		size_t slot;

		if (!map->used[i])
			continue;
		slot = slot_of(&wider, map->keys[i]);
		wider.keys[slot] = map->keys[i];
		wider.values[slot] = map->values[i];
		wider.used[slot] = 1;
	}
	wider.count = map->count;
	intmap_deinit(map);
	*map = wider;
	return 0;
}

int intmap_put(struct intmap *map, uint64_t key, uint32_t value)
{
	size_t slot;

	if (map->count >= map->capacity / 4 * 3) {
		int r = grow(map);

		if (r < 0)
			return r;
	}
	slot = slot_of(map, key);
	if (!map->used[slot]) {
		map->used[slot] = 1;
		map->keys[slot] = key;
		map->count++;
	}
	map->values[slot] = value;
	return 0;
}

uint32_t *intmap_find(const struct intmap *map, uint64_t key)
{
	size_t slot;

	if (!map->count)
		return NULL;
	slot = slot_of(map, key);
	return map->used[slot] ? &map->values[slot] : NULL;
}
