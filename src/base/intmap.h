/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A map from 64-bit numbers to 32-bit ones: open addressing, at most thirteen sixteenths full. */
#ifndef LSPORTS_BASE_INTMAP_H
#define LSPORTS_BASE_INTMAP_H
#pragma once

#include <stddef.h>
#include <stdint.h>

struct intmap_slot {
	uint64_t key;
	uint32_t value;
	uint32_t is_used; /* every key is valid, 0 too */
};

struct intmap {
	struct intmap_slot *slots;
	size_t count, capacity; /* capacity is a power of two, or 0 */
	uint64_t seed;          /* drawn with the first key unless it is set */
};

void intmap_deinit(struct intmap *map); /* takes a zeroed one too, leaves it zeroed */

/* intmap_reserve() - room for so many keys in all. Return: 0 or -ENOMEM. */
int intmap_reserve(struct intmap *map, size_t count);

/* Adds or replaces. Return: 0 or -ENOMEM. */
int intmap_put(struct intmap *map, uint64_t key, uint32_t value);

/* The value in place, NULL when absent; valid until the next intmap_put(). */
uint32_t *intmap_find(const struct intmap *map, uint64_t key);

#endif
