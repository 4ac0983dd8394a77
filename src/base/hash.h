/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hashes for tables in memory. Names, addresses and numbers come from whoever runs on the machine
 * or connects to it: without the seed nobody can choose many that fall into one slot.
 */
#ifndef LSPORTS_BASE_HASH_H
#define LSPORTS_BASE_HASH_H
#pragma once

#include <stddef.h>
#include <stdint.h>

struct hash_seed {
	uint64_t k0, k1;
};

/*
 * hash_seed_init() - a seed that other processes do not know. It stays the same in this process,
 * so that equal bytes have equal hashes in all of its tables.
 */
void hash_seed_init(struct hash_seed *seed);

/* Two texts may have one hash: who needs to know compares them. The same on every machine. */
uint64_t hash_bytes(const struct hash_seed *seed, const void *bytes, size_t size);

#define HASH_DIGEST_SIZE 16

/*
 * hash_digest() - stands for a long text in a set. Two texts do not share a digest by chance. The
 * seeds are known and SipHash is not made for that, so whoever chooses both texts may find two that
 * do: what a file holds is a digest of sha256.h.
 */
void hash_digest(const void *bytes, size_t size, char out[HASH_DIGEST_SIZE]);

#endif
