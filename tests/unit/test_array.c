/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/array: elements keep their bytes and their order while the array grows. */
#include "support.h"

#include "array.h"

#include <stdlib.h>

#define MANY 100000u

struct element {
	uint32_t number;
	char odd[7]; /* a size that no allocator likes */
};

/* cmocka leaves the test by longjmp, which the compiler does not know. */
static void *existing(void *pointer)
{
	assert_non_null(pointer);
	if (!pointer)
		abort();
	return pointer;
}

static void add_number(struct array *array, unsigned number)
{
	unsigned *element = existing(array_add(array, sizeof(*element)));

	*element = number;
}

static unsigned number_at(const struct array *array, size_t index)
{
	const unsigned *numbers = existing(array->data);

	return numbers[index];
}

static void an_empty_array_owns_nothing(void **state)
{
	struct array array = ARRAY_INIT;

	(void)state;
	assert_null(array.data);
	assert_int_equal(array.count, 0);
	array_deinit(&array);
	array_deinit(&array);
	array_deinit(NULL);
}

static void elements_keep_their_order(void **state)
{
	struct array array = ARRAY_INIT;
	const struct element *elements;

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		struct element *element = existing(array_add(&array, sizeof(*element)));

		*element = (struct element){.number = i, .odd[6] = (char)i};
	}
	assert_int_equal(array.count, MANY);
	assert_true(array.capacity >= MANY);
	elements = existing(array.data);
	for (uint32_t i = 0; i < MANY; i++)
		expect(elements[i].number == i && elements[i].odd[6] == (char)i, "element %u", i);
	array_deinit(&array);
	assert_null(array.data);
	assert_int_equal(array.count, 0);
	assert_int_equal(array.capacity, 0);
}

static void bytes_are_elements_too(void **state)
{
	struct array array = ARRAY_INIT;
	const char *bytes;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		char *byte = existing(array_add(&array, 1));

		*byte = (char)i;
	}
	bytes = existing(array.data);
	for (unsigned i = 0; i < 1000; i++)
		expect(bytes[i] == (char)i, "byte %u", i);
	array_deinit(&array);
}

/* What was taken back is given out again: count is the caller's. */
static void a_shorter_count_is_room(void **state)
{
	struct array array = ARRAY_INIT;
	void *data;

	(void)state;
	for (unsigned i = 0; i < 40; i++)
		add_number(&array, i);
	array.count = 3;
	data = array.data;
	add_number(&array, 7);
	assert_ptr_equal(array.data, data);
	assert_int_equal(number_at(&array, 2), 2);
	assert_int_equal(number_at(&array, 3), 7);
	array_deinit(&array);
}

static void memory_that_is_short_changes_nothing(void **state)
{
	struct array array = ARRAY_INIT;
	void *data;

	(void)state;
	for (unsigned i = 0; i < 16; i++)
		add_number(&array, i);
	array.count = array.capacity;
	data = array.data;
	/* More bytes than an address has bits for. */
	assert_null(array_add(&array, SIZE_MAX / 2));
	assert_ptr_equal(array.data, data);
	assert_int_equal(array.count, array.capacity);
	assert_int_equal(number_at(&array, 15), 15);
	array_deinit(&array);
}

static void a_table_has_a_size(void **state)
{
	static const struct element table[5];

	(void)state;
	assert_int_equal(ARRAY_SIZE(table), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_array_owns_nothing),
		cmocka_unit_test(elements_keep_their_order),
		cmocka_unit_test(bytes_are_elements_too),
		cmocka_unit_test(a_shorter_count_is_room),
		cmocka_unit_test(memory_that_is_short_changes_nothing),
		cmocka_unit_test(a_table_has_a_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
