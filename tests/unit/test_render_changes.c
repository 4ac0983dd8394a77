/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_changes: the lines of --check, with any names. */
#include "rendered.h"

#include "view/render_changes.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define START 1767323045 /* 2026-01-02T03:04:05Z */

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(4444), .unit = "cron.service"},
	 .user = "root",
	 .owners = {{.pid = 8123,
		     .comm = "nc",
		     .exe = "/usr/bin/nc.traditional",
		     .has_started = true,
		     .started = START}},
	 MACHINE_NEW},
	{.socket = {MACHINE_UDP(53), .local.family = LSP_FAMILY_IPV6, .local.address = {[15] = 1},
		    .local.zone = "lo", .uid = 1001},
	 .owners = {{.pid = 7, .comm = "a"}, {.pid = 9, .comm = "b"}},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .rule = "web.rules:3",
	 .findings = {{.id = LSP_FINDING_CHANGED,
		       .reason = "udp/53 is expected with user=root (web.rules:3), "
				 "found 1001"}}},
	{.socket = {.netns = MACHINE_WEB, .state = LSP_STATE_LISTEN, .local.port = 9999},
	 .owners = {{.pid = 5}},
	 MACHINE_NEW},
	{.socket = {MACHINE_TCP(10000)}, .user = "root", MACHINE_NEW},
	{.socket = {MACHINE_TCP(20000), .uid = 1001},
	 .owners = {{.pid = 11, .comm = "c"}},
	 .verdict = LSP_VERDICT_UNJUDGED,
	 .rule = "web.rules:4",
	 .unknown = "unit could not be read, but web.rules:4 asks for it"},
	{.socket = {MACHINE_TCP(22)}, .verdict = LSP_VERDICT_EXPECTED},
};

static const struct lsp_missing missing[] = {
	{.rule = "web.rules:9", .text = "tcp/443 user=root  required", .reason = "nobody"}};

/* A rule is escaped where it is written: what is foreign in it is not escaped once more. */
static const struct lsp_missing escaped[] = {
	{.rule = "a\\.rules:1", .text = "22 unit=a\\x5cx2db\xc2\x9b required", .reason = "nobody"}};

static char *render(const struct machine_row *from, size_t count)
{
	const struct machine machine = {
		.rows = from, .count = count, .missing = missing, .missing_count = ROWS(missing)};

	return rendered_text(render_changes, (struct view){0}, &machine);
}

static void test_lines(void **state)
{
	char *text = render(rows, ROWS(rows));

	(void)state;
	assert_string_equal(
		text, "~ udp [::1%lo]:53  a(7)+1  1001  -  -  udp/53 is expected with user=root "
		      "(web.rules:3), found 1001\n"
		      "+ tcp 0.0.0.0:4444  nc(8123)  root  cron.service  /usr/bin/nc.traditional"
		      "  since 2026-01-02 03:04\n"
		      "+ tcp 0.0.0.0:9999  netns web  ?(5)  -  -  -\n"
		      "+ tcp 0.0.0.0:10000  -  root  -  -\n"
		      "? tcp 0.0.0.0:20000  c(11)  1001  -  -  unit could not be read, but "
		      "web.rules:4 asks for it\n"
		      "- tcp/443 user=root\\x20\\x20required  (web.rules:9)\n");
	free(text);
}

static void test_escaped_rule(void **state)
{
	static const struct machine machine = {
		.rows = &rows[5], .count = 1, .missing = escaped, .missing_count = 1};
	char *text = rendered_text(render_changes, (struct view){0}, &machine);

	(void)state;
	assert_string_equal(text, "- 22 unit=a\\x5cx2db\\xc2\\x9b required  (a\\x5c.rules:1)\n");
	free(text);
}

static void test_nothing(void **state)
{
	static const struct machine machine = {.rows = &rows[5], .count = 1};
	char *text = rendered_text(render_changes, (struct view){0}, &machine);

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

/* A name cannot add a line, a column, or a terminal sequence. */
static void test_hostile(void **state)
{
	static const struct machine_row hostile[] = {
		{.socket = {MACHINE_TCP(81), .unit = "u\033[2J  +", .local.zone = "e\nh"},
		 .user = "ro\not",
		 .owners = {{.pid = 1, .comm = "\033[31m\n+ tcp", .exe = "/tmp/a  b\xff\\"}},
		 .verdict = LSP_VERDICT_UNEXPECTED,
		 .findings = {{.id = LSP_FINDING_CHANGED, .reason = "found \033]0;x\a"}}}};
	char *text = render(hostile, 1);

	(void)state;
	assert_string_equal(text, "~ tcp 0.0.0.0%e\\x0ah:81  \\x1b[31m\\x0a+ tcp(1)  ro\\x0aot"
				  "  u\\x1b[2J\\x20\\x20+  /tmp/a\\x20\\x20b\\xff\\x5c"
				  "  found \\x1b]0;x\\x07\n"
				  "- tcp/443 user=root\\x20\\x20required  (web.rules:9)\n");
	free(text);
}

/* Differences already reported are left out, and those beyond the limit are counted. */
static void test_reported_and_folded(void **state)
{
	static struct machine_row many[60];
	const struct machine machine = {
		.rows = many, .count = ROWS(many), .missing = missing, .missing_count = 1};
	struct lsp_snapshot *snapshot;
	struct changes changes;
	const struct view view = {.changes = &changes};
	struct sink sink;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct machine_row){
			.socket = {MACHINE_TCP((uint16_t)(5000 + i)), .uid = i == 59 ? 1001 : 1000,
				   .unit = "a\nb.scope"},
			.user = i == 59 ? NULL : "alice",
			.owners = {{.pid = 5, .comm = "x", .exe = "/srv/x  y"}},
			MACHINE_NEW};
	snapshot = machine_snapshot(&machine);
	rendered_changes(&changes, snapshot);
	assert_int_equal(changes.items.count, 61);
	changes_at(&changes, 0)->was_reported = true;
	sink_init(&sink, -1);
	render_changes(&view, snapshot, &sink);
	assert_non_null(buf_text(&sink.buf));
	assert_int_equal(rendered_count(sink.buf.data, "\n"), 20 + 1 + 1 + 1);
	assert_int_equal(strncmp(sink.buf.data, "+ tcp 0.0.0.0:5001 ", 19), 0);
	assert_non_null(strstr(sink.buf.data, "\n+ tcp 0.0.0.0:5020 "));
	assert_null(strstr(sink.buf.data, "\n+ tcp 0.0.0.0:5021 "));
	assert_non_null(strstr(sink.buf.data, "\n+ tcp 0.0.0.0:5059 "));
	assert_non_null(strstr(sink.buf.data, "\n- tcp/443 "));
	assert_non_null(strstr(sink.buf.data,
			       "\n... and 38 more of user alice, unit a\\x0ab.scope, "
			       "program /srv/x\\x20\\x20y\n"));
	sink_deinit(&sink);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),   cmocka_unit_test(test_escaped_rule),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_zone),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_reported_and_folded),
	};

	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests_name("render_changes", tests, NULL, NULL);
}
