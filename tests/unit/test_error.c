/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/error: the number is returned, lines keep their order, and even without memory there is a
 * text.
 */
#include "support.h"

#include "error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void nothing_failed(void **state)
{
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(error.number, 0);
	assert_string_equal(error_text(&error), "");
	error_deinit(&error);
	error_deinit(&error);
	error_reset(&error);
	assert_string_equal(error_text(&error), "");
}

static void setting_replaces(void **state)
{
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(error_set(&error, -EINVAL, "%s is %d too many", "a word", 2), -EINVAL);
	assert_int_equal(error.number, -EINVAL);
	assert_string_equal(error_text(&error), "a word is 2 too many");
	assert_int_equal(error_set_errno(&error, -ENOENT, "/a/file"), -ENOENT);
	assert_int_equal(error.number, -ENOENT);
	assert_string_equal(error_text(&error), "/a/file: No such file or directory");
	error_deinit(&error);
	assert_int_equal(error.number, 0);
}

/* The number is the first failure's; each call returns its own. */
static void lines_stand_in_order(void **state)
{
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(error_add(&error, -EINVAL, "a:%d: one", 1), -EINVAL);
	assert_int_equal(error_add_errno(&error, -EACCES, "b"), -EACCES);
	assert_int_equal(error_add(&error, -EINVAL, "%s", "50%"), -EINVAL);
	assert_int_equal(error.number, -EINVAL);
	assert_string_equal(error_text(&error), "a:1: one\nb: Permission denied\n50%");
	error_reset(&error);
	assert_int_equal(error.number, 0);
	assert_string_equal(error_text(&error), "");
	error_add(&error, -EIO, "c");
	assert_int_equal(error.number, -EIO);
	assert_string_equal(error_text(&error), "c");
	error_deinit(&error);
}

static void long_lines_are_whole(void **state)
{
	struct error error = ERROR_INIT;
	char line[1001];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (size_t i = 0; i < 3; i++)
		error_add(&error, -EINVAL, "%s", line);
	assert_int_equal(strlen(error_text(&error)), 3 * (sizeof(line) - 1) + 2);
	assert_memory_equal(error_text(&error), line, sizeof(line) - 1);
	error_deinit(&error);
}

static void expect_line(const struct error *error, size_t index, const char *expected)
{
	size_t size;
	const char *line = error_line(error, index, &size);

	assert_non_null(line);
	assert_int_equal(size, strlen(expected));
	assert_memory_equal(line, expected, size);
}

/* A name with a line feed in it does not look like two messages. */
static void lines_differ(void **state)
{
	struct error error = ERROR_INIT;
	size_t size;

	(void)state;
	assert_null(error_line(&error, 0, &size));
	assert_null(error_line(NULL, 0, &size));
	error_set(&error, -EINVAL, "first");
	error_set(&error, -EINVAL, "\"a\nb\" is no port");
	expect_line(&error, 0, "\"a\nb\" is no port");
	assert_null(error_line(&error, 1, &size));
	error_add(&error, -EINVAL, "%s", "");
	expect_line(&error, 1, "");
	assert_null(error_line(&error, 2, &size));
	assert_int_equal(error.number, -EINVAL);
	error_reset(&error);
	assert_null(error_line(&error, 0, &size));
	error.number = -ENOENT;
	expect_line(&error, 0, "No such file or directory");
	assert_null(error_line(&error, 1, &size));
	error_deinit(&error);
}

static void lines_of_another_error(void **state)
{
	struct error error = ERROR_INIT, other = ERROR_INIT;

	(void)state;
	assert_int_equal(error_append(&error, &other), 0);
	assert_string_equal(error_text(&error), "");
	error_add(&other, -EIO, "netlink: no");
	error_add(&other, -EPERM, "\"a\nb\": neither");
	error_add(&error, -EINVAL, "first");
	assert_int_equal(error_append(&error, &other), -EIO);
	assert_int_equal(error.number, -EINVAL);
	expect_line(&error, 0, "first");
	expect_line(&error, 1, "netlink: no");
	expect_line(&error, 2, "\"a\nb\": neither");
	assert_int_equal(error.ends.count, 3);
	/* A number alone is put into words. */
	error_reset(&error);
	error_reset(&other);
	error_note(&other, -ENOENT);
	error_append(&error, &other);
	assert_int_equal(error.number, -ENOENT);
	assert_string_equal(error_text(&error), "No such file or directory");
	assert_int_equal(error_append(NULL, &other), -ENOENT);
	error_deinit(&error);
	error_deinit(&other);
}

