/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/utf8: RFC 3629 and nothing beyond it. */
#include "support.h"

#include "utf8.h"

#include <string.h>

static void what_is_a_character_is_taken_whole(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		uint32_t point;
	} rows[] = {
		{"", 1, 0}, /* the terminator itself */
		{"a", 1, 'a'},
		{"\x7f", 1, 0x7f},
		{"\xc2\x80", 2, 0x80},
		{"\xc3\xa9", 2, 0xe9},
		{"\xdf\xbf", 2, 0x7ff},
		{"\xe0\xa0\x80", 3, 0x800},
		{"\xed\x9f\xbf", 3, 0xd7ff},
		{"\xee\x80\x80", 3, 0xe000},
		{"\xef\xbb\xbf", 3, 0xfeff},
		{"\xef\xbf\xbf", 3, 0xffff},
		{"\xf0\x90\x80\x80", 4, 0x10000},
		{"\xf4\x8f\xbf\xbf", 4, 0x10ffff},
		{"ab", 1, 'a'},
		{"\xc3\xa9\xff", 2, 0xe9},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint32_t point = 0xdead;
		size_t left = strlen(rows[i].text) + !rows[i].text[0];

		expect(utf8_decode(rows[i].text, left, &point) == rows[i].size, "row %zu", i);
		expect(point == rows[i].point, "row %zu: U+%04X", i, point);
	}
}

static void what_is_none_is_refused(void **state)
{
	static const char *const rows[] = {
		"\x80",             /* begins none */
		"\xbf",             /* the same */
		"\xc0\x80",         /* NUL in two bytes */
		"\xc1\xbf",         /* not the shortest form */
		"\xc2",             /* cut */
		"\xc2\x41",         /* the second byte begins another one */
		"\xc2\xc2\x80",     /* the same */
		"\xe0\x80\x80",     /* NUL in three bytes */
		"\xe0\x9f\xbf",     /* not the shortest form */
		"\xe2\x82",         /* cut */
		"\xe2\x82\x20",     /* the third byte is a blank */
		"\xed\xa0\x80",     /* the first surrogate */
		"\xed\xbf\xbf",     /* the last one */
		"\xf0\x80\x80\x80", /* NUL in four bytes */
		"\xf0\x8f\xbf\xbf", /* not the shortest form */
		"\xf0\x9f\x98",     /* cut */
		"\xf4\x90\x80\x80", /* beyond the last one */
		"\xf5\x80\x80\x80", /* begins none */
		"\xf8\x88\x80\x80\x80",
		"\xfc\x84\x80\x80\x80\x80",
		"\xfe",
		"\xff",
	};
	uint32_t point;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(utf8_decode(rows[i], strlen(rows[i]), &point) == 0, "row %zu is taken", i);
}

/* Every character, encoded by hand; no byte past @left is read. */
static void all_of_unicode_comes_back(void **state)
{
	(void)state;
	for (uint32_t point = 0; point <= 0x110000; point++) {
		bool is_none = (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff;
		size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
		uint32_t found = 0;
		char bytes[4];

		for (size_t i = 1; i < size; i++)
			bytes[i] = (char)(0x80 | (point >> 6 * (size - 1 - i) & 0x3f));
		bytes[0] = (char)(size == 1 ? point
					    : ((0xf00u >> size & 0xff) | point >> 6 * (size - 1)));
		expect(utf8_decode(bytes, size, &found) == (is_none ? 0 : size), "U+%04X", point);
		expect(is_none || found == point, "U+%04X is U+%04X", point, found);
		for (size_t left = 1; left < size; left++)
			expect(utf8_decode(bytes, left, &found) == 0, "U+%04X, cut", point);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_a_character_is_taken_whole),
		cmocka_unit_test(what_is_none_is_refused),
		cmocka_unit_test(all_of_unicode_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
