/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/selector_match, judge/key: each key against sockets, in three values. */
#include "ruling.h"

#include <stdlib.h>
#include <string.h>

#define YES LSP_KNOWN_YES
#define NO LSP_KNOWN_NO
#define UNKNOWN LSP_KNOWN_NOT

static enum lsp_known match(const char *text, const struct ruling_row *row,
			    const struct snapshot_walk *walk, bool is_rule, unsigned findings)
{
	struct lsp_snapshot *snapshot = ruling_snapshot(row, 1, walk);
	const char *end = text + strlen(text);
	struct selector_pool pool = {0};
	struct selector selector = {0};
	struct buf error = BUF_INIT;
	struct key_subject subject;
	enum lsp_known r;

	for (const char *at = text; at < end; at++) {
		size_t size = selector_word_size(at, end);

		expect(selector_parse_word(&pool, &selector, text, (size_t)(at - text),
					   (size_t)(at - text), size, &ruling_names, &error) == 0,
		       "\"%s\": %s", text, buf_text(&error));
		at += size;
	}
	key_subject_init(&subject, snapshot, 0);
	subject.is_rule = is_rule;
	subject.findings = findings;
	r = selector_match(&pool, &selector, &subject);
	selector_pool_deinit(&pool);
	buf_deinit(&error);
	lsp_snapshot_free(snapshot);
	return r;
}

static enum lsp_known negate(enum lsp_known r)
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
	enum lsp_known expected;
};

/* Each term, and what its negation is: always the contrary, and unknown when it is unknown. */
static void expect_answers(const struct answer *rows, size_t count, const struct ruling_row *row,
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

static const struct ruling_row whole = {
	.socket = {RULING_TCP(22), .family = LSP_FAMILY_IPV4, .local.address = {10, 1, 2, 3},
		   .interface = "eth0", .uid = 1000, .inode = 777,
		   .cgroup = "/system.slice/ssh.service", .unit = "ssh.service",
		   .container = "web"},
	.user = "alice",
	.owners = {RULING_OWNER(812, "sshd", "/usr/sbin/sshd")},
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
		{"container=web", YES},
		{"container=w", NO},
		{"netns=self", YES},
		{"netns=web", NO},
		{"netns=4026531840", NO}, /* our own is called self */
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
		{"exe=*", NO},
		{"exe=/usr/sbin", NO},
		{"owner_gap=none", YES},
		{"owner_gap=permission", NO},
		{"finding=odd-exe", NO},
	};

	(void)state;
	expect_answers(rows, ROWS(rows), &whole, NULL);
}