static void a_buffer_is_taken(void **state)
{
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;

	(void)state;
	error_set(&error, -EIO, "before");
	buf_append_text(&text, "100% wrong");
	assert_int_equal(error_take(&error, -EINVAL, &text), -EINVAL);
	assert_string_equal(error_text(&error), "100% wrong");
	assert_int_equal(error.number, -EINVAL);
	assert_null(text.data);
	text.error = -ENOMEM;
	assert_int_equal(error_take(&error, -EINVAL, &text), -ENOMEM);
	assert_string_equal(error_text(&error), "Cannot allocate memory");
	assert_int_equal(error_take(NULL, -EINVAL, &text), -EINVAL);
	error_deinit(&error);
}

static void a_number_alone_has_a_text(void **state)
{
	struct error error = {.number = -ENOMEM};

	(void)state;
	assert_string_equal(error_text(&error), "Cannot allocate memory");
	error.number = -123456;
	assert_string_equal(error_text(&error), "unknown error");
	assert_string_equal(error_describe(-EPERM), "Operation not permitted");
}

/* A buffer that found no memory once takes no more text, and that is what the text says. */
static void short_memory_needs_no_memory(void **state)
{
	struct error error = {.text = {.error = -ENOMEM}};

	(void)state;
	assert_int_equal(error_add(&error, -EINVAL, "a line"), -EINVAL);
	assert_int_equal(error.number, -EINVAL);
	assert_string_equal(error_text(&error), "Cannot allocate memory");
	assert_null(error.text.data);
	error_deinit(&error);
}

static void who_does_not_ask_needs_no_error(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, -EINVAL, "%s", "x"), -EINVAL);
	assert_int_equal(error_set_errno(NULL, -EIO, "x"), -EIO);
	assert_int_equal(error_add(NULL, -EINVAL, "%s", "x"), -EINVAL);
	assert_int_equal(error_add_errno(NULL, -EIO, "x"), -EIO);
	assert_string_equal(error_text(NULL), "");
	error_reset(NULL);
	error_deinit(NULL);
}

/* A foreign word may have any length; what is wrong with it stands behind it. */
static void a_long_line_is_cut_in_its_middle(void **state)
{
	struct error error = ERROR_INIT;
	char *word = malloc(1 << 20);
	const char *line;
	size_t size;

	(void)state;
	assert_non_null(word);
	memset(word, 'x', 1 << 20);
	word[(1 << 20) - 1] = '\0';
	error_add(&error, -EINVAL, "a.rules:1: \"%s\" is no port", word);
	error_add(&error, -EINVAL, "a.rules:2: %.900s", word);
	line = error_line(&error, 0, &size);
	assert_true(size < 700);
	assert_memory_equal(line, "a.rules:1: \"xxx", 15);
	assert_memory_equal(line + size - 15, "xxx\" is no port", 15);
	assert_non_null(strstr(line, "xxx [... 1047999 bytes left out ...] xxx"));
	line = error_line(&error, 1, &size);
	assert_int_equal(size, 911);
	assert_memory_equal(line + size - 3, "xxx", 3);
	free(word);
	error_deinit(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_line_is_cut_in_its_middle),
		cmocka_unit_test(nothing_failed),
		cmocka_unit_test(setting_replaces),
		cmocka_unit_test(lines_stand_in_order),
		cmocka_unit_test(lines_differ),
		cmocka_unit_test(lines_of_another_error),
		cmocka_unit_test(long_lines_are_whole),
		cmocka_unit_test(a_buffer_is_taken),
		cmocka_unit_test(a_number_alone_has_a_text),
		cmocka_unit_test(short_memory_needs_no_memory),
		cmocka_unit_test(who_does_not_ask_needs_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
