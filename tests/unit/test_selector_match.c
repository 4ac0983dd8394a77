/* SPDX-License-Identifier: GPL-2.0-or-later */
/* select/selector_match: each key against sockets, in three values. */
#include "support.h"

#include "findings.h"
#include "machine.h"
#include "protocols.h"
#include "ruling.h"
#include "select/selector_parse.h"
#include "select/selector_match.h"

#include <stdlib.h>
#include <string.h>

#define YES LSP_YES
#define NO LSP_NO
#define UNKNOWN LSP_UNKNOWN

static enum lsp_tristate match(const char *text, const struct machine_row *row,
			       const struct snapshot_walk *walk, enum selector_use use,
			       unsigned findings)
{
	struct machine_row judged = *row;
	struct lsp_snapshot *snapshot;
	const char *end = text + strlen(text);
	struct selector_pool pool = {0};
	struct selector selector = {0};
	struct buf error = BUF_INIT;
	struct lsp_subject subject;
	enum lsp_tristate r;

	for (unsigned i = 0, count = 0; i < lsp_finding_count(); i++)
		if (findings & LSP_BIT(i))
			judged.findings[count++] = (struct lsp_finding){.id = i, .reason = "x"};
	snapshot = machine_snapshot(&(struct machine){.rows = &judged, .count = 1, .walk = walk});
	for (const char *at = text; at < end; at++) {
		size_t size = selector_parse_word_size(at, end);

		expect(ruling_parse_word(&pool, &selector, at, size, &error) == 0, "\"%s\": %s",
		       text, buf_text(&error));
		at += size;
	}
	lsp_subject_init(&subject, snapshot, 0);
	r = selector_match(&pool, &selector, &subject, use);
	selector_pool_deinit(&pool);
	buf_deinit(&error);
	lsp_snapshot_free(snapshot);
	return r;
}

static enum lsp_tristate negate(enum lsp_tristate r)
{
	return r == UNKNOWN ? r : r == YES ? NO : YES;
}

/* "port=22" -> "port!=22" */
static void format_negative(const char *text, struct buf *out)
{
	size_t size = strcspn(text, "=");

	buf_append(out, text, size);
	buf_append_char(out, '!');
	buf_append_text(out, text + size);
}

struct answer {
	const char *text; /* one term, with its key */
	enum lsp_tristate expected;
};

/* Each term and its negation, which is the opposite, or unknown too. */
static void expect_answers(const struct answer *rows, size_t count, const struct machine_row *row,
			   const struct snapshot_walk *walk)
{
	for (size_t i = 0; i < count; i++) {
		struct buf negative = BUF_INIT;

		expect(match(rows[i].text, row, walk, false, 0) == rows[i].expected, "%s",
		       rows[i].text);
		format_negative(rows[i].text, &negative);
		expect(match(buf_text(&negative), row, walk, false, 0) == negate(rows[i].expected),
		       "%s", negative.data);
		buf_deinit(&negative);
	}
}

/* --- a socket of which all is known ------------------------------------------------------------
 */

static const struct machine_row whole = {
	.socket = {MACHINE_TCP(22), .local.family = LSP_FAMILY_IPV4, .local.address = {10, 1, 2, 3},
		   .local.zone = "eth0", .uid = 1000, .inode = 777,
		   .cgroup = "/system.slice/ssh.service", .unit = "ssh.service",
		   .container = "web"},
	.user = "alice",
	.owners = {MACHINE_OWNER(812, "sshd", "/usr/sbin/sshd")},
};

