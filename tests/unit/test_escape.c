/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * view/escape: hostile texts in every format, and every string of up to two bytes. Unescaping must
 * give the same bytes.
 */
#include "support.h"

#include "json_read.h"
#include "view/escape.h"

#include <stdlib.h>
#include <string.h>

struct text_case {
	const char *input;
	const char *expected;
	size_t width;
};

static const struct text_case text_cases[] = {
	{"", "", 0},
	{"sshd", "sshd", 4},
	{"a)b", "a)b", 3},
	{"\"quoted\", 'so'", "\"quoted\", 'so'", 14},
	{"a\\b", "a\\x5cb", 6},
	{"\\x1b", "\\x5cx1b", 7},
	{"\033[31mred\033[0m", "\\x1b[31mred\\x1b[0m", 18},
	{"a\nb\tc\rd", "a\\x0ab\\x09c\\x0dd", 16},
	{"\x7f", "\\x7f", 4},
	/* blanks: alone between two others, or not at all */
	{"a b c", "a b c", 5},
	{"a  b", "a\\x20\\x20b", 10},
	{" a", "\\x20a", 5},
	{"a ", "a\\x20", 5},
	{" ", "\\x20", 4},
	{"a \033", "a \\x1b", 6},
	/* C1, alone and as UTF-8; bidi and invisible ones */
	{"\x9b"
	 "31m",
	 "\\x9b31m", 7},
	{"\xc2\x9b"
	 "31m",
	 "\\xc2\\x9b31m", 11},
	{"a\xe2\x80\xae"
	 "b",
	 "a\\xe2\\x80\\xaeb", 14},
	{"\xd8\x9c", "\\xd8\\x9c", 8},
	{"\xe2\x80\x8b", "\\xe2\\x80\\x8b", 12},
	{"\xe2\x80\xa8", "\\xe2\\x80\\xa8", 12},
	{"\xe2\x81\xa6", "\\xe2\\x81\\xa6", 12},
	{"\xef\xbb\xbf", "\\xef\\xbb\\xbf", 12},
	{"\xef\xbf\xbf", "\\xef\\xbf\\xbf", 12},
	{"\xc2\xa0", "\\xc2\\xa0", 8},
	{"\xc2\xad", "\\xc2\\xad", 8},
	{"\xf3\xa0\x80\x81", "\\xf3\\xa0\\x80\\x81", 16},
	/* not UTF-8: cut, overlong, surrogate, above the last, alone */
	{"\xff", "\\xff", 4},
	{"\xc3", "\\xc3", 4},
	{"\xc3(", "\\xc3(", 5},
	{"\xe2\x82", "\\xe2\\x82", 8},
	{"\xc0\xaf", "\\xc0\\xaf", 8},
	{"\xe0\x80\xaf", "\\xe0\\x80\\xaf", 12},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80", 12},
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16},
	{"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf", 16},
	{"\x80", "\\x80", 4},
	/* printable: one and two columns; a mark that combines is not */
	{"caf\xc3\xa9", "caf\xc3\xa9", 4},
	{"\xd0\xb4\xd0\xb0", "\xd0\xb4\xd0\xb0", 2},
	{"\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac", 4},
	{"\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", 2},
	{"e\xcc\x81", "e\\xcc\\x81", 9},
};

static void test_text(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(text_cases); i++) {
		const struct text_case *row = &text_cases[i];
		size_t size = strlen(row->input), width;

		buf_reset(&out);
		width = escape_text(&out, row->input, size);
		assert_string_equal(buf_text(&out), row->expected);
		expect(width == row->width, "row %zu: width %zu", i, width);
		expect(escape_text_width(row->input, size) == row->width, "row %zu: measured", i);
	}
	buf_deinit(&out);
}

/* Undoes \xNN, as a reader of our output would. */
static void unescape(struct buf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		char digits[3] = "";

		if (text[i] != '\\') {
			buf_append_char(out, text[i]);
			continue;
		}
		expect(i + 3 < size && text[i + 1] == 'x', "a lone backslash");
		memcpy(digits, text + i + 2, 2);
		buf_append_char(out, (char)strtoul(digits, NULL, 16));
		i += 3;
	}
}

