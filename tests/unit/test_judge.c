/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/judge: verdict, rule and reason for each listener, and the rules that no listener
 * satisfies. */
#include "support.h"

#include "findings.h"
#include "machine.h"
#include "protocols.h"
#include "ruling.h"

#include <stdlib.h>
#include <string.h>

/* One machine for all rows: a usual one, a program below /tmp, and what only UDP and IPv6 have. */
static const struct machine_row machine[] = {
	{.socket = {MACHINE_TCP(22), .cgroup = "/ssh.service", .unit = "ssh.service"},
	 .user = "root",
	 .owners = {MACHINE_OWNER(1, "sshd", "/usr/sbin/sshd")}},
	{.socket = {MACHINE_UDP(68), .local.address = {127, 0, 0, 1}, .uid = 100},
	 .user = "dhcp",
	 .owners = {MACHINE_OWNER(2, "dhcp", "/usr/sbin/dhcp")}},
	{.socket = {MACHINE_TCP(81), .uid = 1000}, .owners = {MACHINE_OWNER(3, "sh", "/tmp/sh")}},
	{.socket = {MACHINE_TCP(8080), .uid = 33},
	 .user = "www",
	 .owners = {MACHINE_OWNER(4, "a", "/srv/a"), MACHINE_OWNER(5, "b", "/srv/b")}},
	{.socket = {MACHINE_TCP(9000), .uid = 33}, .user = "www", .owners = {{.pid = 6}}},
};

static const char usual[] = "tcp/22 user=root exe=/usr/sbin/sshd\ntcp/81 user=root\n";

struct inspection {
	const char *host; /* NULL: no rules */
	bool is_listing;
	bool all_netns;
};

static struct lsp_snapshot *judge(const struct inspection *inspection)
{
	struct lsp_snapshot *snapshot = machine_of(machine, ROWS(machine));
	struct lsp_rules *rules = ruling_rules(inspection->host, usual);
	struct lsp_query query = machine_query;

	query.all_netns = inspection->all_netns;
	assert_int_equal(builder_set_query(snapshot, &query), 0);
	assert_int_equal(lsp_judge(snapshot, rules, inspection->is_listing ? 0 : LSP_JUDGE_ALL), 0);
	/* The verdicts do not refer to the rules. */
	lsp_rules_free(rules);
	return snapshot;
}

/* "expected host.rules:1 odd-exe: reason|", without findings that do not depend on rules. */
static const char *describe(const struct lsp_snapshot *snapshot, size_t index, struct buf *out)
{
	struct lsp_judgement judgement;
	const char *word;

	buf_reset(out);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	word = lsp_words_verdict(judgement.verdict);
	buf_printf(out, "%s %s", word ? word : "none", judgement.rule ? judgement.rule : "-");
	if (judgement.unknown)
		buf_printf(out, " %s", judgement.unknown);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (judgement.findings[i].id <= LSP_FINDING_MISSING)
			buf_printf(out, " %s: %s", lsp_finding_word(judgement.findings[i].id),
				   judgement.findings[i].reason);
	}
	return buf_text(out);
}

