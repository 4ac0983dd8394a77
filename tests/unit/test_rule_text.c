/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rule_text: the rule of a listener holds it, and no other one. */
#include "ruling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ruling_row sshd = {
	.socket = {RULING_TCP(22), .family = LSP_FAMILY_IPV4, .local.address = {10, 1, 2, 3},
		   .interface = "eth0", .cgroup = "/system.slice/ssh.service",
		   .unit = "ssh.service"},
	.user = "root",
	.owners = {RULING_OWNER(812, "sshd", "/usr/sbin/sshd")},
};

static char *format(const struct ruling_row *row)
{
	struct lsp_snapshot *snapshot = ruling_snapshot(row, 1, NULL);
	char *text = lsp_rule_format(snapshot, 0);

	assert_non_null(text);
	lsp_snapshot_free(snapshot);
	return text;
}

/* The verdict about @row where @line is the one rule. */
static enum lsp_verdict judge(const char *line, const struct ruling_row *row)
{
	struct lsp_snapshot *snapshot = ruling_snapshot(row, 1, NULL);
	struct buf text = BUF_INIT;
	struct lsp_judgement judgement;
	struct lsp_rules *rules;
	struct lsp_query query;

	buf_printf(&text, "%s\n", line);
	rules = ruling_rules(buf_text(&text), NULL);
	query = ruling_query(rules);
	assert_int_equal(lsp_judge(&query, snapshot), 0);
	lsp_snapshot_judgement(snapshot, 0, &judgement);
	lsp_rules_free(rules);
	lsp_snapshot_free(snapshot);
	buf_deinit(&text);
	return judgement.verdict;
}

/* --- the text
 * ------------------------------------------------------------------------------------- */

static void expect_rule(const struct ruling_row *row, const char *expected)
{
	char *text = format(row);

	assert_string_equal(text, expected);
	assert_int_equal(judge(text, row), LSP_VERDICT_EXPECTED);
	free(text);
}

static void each_fact_stands_in_the_rule(void **state)
{
	struct ruling_row row = sshd;

	(void)state;
	expect_rule(&sshd, "tcp/22 netns=self family=ipv4 scope=private interface=eth0 user=root "
			   "unit=ssh.service exe=/usr/sbin/sshd");
	row.socket.interface = "-";
	expect_rule(&row, "tcp/22 netns=self family=ipv4 scope=private interface=\\x2d user=root "
			  "unit=ssh.service exe=/usr/sbin/sshd");
	row.socket.interface = NULL;
	row.socket.unit = NULL;
	expect_rule(&row, "tcp/22 netns=self family=ipv4 scope=private interface=- user=root "
			  "unit=- exe=/usr/sbin/sshd");
	row.socket.is_auto = LSP_KNOWN_YES;
	row.socket.netns = RULING_WEB;
	row.user = NULL;
	row.socket.uid = 1002;
	expect_rule(&row, "tcp/auto netns=web family=ipv4 scope=private interface=- user=1002 "
			  "unit=- exe=/usr/sbin/sshd");
	row = sshd;
	row.socket.netns = 4026539999u;
	row.socket.family = LSP_FAMILY_IPV6;
	row.socket.proto = LSP_PROTO_UDP;
	row.socket.state = LSP_STATE_CLOSE;
	expect_rule(&row, "udp/22 netns=4026539999 family=ipv6 scope=public interface=eth0 "
			  "user=root unit=ssh.service exe=/usr/sbin/sshd");
	/* What is not known is not said. */
	row = (struct ruling_row){.socket = {.proto = LSP_PROTO_TCP,
					     .state = LSP_STATE_LISTEN,
					     .local.port = 1,
					     .inode = 7}};
	expect_rule(&row, "tcp/1 family=ipv4 scope=any");
}

static void programs_of_all_owners_or_none(void **state)
{
	struct ruling_row row = {.socket = {RULING_TCP(80)},
				 .owners = {RULING_OWNER(1, "a", "/a"), RULING_OWNER(2, "b", "/b"),
					    RULING_OWNER(3, "a", "/a")}};
	static const char start[] = "tcp/80 netns=self family=ipv4 scope=any interface=- user=0";
	char expected[200];

	(void)state;
	snprintf(expected, sizeof(expected), "%s exe=/a,/b", start);
	expect_rule(&row, expected);
	row.owners[1].exe = NULL;
	expect_rule(&row, start);
	row.owners[1].exe = "/b";
	row.owners[1].exe_doubt = LSP_EXE_DOUBT_UNMAPPED;
	expect_rule(&row, start);
	row.owners[1].exe_doubt = LSP_EXE_DOUBT_USERNS;
	expect_rule(&row, start);
	row.owners[1] = (struct lsp_process){.pid = 2, .exe = ""};
	expect_rule(&row, start);
	row.owners[0].pid = 0;
	expect_rule(&row, start);
}