static bool is_clean(const struct buf *text)
{
	for (size_t i = 0; i < text->size; i++) {
		unsigned char byte = (unsigned char)text->data[i];

		if (byte < 0x20 || byte == 0x7f)
			return false;
		/* of the continuation bytes only those inside a character stay: no C1 by itself */
		if (byte >= 0x80 && byte < 0xa0 && (!i || !(text->data[i - 1] & 0x80)))
			return false;
	}
	return true;
}

/* Every string of two bytes, alone and between others. */
static void test_all_pairs(void **state)
{
	struct buf out = BUF_INIT, back = BUF_INIT;

	(void)state;
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		const char input[4] = {(char)(pair >> 8), (char)pair, 'x', (char)(pair >> 8)};

		for (size_t size = 1; size <= sizeof(input); size++) {
			for (int is_raw = 0; is_raw < 2; is_raw++) {
				buf_reset(&out);
				buf_reset(&back);
				if (is_raw)
					escape_raw(&out, input, size);
				else
					escape_text(&out, input, size);
				unescape(&back, out.data, out.size);
				expect(is_clean(&out), "pair %04x: a raw control byte", pair);
				expect(back.size == size && !memcmp(back.data, input, size),
				       "pair %04x of %zu does not come back", pair, size);
				expect(!is_raw || !memchr(out.data, ' ', out.size), "a blank");
			}
		}
	}
	buf_deinit(&out);
	buf_deinit(&back);
}

static void test_cut(void **state)
{
	static const struct {
		const char *input;
		size_t tail, limit;
		const char *expected;
		size_t width;
	} rows[] = {
		{"abcdefgh", 0, 8, "abcdefgh", 8},
		{"abcdefghi", 0, 8, "abcdefg\xe2\x80\xa6", 8},
		{"abcdefghi", 0, 1, "\xe2\x80\xa6", 1},
		{"abcde\033xyz", 0, 8, "abcde\xe2\x80\xa6", 6}, /* no half of an escape */
		{"\xe6\x97\xa5\xe6\x9c\xac", 0, 4, "\xe6\x97\xa5\xe6\x9c\xac", 4},
		{"\xe6\x97\xa5\xe6\x9c\xac!", 0, 4, "\xe6\x97\xa5\xe2\x80\xa6", 3},
		{"", 0, 8, "", 0},
		/* a tail is kept */
		{"sshd(812)+1", 7, 11, "sshd(812)+1", 11},
		{"sshd(812)+1", 7, 10, "ss\xe2\x80\xa6(812)+1", 10},
		{"sshd(812)+1", 7, 8, "\xe2\x80\xa6(812)+1", 8},
		{"(812)", 5, 5, "(812)", 5},
		{"4294967295", 10, 10, "4294967295", 10},
		{"a\033b(1)", 3, 7, "a\xe2\x80\xa6(1)", 5},
		{"a (1)", 3, 5, "a (1)", 5}, /* a blank at the seam */
		{"ab (1)", 3, 5, "a\xe2\x80\xa6(1)", 5},
		{"cut\xe2\x82(1)", 3, 14, "cut\\xe2\\x82(1)", 14},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t width;

		buf_reset(&out);
		width = escape_text_cut(&out, rows[i].input, strlen(rows[i].input), rows[i].tail,
					rows[i].limit);
		assert_string_equal(buf_text(&out), rows[i].expected);
		expect(width == rows[i].width, "row %zu: width %zu", i, width);
	}
	buf_deinit(&out);
}

static void test_raw(void **state)
{
	static const char *const rows[][2] = {
		{"a b", "a\\x20b"},         {"-", "\\x2d"},  {"--", "--"}, {"-a", "-a"},
		{"   ", "\\x20\\x20\\x20"}, {"\n", "\\x0a"},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_reset(&out);
		escape_raw(&out, rows[i][0], strlen(rows[i][0]));
		assert_string_equal(buf_text(&out), rows[i][1]);
	}
	buf_deinit(&out);
}

static void test_csv(void **state)
{
	static const char *const rows[][2] = {
		{"", "\"\""},
		{"plain", "plain"},
		{"a b", "a b"},
		{"a,b", "\"a,b\""},
		{"say \"hi\"", "\"say \"\"hi\"\"\""},
		{"\"", "\"\"\"\""},
		{"a\nb", "a\\x0ab"},
		{" a ", "\\x20a\\x20"},
		{"=1+2", "\\x3d1+2"},
		{"@SUM(1,2)", "\"\\x40SUM(1,2)\""},
		{"-bash", "\\x2dbash"},
		{"+", "\\x2b"},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_reset(&out);
		buf_append_text(&out, "x,"); /* what stands before stays */
		escape_csv(&out, rows[i][0], strlen(rows[i][0]));
		assert_int_equal(strncmp(buf_text(&out), "x,", 2), 0);
		assert_string_equal(out.data + 2, rows[i][1]);
	}
	buf_deinit(&out);
}