static void udp_auto_and_ipv6(void **state)
{
	struct ruling_row row = {
		.socket = {RULING_UDP(50000), .family = LSP_FAMILY_IPV6, .v6only = LSP_KNOWN_NO},
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
	row.socket.is_auto = LSP_KNOWN_YES;
	row.socket.netns = RULING_WEB;
	expect_answers(rows, ROWS(rows), &row, NULL);
}

/* --- addresses ----------------------------------------------------------------------------------
 */

static void addresses_are_prefixes(void **state)
{
	static const struct {
		enum lsp_family family;
		uint8_t address[16];
		enum lsp_known v6only;
		const char *text;
		enum lsp_known expected;
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
		/* IPv4 in IPv6 is reached over IPv4 */
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
		struct ruling_row row = {.socket = {RULING_TCP(1), .family = rows[i].family,
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
	static const struct ruling_row row = {
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

/* Known to be none: a cgroup that is no unit's, a socket that is bound to no device. */
static void none_is_an_answer(void **state)
{
	static const struct ruling_row row = {
		.socket = {RULING_TCP(22), .cgroup = "/"},
	};
	static const struct answer rows[] = {
		{"unit=*", NO},
		{"unit=ssh.service", NO},
		{"container=*", NO},
		{"interface=*", NO},
		/* "-" says so, "\\-" is a name. */
		{"unit=-", YES},
		{"container=-", YES},
		{"interface=-", YES},
		{"interface=eth0,-", YES},
		{"interface=\\-", NO},
		{"interface=-0", NO},
	};
	static const struct ruling_row bound = {
		.socket = {RULING_TCP(22), .interface = "-"},
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
	static const struct ruling_row row = {
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
	static const struct ruling_row two = {
		.socket = {RULING_TCP(80)},
		.owners = {RULING_OWNER(1, "a", "/a"), RULING_OWNER(2, "b", "/b")},
	};
	static const struct ruling_row half = {
		.socket = {RULING_TCP(80)},
		.owners = {RULING_OWNER(1, "a", "/a"), {.pid = 2}},
	};
	static const struct {
		const struct ruling_row *row;
		const char *text;
		enum lsp_known filter, rule;
	} rows[] = {
		/* a filter wants one of them, a rule each of them */
		{&two, "process=a", YES, NO},
		{&two, "process=b", YES, NO},
		{&two, "process=a,b", YES, YES},
		{&two, "process=?", YES, YES},
		{&two, "process=c", NO, NO},
		{&two, "exe=/a", YES, NO},
		{&two, "exe=/a,/b", YES, YES},
		{&two, "pid=1", YES, NO},
		{&two, "pid=1-2", YES, YES},
		/* "not" forbids it to all of them, in both */
		{&two, "process!=a", NO, NO},
		{&two, "process!=c", YES, YES},
		{&two, "exe!=/b", NO, NO},
		{&two, "exe!=/c", YES, YES},
		/* one of them could not be seen */
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

/* A program that may be a forgery is no proof to a rule, and it is shown to a person. */
static void a_doubted_program(void **state)
{
	static const enum lsp_exe_doubt doubts[] = {LSP_EXE_DOUBT_USERNS, LSP_EXE_DOUBT_UNMAPPED};

	(void)state;
	for (size_t i = 0; i < ROWS(doubts); i++) {
		struct ruling_row row = {
			.socket = {RULING_TCP(80)},
			.owners = {RULING_OWNER(1, "a", "/a")},
		};

		row.owners[0].exe_doubt = doubts[i];
		assert_int_equal(match("exe=/a", &row, NULL, false, 0), YES);
		assert_int_equal(match("exe=/a", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe=/**,*", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe!=/a", &row, NULL, false, 0), NO);
		assert_int_equal(match("exe!=/a", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe!=/b", &row, NULL, false, 0), YES);
		assert_int_equal(match("exe!=/b", &row, NULL, true, 0), NO);
		assert_int_equal(match("process=a", &row, NULL, true, 0), YES);
		/* one honest owner does not clear the other */
		row.owners[1] = (struct lsp_process)RULING_OWNER(2, "a", "/a");
		assert_int_equal(match("exe=/a", &row, NULL, true, 0), NO);
		assert_int_equal(match("exe!=/b", &row, NULL, true, 0), NO);
	}
}

static void nobody_holds_it(void **state)
{
	static const struct {
		struct snapshot_walk walk;
		uint32_t no_inode;
		const char *gap;
		enum lsp_known expected;
	} rows[] = {
		{{.is_done = false}, 0, "unasked", UNKNOWN},
		{{.is_done = true, .is_partial = true}, 0, "permission", UNKNOWN},
		{{.is_done = true, .is_pid_namespace = true}, 0, "namespace", UNKNOWN},
		{{.is_done = true, .has_cgroups = true}, 1, "kernel", NO},
		{{.is_done = true}, 0, "unknown", NO},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct ruling_row row = {.socket = {RULING_TCP(80)}};
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
		assert_int_equal(match("exe=/a", &row, &rows[i].walk, true, 0), rows[i].expected);
		assert_int_equal(match("exe!=/a", &row, &rows[i].walk, true, 0),
				 negate(rows[i].expected));
		buf_deinit(&text);
	}
}

static void findings_are_words_of_the_socket(void **state)
{
	const unsigned odd = LSP_BIT(LSP_FINDING_ODD_EXE) | LSP_BIT(LSP_FINDING_EXE_DOUBT);

	(void)state;
	assert_int_equal(match("finding=odd-exe", &whole, NULL, false, odd), YES);
	assert_int_equal(match("finding=exe?,missing", &whole, NULL, false, odd), YES);
	assert_int_equal(match("finding=missing", &whole, NULL, false, odd), NO);
	assert_int_equal(match("finding!=odd-exe", &whole, NULL, false, odd), NO);
	assert_int_equal(match("finding!=unexpected", &whole, NULL, false, odd), YES);
}

/* Whatever bytes a process chose for itself. */
static void hostile_texts_match_themselves_alone(void **state)
{
	static const struct {
		const char *comm, *text;
		enum lsp_known expected;
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
		struct ruling_row row = {.socket = {RULING_TCP(80)},
					 .owners = {{.pid = 1, .comm = rows[i].comm}}};

		expect_answers(&(struct answer){rows[i].text, rows[i].expected}, 1, &row, NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_of_the_socket),
		cmocka_unit_test(udp_auto_and_ipv6),
		cmocka_unit_test(addresses_are_prefixes),
		cmocka_unit_test(a_fact_that_was_not_seen_is_neither),
		cmocka_unit_test(none_is_an_answer),
		cmocka_unit_test(no_is_stronger_than_unknown),
		cmocka_unit_test(who_holds_it),
		cmocka_unit_test(a_doubted_program),
		cmocka_unit_test(nobody_holds_it),
		cmocka_unit_test(findings_are_words_of_the_socket),
		cmocka_unit_test(hostile_texts_match_themselves_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
