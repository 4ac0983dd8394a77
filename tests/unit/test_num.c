/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/num: digits and nothing else. */
#include "support.h"

#include "num.h"

#include <stdlib.h>

static void a_text_is_a_number_or_is_refused(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool is_number;
		uint64_t number;
	} rows[] = {
		{"", UINT64_MAX, false, 0},
		{"0", 0, true, 0},
		{"1", 0, false, 0},
		{"00", 0, true, 0},
		{"0", UINT64_MAX, true, 0},
		{"7", 7, true, 7},
		{"8", 7, false, 0},
		{"10", 9, false, 0},
		{"0022", 65535, true, 22},
		{"65535", 65535, true, 65535},
		{"65536", 65535, false, 0},
		{"99999", 65535, false, 0},
		{"655350", 65535, false, 0},
		{"4294967295", UINT32_MAX, true, UINT32_MAX},
		{"4294967296", UINT32_MAX, false, 0},
		{"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, false, 0},
		{"18446744073709551620", UINT64_MAX, false, 0},
		{"99999999999999999999999999", UINT64_MAX, false, 0},
		{"00000000000000000000000000000000000001", 1, true, 1},
		{"+1", 9, false, 0},
		{"-1", UINT64_MAX, false, 0},
		{" 1", 9, false, 0},
		{"1 ", 9, false, 0},
		{"1\n", 9, false, 0},
		{"\t1", 9, false, 0},
		{"0x1", 9, false, 0},
		{"1e3", 9999, false, 0},
		{"1.0", 9, false, 0},
		{"1_0", 99, false, 0},
		{"a", 99, false, 0},
		{"1a", 999, false, 0},
		{"/", 99, false, 0},
		{":", 99, false, 0},
		{"\xd9\xa3", 99, false, 0}, /* an Arabic digit */
		{"1\xff", 99, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t number = 0;
		bool is_number = num_parse(rows[i].text, rows[i].max, &number);

		expect(is_number == rows[i].is_number, "\"%s\" up to %llu", rows[i].text,
		       (unsigned long long)rows[i].max);
		expect(!is_number || number == rows[i].number, "value of \"%s\"", rows[i].text);
	}
}

static void digits_of_a_base_are_taken_and_no_more(void **state)
{
	static const struct {
		const char *text;
		unsigned base;
		uint64_t max;
		size_t taken; /* 0: refused */
		uint64_t number;
	} rows[] = {
		{"102", 2, 99, 2, 2},
		{"2", 2, 99, 0, 0},
		{"778", 8, 999, 2, 63},
		{"ff:", 16, 255, 2, 255},
		{"FF ", 16, 255, 2, 255},
		{"aBcDeF", 16, UINT64_MAX, 6, 0xabcdef},
		{"fg", 16, 255, 1, 15},
		{"100", 16, 255, 0, 0},
		{"g", 16, 255, 0, 0},
		{"G", 16, 255, 0, 0},
		{"@", 16, 255, 0, 0},
		{"`", 16, 255, 0, 0},
		{"0x1f", 16, 255, 1, 0},
		{"a", 10, 255, 0, 0},
		{"9a", 10, 255, 1, 9},
		{"f", 16, 14, 0, 0},
		{"ffffffffffffffff", 16, UINT64_MAX, 16, UINT64_MAX},
		{"10000000000000000", 16, UINT64_MAX, 0, 0},
		{":22", 10, 99, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *cursor = rows[i].text;
		uint64_t number = 77;
		bool is_taken = num_scan(&cursor, cursor + strlen(cursor), rows[i].base,
					 rows[i].max, &number);

		expect(is_taken == (rows[i].taken != 0), "\"%s\"", rows[i].text);
		expect(cursor == rows[i].text + rows[i].taken, "cursor in \"%s\"", rows[i].text);
		expect(!is_taken || number == rows[i].number, "value of \"%s\"", rows[i].text);
		expect(is_taken || number == 77, "refused \"%s\" wrote", rows[i].text);
	}
}

static void the_end_is_never_passed(void **state)
{
	const char text[] = {'1', '2', '3', '4'};

	(void)state;
	for (size_t size = 0; size <= sizeof(text); size++) {
		static const uint64_t expected[] = {0, 1, 12, 123, 1234};
		const char *cursor = text;
		uint64_t number = 0;

		expect(num_scan(&cursor, text + size, 10, 9999, &number) == (size != 0), "size %zu",
		       size);
		expect(number == expected[size] && cursor == text + size, "size %zu", size);
	}
}

static void a_list_has_so_many_numbers_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		bool is_list;
		uint64_t numbers[3];
	} rows[] = {
		{"1024\n", 1, true, {1024}},
		{"1024", 1, true, {1024}},
		{"0", 1, true, {0}},
		{"32768\t60999\n", 2, true, {32768, 60999}},
		{"5 6", 2, true, {5, 6}},
		{"1024 \t 1025\n", 2, true, {1024, 1025}},
		{"12345\t0\t65535\n", 3, true, {12345, 0, 65535}},
		{"12345\t0\t65536\n", 3, false, {0}},
		{"65536\n", 1, false, {0}},
		{"1\t2\n", 1, false, {0}},
		{"1\t2\n", 3, false, {0}},
		{"1\n2\n", 2, false, {0}},
		{"1-2\n", 2, false, {0}},
		{"1,2\n", 2, false, {0}},
		{"1\t\n", 2, false, {0}},
		{"1\t", 2, false, {0}},
		{"1\t", 1, false, {0}},
		{"1 \n", 1, false, {0}},
		{"1\n\n", 1, false, {0}},
		{" 1\n", 1, false, {0}},
		{"\t1\n", 2, false, {0}},
		{"5x\n", 1, false, {0}},
		{"-5\n", 1, false, {0}},
		{"+5\n", 1, false, {0}},
		{"0x5\n", 1, false, {0}},
		{"x\n", 1, false, {0}},
		{"\n", 1, false, {0}},
		{"", 1, false, {0}},
		{"", 0, true, {0}},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t size = strlen(rows[i].text);
		char *exact = malloc(size ? size : 1);
		uint64_t numbers[3] = {0};

		assert_non_null(exact);
		memcpy(exact, rows[i].text, size);
		expect(num_parse_list(exact, size, 65535, numbers, rows[i].count) ==
			       rows[i].is_list,
		       "row %zu: \"%s\"", i, rows[i].text);
		for (size_t j = 0; rows[i].is_list && j < rows[i].count; j++)
			expect(numbers[j] == rows[i].numbers[j], "row %zu: number %zu", i, j);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_a_number_or_is_refused),
		cmocka_unit_test(digits_of_a_base_are_taken_and_no_more),
		cmocka_unit_test(the_end_is_never_passed),
		cmocka_unit_test(a_list_has_so_many_numbers_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
