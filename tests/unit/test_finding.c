/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/findings: each finding that does not depend on rules, with its reason, and no false ones.
 */
#include "support.h"

#include "machine.h"
#include "protocols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Judged by a rule that expects everything, so that no verdict adds a finding. */
static struct lsp_snapshot *judged(const struct machine_row *rows, size_t count,
				   const struct snapshot_walk *walk)
{
	return machine_snapshot(&(struct machine){
		.rows = rows, .count = count, .walk = walk, .rules = "0- netns=*\n"});
}

/* "word: reason|" of each */
static const char *describe(const struct lsp_snapshot *snapshot, size_t index, struct buf *out)
{
	struct lsp_judgement judgement;

	buf_reset(out);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++)
		buf_printf(out, "%s: %s|", lsp_finding_word(judgement.findings[i].id),
			   judgement.findings[i].reason);
	return buf_text(out);
}

static void expect_findings(const char *name, const struct machine_row *row,
			    const struct snapshot_walk *walk, const char *expected)
{
	struct lsp_snapshot *snapshot = judged(row, 1, walk);
	struct buf out = BUF_INIT;

	expect(strcmp(describe(snapshot, 0, &out), expected) == 0, "%s: %s", name, out.data);
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

/* --- the program ---------------------------------------------------------------------------------
 */

#define DELETED(path) "deleted-exe: a(1) runs " path ", which was deleted or replaced|"
#define ODD(path) "odd-exe: a(1) runs " path "|"
#define USERNS                                                                                     \
	"exe?: a(1) runs in another user namespace, where it may have made /proc name any "        \
	"program|"
#define OTHER(path) "exe?: a(1) runs another file than " path ", which /proc names|"
#define GONE(path) "exe?: a(1) runs a deleted file, and nothing shows that it was " path "|"

static void about_the_program(void **state)
{
	static const struct {
		const char *exe;
		enum lsp_exe_kind kind;
		enum lsp_exe_unverified doubt;
		const char *expected;
	} rows[] = {
		{"/usr/sbin/a", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ""},
		{NULL, LSP_EXE_KIND_UNKNOWN, LSP_EXE_VERIFIED, ""},
		{"/usr/sbin/a", LSP_EXE_KIND_DELETED, LSP_EXE_VERIFIED, DELETED("/usr/sbin/a")},
		{"/memfd:x", LSP_EXE_KIND_MEMFD, LSP_EXE_VERIFIED, ODD("/memfd:x")},
		{"/tmp/a", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ODD("/tmp/a")},
		{"/var/tmp/d/a", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ODD("/var/tmp/d/a")},
		{"/dev/shm/a", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ODD("/dev/shm/a")},
		{"/tmp/a", LSP_EXE_KIND_DELETED, LSP_EXE_VERIFIED, DELETED("/tmp/a") ODD("/tmp/a")},
		{"/tmpfile", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ""},
		{"/srv/tmp/a", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ""},
		{"/dev/shmem", LSP_EXE_KIND_FILE, LSP_EXE_VERIFIED, ""},
		{"/a", LSP_EXE_KIND_FILE, LSP_EXE_UNVERIFIED_USERNS, USERNS},
		{"/a", LSP_EXE_KIND_FILE, LSP_EXE_UNVERIFIED_FILE, OTHER("/a")},
		{"/tmp/a", LSP_EXE_KIND_FILE, LSP_EXE_UNVERIFIED_FILE,
		 ODD("/tmp/a") OTHER("/tmp/a")},
		{"/a", LSP_EXE_KIND_DELETED, LSP_EXE_UNVERIFIED_FILE, DELETED("/a") GONE("/a")},
		{"/a", LSP_EXE_KIND_FILE, LSP_EXE_UNVERIFIED_ELSEWHERE, ""},
		{"/a", LSP_EXE_KIND_FILE, LSP_EXE_UNVERIFIED_UNKNOWN, ""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(80)},
					  .owners = {{.pid = 1,
						      .comm = "a",
						      .exe = rows[i].exe,
						      .exe_kind = rows[i].kind,
						      .exe_unverified = rows[i].doubt}}};
		char name[20];

		snprintf(name, sizeof(name), "row %zu", i);
		expect_findings(name, &row, NULL, rows[i].expected);
		/* Each finding once, about the first owner that has it. */
		row.owners[1] = row.owners[0];
		row.owners[1].pid = 2;
		expect_findings(name, &row, NULL, rows[i].expected);
		row.owners[2] = (struct lsp_process)MACHINE_OWNER(3, "b", "/usr/bin/b");
		row.owners[2].pid = 0;
		expect_findings(name, &row, NULL, rows[i].expected);
	}
}