static void facts_of_the_socket(void **state)
{
	static const struct answer rows[] = {
		{"port=22", YES},
		{"port=23", NO},
		{"port=1-21,23-", NO},
		{"port=22-22", YES},
		{"port=0-22", YES},
		{"port=22-65535", YES},
		{"port=80,22", YES},
		{"port=tcp/22", YES},
		{"port=udp/22", NO},
		{"port=udp/22,tcp/22", YES},
		{"port=tcp/auto", NO},
		{"port=ssh", YES},
		{"proto=tcp", YES},
		{"proto=udp", NO},
		{"proto=udp,tcp", YES},
		{"family=ipv4", YES},
		{"family=ipv6", NO},
		{"scope=private", YES},
		{"scope=public,any", NO},
		{"category=well-known", YES},
		{"category=registered", NO},
		{"interface=eth0", YES},
		{"interface=eth1", NO},
		{"interface=eth*", YES},
		{"interface=e?h0", YES},
		{"interface=[a-e]th[0-9]", YES},
		{"interface=\\*", NO},
		{"interface=*", YES},
		{"state=listen", YES},
		{"state=unconnected", NO},
		{"state=established,listen", YES},
		{"state=close", NO},
		{"auto=no", YES},
		{"auto=yes", NO},
		{"auto=yes,no", YES},
		{"uid=1000", YES},
		{"uid=0-999", NO},
		{"uid=1-", YES},
		{"user=alice", YES},
		{"user=1000", YES},
		{"user=01000", YES},
		{"user=root,alice", YES},
		{"user=ali*", NO},
		{"user=1001", NO},
		{"user=Alice", NO},
		{"unit=ssh.service", YES},
		{"unit=ssh*", YES},
		{"unit=*.socket", NO},
		{"unit=ssh", YES}, /* a unit without a type is a service */
		{"unit=cron,ssh", YES},
		{"unit=ss", NO},
		{"unit=ssh.", NO},
		{"unit=\\x73sh", YES},
		{"unit=s?h", NO},
		{"container=web", YES},
		{"container=w", NO},
		{"netns=self", YES},
		{"netns=web", NO},
		{"netns=4026531840", YES}, /* our own, that is called self too */
		{"inode=777", YES},
		{"inode=0-776,778-", NO},
		{"pid=812", YES},
		{"pid=1-811", NO},
		{"process=sshd", YES},
		{"process=ssh", NO},
		{"process=s*", YES},
		{"exe=/usr/sbin/sshd", YES},
		{"exe=/usr/*/sshd", YES},
		{"exe=/usr/*", NO}, /* * stops at a slash */
		{"exe=/*/*/*", YES},
		{"exe=*", YES}, /* any program */
		{"exe=/usr/sbin", NO},
		{"owner_gap=none", YES},
		{"owner_gap=permission", NO},
		{"finding=odd-exe", NO},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &whole, NULL);
}

/* A pattern for the system's units and the host's containers reaches no user's. */
static void units_and_containers_of_users(void **state)
{
	static const struct machine_row row = {
		.socket = {MACHINE_TCP(22), .unit = "user@1000.service/ssh.service",
			   .container = "1000/web"},
	};
	static const struct answer rows[] = {
		{"unit=ssh.service", NO},
		{"unit=ssh*", NO},
		{"unit=*ssh.service", NO},
		{"unit=*.service", NO},
		{"unit=user@*", NO},
		{"unit=user@1000.service", NO},
		{"unit=u*e", NO},
		{"unit=?*", NO},
		{"unit=[!x]*", NO},
		{"unit=user@1000.service?ssh.service", NO},
		{"unit=user@1000.service[/]ssh.service", NO},
		{"unit=-", NO},
		{"unit=ended", NO},
		{"unit=*", YES}, /* any unit */
		{"unit=*/*", YES},
		{"unit=*/ssh.service", YES},
		{"unit=ssh", NO},
		{"unit=user@1000.service/ssh", YES},
		{"unit=user@1000/ssh", NO},
		{"unit=user@1000.service/ssh.service", YES},
		{"unit=user@*.service/*", YES},
		{"unit=user@1001.service/*", NO},
		{"unit=*/*/*", NO},
		{"container=web", NO},
		{"container=w*", NO},
		{"container=1*", NO},
		{"container=1000/web", YES},
		{"container=*/web", YES},
		{"container=*", YES},
		{"container=-", NO},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &row, NULL);
}

static void a_cgroup_that_has_ended(void **state)
{
	static const struct machine_row row = {
		.socket = {MACHINE_TCP(22), .unit_state = LSP_UNIT_ENDED},
	};
	static const struct answer rows[] = {
		{"unit=ended", YES},
		{"unit=ended,ssh.service", YES},
		{"unit=*", YES},
		{"unit=e*", NO}, /* for names of units */
		{"unit=ende[d]", NO},
		{"unit=ended.service", NO},
		{"unit=app@*.service", NO},
		{"unit=-", NO},
		/* it may have been one of a container */
		{"container=web", UNKNOWN},
		{"container=-", UNKNOWN},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &row, NULL);
}

