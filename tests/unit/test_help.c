/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/help: --help lists every option, format and grouping, and fits a terminal. */
#include "support.h"

#include "help.h"
#include "option_rows.h"

#include "view/formats.h"

#include <stdio.h>
#include <string.h>

static void test_help(void **state)
{
	struct buf help = BUF_INIT;
	const char *text;

	(void)state;
	help_format(&help);
	text = buf_text(&help);
	assert_non_null(text);
	assert_non_null(strstr(text, "Examples:"));
	assert_true(strstr(text, "Examples:") < strstr(text, "\nWhat:"));
	for (size_t i = 0; i < option_rows_count; i++) {
		char name[40];

		if (!option_rows_name(&option_rows[i]))
			continue;
		snprintf(name, sizeof(name), "--%s", option_rows_name(&option_rows[i]));
		assert_int_equal(!strstr(text, name), strcmp(name, "--complete") == 0);
	}
	while (*text) {
		size_t size = strcspn(text, "\n");

		assert_in_range(size, 0, 80);
		assert_true(!size || text[size - 1] != ' ');
		text += size + 1;
	}
	buf_deinit(&help);
}

/* --help spells out what the tables of the view hold. */
static void test_help_words(void **state)
{
	struct buf help = BUF_INIT;

	(void)state;
	help_format(&help);
	assert_non_null(buf_text(&help));
	assert_true(formats_count >= 5 && groupings_count >= 7);
	for (size_t i = 0; i < formats_count; i++)
		expect(strstr(help.data, formats[i].word), "no format %s", formats[i].word);
	for (size_t i = 0; i < groupings_count; i++)
		expect(strstr(help.data, groupings[i].word), "no grouping %s", groupings[i].word);
	buf_deinit(&help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