static void a_second_owner_counts_too(void **state)
{
	const struct machine_row row = {
		.socket = {MACHINE_TCP(80)},
		.owners = {MACHINE_OWNER(1, "b", "/usr/bin/b"), MACHINE_OWNER(2, NULL, "/tmp/b")}};

	(void)state;
	expect_findings("two", &row, NULL, "odd-exe: b(2) runs /tmp/b|");
}

/* --- nobody holds it ---------------------------------------------------------------------------
 */

#define NO_OWNER                                                                                   \
	"no-owner: every process was read and none holds it: it may be on its way between two "    \
	"processes|"
#define MASKED                                                                                     \
	"masked: no owner was found, and something is mounted over the directory of a process in " \
	"/proc|"

#define FLAPPING                                                                                   \
	"flapping: it closed before its owner was found; a program that opens its socket again "   \
	"and again stays unseen like this|"

static void about_no_owner(void **state)
{
	static const struct {
		struct snapshot_walk walk;
		bool has_owner;
		const char *expected;
		enum lsp_tristate still_open;
	} rows[] = {
		{{.is_done = true}, false, NO_OWNER, LSP_UNKNOWN},
		{{.is_done = true}, true, "", LSP_UNKNOWN},
		{{.is_done = false}, false, "", LSP_UNKNOWN},
		{{.is_done = true, .is_partial = true}, false, "", LSP_UNKNOWN},
		{{.is_done = true, .is_pid_namespace = true}, false, "", LSP_UNKNOWN},
		{{.is_done = true, .is_overmounted = true}, false, MASKED, LSP_UNKNOWN},
		{{.is_done = true, .is_overmounted = true, .is_partial = true},
		 false,
		 MASKED,
		 LSP_UNKNOWN},
		{{.is_done = true, .is_overmounted = true}, true, "", LSP_UNKNOWN},
		{{.is_done = true}, false, NO_OWNER, LSP_YES},
		{{.is_done = true}, false, FLAPPING, LSP_NO},
		{{.is_done = true, .is_partial = true}, false, FLAPPING, LSP_NO},
		{{.is_done = true, .is_overmounted = true}, false, MASKED FLAPPING, LSP_NO},
		{{.is_done = false}, false, FLAPPING, LSP_NO},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(80)}};
		char name[20];

		snprintf(name, sizeof(name), "row %zu", i);
		row.socket.still_open = rows[i].still_open;
		if (rows[i].has_owner)
			row.owners[0] = (struct lsp_process)MACHINE_OWNER(1, "a", "/a");
		expect_findings(name, &row, &rows[i].walk, rows[i].expected);
	}
}

/* --- the socket ----------------------------------------------------------------------------------
 */

static const struct lsp_process owner = MACHINE_OWNER(1, "a", "/a");

