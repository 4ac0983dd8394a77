/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/recpool: equal records have one index, indexes count up from 0, and a hash proves nothing.
 */
#include "support.h"

#include "recpool.h"

#define MANY 100000u

struct record {
	uint64_t first, second;
};

static uint32_t add(struct recpool *pool, uint64_t first, uint64_t second)
{
	struct record record = {first, second};
	uint32_t index = UINT32_MAX;

	assert_int_equal(recpool_add(pool, &record, &index), 0);
	return index;
}

static void expect_record(const struct recpool *pool, uint32_t index, uint64_t first,
			  uint64_t second)
{
	const struct record record = {first, second};

	expect(memcmp(recpool_at(pool, index), &record, sizeof(record)) == 0, "record %u", index);
}

static void an_empty_pool_counts_nothing(void **state)
{
	struct recpool pool = {0};

	(void)state;
	assert_int_equal(recpool_count(&pool), 0);
	recpool_deinit(&pool);
	recpool_deinit(NULL);
}

static void equal_records_are_stored_once(void **state)
{
	struct recpool pool = {.record_size = sizeof(struct record)};

	(void)state;
	assert_int_equal(add(&pool, 0, 0), 0);
	assert_int_equal(add(&pool, 0, 0), 0);
	assert_int_equal(add(&pool, 1, 0), 1);
	assert_int_equal(add(&pool, 0, 1), 2);
	assert_int_equal(add(&pool, 1, 0), 1);
	assert_int_equal(add(&pool, 0, 0), 0);
	assert_int_equal(add(&pool, UINT64_MAX, UINT64_MAX), 3);
	assert_int_equal(recpool_count(&pool), 4);
	expect_record(&pool, 2, 0, 1);
	recpool_deinit(&pool);
}

static void many_records_keep_their_index(void **state)
{
	struct recpool pool = {.record_size = sizeof(struct record)};

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		expect(add(&pool, i, ~(uint64_t)i) == i, "record %u", i);
	for (uint32_t i = MANY; i-- > 0;) {
		expect(add(&pool, i, ~(uint64_t)i) == i, "record %u again", i);
		expect_record(&pool, i, i, ~(uint64_t)i);
	}
	assert_int_equal(recpool_count(&pool), MANY);
	recpool_deinit(&pool);
}

/* Nobody can make two records with one hash, so the table is made to believe it. */
static void records_of_one_hash_stay_two(void **state)
{
	struct recpool pool = {.record_size = sizeof(struct record), .seed = {1, 2}};
	const struct record two = {3, 4};

	(void)state;
	assert_int_equal(add(&pool, 1, 2), 0);
	assert_int_equal(intmap_put(&pool.by_hash, hash_bytes(&pool.seed, &two, sizeof(two)), 0),
			 0);
	assert_int_equal(add(&pool, 3, 4), 1);
	assert_int_equal(add(&pool, 1, 2), 0);
	expect_record(&pool, 0, 1, 2);
	expect_record(&pool, 1, 3, 4);
	expect_record(&pool, add(&pool, 3, 4), 3, 4);
	recpool_deinit(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_pool_counts_nothing),
		cmocka_unit_test(equal_records_are_stored_once),
		cmocka_unit_test(many_records_keep_their_index),
		cmocka_unit_test(records_of_one_hash_stay_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
