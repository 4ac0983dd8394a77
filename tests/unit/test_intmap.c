/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/intmap: what was put is found, what was not is not, whatever the keys look like. */
#include "support.h"

#include "intmap.h"

#define MANY 100000u

static void an_empty_map_holds_nothing(void **state)
{
	struct intmap map = {0};

	(void)state;
	assert_null(intmap_find(&map, 0));
	assert_null(intmap_find(&map, UINT64_MAX));
	intmap_deinit(&map);
	intmap_deinit(&map);
	intmap_deinit(NULL);
}

static void the_extreme_keys_are_keys(void **state)
{
	static const uint64_t keys[] = {0, 1, UINT32_MAX, 1ull << 32, INT64_MAX, UINT64_MAX};
	struct intmap map = {0};

	(void)state;
	for (uint32_t i = 0; i < ROWS(keys); i++) {
		assert_null(intmap_find(&map, keys[i]));
		assert_int_equal(intmap_put(&map, keys[i], UINT32_MAX - i), 0);
	}
	assert_int_equal(map.count, ROWS(keys));
	for (uint32_t i = 0; i < ROWS(keys); i++)
		assert_int_equal(*intmap_find(&map, keys[i]), UINT32_MAX - i);
	assert_null(intmap_find(&map, 2));
	intmap_deinit(&map);
	assert_null(intmap_find(&map, 0));
}

static void a_second_put_replaces(void **state)
{
	struct intmap map = {0};

	(void)state;
	assert_int_equal(intmap_put(&map, 5, 1), 0);
	assert_int_equal(intmap_put(&map, 5, 2), 0);
	assert_int_equal(map.count, 1);
	assert_int_equal(*intmap_find(&map, 5), 2);
	*intmap_find(&map, 5) = 3;
	assert_int_equal(*intmap_find(&map, 5), 3);
	intmap_deinit(&map);
}

/* Runs, multiples of the table size, and high halves alone: the shapes of inodes and cookies. */
static void many_keys_of_any_shape_are_kept_apart(void **state)
{
	static const uint64_t steps[] = {1, 64, 65536, 1ull << 32, 0x9e3779b97f4a7c15u};

	(void)state;
	for (size_t s = 0; s < ROWS(steps); s++) {
		struct intmap map = {0};

		for (uint32_t i = 0; i < MANY; i++)
			assert_int_equal(intmap_put(&map, i * steps[s], i), 0);
		expect(map.count == MANY, "step %zu", s);
		expect(map.count * 16 <= map.capacity * 13, "step %zu is too full", s);
		expect((map.capacity & (map.capacity - 1)) == 0, "capacity %zu", map.capacity);
		for (uint32_t i = 0; i < MANY; i++) {
			const uint32_t *value = intmap_find(&map, i * steps[s]);

			expect(value && *value == i, "step %zu key %u", s, i);
		}
		for (uint32_t i = 0; i < MANY; i++)
			expect(!intmap_find(&map, (i + (uint64_t)MANY) * steps[s]),
			       "step %zu holds a key that it was not given", s);
		intmap_deinit(&map);
	}
}

/* What was reserved is not asked of the system again, and what is there stays. */
static void room_is_made_at_once(void **state)
{
	struct intmap map = {0};
	size_t capacity;

	(void)state;
	assert_int_equal(intmap_reserve(&map, 0), 0);
	assert_int_equal(map.capacity, 0);
	assert_int_equal(intmap_put(&map, 7, 1), 0);
	assert_int_equal(intmap_reserve(&map, MANY), 0);
	assert_int_equal(*intmap_find(&map, 7), 1);
	capacity = map.capacity;
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(intmap_put(&map, i, i), 0);
	assert_int_equal(map.capacity, capacity);
	assert_int_equal(intmap_reserve(&map, 1), 0);
	assert_int_equal(map.capacity, capacity);
	for (uint32_t i = 0; i < MANY; i++)
		expect(*intmap_find(&map, i) == i, "key %u", i);
	intmap_deinit(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_holds_nothing),
		cmocka_unit_test(the_extreme_keys_are_keys),
		cmocka_unit_test(a_second_put_replaces),
		cmocka_unit_test(many_keys_of_any_shape_are_kept_apart),
		cmocka_unit_test(room_is_made_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
