/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/watch: the interval. Functional tests check the output. */
#include "support.h"

#include "watch.h"

#include <errno.h>
#include <stdlib.h>

static void test_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t msec; /* 0: refused */
	} rows[] = {
		{"1", 1000},
		{"0.5", 500},
		{"0.1", 100},
		{"0.25", 250},
		{"2.0009", 2000},
		{"86400", 86400000},
		{"86400.0", 86400000},
		{"010", 10000},
		{"", 0},
		{"0", 0},
		{"0.09", 0},
		{"0.0999", 0},
		{"86400.1", 0},
		{"86401", 0},
		{"-1", 0},
		{"+1", 0},
		{"1.", 0},
		{".5", 0},
		{"1.5s", 0},
		{"1,5", 0},
		{"1e3", 0},
		{" 1", 0},
		{"1 ", 0},
		{"0x1", 0},
		{"nan", 0},
		{"inf", 0},
		{"99999999999999999999", 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t msec = -1;
		struct error error = ERROR_INIT;
		int r = watch_parse_seconds(rows[i].text, &msec, &error);

		expect(r == (rows[i].msec ? 0 : -EINVAL), "%s: %d", rows[i].text, r);
		if (rows[i].msec)
			expect(msec == rows[i].msec, "%s: %jd", rows[i].text, (intmax_t)msec);
		else
			expect(strstr(error_text(&error), "from 0.1 to 86400"), "%s", rows[i].text);
		error_deinit(&error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_seconds)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
