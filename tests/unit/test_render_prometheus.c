/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text format of Prometheus, read back line by line with the rules that node_exporter has. */
#include "checked.h"

#include "view/render.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct checked_row rows[] = {
	{.socket = {CHECKED_TCP(22)}, .user = "root", .verdict = LSP_VERDICT_EXPECTED},
	{.socket = {CHECKED_TCP(80), .interface = "eth0", .unit = "web.service"},
	 .user = "root",
	 .owners = {{.pid = 77, .comm = "a\\b\"c\nd\xff\xfe", .exe = "/tmp/\"x\\"}},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{LSP_FINDING_CHANGED, "x"}, {LSP_FINDING_ODD_EXE, "x"}}},
	/* two of a group, and two ports that the kernel chose: one series each */
	{.socket = {CHECKED_TCP(8080)}, .user = "root", CHECKED_NEW},
	{.socket = {CHECKED_TCP(8080)}, .user = "root", CHECKED_NEW},
	{.socket = {CHECKED_UDP(40000), .uid = 1001, .is_auto = LSP_KNOWN_YES}, CHECKED_NEW},
	{.socket = {CHECKED_UDP(50000), .uid = 1001, .is_auto = LSP_KNOWN_YES}, CHECKED_NEW},
	{.socket = {.netns = CHECKED_BLUE, .state = LSP_STATE_LISTEN, .local.port = 9},
	 CHECKED_NEW},
	/* no listener */
	{.socket = {.netns = CHECKED_OWN, .state = LSP_STATE_ESTABLISHED, .peer.port = 1}},
};
static const struct lsp_missing missing[] = {{.rule = "a:1", .text = "tcp/1", .reason = "x"}};
static const struct checked_machine machine = {
	.rows = rows, .count = ROWS(rows), .missing = missing, .missing_count = 1};

static const struct view view_of_now = {
	.time_sec = 1767323045, .duration_usec = 12000345, .has_rules = true};

/* --- a reader ----------------------------------------------------------------------------------
 */

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || c == '_';
}

/* name{label="value",...}: the first byte behind it. */
static const char *read_series(const char *at)
{
	while (is_name(*at))
		at++;
	if (*at != '{')
		return at;
	do {
		for (at++; is_name(*at); at++)
			;
		expect(at[0] == '=' && at[1] == '"', "label: %s", at);
		for (at += 2; *at != '"'; at++) {
			expect(*at && *at != '\n', "value: %s", at);
			if (*at == '\\') {
				at++;
				expect(strchr("\\\"n", *at), "escape: %s", at);
			}
		}
		at++;
	} while (*at == ',');
	expect(*at == '}', "end of labels: %s", at);
	return at + 1;
}

/* Every sample stands behind HELP and TYPE of its metric, once, with a value and no time. */
static void expect_well_formed(const char *text)
{
	const char *metric = "";

	for (const char *line = text, *end; *line; line = end + 1) {
		const char *value;

		end = strchr(line, '\n');
		assert_non_null(end);
		if (!strncmp(line, "# HELP ", 7)) {
			const char *type = end + 1;
			size_t size = strcspn(line + 7, " ");

			expect(!strncmp(type, "# TYPE ", 7) &&
				       !strncmp(type + 7, line + 7, size + 1),
			       "%.60s", line);
			end = strchr(type, '\n');
			expect(!strncmp(end - 6, " gauge", 6), "%.60s", type);
			metric = line + 7;
			continue;
		}
		value = read_series(line);
		expect(!strncmp(line, metric, strcspn(metric, " ")), "%.80s", line);
		expect(*value == ' ' &&
			       strspn(value + 1, "0123456789.") == (size_t)(end - value - 1),
		       "value: %.80s", value);
		for (const char *other = end; (other = strchr(other, '\n')) && *++other;)
			expect(strncmp(other, line, (size_t)(value - line + 1)) != 0,
			       "twice: %.80s", line);
	}
}

static char *render(struct view view, const struct checked_machine *from)
{
	char *text = checked_render(render_prometheus, view, from);

	expect_well_formed(text);
	for (const char *at = text; *at; at++)
		expect(*at == '\n' || (*at >= ' ' && *at <= '~'), "byte %#x", *at);
	return text;
}

static void expect_line(const char *text, const char *line)
{
	for (const char *at = text; (at = strstr(at, line)); at++)
		if ((at == text || at[-1] == '\n') && at[strlen(line)] == '\n')
			return;
	fail_msg("no %s in:\n%s", line, text);
}

/* --- tests ----------------------------------------------------------------------------------- */