static void test_json(void **state)
{
	static const struct {
		const char *input, *expected;
		bool is_valid;
	} rows[] = {
		{"", "", true},
		{"a b", "a b", true},
		{"\"\\/", "\\\"\\\\/", true},
		{"\n\033\x7f", "\\u000a\\u001b\\u007f", true},
		{"\xc2\x9b", "\\u009b", true},
		{"\xe2\x80\xae", "\\u202e", true},
		{"\xf3\xa0\x80\x81", "\\udb40\\udc01", true},
		{"caf\xc3\xa9 \xf0\x9f\x90\xa7", "caf\xc3\xa9 \xf0\x9f\x90\xa7", true},
		{"\xef\xbf\xbd", "\\ufffd", true},
		{"a\xff", "a\\ufffd", false},
		{"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd", false},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool is_valid;

		buf_reset(&out);
		is_valid = escape_json(&out, rows[i].input, strlen(rows[i].input));
		assert_string_equal(buf_text(&out), rows[i].expected);
		expect(is_valid == rows[i].is_valid, "row %zu", i);
	}
	buf_deinit(&out);
}

/* Every string of two bytes: JSON reads it back, and what is valid is what was there. */
static void test_json_all_pairs(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (unsigned pair = 0; pair < 0x10000; pair++) {
		const char input[2] = {(char)(pair >> 8), (char)pair};
		const char *back;
		bool is_valid;
		json_t *json;
		size_t size;

		buf_reset(&out);
		buf_append_char(&out, '"');
		is_valid = escape_json(&out, input, 2);
		buf_append_char(&out, '"');
		json = json_read(out.data, out.size);
		expect(json_is_string(json), "pair %04x: no JSON", pair);
		back = json_string_value(json);
		size = json_string_length(json);
		expect(!is_valid || (size == 2 && !memcmp(back, input, 2)),
		       "pair %04x does not come back", pair);
		expect(is_valid || memmem(back, size, "\xef\xbf\xbd", 3), "pair %04x", pair);
		json_decref(json);
	}
	buf_deinit(&out);
}

static void test_edge(void **state)
{
	static const struct {
		const char *line;
		size_t limit;
		const char *expected;
	} rows[] = {
		{"", 0, ""},
		{"", 3, ""},
		{"abcd", 0, "abcd"},
		{"abcd", 5, "abcd"},
		{"abcd", 4, "abcd"},
		{"abcd", 3, "ab\xe2\x80\xa6"},
		{"abcd", 1, "\xe2\x80\xa6"},
		{"\xe4\xb8\xad\xe6\x96\x87", 4, "\xe4\xb8\xad\xe6\x96\x87"}, /* two wide ones */
		{"\xe4\xb8\xad\xe6\x96\x87", 3, "\xe4\xb8\xad\xe2\x80\xa6"},
		{"\xe4\xb8\xad\xe6\x96\x87", 2, "\xe2\x80\xa6"},
		{"\033[31mabc\033[0m", 3, "\033[31mabc\033[0m"},
		{"\033[31mabcd\033[0m", 3, "\033[31mab\xe2\x80\xa6\033[0m"},
		{"abc\033[1md\033[0me", 3, "ab\xe2\x80\xa6\033[1m\033[0m"},
		{"abc\033[0m", 3, "abc\033[0m"},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		buf_reset(&out);
		buf_append_text(&out, ">");
		escape_text_edge(&out, rows[i].line, strlen(rows[i].line), rows[i].limit);
		expect(strcmp(buf_text(&out) + 1, rows[i].expected) == 0, "row %zu: %s", i,
		       out.data);
	}
	buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text), cmocka_unit_test(test_all_pairs),
		cmocka_unit_test(test_cut),  cmocka_unit_test(test_edge),
		cmocka_unit_test(test_raw),  cmocka_unit_test(test_csv),
		cmocka_unit_test(test_json), cmocka_unit_test(test_json_all_pairs),
	};

	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
