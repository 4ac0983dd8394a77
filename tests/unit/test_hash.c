/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/hash: every byte counts, wherever it stands, and so do the length and the seed. */
#include "support.h"

#include "hash.h"
#include "intmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST 40

static const struct hash_seed seed = {1, 2};

/* As CPython hashes the bytes 1, 2, 3, ... with PYTHONHASHSEED=0, a seed of zeroes. */
static void it_is_the_published_hash(void **state)
{
	static const struct {
		size_t size;
		uint64_t hash;
	} rows[] = {
		{1, UINT64_C(0x44bc103b1f8540ed)},  {2, UINT64_C(0x1d6b299344bab347)},
		{3, UINT64_C(0x60ec29c17db287a3)},  {7, UINT64_C(0xb1cd85cc334196fa)},
		{8, UINT64_C(0x884ccc87cb0e5fb0)},  {9, UINT64_C(0x027ed508fe95acb3)},
		{15, UINT64_C(0x75e46d4257851550)}, {16, UINT64_C(0xe05d12a0a4b2d063)},
		{17, UINT64_C(0x85e152444239b234)}, {31, UINT64_C(0x47670cb24a35602f)},
		{40, UINT64_C(0xc6ca83093413bf3c)},
	};
	static const struct hash_seed zeroes;
	unsigned char bytes[LONGEST];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i + 1);
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(hash_bytes(&zeroes, bytes, rows[i].size) == rows[i].hash, "%zu bytes",
		       rows[i].size);
}

static void every_bit_counts(void **state)
{
	unsigned char bytes[LONGEST];

	(void)state;
	for (size_t size = 1; size <= LONGEST; size++) {
		uint64_t before;

		memset(bytes, 0x5a, sizeof(bytes));
		before = hash_bytes(&seed, bytes, size);
		for (size_t bit = 0; bit < 8 * size; bit++) {
			bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
			expect(hash_bytes(&seed, bytes, size) != before, "size %zu, bit %zu", size,
			       bit);
			bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		}
		expect(hash_bytes(&seed, bytes, size) == before, "size %zu", size);
	}
}

static void what_stands_behind_does_not_count(void **state)
{
	char bytes[LONGEST + 1] = {0};

	(void)state;
	for (size_t size = 0; size <= LONGEST; size++) {
		uint64_t before;

		memset(bytes, 'x', sizeof(bytes));
		before = hash_bytes(&seed, bytes, size);
		bytes[size] = 'y';
		expect(hash_bytes(&seed, bytes, size) == before, "size %zu", size);
	}
}

static void the_length_counts(void **state)
{
	static const char zeroes[LONGEST];

	(void)state;
	for (size_t size = 0; size < LONGEST; size++) {
		for (size_t other = 0; other < size; other++)
			expect(hash_bytes(&seed, zeroes, size) != hash_bytes(&seed, zeroes, other),
			       "%zu and %zu", size, other);
	}
}

/* Halves that depend on each other do not cancel each other out. */
static void equal_halves_differ(void **state)
{
	struct intmap seen = {0};

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		const uint64_t rows[][2] = {{i, i}, {i, ~i}, {~i, i ^ 16}, {i << 32, i}};

		for (size_t row = 0; row < ROWS(rows); row++)
			intmap_put(&seen, hash_bytes(&seed, rows[row], sizeof(rows[row])), 0);
	}
	/* {0, 0} is there twice */
	assert_int_equal(seen.count, 4 * 1000 - 1);
	intmap_deinit(&seen);
}

static void it_lies_at_any_address(void **state)
{
	char bytes[2 * LONGEST];

	(void)state;
	for (size_t shift = 0; shift < 9; shift++) {
		memcpy(bytes + shift, "The quick brown fox jumps", 25);
		expect(hash_bytes(&seed, bytes + shift, 25) ==
			       hash_bytes(&seed, "The quick brown fox jumps", 25),
		       "shift %zu", shift);
	}
}

/* Texts that share a slot with one seed are spread by another. */
static void a_seed_decides_what_collides(void **state)
{
	static const struct hash_seed other = {3, 4};
	unsigned colliding = 0, still = 0, slot = 0;

	(void)state;
	for (unsigned i = 0; i < 100000; i++) {
		char text[16];
		size_t size = (size_t)snprintf(text, sizeof(text), "%u", i);

		if (hash_bytes(&seed, text, size) % 1024)
			continue;
		if (!colliding++)
			slot = hash_bytes(&other, text, size) % 1024;
		still += hash_bytes(&other, text, size) % 1024 == slot;
	}
	expect(colliding > 50, "%u texts of one slot", colliding);
	expect(still < colliding / 4, "%u of %u texts collide with another seed too", still,
	       colliding);
}

static void each_half_of_a_seed_counts(void **state)
{
	static const struct hash_seed seeds[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {1ull << 63, 0}};

	(void)state;
	for (size_t i = 0; i < ROWS(seeds); i++) {
		for (size_t j = 0; j < i; j++)
			expect(hash_bytes(&seeds[i], "x", 1) != hash_bytes(&seeds[j], "x", 1),
			       "%zu and %zu", i, j);
	}
}

#define PRINT_SEED "print-seed"

/* The seed that a second run of this program draws. */
static void draw_elsewhere(struct hash_seed *drawn)
{
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		execl("/proc/self/exe", "test_hash", PRINT_SEED, (char *)NULL);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], drawn, sizeof(*drawn)), sizeof(*drawn));
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void other_processes_have_other_seeds(void **state)
{
	struct hash_seed own, again, first, second;

	(void)state;
	hash_seed_init(&own);
	hash_seed_init(&again);
	assert_memory_equal(&own, &again, sizeof(own));
	draw_elsewhere(&first);
	draw_elsewhere(&second);
	assert_memory_not_equal(&own, &first, sizeof(own));
	assert_memory_not_equal(&first, &second, sizeof(own));
	assert_memory_not_equal(&own, &second, sizeof(own));
}

int main(int argc, char **argv)
{
	struct hash_seed drawn;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_published_hash),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(what_stands_behind_does_not_count),
		cmocka_unit_test(the_length_counts),
		cmocka_unit_test(equal_halves_differ),
		cmocka_unit_test(it_lies_at_any_address),
		cmocka_unit_test(a_seed_decides_what_collides),
		cmocka_unit_test(each_half_of_a_seed_counts),
		cmocka_unit_test(other_processes_have_other_seeds),
	};

	if (argc == 2 && strcmp(argv[1], PRINT_SEED) == 0) {
		hash_seed_init(&drawn);
		return write(STDOUT_FILENO, &drawn, sizeof(drawn)) != sizeof(drawn);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
