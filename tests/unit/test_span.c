/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/span: pieces of a text are compared and cut without reading outside of them. */
#include "support.h"

#include "span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In memory of its exact size, so that a read outside is detected. */
static struct span exact(const char *text)
{
	size_t size = strlen(text);
	char *copy = malloc(size ? size : 1);

	assert_non_null(copy);
	memcpy(copy, text, size);
	return (struct span){copy, size};
}

static void release(struct span span)
{
	free((char *)(uintptr_t)span.text);
}

static void a_text_is_cut_at_separators(void **state)
{
	static const struct {
		const char *text, *pieces;
	} rows[] = {
		{"/a/b", "[a][b]"}, {"a/b/", "[a][b]"}, {"//a///b//", "[a][b]"}, {"a", "[a]"},
		{"/", ""},          {"", ""},           {"a.b/c", "[a.b][c]"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *cursor = rows[i].text;
		char pieces[64] = "";
		struct span span;

		while (span_next(&cursor, "/", &span))
			snprintf(pieces + strlen(pieces), sizeof(pieces) - strlen(pieces), "[%.*s]",
				 (int)span.size, span.text);
		expect(strcmp(pieces, rows[i].pieces) == 0, "\"%s\": %s", rows[i].text, pieces);
		expect(!*cursor && !span_next(&cursor, "/", &span), "\"%s\" ends", rows[i].text);
	}
}

static void a_span_is_compared_whole(void **state)
{
	static const struct {
		const char *span, *text;
		bool equals;
	} rows[] = {
		{"lxc", "lxc", true},  {"lxc", "lx", false}, {"lx", "lxc", false},
		{"lxc", "lxd", false}, {"", "", true},       {"", "a", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct span span = exact(rows[i].span);

		expect(span_equals(span, rows[i].text) == rows[i].equals, "row %zu", i);
		release(span);
	}
}

static void every_byte_is_one_of_the_letters(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *letters;
		bool consists;
	} rows[] = {
		{"0af", 3, "0123456789abcdef", true},
		{"0ag", 3, "0123456789abcdef", false},
		{"", 0, "a", false},
		{"aZ09", 4, SPAN_ALPHANUMERIC, true},
		{"a-", 2, SPAN_ALPHANUMERIC, false},
		/* A NUL is no letter, although it ends them. */
		{"a\0a", 3, "a", false},
		{"\xff", 1, SPAN_ALPHANUMERIC, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(span_consists_of((struct span){rows[i].bytes, rows[i].size},
					rows[i].letters) == rows[i].consists,
		       "row %zu", i);
}

static void what_is_stripped_leaves_something(void **state)
{
	static const struct {
		const char *text, *prefix, *suffix;
		bool has_prefix, has_suffix;
		const char *left;
	} rows[] = {
		{"docker-1.scope", "docker-", ".scope", true, true, "1"},
		{"docker-1.scope", "podman-", ".slice", false, false, "docker-1.scope"},
		{"docker-", "docker-", "-", false, true, "docker"},
		{".scope", "", ".scope", true, false, ".scope"},
		{"a", "ab", "ba", false, false, "a"},
		{"", "", "", false, false, ""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct span whole = exact(rows[i].text), span = whole;

		expect(span_strip_prefix(&span, rows[i].prefix) == rows[i].has_prefix,
		       "row %zu: prefix", i);
		expect(span_strip_suffix(&span, rows[i].suffix) == rows[i].has_suffix,
		       "row %zu: suffix", i);
		expect(span_equals(span, rows[i].left), "row %zu: %.*s", i, (int)span.size,
		       span.text);
		release(whole);
	}
}

static void a_line_is_found_by_its_beginning(void **state)
{
	static const struct {
		const char *text, *key;
		int at; /* -1: there is none */
	} rows[] = {
		{"Uid:\t9", "Uid:", 5},    {"x\nUid: \t 9", "Uid:", 9},
		{"xUid:\t9", "Uid:", -1},  {"Uid:", "Uid:", 4},
		{"Uid", "Uid:", -1},       {"", "Uid:", -1},
		{"\n", "Uid:", -1},        {"Name:\tUid:\t1", "Uid:", -1},
		{"a\n\nUid:1", "Uid:", 7}, {"Uid:1\nUid:2", "Uid:", 4},
		{"Uid:\n1", "Uid:", 4},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct span text = exact(rows[i].text);
		const char *at = span_find_line(text, rows[i].key);

		expect(rows[i].at < 0 ? !at : at == text.text + rows[i].at, "row %zu", i);
		release(text);
	}
}

static void a_copy_is_whole_or_none(void **state)
{
	char out[4] = "xyz";

	(void)state;
	assert_int_equal(span_copy((struct span){"abcd", 4}, out, sizeof(out)), 0);
	assert_string_equal(out, "xyz");
	assert_int_equal(span_copy((struct span){"abcd", 3}, out, sizeof(out)), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(span_copy((struct span){"abcd", 0}, out, sizeof(out)), 0);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_cut_at_separators),
		cmocka_unit_test(a_span_is_compared_whole),
		cmocka_unit_test(every_byte_is_one_of_the_letters),
		cmocka_unit_test(what_is_stripped_leaves_something),
		cmocka_unit_test(a_line_is_found_by_its_beginning),
		cmocka_unit_test(a_copy_is_whole_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
