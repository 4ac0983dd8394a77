/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/intmap: exactly the keys that were put are found, whatever they look like. */
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

/* Reserved memory is not allocated again, and the entries stay. */
static void room_is_made_at_once(void **state)
{
	struct intmap map = {0};
	const struct intmap_slot *slots;

	(void)state;
	assert_int_equal(intmap_reserve(&map, 0), 0);
	assert_null(map.slots);
	assert_int_equal(intmap_put(&map, 7, 1), 0);
	assert_int_equal(intmap_reserve(&map, MANY), 0);
	assert_int_equal(*intmap_find(&map, 7), 1);
	slots = map.slots;
	for (uint32_t i = 0; i < MANY; i++)
		assert_int_equal(intmap_put(&map, i, i), 0);
	assert_ptr_equal(map.slots, slots);
	assert_int_equal(intmap_reserve(&map, 1), 0);
	assert_ptr_equal(map.slots, slots);
	for (uint32_t i = 0; i < MANY; i++)
		expect(*intmap_find(&map, i) == i, "key %u", i);
	intmap_deinit(&map);
}

/* Where a key stands that has the map to itself. */
static size_t home_of(struct intmap *map, uint64_t key)
{
	size_t at = 0;

	if (map->slots)
		memset(map->slots, 0, map->capacity * sizeof(*map->slots));
	map->count = 0;
	assert_int_equal(intmap_put(map, key, 0), 0);
	while (!map->slots[at].is_used)
		at++;
	return at;
}

/* Keys that share a slot do so in one process only. */
static void a_seed_decides_which_keys_meet(void **state)
{
	struct intmap map = {.seed = 1}, other = {.seed = 2};
	unsigned meeting = 0, still = 0;
	size_t home = 0;

	(void)state;
	for (uint64_t key = 0; key < 20000; key++) {
		if (home_of(&map, key) != 0)
			continue;
		if (!meeting++)
			home = home_of(&other, key);
		still += home_of(&other, key) == home;
	}
	expect(meeting > 100, "%u keys of one slot", meeting);
	expect(still < meeting / 4, "%u of %u keys meet with another seed too", still, meeting);
	intmap_deinit(&map);
	intmap_deinit(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_holds_nothing),
		cmocka_unit_test(the_extreme_keys_are_keys),
		cmocka_unit_test(a_second_put_replaces),
		cmocka_unit_test(many_keys_of_any_shape_are_kept_apart),
		cmocka_unit_test(room_is_made_at_once),
		cmocka_unit_test(a_seed_decides_which_keys_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
