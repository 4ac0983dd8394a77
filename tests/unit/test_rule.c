/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rule: the rule of a listener matches it, and no other listener. */
#include "support.h"

#include "machine.h"
#include "protocols.h"
#include "ruling.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct machine_row sshd = {
	.socket = {MACHINE_TCP(22), .local.family = LSP_FAMILY_IPV4, .local.address = {10, 1, 2, 3},
		   .local.zone = "eth0", .cgroup = "/system.slice/ssh.service",
		   .unit = "ssh.service"},
	.user = "root",
	.owners = {MACHINE_OWNER(812, "sshd", "/usr/sbin/sshd")},
};

/* @host: as in struct machine, here and below. */
static char *format_on(const struct machine_row *row, const struct machine_host *host)
{
	struct lsp_snapshot *snapshot =
		machine_snapshot(&(struct machine){.rows = row, .count = 1, .host = host});
	char *text = lsp_rule_format(snapshot, 0);

	assert_non_null(text);
	lsp_snapshot_free(snapshot);
	return text;
}

static char *format(const struct machine_row *row)
{
	return format_on(row, NULL);
}

static void expect_unknown(const struct machine_row *row, const char *expected)
{
	struct lsp_snapshot *snapshot = machine_of(row, 1);
	char *text = lsp_rule_unknown(snapshot, 0);

	assert_string_equal(text, expected);
	free(text);
	lsp_snapshot_free(snapshot);
}

static void what_a_rule_would_leave_out_is_named(void **state)
{
	struct machine_row row = sshd;

	(void)state;
	expect_unknown(&row, "");
	row.socket.unit = NULL;
	expect_unknown(&row, "");
	row.socket.cgroup = NULL;
	expect_unknown(&row, "unit");
	row.socket.netns = 0;
	row.socket.is_auto = LSP_UNKNOWN;
	row.socket.has_uid = false;
	expect_unknown(&row, "netns, auto, user, unit");
	row = sshd;
	row.owners[0].exe = NULL;
	expect_unknown(&row, "program of sshd(812)");
	row = sshd;
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_USERNS;
	expect_unknown(&row, "verified program of sshd(812)");
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_ELSEWHERE;
	expect_unknown(&row, "verified program of sshd(812)");
	row.socket.container = "web";
	expect_unknown(&row, "");
	row = sshd;
	row.owners[0].pid = 0;
	expect_unknown(&row, "");
}

/* The verdict about @row if @line is the only rule. */
static enum lsp_verdict judge_on(const char *line, const struct machine_row *row,
				 const struct machine_host *host)
{
	struct lsp_judgement judgement;
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s\n", line);
	snapshot = machine_snapshot(
		&(struct machine){.rows = row, .count = 1, .host = host, .rules = buf_text(&text)});
	lsp_snapshot_judgement(snapshot, 0, &judgement);
	lsp_snapshot_free(snapshot);
	buf_deinit(&text);
	return judgement.verdict;
}

static enum lsp_verdict judge(const char *line, const struct machine_row *row)
{
	return judge_on(line, row, NULL);
}

/* --- the text
 * ------------------------------------------------------------------------------------- */

static void expect_rule(const struct machine_row *row, const char *expected)
{
	char *text = format(row);

	assert_string_equal(text, expected);
	assert_int_equal(judge(text, row), LSP_VERDICT_EXPECTED);
	free(text);
}

