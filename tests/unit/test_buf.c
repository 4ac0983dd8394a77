/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/buf: bytes come out as they went in, and a failed allocation is remembered. */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void an_empty_buffer_is_an_empty_text(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	assert_int_equal(buf.size, 0);
	buf_deinit(&buf);
	buf_deinit(&buf);
	buf_deinit(NULL);
	assert_null(buf.data);
}

static void appending_nothing_needs_no_bytes(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	buf_append(&buf, NULL, 0);
	buf_append_slow(&buf, NULL, 0);
	buf_append_blanks(&buf, 0);
	buf_append_text(&buf, "");
	buf_append_hex(&buf, NULL, 0);
	assert_int_equal(buf.size, 0);
	assert_int_equal(buf.error, 0);
	buf_deinit(&buf);
}

/* Sizes around every doubling, one byte at a time and in one piece. */
static void every_size_keeps_every_byte(void **state)
{
	unsigned char bytes[1025];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7 + i / 256);
	for (size_t size = 0; size <= sizeof(bytes); size++) {
		struct buf whole = BUF_INIT, single = BUF_INIT;

		buf_append(&whole, bytes, size);
		for (size_t i = 0; i < size; i++)
			buf_append_char(&single, (char)bytes[i]);
		expect(whole.size == size && single.size == size, "size %zu", size);
		expect(!size || memcmp(whole.data, bytes, size) == 0, "whole %zu", size);
		expect(!size || memcmp(single.data, bytes, size) == 0, "single %zu", size);
		expect(whole.size <= whole.capacity, "capacity at %zu", size);
		expect(buf_text(&whole)[size] == '\0' && whole.size == size, "end at %zu", size);
		buf_deinit(&whole);
		buf_deinit(&single);
	}
}

static void numbers_are_written_in_full(void **state)
{
	static const uint64_t numbers[] = {
		0, 1, 9, 10, 99, 100, 65535, 4294967295u, 4294967296u, INT64_MAX, UINT64_MAX,
	};

	(void)state;
	for (size_t i = 0; i < ROWS(numbers); i++) {
		struct buf buf = BUF_INIT;
		char expected[32];

		snprintf(expected, sizeof(expected), "<%llu", (unsigned long long)numbers[i]);
		buf_append_char(&buf, '<');
		buf_append_number(&buf, numbers[i]);
		expect(strcmp(buf_text(&buf), expected) == 0, "%s", expected);
		buf_deinit(&buf);
	}
}

static void every_byte_has_its_two_hex_digits(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		unsigned char byte = (unsigned char)i;
		char expected[3];

		snprintf(expected, sizeof(expected), "%02x", i);
		buf_reset(&buf);
		buf_append_hex(&buf, &byte, 1);
		expect(strcmp(buf_text(&buf), expected) == 0, "byte %u", i);
	}
	buf_deinit(&buf);
}

static void blanks_are_blanks_and_as_many(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	buf_append_blanks(&buf, 3);
	assert_string_equal(buf_text(&buf), "   ");
	buf_append_blanks(&buf, 997);
	assert_int_equal(buf.size, 1000);
	for (size_t i = 0; i < buf.size; i++)
		assert_int_equal(buf.data[i], ' ');
	buf_deinit(&buf);
}

static void printf_appends_without_its_terminator(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	buf_printf(&buf, "%s", "");
	assert_int_equal(buf.size, 0);
	buf_printf(&buf, "%d-%s", 42, "x");
	buf_printf(&buf, "%500s|", "y");
	assert_int_equal(buf.size, 4 + 501);
	assert_memory_equal(buf.data, "42-x ", 5);
	assert_memory_equal(buf.data + buf.size - 2, "y|", 2);
	assert_null(memchr(buf.data, '\0', buf.size));
	buf_deinit(&buf);
}

static void bytes_of_zero_are_bytes(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	buf_append(&buf, "a\0b", 3);
	buf_append_char(&buf, '\0');
	assert_int_equal(buf.size, 4);
	assert_memory_equal(buf_text(&buf), "a\0b\0", 5);
	buf_deinit(&buf);
}

static void an_impossible_size_is_refused_and_sticks(void **state)
{
	static const size_t sizes[] = {SIZE_MAX, SIZE_MAX - 8, SIZE_MAX / 2, SIZE_MAX / 4 + 1};

	(void)state;
	for (size_t i = 0; i < ROWS(sizes); i++) {
		struct buf buf = BUF_INIT;

		buf_append_text(&buf, "kept");
		expect(buf_reserve(&buf, sizes[i]) == -ENOMEM, "reserve %zu", sizes[i]);
		buf_append_text(&buf, "lost");
		buf_append_number(&buf, 7);
		buf_append_blanks(&buf, 1);
		buf_printf(&buf, "%s", "lost");
		expect(buf.error == -ENOMEM && buf.size == 4, "row %zu appended", i);
		assert_null(buf_text(&buf));
		buf_reset(&buf);
		assert_int_equal(buf.error, 0);
		buf_append_text(&buf, "again");
		assert_string_equal(buf_text(&buf), "again");
		buf_deinit(&buf);
	}
}

static void the_taken_text_is_the_callers(void **state)
{
	struct buf buf = BUF_INIT, broken = {.error = -ENOMEM};
	char *text;

	(void)state;
	buf_append_text(&buf, "mine");
	text = buf_take_text(&buf);
	assert_string_equal(text, "mine");
	assert_null(buf.data);
	assert_int_equal(buf.size + buf.capacity, 0);
	free(text);
	assert_null(buf_take_text(&broken));
	assert_int_equal(broken.error, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_is_an_empty_text),
		cmocka_unit_test(appending_nothing_needs_no_bytes),
		cmocka_unit_test(every_size_keeps_every_byte),
		cmocka_unit_test(numbers_are_written_in_full),
		cmocka_unit_test(every_byte_has_its_two_hex_digits),
		cmocka_unit_test(blanks_are_blanks_and_as_many),
		cmocka_unit_test(printf_appends_without_its_terminator),
		cmocka_unit_test(bytes_of_zero_are_bytes),
		cmocka_unit_test(an_impossible_size_is_refused_and_sticks),
		cmocka_unit_test(the_taken_text_is_the_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
