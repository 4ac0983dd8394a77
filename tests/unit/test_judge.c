/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/judge: verdict, rule and reason for each listener, and the rules that nobody holds. */
#include "ruling.h"

#include <stdlib.h>
#include <string.h>

/* One machine for all rows: a usual one, a program below /tmp, and what only UDP and IPv6 have. */
static const struct ruling_row machine[] = {
	{.socket = {RULING_TCP(22), .cgroup = "/ssh.service", .unit = "ssh.service"},
	 .user = "root",
	 .owners = {RULING_OWNER(1, "sshd", "/usr/sbin/sshd")}},
	{.socket = {RULING_UDP(68), .local.address = {127, 0, 0, 1}, .uid = 100},
	 .user = "dhcp",
	 .owners = {RULING_OWNER(2, "dhcp", "/usr/sbin/dhcp")}},
	{.socket = {RULING_TCP(81), .uid = 1000}, .owners = {RULING_OWNER(3, "sh", "/tmp/sh")}},
	{.socket = {RULING_TCP(8080), .uid = 33},
	 .user = "www",
	 .owners = {RULING_OWNER(4, "a", "/srv/a"), RULING_OWNER(5, "b", "/srv/b")}},
	{.socket = {RULING_TCP(9000), .uid = 33}, .user = "www", .owners = {{.pid = 6}}},
};

static const char usual[] = "tcp/22 user=root exe=/usr/sbin/sshd\ntcp/81 user=root\n";

struct look {
	const char *host; /* NULL: no rules */
	bool is_listing;
	bool all_netns;
};

static struct lsp_snapshot *judge(const struct look *look)
{
	struct lsp_snapshot *snapshot = ruling_snapshot(machine, ROWS(machine), NULL);
	struct lsp_rules *rules = ruling_rules(look->host, usual);
	struct lsp_query query = ruling_query(rules);

	query.judges_all = !look->is_listing;
	query.all_netns = look->all_netns;
	assert_int_equal(lsp_judge(&query, snapshot), 0);
	/* The judgement stands on its own. */
	lsp_rules_free(rules);
	return snapshot;
}

/* "expected host.rules:1 odd-exe: reason|", without what no rule decides. */
static const char *describe(const struct lsp_snapshot *snapshot, size_t index, struct buf *out)
{
	struct lsp_judgement judgement;
	const char *word;

	buf_reset(out);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	word = lsp_verdict_word(judgement.verdict);
	buf_printf(out, "%s %s", word ? word : "none", judgement.rule ? judgement.rule : "-");
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (judgement.findings[i].id <= LSP_FINDING_MISSING)
			buf_printf(out, " %s: %s", lsp_finding_word(judgement.findings[i].id),
				   judgement.findings[i].reason);
	}
	return buf_text(out);
}

