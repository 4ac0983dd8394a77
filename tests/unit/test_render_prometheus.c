/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_prometheus: the text format, checked line by line as node_exporter does. */
#include "rendered.h"

#include "findings.h"
#include "view/render_prometheus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(22)}, .user = "root", .verdict = LSP_VERDICT_EXPECTED},
	{.socket = {MACHINE_TCP(80), .local.zone = "eth0", .unit = "web.service"},
	 .user = "root",
	 .owners = {{.pid = 77, .comm = "a\\b\"c\nd\xff\xfe", .exe = "/tmp/\"x\\"}},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{.id = LSP_FINDING_CHANGED, .reason = "x"},
		      {.id = FINDING_ODD_EXE, .reason = "x"}}},
	/* two of a group, and two ports that the kernel chose: one series each */
	{.socket = {MACHINE_TCP(8080)}, .user = "root", MACHINE_NEW},
	{.socket = {MACHINE_TCP(8080)}, .user = "root", MACHINE_NEW},
	{.socket = {MACHINE_UDP_AUTO(40000), .uid = 1001}, MACHINE_NEW},
	{.socket = {MACHINE_UDP_AUTO(50000), .uid = 1001}, MACHINE_NEW},
	{.socket = {.netns = MACHINE_WEB, .state = LSP_STATE_LISTEN, .local.port = 9}, MACHINE_NEW},
	/* no listener */
	{.socket = {.netns = MACHINE_OWN, .state = LSP_STATE_ESTABLISHED, .peer.port = 1}},
};
static const struct lsp_missing missing[] = {{.rule = "a:1", .text = "tcp/1", .reason = "x"}};
static const struct machine machine = {
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

/* Every sample follows HELP and TYPE of its metric, occurs once, and has a value but no time. */
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

static char *render(struct view view, const struct machine *from)
{
	char *text = rendered_text(render_prometheus, view, from);

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
	expect_line(text, "lsports_differences{change=\"new\"} 5");
	expect_line(text, "lsports_differences{change=\"changed\"} 1");
	expect_line(text, "lsports_differences{change=\"missing\"} 1");
	expect_line(text, "lsports_differences{change=\"unjudged\"} 0");
	expect_line(text, "lsports_unjudged_listeners 0");
	free(text);
	text = render(view_of_now, &(struct machine){0});
	for (unsigned i = 0; i < lsp_finding_count(); i++) {
		snprintf(line, sizeof(line), "lsports_findings{id=\"%s\"} 0", lsp_finding_word(i));
		expect_line(text, line);
	}
	assert_int_equal(rendered_count(text, "\nlsports_listeners{"),
			 LSP_PROTO_COUNT * LSP_SCOPE_COUNT * LSP_CATEGORY_COUNT);
	assert_int_equal(rendered_count(text, "\nlsports_listener_info{"), 0);
	free(text);
}

/* A backslash in a name becomes \x5c before the label is escaped. */
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
	assert_int_equal(rendered_count(text, "netns=\"web\""), 1);
	/* nothing that changes with a restart */
	assert_null(strstr(text, "77"));
	assert_null(strstr(text, "40000"));
	assert_int_equal(rendered_count(text, "\nlsports_listener_info{"), 4);
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
	assert_int_equal(rendered_count(text, "\nlsports_listener_info{"), 5);
	assert_int_equal(rendered_count(text, "verdict=\"expected\""), 1);
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
	assert_int_equal(rendered_count(text, "\nlsports_listeners{"),
			 LSP_PROTO_COUNT * LSP_SCOPE_COUNT * LSP_CATEGORY_COUNT);
	expect_line(text, "lsports_listeners{protocol=\"tcp\",scope=\"any\","
			  "category=\"well-known\"} 1");
	/* a selection has no missing rules */
	expect_line(text, "lsports_findings{id=\"missing\"} 0");
	free(text);
}

static void test_cap(void **state)
{
	static struct machine_row many[700];
	const struct machine full = {.rows = many, .count = ROWS(many)};
	char *text;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct machine_row){.socket = {MACHINE_TCP((uint16_t)(2000 + i))},
					       MACHINE_NEW};
	/* one of another user, and one in a unit of its own */
	many[698].socket.uid = 1001;
	many[699].socket.unit = "a.service";
	text = render(view_of_now, &full);
	assert_int_equal(rendered_count(text, "\nlsports_listener_info{"), 22);
	expect_line(text, "lsports_listener_info_left_out 678");
	assert_non_null(strstr(text, "port=\"2019\""));
	assert_null(strstr(text, "port=\"2020\""));
	assert_non_null(strstr(text, "port=\"2698\""));
	assert_non_null(strstr(text, "port=\"2699\""));
	expect_line(text, "lsports_unexpected_listeners{category=\"registered\"} 700");
	free(text);
	/* those that are expected take what is left */
	for (size_t i = 0; i < 600; i++)
		many[i] = (struct machine_row){.socket = {MACHINE_TCP((uint16_t)(2000 + i))},
					       .verdict = LSP_VERDICT_EXPECTED};
	text = render((struct view){.has_rules = true, .is_everything = true}, &full);
	assert_int_equal(rendered_count(text, "\nlsports_listener_info{"), 500);
	assert_int_equal(rendered_count(text, "verdict=\"unexpected\""), 22);
	expect_line(text, "lsports_listener_info_left_out 200");
	free(text);
}

static void test_run(void **state)
{
	struct machine incomplete = machine;
	struct view view = view_of_now;
	struct sink failed;
	char *text = render(view, &machine);

	(void)state;
	expect_line(text, "lsports_rules_present 1");
	expect_line(text, "lsports_view_complete 1");
	expect_line(text, "lsports_last_run_success 1");
	expect_line(text, "lsports_last_run_timestamp_seconds 1767323045");
	expect_line(text, "lsports_last_run_duration_seconds 12.000345");
	free(text);

	incomplete.gaps[0] = (struct lsp_gap)MACHINE_GAP;
	view.has_rules = false;
	text = render(view, &incomplete);
	expect_line(text, "lsports_rules_present 0");
	expect_line(text, "lsports_view_complete 0");
	expect_line(text, "lsports_last_run_success 1");
	free(text);

	sink_init(&failed, -1);
	render_prometheus_failure(&view, NULL, &failed);
	expect_well_formed(buf_text(&failed.buf));
	expect_line(failed.buf.data, "lsports_last_run_success 0");
	expect_line(failed.buf.data, "lsports_view_complete 0");
	sink_deinit(&failed);
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
