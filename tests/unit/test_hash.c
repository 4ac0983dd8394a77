/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/hash: every byte counts, wherever it stands, and so does the length. */
#include "support.h"

#include "hash.h"
#include "intmap.h"

#include <string.h>

#define LONGEST 40

static void every_bit_counts(void **state)
{
	unsigned char bytes[LONGEST];

	(void)state;
	for (size_t size = 1; size <= LONGEST; size++) {
		uint64_t before;

		memset(bytes, 0x5a, sizeof(bytes));
		before = hash_bytes(bytes, size);
		for (size_t bit = 0; bit < 8 * size; bit++) {
			bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
			expect(hash_bytes(bytes, size) != before, "size %zu, bit %zu", size, bit);
			bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		}
		expect(hash_bytes(bytes, size) == before, "size %zu", size);
	}
}

static void what_stands_behind_does_not_count(void **state)
{
	char bytes[LONGEST + 1] = {0};

	(void)state;
	for (size_t size = 0; size <= LONGEST; size++) {
		uint64_t before;

		memset(bytes, 'x', sizeof(bytes));
		before = hash_bytes(bytes, size);
		bytes[size] = 'y';
		expect(hash_bytes(bytes, size) == before, "size %zu", size);
	}
}

static void the_length_counts(void **state)
{
	static const char zeroes[LONGEST];

	(void)state;
	for (size_t size = 0; size < LONGEST; size++) {
		for (size_t other = 0; other < size; other++)
			expect(hash_bytes(zeroes, size) != hash_bytes(zeroes, other), "%zu and %zu",
			       size, other);
	}
}

/* Halves that depend on each other do not cancel each other out. */
static void like_halves_are_told_apart(void **state)
{
	struct intmap seen = {0};

	(void)state;
	for (uint64_t i = 0; i < 1000; i++) {
		const uint64_t rows[][2] = {{i, i}, {i, ~i}, {~i, i ^ 16}, {i << 32, i}};

		for (size_t row = 0; row < ROWS(rows); row++)
			intmap_put(&seen, hash_bytes(rows[row], sizeof(rows[row])), 0);
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
		expect(hash_bytes(bytes + shift, 25) == hash_bytes("The quick brown fox jumps", 25),
		       "shift %zu", shift);
	}
}

static void a_twin_has_the_same_hash(void **state)
{
	uint64_t one[3] = {1, 7, 5}, two[3];

	(void)state;
	hash_twin(one, 2, two);
	assert_int_equal(two[0], 2);
	assert_true(hash_bytes(one, sizeof(one)) == hash_bytes(two, sizeof(two)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(what_stands_behind_does_not_count),
		cmocka_unit_test(the_length_counts),
		cmocka_unit_test(like_halves_are_told_apart),
		cmocka_unit_test(it_lies_at_any_address),
		cmocka_unit_test(a_twin_has_the_same_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