static void udp_auto_and_ipv6(void **state)
{
	struct machine_row row = {
		.socket = {MACHINE_UDP(50000), .local.family = LSP_FAMILY_IPV6, .v6only = LSP_NO},
	};
	static const struct answer rows[] = {
		{"port=auto", YES},    {"port=udp/auto", YES},     {"port=tcp/auto", NO},
		{"port=50000", YES},   {"port=22,auto", YES},      {"auto=yes", YES},
		{"auto=no", NO},       {"state=unconnected", YES}, {"state=listen", NO},
		{"state=close", NO},   {"category=dynamic", YES},  {"scope=any", YES},
		{"netns=web", YES},    {"netns=w*", YES},          {"netns=self", NO},
		{"address=*", YES},    {"address=::", YES},        {"address=0.0.0.0", NO},
		{"address=::/0", YES}, {"address=0.0.0.0/0", NO},  {"uid=0", YES},
		{"user=0", YES}, /* without a name the number is the name */
		{"user=root", NO},     {"interface=*", NO}, /* bound to none */
	};

	(void)state;
	row.socket.is_auto = LSP_YES;
	row.socket.netns = MACHINE_WEB;
	expect_answers(rows, ROWS(rows), &row, NULL);
}

/* --- addresses ----------------------------------------------------------------------------------
 */

static void addresses_are_prefixes(void **state)
{
	static const struct {
		enum lsp_family family;
		uint8_t address[16];
		enum lsp_tristate v6only;
		const char *text;
		enum lsp_tristate expected;
	} rows[] = {
		{LSP_FAMILY_IPV4, {10, 1, 2, 3}, NO, "address=10.1.2.3", YES},
		{LSP_FAMILY_IPV4, {10, 1, 2, 3}, NO, "address=10.1.2.2", NO},
		{LSP_FAMILY_IPV4, {10, 1, 2, 3}, NO, "address=10.1.2.2/31", YES},
		{LSP_FAMILY_IPV4, {10, 1, 2, 3}, NO, "address=10.1.2.0/31", NO},
		{LSP_FAMILY_IPV4, {10, 255, 2, 3}, NO, "address=10.0.0.0/8", YES},
		{LSP_FAMILY_IPV4, {11, 0, 0, 0}, NO, "address=10.0.0.0/8", NO},
		{LSP_FAMILY_IPV4, {128, 0, 0, 0}, NO, "address=128.0.0.0/1", YES},
		{LSP_FAMILY_IPV4, {127, 0, 0, 1}, NO, "address=128.0.0.0/1", NO},
		{LSP_FAMILY_IPV4, {127, 0, 0, 1}, NO, "address=0.0.0.0/0", YES},
		{LSP_FAMILY_IPV4, {127, 0, 0, 1}, NO, "address=::/0", NO},
		{LSP_FAMILY_IPV4, {127, 0, 0, 1}, NO, "address=::1,127.0.0.0/8", YES},
		{LSP_FAMILY_IPV4, {0}, NO, "address=*", NO},
		{LSP_FAMILY_IPV4, {0}, NO, "address=0.0.0.0", YES},
		{LSP_FAMILY_IPV4, {10, 1, 2, 3}, NO, "address=::ffff:10.1.2.3", YES},
		{LSP_FAMILY_IPV6, {0}, NO, "address=*", YES},
		{LSP_FAMILY_IPV6, {0}, YES, "address=*", NO},
		{LSP_FAMILY_IPV6, {0}, UNKNOWN, "address=*", UNKNOWN},
		{LSP_FAMILY_IPV6, {0}, UNKNOWN, "address=*,::", YES},
		{LSP_FAMILY_IPV6, {0}, UNKNOWN, "address=::", YES},
		{LSP_FAMILY_IPV6, {[15] = 1}, NO, "address=*", NO},
		{LSP_FAMILY_IPV6, {[15] = 1}, YES, "address=::1", YES},
		{LSP_FAMILY_IPV6, {[15] = 1}, YES, "address=::/127", YES},
		{LSP_FAMILY_IPV6, {[15] = 2}, YES, "address=::/127", NO},
		{LSP_FAMILY_IPV6, {0xfe, 0xbf, [15] = 1}, NO, "address=fe80::/10", YES},
		{LSP_FAMILY_IPV6, {0xfe, 0xc0, [15] = 1}, NO, "address=fe80::/10", NO},
		/* an IPv4-mapped address is reached over IPv4 */
		{LSP_FAMILY_IPV6,
		 {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3},
		 NO,
		 "address=10.0.0.0/8",
		 YES},
		{LSP_FAMILY_IPV6,
		 {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3},
		 NO,
		 "address=::ffff:10.1.2.3",
		 YES},
		{LSP_FAMILY_IPV6, {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3}, NO, "address=::/0", NO},
		{LSP_FAMILY_IPV6,
		 {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3},
		 NO,
		 "address=11.0.0.0/8",
		 NO},
		{LSP_FAMILY_IPV6,
		 {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3},
		 NO,
		 "scope=private",
		 YES},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(1), .local.family = rows[i].family,
						     .v6only = rows[i].v6only}};
		struct answer answer = {rows[i].text, rows[i].expected};

		memcpy(row.socket.local.address, rows[i].address, 16);
		expect_answers(&answer, 1, &row, NULL);
	}
}