static void test_counts(void **state)
{
	char *text = render(view_of_now, &machine), line[100];

	(void)state;
	expect_line(text, "lsports_listeners{protocol=\"tcp\",scope=\"any\","
			  "category=\"well-known\"} 3");
	expect_line(text, "lsports_listeners{protocol=\"udp\",scope=\"any\","
			  "category=\"dynamic\"} 1");
	expect_line(text, "lsports_listeners{protocol=\"udp\",scope=\"link\","
			  "category=\"dynamic\"} 0");
	expect_line(text, "lsports_unexpected_listeners{category=\"well-known\"} 2");
	expect_line(text, "lsports_unexpected_listeners{category=\"registered\"} 3");
	expect_line(text, "lsports_unexpected_listeners{category=\"dynamic\"} 1");
	expect_line(text, "lsports_findings{id=\"unexpected\"} 5");
	expect_line(text, "lsports_findings{id=\"changed\"} 1");
	expect_line(text, "lsports_findings{id=\"odd-exe\"} 1");
	expect_line(text, "lsports_findings{id=\"missing\"} 1");
	expect_line(text, "lsports_changes{change=\"new\"} 5");
	expect_line(text, "lsports_changes{change=\"changed\"} 1");
	expect_line(text, "lsports_changes{change=\"missing\"} 1");
	free(text);
	text = render(view_of_now, &(struct checked_machine){0});
	for (unsigned i = 0; i < LSP_FINDING_COUNT; i++) {
		snprintf(line, sizeof(line), "lsports_findings{id=\"%s\"} 0",
			 lsp_finding_word((enum lsp_finding_id)i));
		expect_line(text, line);
	}
	assert_int_equal(checked_count(text, "\nlsports_listeners{"), 30);
	assert_int_equal(checked_count(text, "\nlsports_listener_info{"), 0);
	free(text);
}

/* A backslash of a name is \x5c before the label escapes its own. */
static void test_labels(void **state)
{
	char *text = render(view_of_now, &machine);

	(void)state;
	expect_line(text, "lsports_listener_info{protocol=\"tcp\",address=\"0.0.0.0\",port=\"80\","
			  "interface=\"eth0\",netns=\"\",user=\"root\",unit=\"web.service\","
			  "process=\"a\\\\x5cb\\\"c\\\\x0ad\\\\xff\\\\xfe\","
			  "exe=\"/tmp/\\\"x\\\\x5c\",verdict=\"unexpected\"} 1");
	expect_line(text, "lsports_listener_info{protocol=\"udp\",address=\"0.0.0.0\","
			  "port=\"auto\",interface=\"\",netns=\"\",user=\"1001\",unit=\"\","
			  "process=\"\",exe=\"\",verdict=\"unexpected\"} 1");
	assert_int_equal(checked_count(text, "netns=\"blue\""), 1);
	/* nothing that a restart changes */
	assert_null(strstr(text, "77"));
	assert_null(strstr(text, "40000"));
	assert_int_equal(checked_count(text, "\nlsports_listener_info{"), 4);
	expect_line(text, "lsports_listener_info_left_out 0");
	free(text);
}

static void test_everything(void **state)
{
	struct view view = view_of_now;
	char *text;

	(void)state;
	view.is_everything = true;
	text = render(view, &machine);
	assert_int_equal(checked_count(text, "\nlsports_listener_info{"), 5);
	assert_int_equal(checked_count(text, "verdict=\"expected\""), 1);
	free(text);
}

static void test_selected(void **state)
{
	static const uint32_t selected[] = {1};
	struct view view = view_of_now;
	char *text;

	(void)state;
	view.rows = selected;
	view.row_count = 1;
	text = render(view, &machine);
	assert_int_equal(checked_count(text, "\nlsports_listeners{"), 30);
	expect_line(text, "lsports_listeners{protocol=\"tcp\",scope=\"any\","
			  "category=\"well-known\"} 1");
	/* of a part nothing can be missing */
	expect_line(text, "lsports_findings{id=\"missing\"} 0");
	free(text);
}

static void test_cap(void **state)
{
	static struct checked_row many[700];
	const struct checked_machine full = {.rows = many, .count = ROWS(many)};
	char *text;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct checked_row){.socket = {CHECKED_TCP((uint16_t)(2000 + i))},
					       CHECKED_NEW};
	text = render(view_of_now, &full);
	assert_int_equal(checked_count(text, "\nlsports_listener_info{"), 500);
	expect_line(text, "lsports_listener_info_left_out 200");
	assert_non_null(strstr(text, "port=\"2499\""));
	assert_null(strstr(text, "port=\"2500\""));
	expect_line(text, "lsports_unexpected_listeners{category=\"registered\"} 700");
	free(text);
}

static void test_run(void **state)
{
	struct checked_machine incomplete = machine;
	struct view view = view_of_now;
	struct buf failed = BUF_INIT;
	char *text = render(view, &machine);

	(void)state;
	expect_line(text, "lsports_rules_present 1");
	expect_line(text, "lsports_view_complete 1");
	expect_line(text, "lsports_last_run_success 1");
	expect_line(text, "lsports_last_run_timestamp_seconds 1767323045");
	expect_line(text, "lsports_last_run_duration_seconds 12.000345");
	free(text);

	incomplete.is_incomplete = true;
	view.has_rules = false;
	text = render(view, &incomplete);
	expect_line(text, "lsports_rules_present 0");
	expect_line(text, "lsports_view_complete 0");
	expect_line(text, "lsports_last_run_success 1");
	free(text);

	prometheus_format_run(&view, false, false, &failed);
	expect_well_formed(buf_text(&failed));
	expect_line(failed.data, "lsports_last_run_success 0");
	expect_line(failed.data, "lsports_view_complete 0");
	buf_deinit(&failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),     cmocka_unit_test(test_labels),
		cmocka_unit_test(test_everything), cmocka_unit_test(test_selected),
		cmocka_unit_test(test_cap),        cmocka_unit_test(test_run),
	};

	return cmocka_run_group_tests_name("render_prometheus", tests, NULL, NULL);
}