static void about_the_queue(void **state)
{
	static const struct {
		bool has_backlog;
		uint32_t queue, backlog;
		const char *expected;
	} rows[] = {
		{true, 0, 128, ""},
		{true, 127, 128, ""},
		{true, 128, 128, ""},
		{true, 129, 128,
		 "queue-full: 129 connections wait to be accepted, the limit is 128|"},
		{true, 0, 0, ""},
		{true, 1, 0, "queue-full: 1 connections wait to be accepted, the limit is 0|"},
		{false, 4000, 0, ""},
		{true, UINT32_MAX, UINT32_MAX, ""},
		{true, UINT32_MAX, UINT32_MAX - 1,
		 "queue-full: 4294967295 connections wait to be accepted, the limit is "
		 "4294967294|"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(80)}, .owners = {owner}};
		char name[20];

		snprintf(name, sizeof(name), "row %zu", i);
		row.socket.has_backlog = rows[i].has_backlog;
		row.socket.recv_queue = rows[i].queue;
		row.socket.backlog = rows[i].backlog;
		expect_findings(name, &row, NULL, rows[i].expected);
	}
}

/* The machine hands out 32768 to 60999. */
static void about_the_ephemeral_range(void **state)
{
	static const struct {
		uint16_t port;
		enum lsp_tristate is_auto;
		uint32_t netns;
		bool expected;
	} rows[] = {
		{32767, LSP_NO, MACHINE_OWN, false},  {32768, LSP_NO, MACHINE_OWN, true},
		{60999, LSP_NO, MACHINE_OWN, true},   {61000, LSP_NO, MACHINE_OWN, false},
		{40000, LSP_YES, MACHINE_OWN, false}, {40000, LSP_UNKNOWN, MACHINE_OWN, false},
		{40000, LSP_NO, MACHINE_WEB, false}, /* its range is not known */
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(1)}, .owners = {owner}};
		char name[20], expected[200] = "";

		snprintf(name, sizeof(name), "row %zu", i);
		row.socket.local.port = rows[i].port;
		row.socket.is_auto = rows[i].is_auto;
		row.socket.netns = rows[i].netns;
		if (rows[i].expected)
			snprintf(expected, sizeof(expected),
				 "in-ephemeral-range: the kernel hands out port %u too: add it to "
				 "net.ipv4.ip_local_reserved_ports|",
				 rows[i].port);
		expect_findings(name, &row, NULL, expected);
	}
}

/* --- groups --------------------------------------------------------------------------------------
 */

static const struct machine_row member = {
	.socket = {MACHINE_TCP(80), .cgroup = "/a.service", .unit = "a.service"},
	.owners = {MACHINE_OWNER(1, "a", "/a")},
};