/* --- what is not known -------------------------------------------------------------------------
 */

static void a_fact_that_was_not_seen_is_neither(void **state)
{
	static const struct machine_row row = {
		.socket = {.proto = LSP_PROTO_TCP, .local.port = 22, .inode = 9},
		.owners = {{.pid = 5}},
	};
	static const struct answer rows[] = {
		{"port=auto", UNKNOWN},
		{"port=22,auto", YES},
		{"port=udp/auto", NO},
		{"auto=yes", UNKNOWN},
		{"auto=yes,no", UNKNOWN},
		{"state=listen", UNKNOWN},
		{"interface=eth0", UNKNOWN},
		{"interface=*", UNKNOWN},
		{"uid=0", UNKNOWN},
		{"user=root", UNKNOWN},
		{"user=0", UNKNOWN},
		{"unit=a", UNKNOWN},
		{"unit=*", UNKNOWN},
		{"container=*", UNKNOWN},
		{"netns=self", UNKNOWN},
		{"process=*", UNKNOWN},
		{"exe=/a", UNKNOWN},
		{"pid=5", YES},
		{"pid=6", NO},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &row, NULL);
}

/* The number of a user without an answer about its name is known all the same. */
static void a_name_may_be_unknown(void **state)
{
	static const struct machine_row row = {
		.socket = {MACHINE_TCP(22), .uid = 70001},
		.is_user_unknown = true,
	};
	static const struct answer rows[] = {
		{"user=alice", UNKNOWN},   {"user=70001", YES}, {"user=70002", UNKNOWN},
		{"user=alice,70001", YES}, {"uid=70001", YES},  {"uid=70002", NO},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &row, NULL);
}

/* Known to be absent: a cgroup without a unit, a socket without a device. */
static void none_is_an_answer(void **state)
{
	static const struct machine_row row = {
		.socket = {MACHINE_TCP(22), .cgroup = "/"},
	};
	static const struct answer rows[] = {
		{"unit=*", NO},
		{"unit=ssh.service", NO},
		{"container=*", NO},
		{"interface=*", NO},
		/* "-" means absent, "\\-" is a name. */
		{"unit=-", YES},
		{"container=-", YES},
		{"interface=-", YES},
		{"interface=eth0,-", YES},
		{"interface=\\-", NO},
		{"interface=-0", NO},
	};
	static const struct machine_row bound = {
		.socket = {MACHINE_TCP(22), .local.zone = "-"},
	};
	static const struct answer bound_rows[] = {
		{"interface=-", NO},
		{"interface=\\-", YES},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &row, NULL);
	expect_answers(bound_rows, ROWS(bound_rows), &bound, NULL);
}

