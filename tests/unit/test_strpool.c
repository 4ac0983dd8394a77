/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/strpool: equal texts have one address, which stays; different ones never share it. */
#include "support.h"

#include "intmap.h"
#include "strpool.h"

#include <stdio.h>

#define MANY 200000u

static const char *add(struct strpool *pool, const char *text)
{
	const char *added = "not set";

	assert_int_equal(strpool_add(pool, text, &added), 0);
	return added;
}

static size_t format_number(char text[16], uint32_t number)
{
	return (size_t)snprintf(text, 16, "%u", number);
}

static void no_text_is_no_text(void **state)
{
	struct strpool pool = {0};

	(void)state;
	assert_null(add(&pool, NULL));
	assert_null(strpool_find(&pool, "", 0));
	assert_int_equal(pool.count, 0);
	strpool_deinit(&pool);
	strpool_deinit(&pool);
	strpool_deinit(NULL);
}

static void the_empty_text_is_a_text(void **state)
{
	struct strpool pool = {0};
	const char *empty = add(&pool, "");

	(void)state;
	assert_string_equal(empty, "");
	assert_ptr_equal(add(&pool, ""), empty);
	assert_ptr_equal(strpool_find(&pool, "x", 0), empty);
	assert_ptr_not_equal(add(&pool, "x"), empty);
	strpool_deinit(&pool);
}

static void texts_keep_their_bytes(void **state)
{
	static const char *const texts[] = {
		"a", "ab", "b", "a)b", "\x1b[31m", "\n", "\xff\xfe", "               ", "A",
	};
	struct strpool pool = {0};
	const char *added[ROWS(texts)];

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		char copy[32];

		snprintf(copy, sizeof(copy), "%s", texts[i]);
		added[i] = add(&pool, copy);
		memset(copy, 'z', sizeof(copy) - 1);
	}
	for (size_t i = 0; i < ROWS(texts); i++) {
		expect(strcmp(added[i], texts[i]) == 0, "row %zu", i);
		expect(add(&pool, texts[i]) == added[i], "row %zu is stored twice", i);
		for (size_t j = 0; j < i; j++)
			expect(added[i] != added[j], "rows %zu and %zu are one", i, j);
	}
	strpool_deinit(&pool);
}

/* A part of a longer text, and texts that contain NUL. */
static void bytes_are_counted(void **state)
{
	static const char bytes[] = "abcabc\0x";
	const char *first, *part, *with_end;
	struct strpool pool = {0};

	(void)state;
	assert_int_equal(strpool_add_bytes(&pool, bytes, 3, &first), 0);
	assert_string_equal(first, "abc");
	assert_int_equal(strpool_add_bytes(&pool, bytes + 3, 3, &part), 0);
	assert_ptr_equal(part, first);
	assert_int_equal(strpool_add_bytes(&pool, bytes + 3, 5, &with_end), 0);
	assert_ptr_not_equal(with_end, first);
	assert_memory_equal(with_end, "abc\0x", 6);
	assert_ptr_equal(add(&pool, "abc"), first);
	strpool_deinit(&pool);
}

static void who_inserts_learns_what_is_new(void **state)
{
	struct strpool pool = {0};

	(void)state;
	assert_int_equal(strpool_insert(&pool, "abc", 3), 1);
	assert_int_equal(strpool_insert(&pool, "abc", 3), 0);
	assert_int_equal(strpool_insert(&pool, "abc", 2), 1);
	assert_int_equal(strpool_insert(&pool, "", 0), 1);
	assert_int_equal(strpool_insert(&pool, "", 0), 0);
	assert_string_equal(strpool_find(&pool, "abc", 3), "abc");
	assert_null(strpool_find(&pool, "b", 1));
	assert_int_equal(strpool_insert(&pool, "b", 1), 1);
	strpool_deinit(&pool);
}

static void many_texts_stay_where_they_are(void **state)
{
	static const char *added[MANY];
	struct strpool pool = {0};
	char text[16];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		format_number(text, i);
		added[i] = add(&pool, text);
	}
	assert_int_equal(pool.count, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		size_t size = format_number(text, i);

		expect(strcmp(added[i], text) == 0, "text %u", i);
		expect(strpool_find(&pool, text, size) == added[i], "address of %u", i);
		expect(strpool_insert(&pool, text, size) == 0, "%u is new", i);
	}
	assert_int_equal(pool.count, MANY);
	strpool_deinit(&pool);
}

/* Among so many texts some have the hash of another: with this seed always the same ones. */
static void texts_of_one_hash_stay_two(void **state)
{
	struct strpool pool = {.seed = {1, 2}};
	struct intmap seen = {0};
	unsigned pairs = 0;
	char text[16];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		format_number(text, i);
		add(&pool, text);
	}
	for (size_t i = 0; i < pool.capacity; i++) {
		const struct strpool_slot *slot = &pool.slots[i], *other;
		const uint32_t *index;

		if (!slot->text)
			continue;
		index = intmap_find(&seen, slot->hash);
		other = index ? &pool.slots[*index] : NULL;
		if (other) {
			pairs++;
			assert_string_not_equal(other->text, slot->text);
			assert_ptr_equal(add(&pool, other->text), other->text);
			assert_ptr_equal(add(&pool, slot->text), slot->text);
		}
		assert_int_equal(intmap_put(&seen, slot->hash, (uint32_t)i), 0);
	}
	expect(pairs > 0, "no two of %u texts have one hash", MANY);
	intmap_deinit(&seen);
	strpool_deinit(&pool);
}

/* The slot of a text that is alone in the pool. */
static size_t home_of(const struct hash_seed *seed, const char *text)
{
	struct strpool pool = {.seed = *seed};
	size_t at = 0;

	add(&pool, text);
	while (!pool.slots[at].text)
		at++;
	strpool_deinit(&pool);
	return at;
}

static void a_seed_decides_which_texts_meet(void **state)
{
	static const struct hash_seed seed = {1, 2}, other = {3, 4};
	unsigned meeting = 0, still = 0;
	size_t home = 0;
	char text[16];

	(void)state;
	for (uint32_t i = 0; i < 10000; i++) {
		format_number(text, i);
		if (home_of(&seed, text) != 0)
			continue;
		if (!meeting++)
			home = home_of(&other, text);
		still += home_of(&other, text) == home;
	}
	expect(meeting > 100, "%u texts of one slot", meeting);
	expect(still < meeting / 4, "%u of %u texts meet with another seed too", still, meeting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_is_no_text),
		cmocka_unit_test(the_empty_text_is_a_text),
		cmocka_unit_test(texts_keep_their_bytes),
		cmocka_unit_test(bytes_are_counted),
		cmocka_unit_test(who_inserts_learns_what_is_new),
		cmocka_unit_test(many_texts_stay_where_they_are),
		cmocka_unit_test(texts_of_one_hash_stay_two),
		cmocka_unit_test(a_seed_decides_which_texts_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