/* Two sockets of one port, and what their findings say. */
static void expect_group(const struct machine_row *second, const char *difference)
{
	const struct machine_row rows[] = {member, *second};
	struct lsp_snapshot *snapshot = judged(rows, 2, NULL);
	struct buf out = BUF_INIT;
	char expected[100] = "";

	if (difference)
		snprintf(expected, sizeof(expected),
			 "mixed-group: sockets of different %s share this port|", difference);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(describe(snapshot, i, &out), expected);
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

static void about_a_group(void **state)
{
	struct machine_row other = member;

	(void)state;
	other.owners[0].pid = 2;
	expect_group(&other, NULL);
	other.socket.uid = 1000;
	expect_group(&other, "users");
	other = member;
	other.owners[0].exe = "/b";
	expect_group(&other, "programs");
	other = member;
	other.socket.unit = "b.service";
	expect_group(&other, "units");
	other.socket.unit = NULL;
	expect_group(&other, "units");
	/* An unknown fact is not a difference. */
	other = member;
	other.socket.cgroup = other.socket.unit = NULL;
	expect_group(&other, NULL);
	other = member;
	other.owners[0].exe = NULL;
	expect_group(&other, NULL);
	other = member;
	other.socket.has_uid = false;
	other.socket.uid = 1000;
	expect_group(&other, NULL);
}

/* Different users, but no group: they do not share the whole endpoint. */
static void what_is_no_group(void **state)
{
	struct machine_row other = member;

	(void)state;
	other.socket.uid = 1000;
	other.socket.local.port = 81;
	expect_group(&other, NULL);
	other.socket.local.port = 80;
	other.socket.local.address[0] = 10;
	expect_group(&other, NULL);
	other.socket.local.address[0] = 0;
	other.socket.local.zone = "eth0";
	expect_group(&other, NULL);
	other.socket.local.zone = NULL;
	other.socket.netns = MACHINE_WEB;
	expect_group(&other, NULL);
	other.socket.netns = MACHINE_OWN;
	other.socket.local.family = LSP_FAMILY_IPV6;
	expect_group(&other, NULL);
	other.socket.local.family = LSP_FAMILY_IPV4;
	expect_group(&other, "users");
}

/* Groups of two namespaces stand side by side; a connection of the port is in none. */
static void groups_of_two_namespaces(void **state)
{
	struct machine_row rows[] = {member, member, member, member, member};
	struct lsp_snapshot *snapshot;
	struct buf out = BUF_INIT;
	size_t mixed = 0;

	(void)state;
	for (uint32_t i = 0; i < ROWS(rows); i++) {
		rows[i].socket.netns = i % 2 ? MACHINE_WEB : MACHINE_OWN;
		rows[i].socket.inode = 50 - i;
	}
	rows[2].socket.uid = 7;
	rows[4].socket.state = LSP_STATE_ESTABLISHED;
	rows[4].socket.peer.port = 9;
	rows[4].socket.uid = 8;
	snapshot = judged(rows, ROWS(rows), NULL);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (*describe(snapshot, i, &out)) {
			assert_int_equal(socket.netns, MACHINE_OWN);
			assert_int_equal(socket.state, LSP_STATE_LISTEN);
			mixed++;
		}
	}
	assert_int_equal(mixed, 2);
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

/* The third differs from the second; the first, about which nothing is known, does not hide that.
 */
static void a_member_without_facts_hides_nothing(void **state)
{
	struct machine_row rows[] = {member, member, member};
	struct lsp_snapshot *snapshot;
	struct buf out = BUF_INIT;

	(void)state;
	rows[0].owners[0].exe = NULL;
	rows[2].owners[0].exe = "/b";
	snapshot = judged(rows, ROWS(rows), NULL);
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_string_equal(describe(snapshot, i, &out),
				    "mixed-group: sockets of different programs share this port|");
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

/* --- several, words ------------------------------------------------------------------------------
 */

static void all_at_once(void **state)
{
	const struct machine_row row = {
		.socket = {MACHINE_TCP(40000), .has_backlog = true, .recv_queue = 2, .backlog = 1},
		.owners = {{.pid = 1,
			    .comm = "a",
			    .exe = "/tmp/a",
			    .exe_kind = LSP_EXE_KIND_DELETED,
			    .exe_unverified = LSP_EXE_UNVERIFIED_FILE}}};

	(void)state;
	expect_findings(
		"all", &row, NULL,
		DELETED("/tmp/a") ODD("/tmp/a") GONE(
			"/tmp/a") "queue-full: 2 connections wait to be accepted, the limit is 1|"
				  "in-ephemeral-range: the kernel hands out port 40000 too: add it "
				  "to "
				  "net.ipv4.ip_local_reserved_ports|");
}

static void every_finding_has_a_word_and_a_help(void **state)
{
	(void)state;
	for (unsigned i = 0; i < lsp_finding_count(); i++) {
		const char *word = lsp_finding_word(i);
		const char *help = lsp_finding_help(i);

		assert_true(word && *word && help && *help);
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(word, lsp_finding_word(j));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(about_the_program),
		cmocka_unit_test(a_second_owner_counts_too),
		cmocka_unit_test(about_no_owner),
		cmocka_unit_test(about_the_queue),
		cmocka_unit_test(about_the_ephemeral_range),
		cmocka_unit_test(about_a_group),
		cmocka_unit_test(what_is_no_group),
		cmocka_unit_test(groups_of_two_namespaces),
		cmocka_unit_test(a_member_without_facts_hides_nothing),
		cmocka_unit_test(all_at_once),
		cmocka_unit_test(every_finding_has_a_word_and_a_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
