/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hashing by words of eight bytes. Keeps nothing. */
#include "hash.h"

#include <endian.h>
#include <string.h>

static uint64_t add_to_hash(uint64_t hash, uint64_t eight)
{
	hash = (hash ^ eight) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

uint64_t hash_bytes(const void *bytes, size_t size)
{
	const char *at = bytes;
	uint64_t hash = size, eight;

	for (; size >= sizeof(eight); at += sizeof(eight), size -= sizeof(eight)) {
		memcpy(&eight, at, sizeof(eight));
		hash = add_to_hash(hash, le64toh(eight));
	}
	eight = 0;
	memcpy(&eight, at, size);
	return size ? add_to_hash(hash, le64toh(eight)) : hash;
}
