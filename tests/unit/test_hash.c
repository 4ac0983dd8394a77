/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/hash: every byte counts, wherever it stands, and so does the length. */
#include "support.h"

#include "hash.h"

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
	uint64_t one[2] = {1, 7}, two[2] = {2, hash_twin(1, 7, 2)};

	(void)state;
	assert_true(hash_bytes(one, sizeof(one)) == hash_bytes(two, sizeof(two)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(what_stands_behind_does_not_count),
		cmocka_unit_test(the_length_counts),
		cmocka_unit_test(it_lies_at_any_address),
		cmocka_unit_test(a_twin_has_the_same_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
