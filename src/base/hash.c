/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashing by words of eight bytes, two at a time, which a processor does side by side. */
#include "hash.h"

#include <endian.h>
#include <string.h>

/* Each half has a factor of its own: else halves that are alike would cancel each other out. */
#define EVEN UINT64_C(0x9e3779b97f4a7c15)
#define ODD UINT64_C(0xff51afd7ed558ccd)

static uint64_t add_to_hash(uint64_t hash, uint64_t eight, uint64_t factor)
{
	hash = (hash ^ le64toh(eight)) * factor;
	return hash ^ hash >> 32;
}

uint64_t hash_bytes(const void *bytes, size_t size)
{
	const char *at = bytes;
	uint64_t even = size, odd = 0, eights[2];

	for (; size >= sizeof(eights); at += sizeof(eights), size -= sizeof(eights)) {
		memcpy(eights, at, sizeof(eights));
		even = add_to_hash(even, eights[0], EVEN);
		odd = add_to_hash(odd, eights[1], ODD);
	}
	memset(eights, 0, sizeof(eights));
	memcpy(eights, at, size);
	even = add_to_hash(even, eights[0], EVEN);
	odd = add_to_hash(odd, eights[1], ODD);
	return add_to_hash(even, htole64(odd), EVEN);
}
