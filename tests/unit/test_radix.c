/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/radix: ascending keys, equals in their order, nothing lost. */
#include "support.h"

#include "radix.h"

#include <stdlib.h>

#define MANY 20000u

static void expect_sorted(struct radix_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		items[i].value = (uint32_t)i;
	assert_int_equal(radix_sort(items, count), 0);
	for (size_t i = 1; i < count; i++)
		expect(items[i - 1].key < items[i].key || (items[i - 1].key == items[i].key &&
							   items[i - 1].value < items[i].value),
		       "item %zu: %u %u", i, items[i - 1].key, items[i].key);
}

static void few_items(void **state)
{
	struct radix_item rows[][4] = {
		{{0, 0}, {0, 0}, {0, 0}, {0, 0}},
		{{4, 0}, {3, 0}, {2, 0}, {1, 0}},
		{{UINT32_MAX, 0}, {0, 0}, {1u << 22, 0}, {1u << 11, 0}},
		{{7, 0}, {5, 0}, {7, 0}, {5, 0}},
		{{2047, 0}, {2048, 0}, {2046, 0}, {4096, 0}},
	};

	(void)state;
	assert_int_equal(radix_sort(NULL, 0), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		for (size_t count = 0; count <= 4; count++) {
			struct radix_item copy[4];

			memcpy(copy, rows[i], sizeof(copy));
			expect_sorted(copy, count);
		}
	}
}

static void many_items(void **state)
{
	struct radix_item *items = calloc(MANY, sizeof(*items));
	uint64_t sum = 0, after = 0, seed = 1;

	(void)state;
	assert_non_null(items);
	for (unsigned bits = 1; bits <= 32; bits++) {
		sum = after = 0;
		for (size_t i = 0; i < MANY; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			items[i].key = (uint32_t)(seed >> 32) >> (32 - bits);
			sum += items[i].key;
		}
		expect_sorted(items, MANY);
		for (size_t i = 0; i < MANY; i++)
			after += items[i].key;
		assert_true(sum == after);
	}
	free(items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_items),
		cmocka_unit_test(many_items),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