static void a_user_called_by_a_number(void **state)
{
	struct ruling_row row = sshd, other = sshd;
	char *text;

	(void)state;
	row.user = "0";
	row.socket.uid = 1000;
	text = format(&row);
	assert_non_null(strstr(text, " uid=1000 "));
	assert_int_equal(judge(text, &row), LSP_VERDICT_EXPECTED);
	/* root is not meant, with and without its name */
	assert_int_equal(judge(text, &other), LSP_VERDICT_UNEXPECTED);
	other.user = NULL;
	assert_int_equal(judge(text, &other), LSP_VERDICT_UNEXPECTED);
	free(text);
}

static void units_whose_names_pass(void **state)
{
	static const struct {
		const char *unit, *expected, *again, *other;
	} rows[] = {
		{"session-3.scope", " unit=session-*.scope ", "session-77.scope",
		 "session-3.service"},
		{"docker-4f1c.scope", " unit=docker-*.scope ", "docker-9a.scope", "dockerd.scope"},
		{"libpod-4f1c.scope", " unit=libpod-*.scope ", "libpod-9a.scope", "libpod.scope"},
		{"cri-containerd-4f1c.scope", " unit=cri-containerd-*.scope ",
		 "cri-containerd-2.scope", "cri-containerd.scope"},
		{"crio-4f1c.scope", " unit=crio-*.scope ", "crio-1.scope", "cri-1.scope"},
		{"run-u12.service", " unit=run-*.service ", "run-u13.service", "run-u12.scope"},
		{"run-r1.scope", " unit=run-*.scope ", "run-r2.scope", "ran-r1.scope"},
		/* nothing between: a name like any other */
		{"session-.scope", " unit=session-.scope ", "session-.scope", "session-1.scope"},
		{"run-.service", " unit=run-.service ", "run-.service", "run-1.service"},
		{"xsession-3.scope", " unit=xsession-3.scope ", "xsession-3.scope",
		 "xsession-4.scope"},
		{"getty@tty1.service", " unit=getty@tty1.service ", "getty@tty1.service",
		 "getty@tty2.service"},
		{"session-*.scope", " unit=session-*.scope ", "session-*.scope", "session.scope"},
		{"a*.service", " unit=a\\x2a.service ", "a*.service", "ab.service"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ruling_row row = sshd;
		char *text;

		row.socket.unit = rows[i].unit;
		text = format(&row);
		expect(strstr(text, rows[i].expected), "row %zu: %s", i, text);
		row.socket.unit = rows[i].again;
		expect(judge(text, &row) == LSP_VERDICT_EXPECTED, "%s is %s", text, rows[i].again);
		row.socket.unit = rows[i].other;
		expect(judge(text, &row) == LSP_VERDICT_UNEXPECTED, "%s is %s", text,
		       rows[i].other);
		free(text);
	}
}

/* --- one fact that differs
 * ------------------------------------------------------------------------- */

static void no_other_listener_is_held(void **state)
{
	char *text = format(&sshd);
	struct ruling_row rows[18];
	size_t count = 0;

	(void)state;
#define OTHER(change)                                                                              \
	do {                                                                                       \
		rows[count] = sshd;                                                                \
		rows[count++].change;                                                              \
	} while (0)
	OTHER(socket.local.port = 23);
	OTHER(socket.netns = RULING_WEB);
	OTHER(socket.family = LSP_FAMILY_IPV6);
	OTHER(socket.local.address[0] = 11);
	OTHER(socket.local.address[0] = 127);
	OTHER(socket.interface = "eth1");
	OTHER(socket.interface = NULL);
	OTHER(socket.uid = 1000);
	OTHER(socket.unit = "ssh.socket");
	OTHER(socket.unit = NULL);
	OTHER(owners[0].exe = "/tmp/sshd");
	OTHER(owners[0].exe_doubt = LSP_EXE_DOUBT_UNMAPPED);
	OTHER(owners[0].exe_doubt = LSP_EXE_DOUBT_USERNS);
	OTHER(owners[0].pid = 0);
	OTHER(owners[1] = ((struct lsp_process)RULING_OWNER(900, "sshd", "/usr/bin/socat")));
	OTHER(owners[1] = ((struct lsp_process){
		      .pid = 900, .exe = "/usr/sbin/sshd", .exe_doubt = LSP_EXE_DOUBT_UNMAPPED}));
	rows[count] = sshd;
	rows[count].socket.proto = LSP_PROTO_UDP;
	rows[count++].socket.state = LSP_STATE_CLOSE;
#undef OTHER
	for (size_t i = 0; i < count; i++) {
		if (rows[i].socket.uid)
			rows[i].user = "alice";
		expect(judge(text, &rows[i]) == LSP_VERDICT_UNEXPECTED, "row %zu", i);
	}
	free(text);
}

static void what_a_restart_changes_is_no_difference(void **state)
{
	struct ruling_row row = sshd;
	char *text = format(&row), *again;

	(void)state;
	row.socket.inode = 99999;
	row.socket.has_cookie = true;
	row.socket.cookie = UINT64_MAX;
	row.socket.recv_queue = 7;
	row.socket.has_backlog = true;
	row.socket.backlog = 9;
	row.socket.local.address[3] = 200;
	row.owners[0] = (struct lsp_process)RULING_OWNER(1, "other comm", "/usr/sbin/sshd");
	row.owners[0].has_started = true;
	row.owners[0].started = 1;
	row.owners[0].cmdline = "x";
	assert_int_equal(judge(text, &row), LSP_VERDICT_EXPECTED);
	again = format(&row);
	assert_string_equal(text, again);
	free(again);
	free(text);
}

/* --- hostile bytes
 * -------------------------------------------------------------------------------------- */

/* Every byte, at every place where a process chooses text. */
static void hostile_bytes_come_back(void **state)
{
	static const char *const tails[] = {"",   "*",   " required", "#",   ",/b",
					    "\\", "\\x", "[",         "\n22"};

	(void)state;
	for (unsigned byte = 1; byte < 256; byte++) {
		char exe[32], unit[32], interface[32];
		struct ruling_row row = sshd, other;
		char *text;

		snprintf(exe, sizeof(exe), "/a%c%s", (int)byte, tails[byte % ROWS(tails)]);
		snprintf(unit, sizeof(unit), "%cu%s", (int)byte, tails[byte / 2 % ROWS(tails)]);
		snprintf(interface, sizeof(interface), "%c%s", (int)byte,
			 tails[byte / 3 % ROWS(tails)]);
		row.owners[0].exe = exe;
		row.socket.unit = unit;
		row.socket.interface = interface;
		row.user = unit;
		text = format(&row);
		for (const char *at = text; *at; at++)
			expect(*at >= ' ' && *at < 0x7f, "byte 0x%02x: %s", byte, text);
		expect(judge(text, &row) == LSP_VERDICT_EXPECTED, "byte 0x%02x: %s", byte, text);
		other = row;
		other.owners[0].exe = "/a";
		expect(judge(text, &other) == LSP_VERDICT_UNEXPECTED, "byte 0x%02x, exe", byte);
		other = row;
		other.socket.unit = "u";
		expect(judge(text, &other) == LSP_VERDICT_UNEXPECTED, "byte 0x%02x, unit", byte);
		other = row;
		other.socket.interface = "eth0";
		expect(judge(text, &other) == LSP_VERDICT_UNEXPECTED, "byte 0x%02x", byte);
		other = row;
		other.user = "root";
		expect(judge(text, &other) == LSP_VERDICT_UNEXPECTED, "byte 0x%02x, user", byte);
		free(text);
	}
}

/* Sixty owners, each with the longest path there can be and its own. */
static void many_long_programs_make_a_rule(void **state)
{
	enum { OWNERS = 60, SIZE = 4096 };
	const struct lsp_socket socket = {RULING_TCP(80), .inode = 1};
	const struct snapshot_walk walk = {.is_done = true};
	struct lsp_snapshot *snapshot;
	struct lsp_rules *rules;
	struct lsp_query query;
	struct lsp_judgement judgement;
	struct buf line = BUF_INIT;
	char *exe = malloc(SIZE), *text;

	(void)state;
	assert_non_null(exe);
	assert_int_equal(snapshot_new(&snapshot), 0);
	assert_int_equal(snapshot_add_socket(snapshot, &socket), 0);
	assert_int_equal(snapshot_settle(snapshot), 0);
	memset(exe, 0xff, SIZE);
	exe[SIZE - 1] = '\0';
	for (uint32_t i = 0; i < OWNERS; i++) {
		const struct lsp_process process = {.pid = i + 1, .exe = exe};
		uint32_t index;

		exe[0] = (char)(i + 1);
		assert_int_equal(snapshot_add_process(snapshot, &process, &index), 0);
		assert_int_equal(snapshot_add_owner(snapshot, 1, index, 3), 0);
	}
	snapshot_set_walk(snapshot, &walk);
	assert_int_equal(snapshot_seal(snapshot), 0);
	text = lsp_rule_format(snapshot, 0);
	assert_non_null(text);
	buf_append_text(&line, text);
	buf_append_char(&line, '\n');
	rules = ruling_rules(buf_text(&line), NULL);
	query = ruling_query(rules);
	assert_int_equal(lsp_judge(&query, snapshot), 0);
	lsp_snapshot_judgement(snapshot, 0, &judgement);
	assert_int_equal(judgement.verdict, LSP_VERDICT_EXPECTED);
	free(text);
	free(exe);
	buf_deinit(&line);
	lsp_rules_free(rules);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fact_stands_in_the_rule),
		cmocka_unit_test(programs_of_all_owners_or_none),
		cmocka_unit_test(a_user_called_by_a_number),
		cmocka_unit_test(units_whose_names_pass),
		cmocka_unit_test(no_other_listener_is_held),
		cmocka_unit_test(what_a_restart_changes_is_no_difference),
		cmocka_unit_test(hostile_bytes_come_back),
		cmocka_unit_test(many_long_programs_make_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
