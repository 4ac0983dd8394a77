/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/strpool: equal texts have one number, different ones never do, and no text is 0. */
#include "support.h"

#include "hash.h"
#include "strpool.h"

#include <stdio.h>

#define MANY 100000u

static uint32_t add(struct strpool *pool, const char *text)
{
	uint32_t id = UINT32_MAX;

	assert_int_equal(strpool_add(pool, text, &id), 0);
	return id;
}

static void no_string_is_number_zero(void **state)
{
	struct strpool pool = {0};

	(void)state;
	assert_int_equal(add(&pool, NULL), 0);
	assert_null(strpool_find(&pool, 0));
	strpool_deinit(&pool);
	strpool_deinit(&pool);
	strpool_deinit(NULL);
}

static void the_empty_text_is_a_text(void **state)
{
	struct strpool pool = {0};
	uint32_t id = add(&pool, "");

	(void)state;
	assert_int_not_equal(id, 0);
	assert_string_equal(strpool_find(&pool, id), "");
	assert_int_equal(add(&pool, ""), id);
	assert_int_not_equal(add(&pool, "x"), id);
	strpool_deinit(&pool);
}

static void texts_keep_their_bytes(void **state)
{
	static const char *const texts[] = {
		"a", "ab", "b", "a)b", "\x1b[31m", "\n", "\xff\xfe", "               ", "A",
	};
	struct strpool pool = {0};
	uint32_t ids[ROWS(texts)];

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		char copy[32];

		snprintf(copy, sizeof(copy), "%s", texts[i]);
		ids[i] = add(&pool, copy);
		memset(copy, 'z', sizeof(copy) - 1);
	}
	for (size_t i = 0; i < ROWS(texts); i++) {
		expect(strcmp(strpool_find(&pool, ids[i]), texts[i]) == 0, "row %zu", i);
		expect(add(&pool, texts[i]) == ids[i], "row %zu is stored twice", i);
		for (size_t j = 0; j < i; j++)
			expect(ids[i] != ids[j], "rows %zu and %zu are one", i, j);
	}
	strpool_deinit(&pool);
}

static void many_texts_are_found_again(void **state)
{
	static uint32_t ids[MANY];
	struct strpool pool = {0};
	size_t bytes;
	char text[16];

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%u", i);
		ids[i] = add(&pool, text);
	}
	bytes = pool.bytes.size;
	for (uint32_t i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%u", i);
		expect(strcmp(strpool_find(&pool, ids[i]), text) == 0, "text %u", i);
		expect(add(&pool, text) == ids[i], "number of %u", i);
	}
	assert_int_equal(pool.bytes.size, bytes);
	strpool_deinit(&pool);
}

/* A text of the hash of @text that begins with @other: false where one would hold a NUL. */
static bool make_twin(const char text[24], const char other[8], char out[25])
{
	uint64_t eights[3], twin[3], first;

	memcpy(eights, text, 24);
	memcpy(&first, other, 8);
	hash_twin(eights, first, twin);
	memcpy(out, twin, 24);
	out[24] = '\0';
	return strlen(out) == 24;
}

static void texts_of_one_hash_stay_two(void **state)
{
	static const char first[] = "0123456789abcdefghijklmn";
	char other[] = "ABCDEFGA", second[25];
	struct strpool pool = {0};
	uint32_t a, b;

	(void)state;
	while (!make_twin(first, other, second))
		other[7]++;
	assert_true(hash_bytes(first, 24) == hash_bytes(second, 24));
	a = add(&pool, first);
	b = add(&pool, second);
	assert_int_equal(pool.by_hash.count, 1);
	assert_int_not_equal(a, b);
	assert_string_equal(strpool_find(&pool, a), first);
	assert_string_equal(strpool_find(&pool, b), second);
	assert_int_equal(add(&pool, first), a);
	assert_string_equal(strpool_find(&pool, add(&pool, second)), second);
	strpool_deinit(&pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_string_is_number_zero),
		cmocka_unit_test(the_empty_text_is_a_text),
		cmocka_unit_test(texts_keep_their_bytes),
		cmocka_unit_test(many_texts_are_found_again),
		cmocka_unit_test(texts_of_one_hash_stay_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
