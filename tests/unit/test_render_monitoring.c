/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_monitoring: the line of a monitoring plugin, and its exit status. */
#include "rendered.h"

#include "view/render_monitoring.h"

#include <stdlib.h>
#include <string.h>

/* Each test uses some of these rows. */
static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(8080)}, .verdict = LSP_VERDICT_EXPECTED},
	{.socket = {MACHINE_TCP(4444)}, .owners = {{.pid = 5, .comm = "a|b\nc|"}}, MACHINE_NEW},
	{.socket = {MACHINE_TCP(81)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{.id = LSP_FINDING_CHANGED, .reason = "x"}}},
	{.socket = {MACHINE_UDP(5353)}, .verdict = LSP_VERDICT_UNJUDGED},
	/* it is unknown whether its port is privileged */
	{.socket = {.netns = MACHINE_WEB, .state = LSP_STATE_LISTEN, .local.port = 8081},
	 MACHINE_NEW},
};
static const struct machine_row mixed[] = {
	{.socket = {MACHINE_TCP(4444)}, MACHINE_NEW},
	{.socket = {MACHINE_TCP(5353)}, .verdict = LSP_VERDICT_UNJUDGED},
	{.socket = {MACHINE_TCP(99)}, .verdict = LSP_VERDICT_UNJUDGED},
};
static const struct lsp_missing missing[] = {
	{.rule = "a:1", .text = "tcp/25 exe=/usr/sbin/a|b required", .reason = "x"}};

#define OTHER " new=0;0;;0 changed=0;0;;0 missing=0;0;;0 unjudged=0;0;;0\n"

static const struct {
	struct machine machine;
	bool has_no_rules;
	enum render_monitoring state;
	const char *line;
} cases[] = {
	{{.rows = &rows[0], .count = 1},
	 false,
	 RENDER_MONITORING_OK,
	 "LSPORTS OK - 1 listeners, all expected | listeners=1;;;0" OTHER},
	{{.rows = &rows[0], .count = 2},
	 false,
	 RENDER_MONITORING_WARNING,
	 "LSPORTS WARNING - 1 difference: new tcp/4444 a/b\\x0ac/ | listeners=2;;;0 new=1;0;;0 "
	 "changed=0;0;;0 missing=0;0;;0 unjudged=0;0;;0\n"},
	{{.rows = &rows[1], .count = 2},
	 false,
	 RENDER_MONITORING_CRITICAL,
	 "LSPORTS CRITICAL - 2 differences: changed tcp/81, new tcp/4444 a/b\\x0ac/ | "
	 "listeners=2;;;0 new=1;0;;0 changed=1;0;;0 missing=0;0;;0 unjudged=0;0;;0\n"},
	{{.rows = &rows[3], .count = 1},
	 false,
	 RENDER_MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - 1 difference: unjudged udp/5353 | listeners=1;;;0 new=0;0;;0 "
	 "changed=0;0;;0 missing=0;0;;0 unjudged=1;0;;0\n"},
	/* what is not expected counts more than what is not known */
	{{.rows = mixed, .count = 2},
	 false,
	 RENDER_MONITORING_WARNING,
	 "LSPORTS WARNING - 2 differences: new tcp/4444, unjudged tcp/5353 | listeners=2;;;0 "
	 "new=1;0;;0 changed=0;0;;0 missing=0;0;;0 unjudged=1;0;;0\n"},
	/* on a privileged port too */
	{{.rows = &mixed[2], .count = 1},
	 false,
	 RENDER_MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - 1 difference: unjudged tcp/99 | listeners=1;;;0 new=0;0;;0 "
	 "changed=0;0;;0 missing=0;0;;0 unjudged=1;0;;0\n"},
	{{.rows = &rows[0], .count = 1, .gaps = {MACHINE_GAP}},
	 false,
	 RENDER_MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - not everything could be seen | listeners=1;;;0" OTHER},
	/* the worst known state counts, even if something hides */
	{{.rows = &rows[2], .count = 1, .gaps = {MACHINE_GAP}},
	 false,
	 RENDER_MONITORING_CRITICAL,
	 "LSPORTS CRITICAL - 1 difference: changed tcp/81 | listeners=1;;;0 new=0;0;;0 "
	 "changed=1;0;;0 missing=0;0;;0 unjudged=0;0;;0\n"},
	{{.rows = &rows[4], .count = 1},
	 false,
	 RENDER_MONITORING_CRITICAL,
	 "LSPORTS CRITICAL - 1 difference: new tcp/8081 | listeners=1;;;0 new=1;0;;0 "
	 "changed=0;0;;0 missing=0;0;;0 unjudged=0;0;;0\n"},
	{{.missing = missing, .missing_count = 1},
	 false,
	 RENDER_MONITORING_WARNING,
	 "LSPORTS WARNING - 1 difference: missing tcp/25 exe=/usr/sbin/a/b required | "
	 "listeners=0;;;0 new=0;0;;0 changed=0;0;;0 missing=1;0;;0 unjudged=0;0;;0\n"},
	{{.rows = &rows[0], .count = 1},
	 true,
	 RENDER_MONITORING_UNKNOWN,
	 "LSPORTS UNKNOWN - no rules: see lsports --learn | listeners=1;;;0" OTHER},
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		const struct view view = {.has_rules = !cases[i].has_no_rules};
		char *text = rendered_text(render_monitoring, view, &cases[i].machine);

		expect(!strcmp(text, cases[i].line), "case %zu: %s", i, text);
		/* text and performance data: two parts */
		assert_int_equal(rendered_count(text, "|"), 1);
		assert_int_equal(rendered_count(text, "\n"), 1);
		free(text);
	}
}

static void test_states(void **state)
{
	static const char *const words[] = {"LSPORTS OK", "LSPORTS WARNING", "LSPORTS CRITICAL",
					    "LSPORTS UNKNOWN"};

	(void)state;
	assert_int_equal(RENDER_MONITORING_OK, 0);
	assert_int_equal(RENDER_MONITORING_WARNING, 1);
	assert_int_equal(RENDER_MONITORING_CRITICAL, 2);
	assert_int_equal(RENDER_MONITORING_UNKNOWN, 3);
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct lsp_snapshot *snapshot = machine_snapshot(&cases[i].machine);
		struct changes changes;
		const struct view view = {.has_rules = !cases[i].has_no_rules, .changes = &changes};

		rendered_changes(&changes, snapshot);
		expect(render_monitoring_status(&view, snapshot) == (int)cases[i].state, "case %zu",
		       i);
		expect(!strncmp(cases[i].line, words[cases[i].state],
				strlen(words[cases[i].state])),
		       "case %zu", i);
		changes_deinit(&changes);
		lsp_snapshot_free(snapshot);
	}
}

/* The line stays short: only the first five are named. */
static void test_many(void **state)
{
	static struct machine_row many[300];
	const struct machine full = {.rows = many, .count = ROWS(many)};
	const struct view view = {.has_rules = true};
	char *text;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct machine_row){.socket = {MACHINE_TCP((uint16_t)(2000 + i))},
					       MACHINE_NEW};
	text = rendered_text(render_monitoring, view, &full);
	assert_int_equal(rendered_count(text, "new tcp/"), 5);
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