static void expect_judgement(const struct inspection *inspection, uint16_t port,
			     const char *expected)
{
	struct lsp_snapshot *snapshot = judge(inspection);
	struct buf out = BUF_INIT;

	expect(strcmp(describe(snapshot, machine_find(snapshot, port), &out), expected) == 0,
	       "port %u by \"%s\": %s", port, inspection->host ? inspection->host : "nothing",
	       out.data);
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

#define NOBODY ", and no service is registered for the port"

static void without_rules(void **state)
{
	static const struct {
		uint16_t port;
		const char *listing, *check;
	} rows[] = {
		{22, "usual -", "usual -"},
		{68, "unexpected - unexpected: no program is known to normally use udp/68" NOBODY,
		 "unexpected - unexpected: no program is known to normally use udp/68" NOBODY},
		{81,
		 "unexpected - unexpected: usual on tcp/81 is user=root, found user=1000" NOBODY,
		 "unexpected - unexpected: usual on tcp/81 is user=root, found user=1000" NOBODY},
		/* without rules high ports are not judged */
		{8080, "none -", "none -"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		expect_judgement(&(struct inspection){.is_listing = true}, rows[i].port,
				 rows[i].listing);
		expect_judgement(&(struct inspection){.is_listing = false}, rows[i].port,
				 rows[i].check);
	}
}

static void with_rules(void **state)
{
	static const struct {
		const char *host;
		uint16_t port;
		bool is_listing;
		const char *expected;
	} rows[] = {
		{"22\n", 22, false, "expected host.rules:1"},
		{"# ssh\n\n22\n", 22, false, "expected host.rules:3"},
		/* the first one that holds, in whatever order they are found */
		{"0-\n22\n", 22, false, "expected host.rules:1"},
		{"22\n0-\n", 22, false, "expected host.rules:1"},
		{"22 user=nobody\nuser=root\n0-\n", 22, false, "expected host.rules:2"},
		{"tcp/22 user=root unit=ssh.service exe=/usr/sbin/sshd\n", 22, false,
		 "expected host.rules:1"},
		/* the built-in table no longer counts */
		{"80\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"80\n", 81, false, "unexpected - unexpected: no rule expects tcp/81" NOBODY},
		/* high ports in a listing get only a verdict */
		{"80\n", 8080, false, "unexpected - unexpected: no rule expects tcp/8080" NOBODY},
		{"80\n", 8080, true, "unexpected -"},
		{"80\n", 68, true, "unexpected - unexpected: no rule expects udp/68" NOBODY},
		/* changed, in a listing too */
		{"22 user=nobody\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with user=nobody "
		 "(host.rules:1), found user=root"},
		{"8080 user=nobody\n", 8080, true,
		 "unexpected host.rules:1 changed: tcp/8080 is expected with user=nobody "
		 "(host.rules:1), found user=www"},
		{"81 user=nobody uid=0 exe=/bin/sh,/bin/bash scope=any\n", 81, false,
		 "unexpected host.rules:1 changed: tcp/81 is expected with user=nobody and uid=0 "
		 "and exe=/bin/sh,/bin/bash (host.rules:1), found user=1000, uid=1000, "
		 "exe=/tmp/sh"},
		{"22 unit=-\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with unit=- "
		 "(host.rules:1), found unit=ssh.service"},
		{"22 interface=eth0\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with interface=eth0 "
		 "(host.rules:1), found interface=none"},
		{"22 scope=loopback,link\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with scope=loopback,link "
		 "(host.rules:1), found scope=any"},
		{"22 address=127.0.0.1\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with address=127.0.0.1 "
		 "(host.rules:1), found address=0.0.0.0"},
		{"22 pid=2\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with pid=2 "
		 "(host.rules:1), found pid=1"},
		{"8080 exe=/srv/a\n", 8080, false,
		 "unexpected host.rules:1 changed: tcp/8080 is expected with exe=/srv/a "
		 "(host.rules:1), found exe=/srv/a and /srv/b"},
		{"8080 exe!=/srv/b\n", 8080, false,
		 "unexpected host.rules:1 changed: tcp/8080 is expected with exe!=/srv/b "
		 "(host.rules:1), found exe=/srv/a and /srv/b"},
		{"22 owner_gap=kernel\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with owner_gap=kernel "
		 "(host.rules:1), found owner_gap=none"},
		/* the nearest: the fewest terms that fail, then the first */
		{"22 user=a exe=/b\n22 exe=/b\n22 exe=/c\n", 22, false,
		 "unexpected host.rules:2 changed: tcp/22 is expected with exe=/b "
		 "(host.rules:2), found exe=/usr/sbin/sshd"},
		/* of another protocol, without a port, or for every port by a word: another one */
		{"udp/22\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"22 proto=udp\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"user=nobody\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"tcp/auto user=root\n", 22, false,
		 "unexpected - unexpected: no rule expects tcp/22"},
		{"port!=23 user=nobody\n", 22, false,
		 "unexpected - unexpected: no rule expects tcp/22"},
		/* a fact that a rule asks for is unknown */
		{"9000 exe=/srv/a\n", 9000, false,
		 "unjudged host.rules:1 exe of ?(6) could not be read, but host.rules:1 asks for "
		 "it"},
		{"9000 user=nobody\n9000 exe=/srv/a\n9000 process=a\n", 9000, false,
		 "unjudged host.rules:2 exe of ?(6) could not be read, but host.rules:2 asks for "
		 "it"},
		/* each fact once, and only what is unknown */
		{"9000 exe=/srv/a exe!=/srv/b process=a user=www interface=-\n", 9000, false,
		 "unjudged host.rules:1 exe of ?(6) and process of ?(6) could not be read, but "
		 "host.rules:1 asks for them"},
		{"9000 exe=/srv/a\n9000 user=www\n", 9000, false, "expected host.rules:2"},
		{"9000 exe=/srv/a user=nobody\n", 9000, false,
		 "unexpected host.rules:1 changed: tcp/9000 is expected with user=nobody "
		 "(host.rules:1), found user=www"},
		{"9000 exe!=/srv/a\n", 9000, false,
		 "unjudged host.rules:1 exe of ?(6) could not be read, but host.rules:1 asks for "
		 "it"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect_judgement(&(struct inspection){.host = rows[i].host,
						      .is_listing = rows[i].is_listing},
				 rows[i].port, rows[i].expected);
}

/* Facts of the socket itself, and owners that nobody can see. */
static void what_could_not_be_read_is_named(void **state)
{
	static const struct {
		const char *rule, *expected;
	} rows[] = {
		{"5000 unit=a.service\n", "unit could not be read, but host.rules:1 asks for it"},
		{"tcp/auto\n",
		 "who chose the port could not be read, but host.rules:1 asks for it"},
		{"5000 user=root interface=eth0\n",
		 "user and interface could not be read, but host.rules:1 asks for them"},
		{"5000 exe=/srv/a unit=a.service pid=5\n",
		 "exe of its owner and unit and pid of its owner could not be read (permission), "
		 "but "
		 "host.rules:1 asks for them"},
	};
	static const struct snapshot_walk blind = {.is_done = true, .is_partial = true};
	static const struct machine_row row = {.socket = {.netns = MACHINE_OWN,
							  .state = LSP_STATE_LISTEN,
							  .local.port = 5000,
							  .has_cgroup = true,
							  .cgroup_id = 77}};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_judgement judgement;
		struct lsp_snapshot *snapshot = machine_snapshot(&(struct machine){
			.rows = &row, .count = 1, .rules = rows[i].rule, .walk = &blind});

		lsp_snapshot_judgement(snapshot, 0, &judgement);
		expect(judgement.verdict == LSP_VERDICT_UNJUDGED, "%s: %d", rows[i].rule,
		       (int)judgement.verdict);
		assert_string_equal(judgement.unknown, rows[i].expected);
		assert_int_equal(lsp_snapshot_unjudged(snapshot), 1);
		lsp_snapshot_free(snapshot);
	}
}

static void an_unverified_program_is_named(void **state)
{
	struct machine_row row = machine[0];
	struct lsp_snapshot *snapshot;
	struct buf out = BUF_INIT;

	(void)state;
	row.owners[0].exe_unverified = LSP_EXE_UNVERIFIED_USERNS;
	snapshot = machine_snapshot(
		&(struct machine){.rows = &row, .count = 1, .rules = "22 exe=/usr/sbin/sshd\n"});
	assert_string_equal(describe(snapshot, 0, &out),
			    "unexpected host.rules:1 changed: tcp/22 is expected with "
			    "exe=/usr/sbin/sshd (host.rules:1), found a program that may be "
			    "forged, as sshd(1)");
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

/* What is shown is escaped where it is shown, and there alone. */
static void the_text_of_a_rule_is_not_escaped_in_a_reason(void **state)
{
	struct lsp_snapshot *snapshot = judge(
		&(struct inspection){.host = "22 unit=a\\x5cx2db.service,\\*,c\\x20d,*.slice\n"});
	struct buf out = BUF_INIT;

	(void)state;
	assert_string_equal(describe(snapshot, 0, &out),
			    "unexpected host.rules:1 changed: tcp/22 is expected with "
			    "unit=a\\x2db.service,*,c d,*.slice (host.rules:1), found "
			    "unit=ssh.service");
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

/* What the rule that matches accepts is told, and counts for nothing. */
static void a_rule_accepts_findings(void **state)
{
	static const struct {
		const char *host;
		bool is_accepted;
	} rows[] = {
		{"81 accept=odd-exe\n", true},
		{"81 accept=mixed-group,odd-exe\n", true},
		{"81 accept=odd-exe accept=queue-full required\n", true},
		{"81 required accept=odd-exe # known\n", true},
		{"81 accept=queue-full\n", false},
		{"81\n", false},
		/* the first that matches decides */
		{"80-82\n81 accept=odd-exe\n", false},
		{"81 user!=root accept=odd-exe\n80-82\n", true},
		/* what follows the first word is shared */
		{"22 user!=x accept=odd-exe\n81 user!=x accept=odd-exe\n", true},
		/* one that does not match, and none */
		{"81 exe=/sbin/sh accept=odd-exe\n", false},
		{"22 accept=odd-exe\n", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = judge(&(struct inspection){.host = rows[i].host});
		struct lsp_value value = {0};
		struct lsp_subject subject;
		struct lsp_judgement judgement;
		bool is_found = false;

		lsp_snapshot_judgement(snapshot, machine_find(snapshot, 81), &judgement);
		for (size_t f = 0; f < judgement.finding_count; f++) {
			if (judgement.findings[f].id != FINDING_ODD_EXE)
				continue;
			is_found = true;
			expect(judgement.findings[f].is_accepted == rows[i].is_accepted, "\"%s\"",
			       rows[i].host);
		}
		assert_true(is_found);
		lsp_subject_init(&subject, snapshot, machine_find(snapshot, 81));
		lsp_fact_get(lsp_fact_find("findings"), &subject, NULL, &value);
		expect(!(value.number & LSP_BIT(FINDING_ODD_EXE)) == rows[i].is_accepted, "\"%s\"",
		       rows[i].host);
		lsp_snapshot_free(snapshot);
	}
}

/* A usual program counts where its user or its port is the system's. */
static void usual_is_only_what_not_every_user_can_open(void **state)
{
	enum { UNREAD = -1 };
	static const struct {
		int uid, start;
		uint16_t port;
		const char *exe, *expected;
	} rows[] = {
		{1000, 1024, 80, "/usr/sbin/nginx", "usual -"},
		{1000, 81, 80, "/usr/sbin/nginx", "usual -"},
		{0, 80, 80, "/usr/sbin/nginx", "usual -"},
		{999, 1, 80, "/usr/sbin/nginx", "usual -"},
		{999, UNREAD, 80, "/usr/sbin/nginx", "usual -"},
		{UNREAD, 1024, 80, "/usr/sbin/nginx", "usual -"},
		{1000, 80, 80, "/usr/sbin/nginx",
		 "unexpected - unexpected: usual on tcp/80 is a system user, because any user can "
		 "open "
		 "this port, found uid=1000"},
		{65534, 1, 80, "/usr/sbin/nginx",
		 "unexpected - unexpected: usual on tcp/80 is a system user, because any user can "
		 "open "
		 "this port, found uid=65534"},
		{1000, 1, 80, NULL,
		 "unexpected - unexpected: usual on tcp/80 is a system user, because any user can "
		 "open "
		 "this port, found uid=1000"},
		{1000, 1, 80, "/tmp/nginx",
		 "unexpected - unexpected: usual on tcp/80 is exe=/usr/sbin/nginx, found "
		 "exe=/tmp/nginx"},
		{1000, UNREAD, 80, "/usr/sbin/nginx",
		 "unjudged - privileged could not be read, but the table of usual programs asks "
		 "for it"},
		{UNREAD, 1, 80, "/usr/sbin/nginx",
		 "unjudged - uid could not be read, but the table of usual programs asks for it"},
		{UNREAD, UNREAD, 80, NULL,
		 "unjudged - privileged and uid and exe of ?(7) could not be read, but the table "
		 "of "
		 "usual programs asks for them"},
		/* nothing is said about high ports of users */
		{105, 1024, 6379, "/usr/bin/redis-server", "usual -"},
		{1000, 1024, 6379, "/usr/bin/redis-server", "none -"},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct machine_host host = {.netns = {{.netns = MACHINE_OWN, .is_own = true}},
					    .services = {{LSP_PROTO_TCP, 80, "http", false}}};
		struct machine_row row = {.socket = {MACHINE_TCP(rows[i].port)},
					  .owners = {MACHINE_OWNER(7, NULL, rows[i].exe)}};
		struct lsp_snapshot *snapshot;

		host.netns[0].unprivileged_start =
			rows[i].start == UNREAD ? 0 : (uint32_t)rows[i].start;
		row.socket.has_uid = rows[i].uid != UNREAD;
		row.socket.uid = row.socket.has_uid ? (uint32_t)rows[i].uid : 0;
		if (!rows[i].exe)
			row.owners[0].exe_kind = LSP_EXE_KIND_UNKNOWN;
		snapshot = machine_snapshot(&(struct machine){
			.rows = &row,
			.count = 1,
			.host = &host,
			.usual_rules = "80 exe=/usr/sbin/nginx\n6379 exe=/usr/bin/redis-server\n"});
		expect(strcmp(describe(snapshot, 0, &out), rows[i].expected) == 0, "row %zu: %s", i,
		       out.data);
		lsp_snapshot_free(snapshot);
	}
	buf_deinit(&out);
}

/* A few of them, what a rule names first before its other names, each once. */
static void usual_programs_of_a_port_are_named(void **state)
{
	static const struct {
		const char *rules, *expected;
	} rows[] = {
		{"80 exe=/a\n", "exe=/a, found exe=/x"},
		{"80 exe=/a,/b\n", "exe=/a or /b, found exe=/x"},
		{"80 exe=/a,/b\n80 exe=/c\n", "exe=/a, /c or /b, found exe=/x"},
		{"80 exe=/a,/b\n80 exe=/b,/a\n80 user=root exe=/a\n", "exe=/a or /b, found exe=/x"},
		{"80 exe=/a,/b,/c\n80 exe=/d\n", "exe=/a, /d, /b or another, found exe=/x"},
		{"70-90 exe=/a\n80 exe=/b\n79 exe=/c\nudp/80 exe=/d\n",
		 "exe=/a or /b, found exe=/x"},
		/* what is about any port says nothing about this one */
		{"1-1000 exe=/a\ncategory=well-known exe=/b\n80 exe=/c\n", "exe=/c, found exe=/x"},
		{"80 user=nobody exe=/a\n80 user=nobody exe=/b\n",
		 "user=nobody and exe=/a or /b, found user=root, exe=/x"},
		/* units are no programs */
		{"80 unit=a.service exe=/a unit=b.service\n80 unit=c.service\n",
		 "unit=c.service, found unit=x.service"},
		{"80 exe=/a\n80 unit=x.service exe=/b\n", "exe=/a or /b, found exe=/x"},
		/* the program is right */
		{"80 exe=/a\n80 user=nobody exe=/x\n80 exe=/b user=nobody\n",
		 "exe=/a, /x or /b, found exe=/x"},
		{"80 user=nobody exe=/x\n80 exe=/a user=nobody\n", "user=nobody, found user=root"},
	};
	static const struct machine_row row = {
		.socket = {MACHINE_TCP(80), .cgroup = "/x.service", .unit = "x.service"},
		.user = "root",
		.owners = {MACHINE_OWNER(7, "x", "/x")}};
	struct buf out = BUF_INIT, expected = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = machine_snapshot(
			&(struct machine){.rows = &row, .count = 1, .usual_rules = rows[i].rules});

		buf_reset(&expected);
		buf_printf(&expected, "unexpected - unexpected: usual on tcp/80 is %s",
			   rows[i].expected);
		expect(strcmp(describe(snapshot, 0, &out), buf_text(&expected)) == 0, "row %zu: %s",
		       i, out.data);
		lsp_snapshot_free(snapshot);
	}
	buf_deinit(&out);
	buf_deinit(&expected);
}

static void what_is_no_listener_is_not_judged(void **state)
{
	struct machine_row rows[] = {machine[0], machine[1]};
	struct lsp_snapshot *snapshot;
	struct buf out = BUF_INIT;

	(void)state;
	rows[0].socket.state = LSP_STATE_ESTABLISHED;
	rows[1].socket.state = LSP_STATE_ESTABLISHED;
	snapshot = machine_snapshot(
		&(struct machine){.rows = rows, .count = ROWS(rows), .rules = "80\n"});
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_string_equal(describe(snapshot, i, &out), "none -");
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

/* --- rules that nobody holds ---------------------------------------------------------------------
 */

static const char *describe_missing(const struct lsp_snapshot *snapshot, struct buf *out)
{
	size_t count;
	const struct lsp_missing *missing = lsp_snapshot_missing(snapshot, &count);

	buf_reset(out);
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%s %s|", missing[i].rule, missing[i].text);
		assert_string_equal(missing[i].reason, "no listener matches this required rule");
	}
	return buf_text(out);
}

static void a_required_rule_that_no_listener_satisfies(void **state)
{
	static const struct {
		const char *host;
		bool all_netns;
		const char *expected;
	} rows[] = {
		{"22 required\n", false, ""},
		{"443\n", false, ""},
		{"443 required\n", false, "host.rules:1 443 required|"},
		{"\n  443 user=www required # web\n", false, "host.rules:2 443 user=www required|"},
		{"443 required\n22 required\n25 required\n", false,
		 "host.rules:1 443 required|host.rules:3 25 required|"},
		{"tcp/auto user=www required\n", false, "host.rules:1 tcp/auto user=www required|"},
		/* a listener changed from it, which is reported already */
		{"22 user=nobody required\n", false, ""},
		{"22 user=nobody required\n22 user=nobody exe=/x required\n", false,
		 "host.rules:2 22 user=nobody exe=/x required|"},
		/* satisfied, though another rule matches first */
		{"0-\n22 required\n", false, ""},
		/* one listener may satisfy it */
		{"9000 exe=/srv/a required\n", false, ""},
		/* namespaces that were inspected, and one that is gone */
		{"443 netns=self required\n", false, "host.rules:1 443 netns=self required|"},
		{"443 netns=web required\n", false, "host.rules:1 443 netns=web required|"},
		{"443 netns=w* required\n", false, "host.rules:1 443 netns=w* required|"},
		{"443 netns!=web required\n", false, "host.rules:1 443 netns!=web required|"},
		{"443 netns=gone required\n", false, ""},
		{"443 netns=gone required\n", true, "host.rules:1 443 netns=gone required|"},
		/* each item of a list, whatever else the rules before it share */
		{"22,443 required\n", false, "host.rules:1 443 of 22,443 required|"},
		{"22,443\n", false, ""},
		{"22,tcp/440-443,udp/9 required\n", false,
		 "host.rules:1 tcp/440-443 of 22,tcp/440-443,udp/9 required|"
		 "host.rules:1 udp/9 of 22,tcp/440-443,udp/9 required|"},
		{"port=22 port=443 required\n", false,
		 "host.rules:1 443 of port=22 port=443 required|"},
		{"user!=x 443,22 required\nuser!=y 443,22 required\n", false,
		 "host.rules:1 443 of user!=x 443,22 required|"
		 "host.rules:2 443 of user!=y 443,22 required|"},
		{"443,22 required\n444 required\n", false,
		 "host.rules:1 443 of 443,22 required|host.rules:2 444 required|"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = judge(
			&(struct inspection){.host = rows[i].host, .all_netns = rows[i].all_netns});
		struct buf out = BUF_INIT;

		expect(strcmp(describe_missing(snapshot, &out), rows[i].expected) == 0,
		       "\"%s\": %s", rows[i].host, out.data);
		buf_deinit(&out);
		lsp_snapshot_free(snapshot);
	}
}

/* Nothing is missing outside the query. */
static void nothing_is_missing_outside_the_query(void **state)
{
	const struct lsp_port_range range = {1, 100};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct lsp_snapshot *snapshot = machine_of(machine, ROWS(machine));
		struct lsp_rules *rules = ruling_rules("443 required\n", NULL);
		struct lsp_query query = machine_query;
		size_t count;

		switch (i) {
		case 0:
			query.protos = LSP_BIT(LSP_PROTO_TCP);
			break;
		case 1:
			query.families = LSP_BIT(LSP_FAMILY_IPV6);
			break;
		case 2:
			query.listeners = false;
			break;
		case 3:
			query.ports = &range;
			query.port_count = 1;
			break;
		default:
			query.others = true; /* that hides nothing */
			break;
		}
		assert_int_equal(builder_set_query(snapshot, &query), 0);
		assert_int_equal(lsp_judge(snapshot, rules, LSP_JUDGE_ALL), 0);
		lsp_snapshot_missing(snapshot, &count);
		expect(count == (i == 4), "look %u misses %zu", i, count);
		lsp_rules_free(rules);
		lsp_snapshot_free(snapshot);
	}
}

/* --- nothing there
 * ---------------------------------------------------------------------------------- */

static void an_empty_machine(void **state)
{
	struct lsp_snapshot *snapshot = machine_of(NULL, 0);
	struct lsp_rules *rules = ruling_rules("22 required\n80\n", NULL);
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(lsp_rules_exist(rules));
	assert_int_equal(lsp_judge(snapshot, rules, LSP_JUDGE_ALL), 0);
	assert_string_equal(describe_missing(snapshot, &out), "host.rules:1 22 required|");
	buf_deinit(&out);
	lsp_rules_free(rules);
	lsp_rules_free(NULL);
	lsp_snapshot_free(snapshot);
}

static void users_are_needed_where_a_rule_of_a_listener_is_about_them(void **state)
{
	static const struct {
		const char *host, *usual;
		bool needs;
	} rows[] = {
		{"22 user=root\n", NULL, true},      {"tcp/22 user!=root\n", NULL, true},
		{"udp/22 user=root\n", NULL, false}, {"23 user=root\n", NULL, false},
		{"user=root\n", NULL, true},         {"1-1000 user=root\n", NULL, true},
		{"22 uid=0\n", NULL, false},         {"22 uid=0\n68 user=x\n", NULL, true},
		{"", "22 user=root\n", false},       {NULL, "22 user=root\n", true},
		{NULL, "22 exe=/a\n", false},
	};
	struct lsp_snapshot *snapshot = machine_of(machine, ROWS(machine));
	struct lsp_snapshot *none = machine_of(NULL, 0);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_rules *rules = ruling_rules(rows[i].host, rows[i].usual);

		expect(lsp_rules_need_users(rules, snapshot) == rows[i].needs, "row %zu", i);
		assert_false(lsp_rules_need_users(rules, none));
		lsp_rules_free(rules);
	}
	lsp_snapshot_free(snapshot);
	lsp_snapshot_free(none);
}

static void without_judging_there_is_no_verdict(void **state)
{
	struct lsp_snapshot *snapshot = machine_of(machine, ROWS(machine));
	struct buf out = BUF_INIT;

	(void)state;
	assert_string_equal(describe(snapshot, 0, &out), "none -");
	assert_string_equal(describe_missing(snapshot, &out), "");
	buf_deinit(&out);
	lsp_snapshot_free(snapshot);
}

static void an_empty_file_is_a_rule_too(void **state)
{
	struct lsp_rules *none = ruling_rules(NULL, usual), *empty = ruling_rules("", usual);

	(void)state;
	assert_false(lsp_rules_exist(none));
	assert_true(lsp_rules_exist(empty));
	lsp_rules_free(none);
	lsp_rules_free(empty);
}

/* A rule without netns= is about our own namespace, and about others only where it says so. */
static void rules_are_about_our_own_namespace(void **state)
{
	static const struct {
		const char *rules;
		enum lsp_verdict own, web, container; /* in these namespaces */
	} rows[] = {
		{"80\n", LSP_VERDICT_EXPECTED, LSP_VERDICT_UNEXPECTED, LSP_VERDICT_UNEXPECTED},
		{"80 netns=self\n", LSP_VERDICT_EXPECTED, LSP_VERDICT_UNEXPECTED,
		 LSP_VERDICT_UNEXPECTED},
		{"80 netns=web\n", LSP_VERDICT_UNEXPECTED, LSP_VERDICT_EXPECTED,
		 LSP_VERDICT_UNEXPECTED},
		{"80 netns!=self\n", LSP_VERDICT_UNEXPECTED, LSP_VERDICT_EXPECTED,
		 LSP_VERDICT_EXPECTED},
		{"80 netns=*\n", LSP_VERDICT_EXPECTED, LSP_VERDICT_EXPECTED, LSP_VERDICT_EXPECTED},
		/* A container mostly has a namespace of its own. */
		{"80 container=c1\n", LSP_VERDICT_UNEXPECTED, LSP_VERDICT_UNEXPECTED,
		 LSP_VERDICT_EXPECTED},
		{"80 container!=c2\n", LSP_VERDICT_EXPECTED, LSP_VERDICT_UNEXPECTED,
		 LSP_VERDICT_UNEXPECTED},
	};
	struct machine_row listeners[] = {
		{.socket = {MACHINE_TCP(80), .cgroup = "/"}},
		{.socket = {MACHINE_TCP(80), .cgroup = "/"}},
		{.socket = {MACHINE_TCP(80), .cgroup = "/c", .container = "c1"}},
	};

	(void)state;
	listeners[1].socket.netns = MACHINE_WEB;
	listeners[2].socket.netns = MACHINE_WEB + 1;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = machine_snapshot(&(struct machine){
			.rows = listeners, .count = ROWS(listeners), .rules = rows[i].rules});

		for (size_t at = 0; at < ROWS(listeners); at++) {
			struct lsp_judgement judgement;
			struct lsp_socket socket;

			lsp_snapshot_socket(snapshot, at, &socket);
			lsp_snapshot_judgement(snapshot, at, &judgement);
			expect(judgement.verdict == (socket.netns == MACHINE_OWN ? rows[i].own
						     : socket.netns == MACHINE_WEB
							     ? rows[i].web
							     : rows[i].container),
			       "%s: netns %u: %s", rows[i].rules, socket.netns,
			       lsp_words_verdict(judgement.verdict));
		}
		lsp_snapshot_free(snapshot);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rules),
		cmocka_unit_test(with_rules),
		cmocka_unit_test(what_could_not_be_read_is_named),
		cmocka_unit_test(an_unverified_program_is_named),
		cmocka_unit_test(the_text_of_a_rule_is_not_escaped_in_a_reason),
		cmocka_unit_test(a_rule_accepts_findings),
		cmocka_unit_test(usual_is_only_what_not_every_user_can_open),
		cmocka_unit_test(rules_are_about_our_own_namespace),
		cmocka_unit_test(usual_programs_of_a_port_are_named),
		cmocka_unit_test(what_is_no_listener_is_not_judged),
		cmocka_unit_test(a_required_rule_that_no_listener_satisfies),
		cmocka_unit_test(nothing_is_missing_outside_the_query),
		cmocka_unit_test(an_empty_machine),
		cmocka_unit_test(users_are_needed_where_a_rule_of_a_listener_is_about_them),
		cmocka_unit_test(without_judging_there_is_no_verdict),
		cmocka_unit_test(an_empty_file_is_a_rule_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