static void no_is_stronger_than_unknown(void **state)
{
	static const struct machine_row row = {
		.socket = {.proto = LSP_PROTO_TCP, .local.port = 22, .inode = 9},
	};

	(void)state;
	assert_int_equal(match("22 user=root", &row, NULL, false, 0), UNKNOWN);
	assert_int_equal(match("user=root 22", &row, NULL, false, 0), UNKNOWN);
	assert_int_equal(match("23 user=root", &row, NULL, false, 0), NO);
	assert_int_equal(match("user=root 23", &row, NULL, false, 0), NO);
	assert_int_equal(match("22 proto=tcp", &row, NULL, false, 0), YES);
	assert_int_equal(match("", &row, NULL, false, 0), YES);
}

/* --- owners
 * ----------------------------------------------------------------------------------------- */

static void who_holds_it(void **state)
{
	static const struct machine_row two = {
		.socket = {MACHINE_TCP(80)},
		.owners = {MACHINE_OWNER(1, "a", "/a"), MACHINE_OWNER(2, "b", "/b")},
	};
	static const struct machine_row half = {
		.socket = {MACHINE_TCP(80)},
		.owners = {MACHINE_OWNER(1, "a", "/a"), {.pid = 2}},
	};
	static const struct {
		const struct machine_row *row;
		const char *text;
		enum lsp_tristate filter, rule;
	} rows[] = {
		/* a filter needs one of them, a rule all of them */
		{&two, "process=a", YES, NO},
		{&two, "process=b", YES, NO},
		{&two, "process=a,b", YES, YES},
		{&two, "process=?", YES, YES},
		{&two, "process=c", NO, NO},
		{&two, "exe=/a", YES, NO},
		{&two, "exe=/a,/b", YES, YES},
		{&two, "pid=1", YES, NO},
		{&two, "pid=1-2", YES, YES},
		/* with != none may match, in both */
		{&two, "process!=a", NO, NO},
		{&two, "process!=c", YES, YES},
		{&two, "exe!=/b", NO, NO},
		{&two, "exe!=/c", YES, YES},
		/* one of them is unknown */
		{&half, "exe=/a", YES, UNKNOWN},
		{&half, "exe=/b", UNKNOWN, NO},
		{&half, "exe!=/a", NO, NO},
		{&half, "exe!=/b", UNKNOWN, UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		expect(match(rows[i].text, rows[i].row, NULL, false, 0) == rows[i].filter,
		       "row %zu, filter %s", i, rows[i].text);
		expect(match(rows[i].text, rows[i].row, NULL, true, 0) == rows[i].rule,
		       "row %zu, rule %s", i, rows[i].text);
	}
}

/* A program that may be forged proves nothing to a rule, but is shown to people. */
static void an_unverified_program(void **state)
{
	static const enum lsp_exe_unverified doubts[] = {
		LSP_EXE_UNVERIFIED_USERNS, LSP_EXE_UNVERIFIED_FILE, LSP_EXE_UNVERIFIED_ELSEWHERE};

	(void)state;
	for (size_t i = 0; i < ROWS(doubts); i++) {
		struct machine_row row = {
			.socket = {MACHINE_TCP(80)},
			.owners = {MACHINE_OWNER(1, "a", "/a")},
		};

		row.owners[0].exe_unverified = doubts[i];
		assert_int_equal(match("exe=/a", &row, NULL, false, 0), YES);
		assert_int_equal(match("exe=/a", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe=/**,*", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe!=/a", &row, NULL, false, 0), NO);
		assert_int_equal(match("exe!=/a", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe!=/b", &row, NULL, false, 0), YES);
		assert_int_equal(match("exe!=/b", &row, NULL, true, 0), NO);
		assert_int_equal(match("process=a", &row, NULL, true, 0), YES);
		/* one good owner does not clear the other */
		row.owners[1] = (struct lsp_process)MACHINE_OWNER(2, "a", "/a");
		assert_int_equal(match("exe=/a", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe!=/b", &row, NULL, true, 0), NO);
	}
}

/* Its path is one of its container, which a rule about containers means. */
static void a_program_of_a_container(void **state)
{
	struct machine_row row = {
		.socket = {MACHINE_TCP(80), .container = "web"},
		.owners = {MACHINE_OWNER(1, "a", "/a")},
	};

	(void)state;
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_ELSEWHERE;
	assert_int_equal(match("exe=/a", &row, NULL, SELECTOR_RULE, 0), NO);
	assert_int_equal(match("exe=/a", &row, NULL, SELECTOR_CONTAINER_RULE, 0), YES);
	assert_int_equal(match("exe=/b", &row, NULL, SELECTOR_CONTAINER_RULE, 0), NO);
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_FILE;
	assert_int_equal(match("exe=/a", &row, NULL, SELECTOR_CONTAINER_RULE, 0), NO);
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_ELSEWHERE;
	row.socket.container = NULL;
	assert_int_equal(match("exe=/a", &row, NULL, SELECTOR_CONTAINER_RULE, 0), UNKNOWN);
	assert_int_equal(match("exe=/a", &row, NULL, SELECTOR_RULE, 0), NO);
	row.socket.cgroup = "/system.slice/a.service";
	assert_int_equal(match("exe=/a", &row, NULL, SELECTOR_CONTAINER_RULE, 0), NO);
}

/* One that could not be compared decides nothing. */
static void a_program_that_could_not_be_verified(void **state)
{
	struct machine_row row = {
		.socket = {MACHINE_TCP(80)},
		.owners = {MACHINE_OWNER(1, "a", "/a")},
	};

	(void)state;
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_UNKNOWN;
	assert_int_equal(match("exe=/a", &row, NULL, false, 0), YES);
	assert_int_equal(match("exe=/a", &row, NULL, true, 0), UNKNOWN);
	assert_int_equal(match("exe!=/b", &row, NULL, true, 0), UNKNOWN);
	assert_int_equal(match("process=a", &row, NULL, true, 0), YES);
	row.owners[1] = (struct lsp_process)MACHINE_OWNER(2, "a", "/b");
	assert_int_equal(match("exe=/a", &row, NULL, true, 0), NO);
}

static void nobody_holds_it(void **state)
{
	static const struct {
		struct snapshot_walk walk;
		uint32_t no_inode;
		const char *gap;
		enum lsp_tristate expected;
	} rows[] = {
		{{.is_done = false}, 0, "unasked", UNKNOWN},
		{{.is_done = true, .is_partial = true}, 0, "permission", UNKNOWN},
		{{.is_done = true, .is_pid_namespace = true}, 0, "namespace", UNKNOWN},
		{{.is_done = true, .has_cgroups = true}, 1, "kernel", NO},
		{{.is_done = true}, 0, "unknown", NO},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(80)}};
		struct buf text = BUF_INIT;
		struct answer answers[] = {
			{"process=a", rows[i].expected}, {"process=*", rows[i].expected},
			{"exe=/a", rows[i].expected},    {"pid=1-", rows[i].expected},
			{"owner_gap=none", NO},
		};

		if (rows[i].no_inode) {
			row.socket.has_cgroup = true;
			row.socket.cgroup_id = 1;
		}
		expect_answers(answers, ROWS(answers), &row, &rows[i].walk);
		buf_printf(&text, "owner_gap=%s", rows[i].gap);
		answers[0] = (struct answer){buf_text(&text), YES};
		expect_answers(answers, 1, &row, &rows[i].walk);
		/* Were the owner known, a rule might find another gap, or none. */
		assert_int_equal(match(text.data, &row, &rows[i].walk, true, 0), YES);
		assert_int_equal(match("owner_gap=closed", &row, &rows[i].walk, true, 0),
				 rows[i].expected);
		assert_int_equal(match("owner_gap!=closed", &row, &rows[i].walk, true, 0),
				 negate(rows[i].expected));
		assert_int_equal(match("exe=/a", &row, &rows[i].walk, true, 0), rows[i].expected);
		assert_int_equal(match("exe!=/a", &row, &rows[i].walk, true, 0),
				 negate(rows[i].expected));
		buf_deinit(&text);
	}
}

static void findings_are_words_of_the_socket(void **state)
{
	const unsigned odd = LSP_BIT(FINDING_ODD_EXE) | LSP_BIT(FINDING_EXE_UNVERIFIED);

	(void)state;
	assert_int_equal(match("finding=odd-exe", &whole, NULL, false, odd), YES);
	assert_int_equal(match("finding=exe?,missing", &whole, NULL, false, odd), YES);
	assert_int_equal(match("finding=missing", &whole, NULL, false, odd), NO);
	assert_int_equal(match("finding!=odd-exe", &whole, NULL, false, odd), NO);
	assert_int_equal(match("finding!=unexpected", &whole, NULL, false, odd), YES);
}

/* The kernel's name or that of the program's file; of a long one the 15 bytes that the kernel
 * keeps. */
static void a_process_has_two_names(void **state)
{
	static const struct {
		const char *comm, *exe, *text;
		enum lsp_tristate expected;
	} rows[] = {
		{"MainThread", "/usr/bin/node", "process=node", YES},
		{"MainThread", "/usr/bin/node", "process=MainThread", YES},
		{"MainThread", "/usr/bin/node", "process=n?de,x", YES},
		{"MainThread", "/usr/bin/node", "process=nod", NO},
		{"MainThread", "/usr/bin/node", "process=/usr/bin/node", NO},
		{"prometheus-node", "/b/prometheus-node-exporter", "process=prometheus-node", YES},
		{"prometheus-node", "/b/prometheus-node-exporter",
		 "process=prometheus-node-exporter", YES},
		{"prometheus-node", "/b/prometheus-node-exporter", "process=*-exporter", YES},
		/* the file tells it from another long name with the same beginning */
		{"prometheus-node", "/b/prometheus-node-exporter", "process=prometheus-node-other",
		 NO},
		{"prometheus-node", "/b/python3", "process=prometheus-node-exporter", YES},
		{"prometheus-node", NULL, "process=prometheus-node-exporter", YES},
		{"prometheus-nod", NULL, "process=prometheus-node-exporter", NO},
		{"prometheus-node", NULL, "process=prometheus-node-*", NO},
		{"sshd", NULL, "process=sshd-long-name-behind", NO},
		{NULL, "/usr/bin/node", "process=node", YES},
		{NULL, NULL, "process=node", UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {
			.socket = {MACHINE_TCP(80)},
			.owners = {{.pid = 1, .comm = rows[i].comm, .exe = rows[i].exe}}};

		expect_answers(&(struct answer){rows[i].text, rows[i].expected}, 1, &row, NULL);
	}
}

/* Any bytes that a process chose. */
static void hostile_texts_match_themselves_alone(void **state)
{
	static const struct {
		const char *comm, *text;
		enum lsp_tristate expected;
	} rows[] = {
		{"a b", "process=a\\ b", YES},
		{"a,b", "process=a\\,b", YES},
		{"a,b", "process=a,b", NO},
		{"*", "process=\\*", YES},
		{"x", "process=\\*", NO},
		{"[x]", "process=\\[x\\]", YES},
		{"[x]", "process=[x]", NO},
		{"x", "process=[x]", YES},
		{"\\", "process=\\\\", YES},
		{"\xff\x01\n", "process=\\xff\\x01\\x0a", YES},
		{"\xff\x01\n", "process=\xff*", YES},
		{"", "process=*", YES},
		{"", "process=?", NO},
		{".hidden", "process=*", YES},
		{"a/b", "process=*", YES},
		{"[", "process=[", YES}, /* never closed: itself */
		{"SSHD", "process=sshd", NO},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_row row = {.socket = {MACHINE_TCP(80)},
					  .owners = {{.pid = 1, .comm = rows[i].comm}}};

		expect_answers(&(struct answer){rows[i].text, rows[i].expected}, 1, &row, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_of_the_socket),
		cmocka_unit_test(units_and_containers_of_users),
		cmocka_unit_test(a_cgroup_that_has_ended),
		cmocka_unit_test(udp_auto_and_ipv6),
		cmocka_unit_test(addresses_are_prefixes),
		cmocka_unit_test(a_fact_that_was_not_seen_is_neither),
		cmocka_unit_test(a_name_may_be_unknown),
		cmocka_unit_test(none_is_an_answer),
		cmocka_unit_test(no_is_stronger_than_unknown),
		cmocka_unit_test(who_holds_it),
		cmocka_unit_test(an_unverified_program),
		cmocka_unit_test(a_program_of_a_container),
		cmocka_unit_test(a_program_that_could_not_be_verified),
		cmocka_unit_test(nobody_holds_it),
		cmocka_unit_test(findings_are_words_of_the_socket),
		cmocka_unit_test(a_process_has_two_names),
		cmocka_unit_test(hostile_texts_match_themselves_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