static void expect_judgement(const struct look *look, uint16_t port, const char *expected)
{
	struct lsp_snapshot *snapshot = judge(look);
	struct buf out = BUF_INIT;

	expect(strcmp(describe(snapshot, ruling_find(snapshot, port), &out), expected) == 0,
	       "port %u by \"%s\": %s", port, look->host ? look->host : "nothing", out.data);
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
		{68, "unexpected - unexpected: no usual program of udp/68 is known" NOBODY,
		 "unexpected - unexpected: no usual program of udp/68 is known" NOBODY},
		{81, "unexpected - unexpected: usual on tcp/81 is user=root, found 1000" NOBODY,
		 "unexpected - unexpected: usual on tcp/81 is user=root, found 1000" NOBODY},
		/* nothing by which a high port could be judged */
		{8080, "none -", "none -"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		expect_judgement(&(struct look){.is_listing = true}, rows[i].port, rows[i].listing);
		expect_judgement(&(struct look){.is_listing = false}, rows[i].port, rows[i].check);
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
		/* the built-in table counts no longer */
		{"80\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"80\n", 81, false, "unexpected - unexpected: no rule expects tcp/81" NOBODY},
		/* high ports: in a listing the verdict alone */
		{"80\n", 8080, false, "unexpected - unexpected: no rule expects tcp/8080" NOBODY},
		{"80\n", 8080, true, "unexpected -"},
		{"80\n", 68, true, "unexpected - unexpected: no rule expects udp/68" NOBODY},
		/* changed, in a listing too */
		{"22 user=nobody\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with user=nobody "
		 "(host.rules:1), found root"},
		{"8080 user=nobody\n", 8080, true,
		 "unexpected host.rules:1 changed: tcp/8080 is expected with user=nobody "
		 "(host.rules:1), found www"},
		{"81 user=nobody uid=0 exe=/bin/sh,/bin/bash scope=any\n", 81, false,
		 "unexpected host.rules:1 changed: tcp/81 is expected with user=nobody and uid=0 "
		 "and exe=/bin/sh,/bin/bash (host.rules:1), found 1000 and 1000 and /tmp/sh"},
		{"22 unit=-\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with unit=- "
		 "(host.rules:1), found ssh.service"},
		{"22 interface=eth0\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with interface=eth0 "
		 "(host.rules:1), found none"},
		{"22 scope=loopback,link\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with scope=loopback,link "
		 "(host.rules:1), found any"},
		{"22 address=127.0.0.1\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with address=127.0.0.1 "
		 "(host.rules:1), found 0.0.0.0"},
		{"22 pid=2\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with pid=2 "
		 "(host.rules:1), found 1"},
		{"8080 exe=/srv/a\n", 8080, false,
		 "unexpected host.rules:1 changed: tcp/8080 is expected with exe=/srv/a "
		 "(host.rules:1), found /srv/a and /srv/b"},
		{"8080 exe!=/srv/b\n", 8080, false,
		 "unexpected host.rules:1 changed: tcp/8080 is expected with exe!=/srv/b "
		 "(host.rules:1), found /srv/a and /srv/b"},
		{"22 owner_gap=kernel\n", 22, false,
		 "unexpected host.rules:1 changed: tcp/22 is expected with owner_gap=kernel "
		 "(host.rules:1), found none"},
		/* the nearest: the fewest terms that fail, then the first */
		{"22 user=a exe=/b\n22 exe=/b\n22 exe=/c\n", 22, false,
		 "unexpected host.rules:2 changed: tcp/22 is expected with exe=/b "
		 "(host.rules:2), found /usr/sbin/sshd"},
		/* of another protocol, without a port, or for every port by a word: another one */
		{"udp/22\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"22 proto=udp\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"user=nobody\n", 22, false, "unexpected - unexpected: no rule expects tcp/22"},
		{"tcp/auto user=root\n", 22, false,
		 "unexpected - unexpected: no rule expects tcp/22"},
		{"port!=23 user=nobody\n", 22, false,
		 "unexpected - unexpected: no rule expects tcp/22"},
		/* what a rule asks for was not seen */
		{"9000 exe=/srv/a\n", 9000, false, "unjudged host.rules:1"},
		{"9000 user=nobody\n9000 exe=/srv/a\n9000 process=a\n", 9000, false,
		 "unjudged host.rules:2"},
		{"9000 exe=/srv/a\n9000 user=www\n", 9000, false, "expected host.rules:2"},
		{"9000 exe=/srv/a user=nobody\n", 9000, false,
		 "unexpected host.rules:1 changed: tcp/9000 is expected with user=nobody "
		 "(host.rules:1), found www"},
		{"9000 exe!=/srv/a\n", 9000, false, "unjudged host.rules:1"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect_judgement(
			&(struct look){.host = rows[i].host, .is_listing = rows[i].is_listing},
			rows[i].port, rows[i].expected);
}

static void a_doubted_program_is_told(void **state)
{
	struct ruling_row row = machine[0];
	struct lsp_snapshot *snapshot;
	struct lsp_rules *rules = ruling_rules("22 exe=/usr/sbin/sshd\n", NULL);
	struct lsp_query query = ruling_query(rules);
	struct buf out = BUF_INIT;

	(void)state;
	row.owners[0].exe_doubt = LSP_EXE_DOUBT_USERNS;
	snapshot = ruling_snapshot(&row, 1, NULL);
	assert_int_equal(lsp_judge(&query, snapshot), 0);
	assert_string_equal(describe(snapshot, 0, &out),
			    "unexpected host.rules:1 changed: tcp/22 is expected with "
			    "exe=/usr/sbin/sshd (host.rules:1), found a program that may be "
			    "forged, as sshd(1)");
	buf_deinit(&out);
	lsp_rules_free(rules);
	lsp_snapshot_free(snapshot);
}

static void what_is_no_listener_is_not_judged(void **state)
{
	struct ruling_row rows[] = {machine[0], machine[1]};
	struct lsp_rules *rules = ruling_rules("80\n", NULL);
	struct lsp_query query = ruling_query(rules);
	struct lsp_snapshot *snapshot;
	struct buf out = BUF_INIT;

	(void)state;
	rows[0].socket.state = LSP_STATE_ESTABLISHED;
	rows[1].socket.state = LSP_STATE_ESTABLISHED;
	snapshot = ruling_snapshot(rows, ROWS(rows), NULL);
	assert_int_equal(lsp_judge(&query, snapshot), 0);
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_string_equal(describe(snapshot, i, &out), "none -");
	buf_deinit(&out);
	lsp_rules_free(rules);
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
		assert_string_equal(missing[i].reason, "no listener holds this required rule");
	}
	return buf_text(out);
}

static void a_required_rule_that_nobody_holds(void **state)
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
		/* one has changed from it: that is told already */
		{"22 user=nobody required\n", false, ""},
		{"22 user=nobody required\n22 user=nobody exe=/x required\n", false,
		 "host.rules:2 22 user=nobody exe=/x required|"},
		/* held beside another rule that holds first */
		{"0-\n22 required\n", false, ""},
		/* one may hold it */
		{"9000 exe=/srv/a required\n", false, ""},
		/* namespaces that were looked into, and one that is gone */
		{"443 netns=self required\n", false, "host.rules:1 443 netns=self required|"},
		{"443 netns=web required\n", false, "host.rules:1 443 netns=web required|"},
		{"443 netns=w* required\n", false, "host.rules:1 443 netns=w* required|"},
		{"443 netns!=web required\n", false, "host.rules:1 443 netns!=web required|"},
		{"443 netns=gone required\n", false, ""},
		{"443 netns=gone required\n", true, "host.rules:1 443 netns=gone required|"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot =
			judge(&(struct look){.host = rows[i].host, .all_netns = rows[i].all_netns});
		struct buf out = BUF_INIT;

		expect(strcmp(describe_missing(snapshot, &out), rows[i].expected) == 0,
		       "\"%s\": %s", rows[i].host, out.data);
		buf_deinit(&out);
		lsp_snapshot_free(snapshot);
	}
}

/* Of what was not looked at nothing is missing. */
static void a_narrow_look_misses_nothing(void **state)
{
	const struct lsp_port_range range = {1, 100};

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		struct lsp_snapshot *snapshot = ruling_snapshot(machine, ROWS(machine), NULL);
		struct lsp_rules *rules = ruling_rules("443 required\n", NULL);
		struct lsp_query query = ruling_query(rules);
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
		assert_int_equal(lsp_judge(&query, snapshot), 0);
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
	struct lsp_snapshot *snapshot = ruling_snapshot(NULL, 0, NULL);
	struct lsp_rules *rules = ruling_rules("22 required\n80\n", NULL);
	struct lsp_query query = ruling_query(rules);
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(lsp_rules_exist(rules));
	assert_int_equal(lsp_judge(&query, snapshot), 0);
	assert_string_equal(describe_missing(snapshot, &out), "host.rules:1 22 required|");
	buf_deinit(&out);
	lsp_rules_free(rules);
	lsp_rules_free(NULL);
	lsp_snapshot_free(snapshot);
}

static void what_was_not_judged_says_nothing(void **state)
{
	struct lsp_snapshot *snapshot = ruling_snapshot(machine, ROWS(machine), NULL);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_rules),
		cmocka_unit_test(with_rules),
		cmocka_unit_test(a_doubted_program_is_told),
		cmocka_unit_test(what_is_no_listener_is_not_judged),
		cmocka_unit_test(a_required_rule_that_nobody_holds),
		cmocka_unit_test(a_narrow_look_misses_nothing),
		cmocka_unit_test(an_empty_machine),
		cmocka_unit_test(what_was_not_judged_says_nothing),
		cmocka_unit_test(an_empty_file_is_a_rule_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
