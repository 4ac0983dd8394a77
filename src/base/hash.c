/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SipHash-1-3, by Aumasson and Bernstein: a keyed hash for short inputs, made for tables whose keys
 * an enemy may choose.
 */
#include "hash.h"

#include <endian.h>
#include <string.h>
#include <sys/auxv.h>

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static inline void mix_round(struct sip *sip)
{
	sip->v0 += sip->v1;
	sip->v2 += sip->v3;
	sip->v1 = rotate(sip->v1, 13) ^ sip->v0;
	sip->v3 = rotate(sip->v3, 16) ^ sip->v2;
	sip->v0 = rotate(sip->v0, 32) + sip->v3;
	sip->v2 += sip->v1;
	sip->v3 = rotate(sip->v3, 21) ^ sip->v0;
	sip->v1 = rotate(sip->v1, 17) ^ sip->v2;
	sip->v2 = rotate(sip->v2, 32);
}

static inline void add_word(struct sip *sip, uint64_t word)
{
	sip->v3 ^= word;
	mix_round(sip);
	sip->v0 ^= word;
}

uint64_t hash_bytes(const struct hash_seed *seed, const void *bytes, size_t size)
{
	/* The constants are "somepseudorandomlygeneratedbytes". */
	struct sip sip = {
		seed->k0 ^ UINT64_C(0x736f6d6570736575),
		seed->k1 ^ UINT64_C(0x646f72616e646f6d),
		seed->k0 ^ UINT64_C(0x6c7967656e657261),
		seed->k1 ^ UINT64_C(0x7465646279746573),
	};
	const char *at = bytes;
	size_t left = size;
	uint64_t word;

	for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word)) {
		memcpy(&word, at, sizeof(word));
		add_word(&sip, le64toh(word));
	}
	word = 0;
	if (left)
		memcpy(&word, at, left);
	/* The bytes that are left, and the length above them. */
	add_word(&sip, le64toh(word) | (uint64_t)size << 56);
	sip.v2 ^= 0xff;
	mix_round(&sip);
	mix_round(&sip);
	mix_round(&sip);
	return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

void hash_digest(const void *bytes, size_t size, char out[HASH_DIGEST_SIZE])
{
	static const struct hash_seed seeds[] = {{1, 2}, {3, 4}};

	for (size_t i = 0; i < 2; i++) {
		uint64_t half = htole64(hash_bytes(&seeds[i], bytes, size));

		memcpy(out + i * sizeof(half), &half, sizeof(half));
	}
}

/*
 * The kernel gives each process 16 random bytes at execve(2) (AT_RANDOM, getauxval(3)): no system
 * call, and no failure. The C library protects stacks and pointers with them, so that the seed is
 * only made from them.
 */
void hash_seed_init(struct hash_seed *seed)
{
	struct hash_seed drawn = {0};
	unsigned long random = getauxval(AT_RANDOM);

	if (random)
		memcpy(&drawn, (const void *)(uintptr_t)random, sizeof(drawn));
	seed->k0 = hash_bytes(&drawn, "k0", 2);
	seed->k1 = hash_bytes(&drawn, "k1", 2);
}
