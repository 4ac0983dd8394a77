/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of --check: all that is needed to act, whatever the names are. */
#include "checked.h"

#include "view/render.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START 1767323045 /* 2026-01-02T03:04:05Z */

static const struct checked_row rows[] = {
	{.socket = {CHECKED_TCP(4444), .unit = "cron.service"},
	 .user = "root",
	 .owners = {{.pid = 8123,
		     .comm = "nc",
		     .exe = "/usr/bin/nc.traditional",
		     .has_started = true,
		     .started = START}},
	 CHECKED_NEW},
	{.socket = {CHECKED_UDP(53), .family = LSP_FAMILY_IPV6, .local.address = {[15] = 1},
		    .interface = "lo", .uid = 1001},
	 .owners = {{.pid = 7, .comm = "a"}, {.pid = 9, .comm = "b"}},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .rule = "web.rules:3",
	 .findings = {{LSP_FINDING_CHANGED, "udp/53 is expected with user=root (web.rules:3), "
					    "found 1001"}}},
	{.socket = {.netns = CHECKED_BLUE, .state = LSP_STATE_LISTEN, .local.port = 9999},
	 .owners = {{.pid = 5}},
	 CHECKED_NEW},
	{.socket = {CHECKED_TCP(10000)}, .user = "root", CHECKED_NEW},
	{.socket = {CHECKED_TCP(22)}, .verdict = LSP_VERDICT_EXPECTED},
};

static const struct lsp_missing missing[] = {
	{.rule = "web.rules:9", .text = "tcp/443 user=root  required", .reason = "nobody"}};

static char *render(const struct checked_row *from, size_t count)
{
	const struct checked_machine machine = {
		.rows = from, .count = count, .missing = missing, .missing_count = ROWS(missing)};

	return checked_render(render_changes, (struct view){0}, &machine);
}

static void test_lines(void **state)
{
	char *text = render(rows, ROWS(rows));

	(void)state;
	assert_string_equal(
		text, "~ udp [::1]:53%lo  a(7)+1  1001  -  -  udp/53 is expected with user=root "
		      "(web.rules:3), found 1001\n"
		      "+ tcp 0.0.0.0:4444  nc(8123)  root  cron.service  /usr/bin/nc.traditional"
		      "  since 2026-01-02 03:04\n"
		      "+ tcp 0.0.0.0:9999  netns blue  ?(5)  -  -  -\n"
		      "+ tcp 0.0.0.0:10000  -  root  -  -\n"
		      "- tcp/443 user=root\\x20\\x20required  (web.rules:9)\n");
	free(text);
}

static void test_nothing(void **state)
{
	static const struct checked_machine machine = {.rows = &rows[4], .count = 1};
	char *text = checked_render(render_changes, (struct view){0}, &machine);

	(void)state;
	assert_string_equal(text, "");
	free(text);
}

/* Local time, as people write it. */
static void test_zone(void **state)
{
	char *text;

	(void)state;
	setenv("TZ", "AAA-05:30", 1);
	tzset();
	text = render(rows, 1);
	setenv("TZ", "UTC0", 1);
	tzset();
	assert_non_null(strstr(text, "since 2026-01-02 08:34\n"));
	free(text);
}

/* No name makes a line, a column, or a sequence of a terminal. */
static void test_hostile(void **state)
{
	static const struct checked_row hostile[] = {
		{.socket = {CHECKED_TCP(81), .unit = "u\033[2J  +", .interface = "e\nh"},
		 .user = "ro\not",
		 .owners = {{.pid = 1, .comm = "\033[31m\n+ tcp", .exe = "/tmp/a  b\xff\\"}},
		 .verdict = LSP_VERDICT_UNEXPECTED,
		 .findings = {{LSP_FINDING_CHANGED, "found \033]0;x\a"}}}};
	char *text = render(hostile, 1);

	(void)state;
	assert_string_equal(text, "~ tcp 0.0.0.0:81%e\\x0ah  \\x1b[31m\\x0a+ tcp(1)  ro\\x0aot"
				  "  u\\x1b[2J\\x20\\x20+  /tmp/a\\x20\\x20b\\xff\\x5c"
				  "  found \\x1b]0;x\\x07\n"
				  "- tcp/443 user=root\\x20\\x20required  (web.rules:9)\n");
	free(text);
}

/* What was told, and what is too much, is left away; how much is said. */
static void test_told_and_left_out(void **state)
{
	static const struct checked_machine machine = {.rows = rows, .count = 4};
	struct lsp_snapshot *snapshot = checked_snapshot(&machine);
	struct changes changes;
	const struct view view = {.changes = &changes};
	struct sink sink;

	(void)state;
	checked_find(&changes, snapshot);
	assert_int_equal(changes.count, 4);
	changes.items[0].was_told = true;
	changes.items[2].is_left_out = true;
	changes.items[3].is_left_out = true;
	sink_init(&sink, -1);
	render_changes(&view, snapshot, &sink);
	assert_non_null(buf_text(&sink.buf));
	assert_int_equal(checked_count(sink.buf.data, "\n"), 2);
	assert_int_equal(strncmp(sink.buf.data, "+ tcp 0.0.0.0:4444 ", 19), 0);
	assert_non_null(strstr(sink.buf.data, "\n... and 2 more\n"));
	sink_deinit(&sink);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_told_and_left_out),
	};

	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests_name("render_changes", tests, NULL, NULL);
}