static void each_fact_stands_in_the_rule(void **state)
{
	struct machine_row row = sshd;

	(void)state;
	expect_rule(&sshd, "tcp/22 netns=self scope=private interface=eth0 user=root "
			   "unit=ssh.service exe=/usr/sbin/sshd");
	row.socket.local.zone = "-";
	expect_rule(&row, "tcp/22 netns=self scope=private interface=\\x2d user=root "
			  "unit=ssh.service exe=/usr/sbin/sshd");
	row.socket.local.zone = NULL;
	row.socket.unit = NULL;
	expect_rule(&row, "tcp/22 netns=self scope=private user=root "
			  "unit=- exe=/usr/sbin/sshd");
	row.socket.is_auto = LSP_YES;
	row.socket.netns = MACHINE_WEB;
	row.user = NULL;
	row.socket.uid = 1002;
	expect_rule(&row, "tcp/auto netns=web scope=private user=1002 "
			  "unit=- exe=/usr/sbin/sshd");
	row.is_user_unknown = true;
	expect_rule(&row, "tcp/auto netns=web scope=private uid=1002 "
			  "unit=- exe=/usr/sbin/sshd");
	row = sshd;
	row.socket.netns = 4026539999u;
	row.socket.local.family = LSP_FAMILY_IPV6;
	row.socket.proto = LSP_PROTO_UDP;
	row.socket.state = LSP_STATE_CLOSE;
	expect_rule(&row, "udp/22 netns!=self scope=public interface=eth0 "
			  "user=root unit=ssh.service exe=/usr/sbin/sshd");
	/* Unknown facts are left out. */
	row = (struct machine_row){.socket = {.proto = LSP_PROTO_TCP,
					      .state = LSP_STATE_LISTEN,
					      .local.port = 1,
					      .inode = 7}};
	expect_rule(&row, "tcp/1 scope=any owner_gap=unknown");
}

static void a_program_of_a_container_is_one_of_its_tree(void **state)
{
	struct machine_row row = sshd;
	char *text;

	(void)state;
	row.socket.container = "web";
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_ELSEWHERE;
	text = format(&row);
	assert_non_null(strstr(text, " container=* exe=/usr/sbin/sshd"));
	assert_int_equal(judge(text, &row), LSP_VERDICT_EXPECTED);
	row.owners[0].exe = "/usr/bin/other";
	assert_int_equal(judge(text, &row), LSP_VERDICT_UNEXPECTED);
	row.owners[0].exe = "/usr/sbin/sshd";
	row.socket.container = NULL;
	assert_int_equal(judge(text, &row), LSP_VERDICT_UNEXPECTED);
	free(text);
}

static void programs_of_all_owners_or_none(void **state)
{
	struct machine_row row = {.socket = {MACHINE_TCP(80)},
				  .owners = {MACHINE_OWNER(1, "a", "/a"),
					     MACHINE_OWNER(2, "b", "/b"),
					     MACHINE_OWNER(3, "a", "/a")}};
	static const char start[] = "tcp/80 netns=self scope=any user=0";
	char expected[200];

	(void)state;
	snprintf(expected, sizeof(expected), "%s exe=/a,/b", start);
	expect_rule(&row, expected);
	row.owners[1].exe = NULL;
	expect_rule(&row, start);
	row.owners[1].exe = "/b";
	row.owners[1].exe_unverified = LSP_EXE_UNVERIFIED_FILE;
	expect_rule(&row, start);
	row.owners[1].exe_unverified = LSP_EXE_UNVERIFIED_USERNS;
	expect_rule(&row, start);
	row.owners[1] = (struct lsp_process){.pid = 2, .exe = ""};
	expect_rule(&row, start);
	row.owners[0].pid = 0;
	snprintf(expected, sizeof(expected), "%s owner_gap=unknown", start);
	expect_rule(&row, expected);
}

static void a_user_called_by_a_number(void **state)
{
	struct machine_row row = sshd, other = sshd;
	char *text;

	(void)state;
	row.user = "0";
	row.socket.uid = 1000;
	text = format(&row);
	assert_non_null(strstr(text, " uid=1000 "));
	assert_int_equal(judge(text, &row), LSP_VERDICT_EXPECTED);
	/* root does not match, with and without its name */
	assert_int_equal(judge(text, &other), LSP_VERDICT_UNEXPECTED);
	other.user = NULL;
	assert_int_equal(judge(text, &other), LSP_VERDICT_UNEXPECTED);
	free(text);
}

