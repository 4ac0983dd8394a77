/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/ports: a port selector is understood as written or refused with the reason. */
#include "support.h"

#include <lsports/lsports.h>

#include <errno.h>
#include <stdlib.h>

#define NO_NUMBER "a port is a number from 0 to 65535"
#define TOO_HIGH "the highest port is 65535"
#define UPSIDE_DOWN "the range ends below its start"

static void a_selector_is_its_ranges(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		struct lsp_port_range ranges[4];
	} rows[] = {
		{"22", 1, {{22, 22}}},
		{":22", 1, {{22, 22}}},
		{"0", 1, {{0, 0}}},
		{"65535", 1, {{65535, 65535}}},
		{"00022", 1, {{22, 22}}},
		{"80,443", 2, {{80, 80}, {443, 443}}},
		{":80,443", 2, {{80, 80}, {443, 443}}},
		{"443,80", 2, {{443, 443}, {80, 80}}},
		{"80,80", 2, {{80, 80}, {80, 80}}},
		{"8000-8999", 1, {{8000, 8999}}},
		{"22-22", 1, {{22, 22}}},
		{"0-65535", 1, {{0, 65535}}},
		{"49152-", 1, {{49152, 65535}}},
		{"65535-", 1, {{65535, 65535}}},
		{"0-", 1, {{0, 65535}}},
		{"1-,22,30-40", 3, {{1, 65535}, {22, 22}, {30, 40}}},
		{"1,2,3,4", 4, {{1, 1}, {2, 2}, {3, 3}, {4, 4}}},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_port_range *ranges = NULL;
		const char *reason = NULL;
		size_t count = 0;

		expect(lsp_ports_parse(rows[i].text, &ranges, &count, &reason) == 0, "\"%s\"",
		       rows[i].text);
		expect(count == rows[i].count, "\"%s\" has %zu ranges", rows[i].text, count);
		for (size_t j = 0; j < count; j++)
			expect(ranges[j].first == rows[i].ranges[j].first &&
				       ranges[j].last == rows[i].ranges[j].last,
			       "range %zu of \"%s\" is %u-%u", j, rows[i].text, ranges[j].first,
			       ranges[j].last);
		free(ranges);
	}
}

static void what_is_no_selector_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text, *reason;
	} rows[] = {
		{"", NO_NUMBER},
		{":", NO_NUMBER},
		{"::22", NO_NUMBER},
		{",", NO_NUMBER},
		{",22", NO_NUMBER},
		{"22,", NO_NUMBER},
		{"22,,23", NO_NUMBER},
		{"22,:23", NO_NUMBER},
		{"-", NO_NUMBER},
		{"-22", NO_NUMBER},
		{"22-:23", NO_NUMBER},
		{"22--23", NO_NUMBER},
		{"22-23-24", NO_NUMBER},
		{"22 ", NO_NUMBER},
		{" 22", NO_NUMBER},
		{"22\n", NO_NUMBER},
		{"22;23", NO_NUMBER},
		{"ssh", NO_NUMBER},
		{"22x", NO_NUMBER},
		{"x22", NO_NUMBER},
		{"0x16", NO_NUMBER},
		{"+22", NO_NUMBER},
		{"22.5", NO_NUMBER},
		{"1-x", NO_NUMBER},
		{"tcp/22", NO_NUMBER},
		{"\xff", NO_NUMBER},
		{"22\xff", NO_NUMBER},
		{"18446744073709551616", NO_NUMBER},
		{"65536", TOO_HIGH},
		{"99999", TOO_HIGH},
		{"65536-", TOO_HIGH},
		{"1-65536", TOO_HIGH},
		{"65558", TOO_HIGH}, /* 22 in 16 bits */
		{"22,4294967318", TOO_HIGH},
		{"90-80", UPSIDE_DOWN},
		{"1-0", UPSIDE_DOWN},
		{"22,65535-65534", UPSIDE_DOWN},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_port_range *ranges = NULL;
		const char *reason = NULL;
		size_t count = 0;

		expect(lsp_ports_parse(rows[i].text, &ranges, &count, &reason) == -EINVAL,
		       "\"%s\" is taken", rows[i].text);
		expect(reason && strcmp(reason, rows[i].reason) == 0, "\"%s\": %s", rows[i].text,
		       reason ? reason : "no reason");
		free(ranges);
	}
}

static void a_second_selector_is_appended(void **state)
{
	struct lsp_port_range *ranges = NULL;
	const char *reason = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(lsp_ports_parse("22", &ranges, &count, &reason), 0);
	assert_int_equal(lsp_ports_parse("80-90,443", &ranges, &count, &reason), 0);
	assert_int_equal(count, 3);
	assert_int_equal(ranges[0].first, 22);
	assert_int_equal(ranges[1].last, 90);
	assert_int_equal(ranges[2].first, 443);
	free(ranges);
}

static void every_port_is_understood(void **state)
{
	struct lsp_port_range *ranges = NULL;
	struct buf text = BUF_INIT;
	const char *reason = NULL;
	size_t count = 0;

	(void)state;
	for (uint64_t port = 0; port <= UINT16_MAX; port++) {
		if (port)
			buf_append_char(&text, ',');
		buf_append_number(&text, port);
	}
	assert_int_equal(lsp_ports_parse(buf_text(&text), &ranges, &count, &reason), 0);
	assert_int_equal(count, 65536);
	for (size_t i = 0; i < count; i++)
		expect(ranges[i].first == i && ranges[i].last == i, "port %zu", i);
	free(ranges);
	buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_selector_is_its_ranges),
		cmocka_unit_test(what_is_no_selector_is_refused_with_the_reason),
		cmocka_unit_test(a_second_selector_is_appended),
		cmocka_unit_test(every_port_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
