/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The line of a monitoring plugin, and the state that is its exit status. */
#include "checked.h"

#include "view/render.h"

#include <stdlib.h>
#include <string.h>

/* One row is chosen by each test. */
static const struct checked_row rows[] = {
	{.socket = {CHECKED_TCP(8080)}, .verdict = LSP_VERDICT_EXPECTED},
	{.socket = {CHECKED_TCP(4444)}, .owners = {{.pid = 5, .comm = "a|b\nc|"}}, CHECKED_NEW},
	{.socket = {CHECKED_TCP(81)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{LSP_FINDING_CHANGED, "x"}}},
	{.socket = {CHECKED_UDP(5353)}, .verdict = LSP_VERDICT_UNJUDGED},
	/* whether its port is privileged is not known there */
	{.socket = {.netns = CHECKED_BLUE, .state = LSP_STATE_LISTEN, .local.port = 8081},
	 CHECKED_NEW},
};
static const struct lsp_missing missing[] = {
	{.rule = "a:1", .text = "tcp/25 exe=/usr/sbin/a|b required", .reason = "x"}};

#define OTHER " new=0;0;;0 changed=0;0;;0 missing=0;0;;0\n"

static const struct {
	struct checked_machine machine;
	bool has_no_rules;
	enum monitoring state;
	const char *line;
} cases[] = {
	{{.rows = &rows[0], .count = 1},
	 false,
	 MONITORING_OK,
	 "LSPORTS OK - 1 listeners, all expected | listeners=1;;;0" OTHER},
	{{.rows = &rows[0], .count = 2},
	 false,
	 MONITORING_WARNING,
	 "LSPORTS WARNING - 1 difference: new tcp/4444 a/b\\x0ac/ | listeners=2;;;0 new=1;0;;0 "
	 "changed=0;0;;0 missing=0;0;;0\n"},
	{{.rows = &rows[1], .count = 2},
	 false,
	 MONITORING_CRITICAL,
	 "LSPORTS CRITICAL - 2 differences: changed tcp/81, new tcp/4444 a/b\\x0ac/ | "
	 "listeners=2;;;0 new=1;0;;0 changed=1;0;;0 missing=0;0;;0\n"},
	{{.rows = &rows[3], .count = 1},
	 false,
	 MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - 1 listeners could not be judged | listeners=1;;;0" OTHER},
	{{.rows = &rows[0], .count = 1, .is_incomplete = true},
	 false,
	 MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - not everything could be seen | listeners=1;;;0" OTHER},
	/* the worst that is known counts, whatever else hides */
	{{.rows = &rows[2], .count = 1, .is_incomplete = true},
	 false,
	 MONITORING_CRITICAL,
	 "LSPORTS CRITICAL - 1 difference: changed tcp/81 | listeners=1;;;0 new=0;0;;0 "
	 "changed=1;0;;0 missing=0;0;;0\n"},
	{{.rows = &rows[4], .count = 1},
	 false,
	 MONITORING_CRITICAL,
	 "LSPORTS CRITICAL - 1 difference: new tcp/8081 | listeners=1;;;0 new=1;0;;0 "
	 "changed=0;0;;0 missing=0;0;;0\n"},
	{{.missing = missing, .missing_count = 1},
	 false,
	 MONITORING_WARNING,
	 "LSPORTS WARNING - 1 difference: missing tcp/25 exe=/usr/sbin/a/b required | "
	 "listeners=0;;;0 new=0;0;;0 changed=0;0;;0 missing=1;0;;0\n"},
	{{.rows = &rows[0], .count = 1},
	 true,
	 MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - no rules: see lsports --learn | listeners=1;;;0" OTHER},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		const struct view view = {.has_rules = !cases[i].has_no_rules};
		char *text = checked_render(render_monitoring, view, &cases[i].machine);

		expect(!strcmp(text, cases[i].line), "case %zu: %s", i, text);
		/* text and performance data: two parts */
		assert_int_equal(checked_count(text, "|"), 1);
		assert_int_equal(checked_count(text, "\n"), 1);
		free(text);
	}
}

static void test_states(void **state)
{
	static const char *const words[] = {"LSPORTS OK", "LSPORTS WARNING", "LSPORTS CRITICAL",
					    "LSPORTS UNKNOWN"};

	(void)state;
	assert_int_equal(MONITORING_OK, 0);
	assert_int_equal(MONITORING_WARNING, 1);
	assert_int_equal(MONITORING_CRITICAL, 2);
	assert_int_equal(MONITORING_UNKNOWN, 3);
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct lsp_snapshot *snapshot = checked_snapshot(&cases[i].machine);
		struct changes changes;
		const struct view view = {.has_rules = !cases[i].has_no_rules, .changes = &changes};

		checked_find(&changes, snapshot);
		expect(monitoring_judge(&view, snapshot) == cases[i].state, "case %zu", i);
		expect(!strncmp(cases[i].line, words[cases[i].state],
				strlen(words[cases[i].state])),
		       "case %zu", i);
		changes_deinit(&changes);
		lsp_snapshot_free(snapshot);
	}
}

/* The line stays short: the first five are named. */
static void test_many(void **state)
{
	static struct checked_row many[300];
	const struct checked_machine full = {.rows = many, .count = ROWS(many)};
	const struct view view = {.has_rules = true};
	char *text;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct checked_row){.socket = {CHECKED_TCP((uint16_t)(2000 + i))},
					       CHECKED_NEW};
	text = checked_render(render_monitoring, view, &full);
	assert_int_equal(checked_count(text, "new tcp/"), 5);
	assert_non_null(strstr(text, "300 differences: new tcp/2000,"));
	assert_non_null(strstr(text, "new tcp/2004, ... | listeners=300;;;0 new=300;"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests_name("render_monitoring", tests, NULL, NULL);
}