#define UUID "3f2b8c1e-5d6a-4b7c-9e0f-a1b2c3d4e5f6"
#define STORE_HASH "0c9p07z77phvv2hf6gm9f28syp39f1ag"
#define OTHER_UUID "91c0d2aa-08fe-4c11-8d27-5b6e7f809a1b"

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
		/* nothing in between: an ordinary name */
		{"session-.scope", " unit=session-.scope ", "session-.scope", "session-1.scope"},
		{"run-.service", " unit=run-.service ", "run-.service", "run-1.service"},
		{"xsession-3.service", " unit=xsession-3.service ", "xsession-3.service",
		 "xsession-4.service"},
		/* ids and counts, wherever they stand */
		{"app-gnome-code-2917.scope", " unit=app-gnome-code-*.scope ",
		 "app-gnome-code-31544.scope", "app-gnome-mode-2917.scope"},
		{"vte-spawn-" UUID ".scope", " unit=vte-spawn-*.scope ",
		 "vte-spawn-" OTHER_UUID ".scope", "vte-" UUID ".scope"},
		{"snap.x.y-" UUID ".scope", " unit=snap.x.y-*.scope ",
		 "snap.x.y-" OTHER_UUID ".scope", "snap.x.z-" UUID ".scope"},
		{"a@5c61f0be.service", " unit=a@*.service ", "a@e03a9274e03a9274.service",
		 "b@5c61f0be.service"},
		{"kubepods-besteffort-pod3f2b8c1e_5d6a_4b7c_9e0f_a1b2c3d4e5f6.slice",
		 " unit=kubepods-besteffort-pod*.slice ",
		 "kubepods-besteffort-pod91c0d2aa_08fe_4c11_8d27_5b6e7f809a1b.slice",
		 "kubepods-burstable-pod3f2b8c1e_5d6a_4b7c_9e0f_a1b2c3d4e5f6.slice"},
		{"podman-4711.scope", " unit=podman-*.scope ", "podman-1.scope", "podman.scope"},
		{"nerdctl-5c61f0be.scope", " unit=nerdctl-*.scope ", "nerdctl-9.scope",
		 "nerd-1.scope"},
		{"machine-qemu\\x2d1\\x2dweb1.scope",
		 " unit=machine-qemu\\x5cx2d*\\x5cx2dweb1.scope ",
		 "machine-qemu\\x2d37\\x2dweb1.scope", "machine-qemu\\x2d1\\x2dweb2.scope"},
		{"machine-web\\x2d2.scope", " unit=machine-web\\x5cx2d2.scope ",
		 "machine-web\\x2d2.scope", "machine-web\\x2d3.scope"},
		{"user@1000.service/app-a-1.scope", " unit=user@1000.service/app-a-*.scope ",
		 "user@1000.service/app-a-2.scope", "user@1001.service/app-a-1.scope"},
		{"user@1000.service/dbus-:1.2-org.a@0.service",
		 " unit=user@1000.service/dbus-:*.*-org.a@*.service ",
		 "user@1000.service/dbus-:1.17-org.a@1.service",
		 "user@1000.service/dbus-:1.2-org.b@0.service"},
		/* numbers that tell one service from another, and words that look like ids */
		{"postgresql@15-main.service", " unit=postgresql@15-main.service ",
		 "postgresql@15-main.service", "postgresql@16-main.service"},
		{"a-feedface.service", " unit=a-feedface.service ", "a-feedface.service",
		 "a-deadbeef.service"},
		/* nothing but an id: any other unit would be meant */
		{"5c61f0be.service", " unit=5c61f0be.service ", "5c61f0be.service",
		 "e03a9274.service"},
		{"0123456789ab/a.service", " unit=0123456789ab/a.service ",
		 "0123456789ab/a.service", "0123456789ac/a.service"},
		{"1234.scope", " unit=1234.scope ", "1234.scope", "1235.scope"},
		{"getty@tty1.service", " unit=getty@tty1.service ", "getty@tty1.service",
		 "getty@tty2.service"},
		{"session-*.scope", " unit=session-*.scope ", "session-*.scope", "session.scope"},
		{"a*.service", " unit=a\\x2a.service ", "a*.service", "ab.service"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = sshd;
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

static void no_other_listener_matches(void **state)
{
	char *text = format(&sshd);
	struct machine_row rows[18];
	size_t count = 0;

	(void)state;
#define OTHER(change)                                                                              \
	do {                                                                                       \
		rows[count] = sshd;                                                                \
		rows[count++].change;                                                              \
	} while (0)
	OTHER(socket.local.port = 23);
	OTHER(socket.netns = MACHINE_WEB);
	OTHER(socket.local.family = LSP_FAMILY_IPV6);
	OTHER(socket.local.address[0] = 11);
	OTHER(socket.local.address[0] = 127);
	OTHER(socket.local.zone = "eth1");
	OTHER(socket.local.zone = NULL);
	OTHER(socket.uid = 1000);
	OTHER(socket.unit = "ssh.socket");
	OTHER(socket.unit = NULL);
	OTHER(owners[0].exe = "/tmp/sshd");
	OTHER(owners[0].exe_unverified = LSP_EXE_UNVERIFIED_FILE);
	OTHER(owners[0].exe_unverified = LSP_EXE_UNVERIFIED_USERNS);
	OTHER(owners[0].pid = 0);
	OTHER(owners[1] = ((struct lsp_process)MACHINE_OWNER(900, "sshd", "/usr/bin/socat")));
	OTHER(owners[1] = ((struct lsp_process){.pid = 900,
						.exe = "/usr/sbin/sshd",
						.exe_unverified = LSP_EXE_UNVERIFIED_FILE}));
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
	struct machine_row row = sshd;
	char *text = format(&row), *again;

	(void)state;
	row.socket.inode = 99999;
	row.socket.has_cookie = true;
	row.socket.cookie = UINT64_MAX;
	row.socket.recv_queue = 7;
	row.socket.has_backlog = true;
	row.socket.backlog = 9;
	row.socket.local.address[3] = 200;
	row.owners[0] = (struct lsp_process)MACHINE_OWNER(1, "other comm", "/usr/sbin/sshd");
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

/* Every byte, in every text that a process can choose. */
static void hostile_bytes_come_back(void **state)
{
	static const char *const tails[] = {"",   "*",   " required", "#",   ",/b",
					    "\\", "\\x", "[",         "\n22"};

	(void)state;
	for (unsigned byte = 1; byte < 256; byte++) {
		char exe[32], unit[32], interface[32];
		struct machine_row row = sshd, other;
		char *text;

		snprintf(exe, sizeof(exe), "/a%c%s", (int)byte, tails[byte % ROWS(tails)]);
		snprintf(unit, sizeof(unit), "%cu%s", (int)byte, tails[byte / 2 % ROWS(tails)]);
		snprintf(interface, sizeof(interface), "%c%s", (int)byte,
			 tails[byte / 3 % ROWS(tails)]);
		row.owners[0].exe = exe;
		row.socket.unit = unit;
		row.socket.local.zone = interface;
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
		other.socket.local.zone = "eth0";
		expect(judge(text, &other) == LSP_VERDICT_UNEXPECTED, "byte 0x%02x", byte);
		other = row;
		other.user = "root";
		expect(judge(text, &other) == LSP_VERDICT_UNEXPECTED, "byte 0x%02x, user", byte);
		free(text);
	}
}

/* Sixty owners, each with a different path of the greatest length. */
static void many_long_programs_make_a_rule(void **state)
{
	enum { OWNERS = 60, SIZE = 4096 };
	const struct lsp_socket socket = {MACHINE_TCP(80), .inode = 1};
	const struct snapshot_walk walk = {.is_done = true};
	struct lsp_snapshot *snapshot = machine_unsealed(&socket, 1);
	struct lsp_rules *rules;
	struct lsp_judgement judgement;
	struct buf line = BUF_INIT;
	char *exe = malloc(SIZE), *text;

	(void)state;
	assert_non_null(exe);
	assert_int_equal(builder_set_query(snapshot, &machine_query), 0);
	memset(exe, 0xff, SIZE);
	exe[SIZE - 1] = '\0';
	for (uint32_t i = 0; i < OWNERS; i++) {
		const struct lsp_process process = {.pid = i + 1, .exe = exe};
		uint32_t index;

		exe[0] = '/';
		exe[1] = (char)(i + 1);
		assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
		assert_int_equal(builder_add_owner(snapshot, 1, index, 3), 0);
	}
	builder_set_walk(snapshot, &walk);
	assert_int_equal(builder_seal(snapshot), 0);
	text = lsp_rule_format(snapshot, 0);
	assert_non_null(text);
	expect(strlen(text) < 4096, "%zu bytes", strlen(text));
	buf_append_text(&line, text);
	buf_append_char(&line, '\n');
	rules = ruling_rules(buf_text(&line), NULL);
	assert_int_equal(lsp_judge(snapshot, rules, LSP_JUDGE_ALL), 0);
	lsp_snapshot_judgement(snapshot, 0, &judgement);
	assert_int_equal(judgement.verdict, LSP_VERDICT_EXPECTED);
	free(text);
	free(exe);
	buf_deinit(&line);
	lsp_rules_free(rules);
	lsp_snapshot_free(snapshot);
}

/* Devices, directories and namespaces, before and after a start, and others. */
static void other_names_that_are_made_anew(void **state)
{
	enum { INTERFACE, NETNS, EXE };
	static const struct {
		int what;
		const char *name, *expected, *again, *other;
	} rows[] = {
		{INTERFACE, "veth0a1b2c3", " interface=veth* ", "vethdeadbee", "eth0"},
		{INTERFACE, "veth12", " interface=veth* ", "veth0", "vnet0"},
		{INTERFACE, "vethweb", " interface=vethweb ", "vethweb", "vethwec"},
		{INTERFACE, "vnet7", " interface=vnet* ", "vnet70", "wnet7"},
		{INTERFACE, "tap3f2b8c1e-5d", " interface=tap* ", "tap91c0d2aa-08", "tun0"},
		{INTERFACE, "br-3f2b8c1e5d6a", " interface=br-* ", "br-91c0d2aa08fe", "br0"},
		{INTERFACE, "br-lan", " interface=br-lan ", "br-lan", "br-wan"},
		{INTERFACE, "cali3f2b8c1e5d6", " interface=cali* ", "cali91c0d2aa08f", "kali0"},
		{INTERFACE, "eth1", " interface=eth1 ", "eth1", "eth2"},
		{INTERFACE, "wg0", " interface=wg0 ", "wg0", "wg1"},
		{NETNS, "cni-" UUID, " netns=cni-* ", "cni-" OTHER_UUID, "cnj-" UUID},
		{NETNS, "netns-" UUID, " netns=netns-* ", "netns-" OTHER_UUID, "nets-a"},
		{NETNS, UUID, " netns=" UUID " ", UUID, OTHER_UUID},
		{NETNS, "web-2", " netns=web-2 ", "web-2", "web-3"},
		{EXE, "/tmp/.mount_demoAbCdEf/app", " exe=/tmp/.mount_demo?????" "?/app",
		 "/tmp/.mount_demo123456/app", "/tmp/.mount_demoAbCdEf/miner"},
		{EXE, "/tmp/.mount_demoAbCdEf/app", "", "/tmp/.mount_demoAbCdEf/app",
		 "/tmp/.mount_demoAb/Ef/app"},
		{EXE, "/snap/lxd/24322/bin/lxd", " exe=/snap/lxd/*/bin/lxd", "/snap/lxd/x1/bin/lxd",
		 "/snap/lxe/24322/bin/lxd"},
		{EXE, "/nix/store/" STORE_HASH "-nginx-1.24/bin/nginx",
		 " exe=/nix/store/*-nginx-1.24/bin/nginx",
		 "/nix/store/1b9p07z77phvv2hf6gm9f28syp39f1ab-nginx-1.24/bin/nginx",
		 "/nix/store/" STORE_HASH "-nginy-1.24/bin/nginx"},
		{EXE, "/srv/app/releases/20260102030405/bin/app",
		 " exe=/srv/app/releases/*/bin/app", "/srv/app/releases/20261130000000/bin/app",
		 "/srv/app/current/bin/app"},
		{EXE, "/opt/" UUID "/app", " exe=/opt/*/app", "/opt/" OTHER_UUID "/app",
		 "/opt/a/b/app"},
		/* a version, and the name of the program itself */
		{EXE, "/usr/lib/postgresql/15/bin/postgres",
		 " exe=/usr/lib/postgresql/15/bin/postgres", "/usr/lib/postgresql/15/bin/postgres",
		 "/usr/lib/postgresql/16/bin/postgres"},
		{EXE, "/usr/bin/3f2b8c1e5d", " exe=/usr/bin/3f2b8c1e5d", "/usr/bin/3f2b8c1e5d",
		 "/usr/bin/91c0d2aa08"},
		{EXE, "/snap/12/12", " exe=/snap/12/12", "/snap/12/12", "/snap/12/13"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = sshd;
		char *text = NULL;

		for (size_t turn = 0; turn < 3; turn++) {
			const char *name = turn == 0   ? rows[i].name
					   : turn == 1 ? rows[i].again
						       : rows[i].other;

			row.socket.local.zone = rows[i].what == INTERFACE ? name : "eth0";
			row.socket.netns = rows[i].what == NETNS ? MACHINE_WEB : MACHINE_OWN;
			row.owners[0].exe = rows[i].what == EXE ? name : sshd.owners[0].exe;
			const struct machine_host host = {
				.netns = {{.netns = MACHINE_OWN, .is_own = true},
					  {.netns = MACHINE_WEB,
					   .name = rows[i].what == NETNS ? name : "web"}}};

			if (!text)
				text = format_on(&row, &host);
			expect(strstr(text, rows[i].expected), "row %zu: %s", i, text);
			expect((judge_on(text, &row, &host) == LSP_VERDICT_EXPECTED) == (turn < 2),
			       "row %zu, %s: %s", i, name, text);
		}
		free(text);
	}
}

/* --- of bounded length ------------------------------------------------------------------------ */

#define HOLDERS 40

/*
 * A listener with so many owners, whose programs are called "/srv/START0", ...; PID 1 runs the one
 * with number @first, and so on.
 */
static struct lsp_snapshot *held_by(const char *start, size_t owners, size_t first)
{
	struct lsp_socket socket = {MACHINE_TCP(22), .inode = 7};
	const struct snapshot_walk walk = {.is_done = true};
	struct lsp_snapshot *snapshot = machine_unsealed(&socket, 1);

	assert_int_equal(builder_set_query(snapshot, &machine_query), 0);
	for (uint32_t i = 0; i < owners; i++) {
		struct lsp_process process = {.pid = i + 1, .exe_kind = LSP_EXE_KIND_FILE};
		char path[4096];
		uint32_t index;

		snprintf(path, sizeof(path), "/srv/%s%zu", start, (first + i) % owners);
		process.exe = path;
		assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
		assert_int_equal(builder_add_owner(snapshot, 7, index, 3), 0);
	}
	builder_set_walk(snapshot, &walk);
	assert_int_equal(builder_seal(snapshot), 0);
	return snapshot;
}

/* The text of such a listener. */
static char *text_of(const char *start, size_t owners, size_t first, bool is_brief)
{
	struct lsp_snapshot *snapshot = held_by(start, owners, first);
	char *text = is_brief ? lsp_rule_format_brief(snapshot, 0) : lsp_rule_format(snapshot, 0);

	assert_non_null(text);
	lsp_snapshot_free(snapshot);
	return text;
}

static char *brief(const char *start, size_t owners)
{
	return text_of(start, owners, 0, true);
}

/* The verdict about such a listener if @rule is the only one. */
static enum lsp_verdict judge_held_by(const char *rule, const char *start, size_t owners)
{
	struct lsp_snapshot *snapshot = held_by(start, owners, 0);
	struct lsp_judgement judgement;
	struct lsp_rules *rules;
	struct buf line = BUF_INIT;

	buf_printf(&line, "%s\n", rule);
	rules = ruling_rules(buf_text(&line), NULL);
	assert_int_equal(lsp_judge(snapshot, rules, LSP_JUDGE_ALL), 0);
	lsp_snapshot_judgement(snapshot, 0, &judgement);
	lsp_rules_free(rules);
	lsp_snapshot_free(snapshot);
	buf_deinit(&line);
	return judgement.verdict;
}

/* More than eight are known by their number and names together, whoever of them came first. */
static void many_programs_are_expected_together(void **state)
{
	char *text = text_of("a", HOLDERS, 0, false), *other = text_of("a", HOLDERS, 7, false);

	(void)state;
	assert_string_equal(text, other);
	assert_null(strstr(text, "/srv/a2"));
	assert_int_equal(judge_held_by(text, "a", HOLDERS), LSP_VERDICT_EXPECTED);
	assert_int_equal(judge_held_by(text, "a", HOLDERS - 1), LSP_VERDICT_UNEXPECTED);
	assert_int_equal(judge_held_by(text, "a", HOLDERS + 1), LSP_VERDICT_UNEXPECTED);
	assert_int_equal(judge_held_by(text, "b", HOLDERS), LSP_VERDICT_UNEXPECTED);
	/* of those that it lists, some may have ended */
	assert_int_equal(judge_held_by(text, "a", 2), LSP_VERDICT_EXPECTED);
	assert_int_equal(judge_held_by(text, "a", 3), LSP_VERDICT_UNEXPECTED);
	free(text);
	free(other);
}

static void a_long_program_is_expected_by_its_digest(void **state)
{
	static char paths[2][3000];
	char *text;

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		memset(paths[i], '/', sizeof(paths[i]) - 2);
		paths[i][2000] = (char)('a' + i);
	}
	text = text_of(paths[0], 1, 0, false);
	expect(strlen(text) < 300, "%zu bytes", strlen(text));
	assert_int_equal(judge_held_by(text, paths[0], 1), LSP_VERDICT_EXPECTED);
	assert_int_equal(judge_held_by(text, paths[1], 1), LSP_VERDICT_UNEXPECTED);
	/* Nor is it the text itself, as it stands in the rule. */
	*strstr(text, "...#") = '\0';
	assert_int_equal(judge_held_by(text, paths[0], 1), LSP_VERDICT_UNEXPECTED);
	free(text);
}

static void a_long_unit_is_a_digest(void **state)
{
	static char units[2][300];
	struct machine_row row = sshd;
	char *text;

	(void)state;
	for (size_t i = 0; i < ROWS(units); i++) {
		snprintf(units[i], sizeof(units[i]), "run-%0250d.service", (int)i);
		row.socket.unit = units[i];
		if (!i)
			text = format(&row);
		assert_int_equal(judge(text, &row),
				 i ? LSP_VERDICT_UNEXPECTED : LSP_VERDICT_EXPECTED);
	}
	expect(strlen(text) < 300, "%zu bytes", strlen(text));
	free(text);
}

static void a_short_rule_is_brief(void **state)
{
	struct lsp_snapshot *snapshot = machine_of(&sshd, 1);
	char *whole = lsp_rule_format(snapshot, 0), *text = lsp_rule_format_brief(snapshot, 0);

	(void)state;
	assert_string_equal(whole, text);
	free(whole);
	free(text);
	lsp_snapshot_free(snapshot);
	text = brief("a", LSP_RULE_PROGRAMS_MAX);
	assert_null(strstr(text, "...#"));
	assert_non_null(strstr(text, ",/srv/a7"));
	free(text);
}

static void what_is_long_is_a_digest(void **state)
{
	static char paths[3][3000];
	char *texts[6];

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		memset(paths[i], 1, sizeof(paths[i]) - 2);
		paths[i][2000] = (char)('a' + i);
	}
	texts[0] = brief(paths[0], 1);
	texts[1] = brief(paths[1], 1);
	texts[2] = brief(paths[2], HOLDERS);
	texts[3] = brief("a", HOLDERS);
	texts[4] = brief("a", HOLDERS - 1);
	texts[5] = brief("a", LSP_RULE_PROGRAMS_MAX + 1);
	for (size_t i = 0; i < ROWS(texts); i++) {
		expect(strlen(texts[i]) < 700, "%zu: %zu bytes", i, strlen(texts[i]));
		assert_non_null(strstr(texts[i], "...#"));
		for (size_t j = 0; j < i; j++)
			expect(strcmp(texts[i], texts[j]) != 0, "%zu and %zu: %s", i, j, texts[i]);
	}
	/* no more than the first programs */
	assert_non_null(strstr(texts[5], ",/srv/a7,...#"));
	assert_null(strstr(texts[5], "/srv/a8"));
	for (size_t i = 0; i < ROWS(texts); i++)
		free(texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_rule_is_brief),
		cmocka_unit_test(what_is_long_is_a_digest),
		cmocka_unit_test(many_programs_are_expected_together),
		cmocka_unit_test(a_long_program_is_expected_by_its_digest),
		cmocka_unit_test(a_long_unit_is_a_digest),
		cmocka_unit_test(what_a_rule_would_leave_out_is_named),
		cmocka_unit_test(each_fact_stands_in_the_rule),
		cmocka_unit_test(a_program_of_a_container_is_one_of_its_tree),
		cmocka_unit_test(programs_of_all_owners_or_none),
		cmocka_unit_test(a_user_called_by_a_number),
		cmocka_unit_test(units_whose_names_pass),
		cmocka_unit_test(other_names_that_are_made_anew),
		cmocka_unit_test(no_other_listener_matches),
		cmocka_unit_test(what_a_restart_changes_is_no_difference),
		cmocka_unit_test(hostile_bytes_come_back),
		cmocka_unit_test(many_long_programs_make_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
