/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/query: the query and the view that each option leads to. */
#include "protocols.h"
#include "query_call.h"

#include <errno.h>
#include <stdlib.h>

static const struct target pipe_output = {.width = 100, .term = "xterm"};

/* --- scope ------------------------------------------------------------------------------ */

#define BOTH_FAMILIES (LSP_BIT(LSP_FAMILY_IPV4) | LSP_BIT(LSP_FAMILY_IPV6))

static const struct {
	const char *line;
	struct lsp_query expected;
} scopes[] = {
	{"lsports", {.protos = LSP_PROTO_ALL, .families = BOTH_FAMILIES, .listeners = true}},
	{"lsports -tul46",
	 {.protos = LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP),
	  .families = BOTH_FAMILIES,
	  .listeners = true}},
	{"lsports -t",
	 {.protos = LSP_BIT(LSP_PROTO_TCP), .families = BOTH_FAMILIES, .listeners = true}},
	{"lsports -u6a",
	 {.protos = LSP_BIT(LSP_PROTO_UDP),
	  .families = LSP_BIT(LSP_FAMILY_IPV6),
	  .listeners = true,
	  .others = true}},
	{"lsports --connected -4",
	 {.protos = LSP_PROTO_ALL, .families = LSP_BIT(LSP_FAMILY_IPV4), .others = true}},
	{"lsports -al",
	 {.protos = LSP_PROTO_ALL, .families = BOTH_FAMILIES, .listeners = true, .others = true}},
	{"lsports --strict --source proc --owners proc --all-netns",
	 {.protos = LSP_PROTO_ALL,
	  .families = BOTH_FAMILIES,
	  .listeners = true,
	  .strict = true,
	  .source = LSP_SOURCE_PROC,
	  .owners = LSP_OWNERS_PROC,
	  .all_netns = true}},
	{"lsports --source netlink --owners none --sysroot /proc",
	 {.protos = LSP_PROTO_ALL,
	  .families = BOTH_FAMILIES,
	  .listeners = true,
	  .source = LSP_SOURCE_NETLINK,
	  .owners = LSP_OWNERS_NONE,
	  .root = "/proc"}},
};

static void test_scope(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(scopes); i++) {
		const struct lsp_query *expected = &scopes[i].expected, *got;
		const char *line = scopes[i].line;
		struct query_call call;

		query_call_expect(&call, line);
		got = &call.query.scope;
		expect(got->protos == expected->protos, "%s: protos %#x", line, got->protos);
		expect(got->families == expected->families, "%s: families %#x", line,
		       got->families);
		expect(got->listeners == expected->listeners, "%s: listeners", line);
		expect(got->others == expected->others, "%s: others", line);
		expect(got->strict == expected->strict, "%s: strict", line);
		expect(got->source == expected->source, "%s: source %d", line, (int)got->source);
		expect(got->owners == expected->owners, "%s: owners %d", line, (int)got->owners);
		expect(got->all_netns == expected->all_netns, "%s: all_netns", line);
		expect(!got->root == !expected->root, "%s: root", line);
		if (got->root)
			assert_string_equal(got->root, expected->root);
		expect(!got->ports && !got->port_count, "%s: ports", line);
		query_call_deinit(&call);
	}
}

static void test_scope_lists(void **state)
{
	static const struct lsp_port_range expected[] = {
		{8080, 8080}, {80, 80}, {443, 443}, {49152, 65535}};
	const struct lsp_query *got;
	struct query_call call;

	(void)state;
	query_call_expect(&call, "lsports :8080 -N blue 80,443 -N 1 49152-");
	got = &call.query.scope;
	assert_int_equal(got->port_count, ROWS(expected));
	assert_memory_equal(got->ports, expected, sizeof(expected));
	assert_int_equal(got->netns_count, 2);
	assert_string_equal(got->netns[0], "blue");
	assert_string_equal(got->netns[1], "1");
	query_call_deinit(&call);
}

/* --- view ------------------------------------------------------------------------------- */

static void test_view(void **state)
{
	struct query_call call;

	(void)state;
	query_call_expect(&call, "lsports");
	assert_string_equal(call.query.format->word, "table");
	assert_string_equal(call.query.view.grouping->word, "category");
	assert_true(call.query.view.has_header);
	assert_int_equal(call.query.view.sort.count, 0);
	query_call_deinit(&call);

	query_call_expect(&call, "lsports -H --group-by unit --sort -port,user --format csv");
	assert_string_equal(call.query.format->word, "csv");
	assert_string_equal(call.query.view.grouping->word, "unit");
	assert_false(call.query.view.has_header);
	assert_int_equal(call.query.view.sort.count, 2);
	assert_string_equal(call.query.view.sort.keys[0].column.fact->word, "port");
	assert_true(call.query.view.sort.keys[0].is_descending);
	assert_string_equal(call.query.view.sort.keys[1].column.fact->word, "user");
	assert_false(call.query.view.sort.keys[1].is_descending);
	query_call_deinit(&call);
}

/* -n and -P leave out names even if a verdict or a selector needs them. */
static void test_hidden_names(void **state)
{
	static const struct {
		const char *line;
		unsigned hidden, asked;
	} rows[] = {
		{"lsports", 0, LSP_LOOKUP_USERS | LSP_LOOKUP_SERVICES | LSP_LOOKUP_FINDINGS},
		{"lsports -J", 0, LSP_LOOKUP_USERS | LSP_LOOKUP_SERVICES | LSP_LOOKUP_FINDINGS},
		{"lsports -np", LSP_LOOKUP_USERS | LSP_LOOKUP_SERVICES, LSP_LOOKUP_FINDINGS},
		{"lsports -np -o +user", LSP_LOOKUP_SERVICES,
		 LSP_LOOKUP_USERS | LSP_LOOKUP_FINDINGS},
		{"lsports -n --sort service", LSP_LOOKUP_USERS, LSP_LOOKUP_SERVICES},
		{"lsports -P", LSP_LOOKUP_SERVICES, LSP_LOOKUP_USERS | LSP_LOOKUP_FINDINGS},
		{"lsports -n user=root", LSP_LOOKUP_USERS | LSP_LOOKUP_SERVICES, LSP_LOOKUP_USERS},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct query_call call;

		query_call_expect(&call, rows[i].line);
		expect(call.query.view.hidden == rows[i].hidden, "%s: hidden %#x", rows[i].line,
		       call.query.view.hidden);
		expect((call.query.scope.lookups & rows[i].asked) == rows[i].asked, "%s: facts %#x",
		       rows[i].line, call.query.scope.lookups);
		query_call_deinit(&call);
	}
}

/* What a check asks for, whatever is shown. */
static void test_check(void **state)
{
	static const char *const lines[] = {"lsports --check", "lsports --check -n",
					    "lsports --format monitoring", "lsports --check -J",
					    "lsports --check --format prometheus"};

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct query_call call;

		query_call_expect(&call, lines[i]);
		expect(call.query.is_check, "%s: no check", lines[i]);
		expect(call.query.scope.lookups & LSP_LOOKUP_FINDINGS, "%s: no findings", lines[i]);
		expect(call.query.scope.strict, "%s", lines[i]);
		expect(call.query.judge_flags == LSP_JUDGE_ALL, "%s", lines[i]);
		expect(call.query.scope.listeners && !call.query.scope.others, "%s", lines[i]);
		query_call_deinit(&call);
	}
}

/* Who waits for the answer decides how long it may take, unless that is said. */
static void test_timeout(void **state)
{
	static const struct {
		const char *line;
		int64_t seconds;
	} rows[] = {
		{"lsports", 0},
		{"lsports --strict -a", 0},
		{"lsports --watch", 0},
		{"lsports --explain 22", 0},
		{"lsports --format json", 0},
		{"lsports --check", 30},
		{"lsports --learn x", 30},
		{"lsports --format prometheus", 30},
		{"lsports --format monitoring", 30},
		{"lsports --timeout 1", 1},
		{"lsports --check --timeout 7", 7},
		{"lsports --learn x --timeout 86400", 86400},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct query_call call;

		query_call_expect(&call, rows[i].line);
		expect(call.query.timeout == rows[i].seconds * 1000000000, "%s: %lld", rows[i].line,
		       (long long)call.query.timeout);
		/* The clock starts with the look. */
		expect(call.query.scope.deadline == 0, "%s", rows[i].line);
		expect((query_deadline(&call.query) != 0) == (rows[i].seconds != 0), "%s",
		       rows[i].line);
		query_call_deinit(&call);
	}
}

/* Categories are of listeners; a word that is given rules. */
static void test_grouping(void **state)
{
	static const char *const rows[][2] = {
		{"lsports -l", "category"},
		{"lsports -a", "none"},
		{"lsports --connected", "none"},
		{"lsports -l --connected -J", "none"},
		{"lsports -a --group-by category", "category"},
		{"lsports --connected --group-by user", "user"},
		{"lsports --group-by none", "none"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct query_call call;

		query_call_expect(&call, rows[i][0]);
		assert_string_equal(call.query.view.grouping->word, rows[i][1]);
		query_call_deinit(&call);
	}
}

static const struct {
	const char *line;
	struct target output;
	bool has_color;
	unsigned width;
} terminals[] = {
	{"lsports", {.is_terminal = true, .width = 90, .term = "xterm"}, true, 90},
	{"lsports", {.is_terminal = false, .width = 90, .term = "xterm"}, false, 0},
	{"lsports", {.is_terminal = true, .term = "dumb"}, false, 0},
	{"lsports", {.is_terminal = true, .term = ""}, false, 0},
	{"lsports", {.is_terminal = true}, false, 0},
	{"lsports", {.is_terminal = true, .term = "xterm", .no_color = "1"}, false, 0},
	{"lsports", {.is_terminal = true, .term = "xterm", .no_color = ""}, true, 0},
	{"lsports --color auto", {.is_terminal = true, .term = "xterm"}, true, 0},
	{"lsports --color", {.no_color = "1"}, true, 0},
	{"lsports --color=always", {.term = "dumb"}, true, 0},
	{"lsports --color=never", {.is_terminal = true, .term = "xterm"}, false, 0},
};

static void test_terminals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(terminals); i++) {
		struct query_call call;

		assert_int_equal(query_call_init(&call, terminals[i].line, &terminals[i].output),
				 0);
		expect(call.query.view.has_color == terminals[i].has_color, "row %zu: color", i);
		expect(call.query.view.width == terminals[i].width, "row %zu: width %u", i,
		       call.query.view.width);
		expect(call.query.view.is_terminal == terminals[i].output.is_terminal,
		       "row %zu: terminal", i);
		query_call_deinit(&call);
	}
}

/* --- what is refused ------------------------------------------------------------------------ */

/* Parts of a message: the option, the word and the way out. */
static const struct {
	const char *line, *parts[3];
} refused[] = {
	{"lsports --timeout 0", {"--timeout: ", "is not a number of seconds", "from 1 to 86400"}},
	{"lsports --timeout -1", {"--timeout: ", "is not a number of seconds", "from 1 to 86400"}},
	{"lsports --timeout 1e9", {"--timeout: ", "is not a number of seconds", "from 1 to 86400"}},
	{"lsports --timeout 86401",
	 {"--timeout: ", "is not a number of seconds", "from 1 to 86400"}},
	{"lsports --timeout 1.5", {"--timeout: ", "is not a number of seconds", "from 1 to 86400"}},
	{"lsports --timeout soon",
	 {"--timeout: ", "is not a number of seconds", "from 1 to 86400"}},
	{"lsports 99999", {"\"99999\"", "a port", "65535"}},
	{"lsports 80 90-80", {"\"90-80\"", "range", "--list keys"}},
	{"lsports 22 foo=1", {"\"foo=1\"", "foo", "--list keys"}},
	{"lsports :", {"\":\"", "a value is missing", "--list keys"}},
	{"lsports --format jsno", {"--format: ", "\"jsno\"", "(nearest: json)"}},
	{"lsports --format promtheus", {"--format: ", "\"promtheus\"", "(nearest: prometheus)"}},
	{"lsports --format xml", {"--format: ", "\"xml\"", "table, raw, json"}},
	{"lsports port=", {"\"port=\"", "a value is missing", "--list keys"}},
	{"lsports --group-by catgory", {"--group-by: ", "\"catgory\"", "(nearest: category)"}},
	{"lsports --output prot", {"--output: ", "\"prot\"", "(nearest: proto)"}},
	{"lsports -o prot", {"-o: ", "\"prot\"", "(nearest: proto)"}},
	{"lsports -o port,,proto", {"-o: ", "empty", "--list columns"}},
	{"lsports -o 8080", {"-o: ", "\"8080\"", "--list columns"}},
	{"lsports --sort prot,port", {"--sort: ", "\"prot\"", "(nearest: proto)"}},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(refused); i++) {
		struct query_call call;
		const char *message;

		expect(query_call_init(&call, refused[i].line, &pipe_output) == -EINVAL,
		       "%s: taken", refused[i].line);
		message = error_text(&call.error);
		expect(!strchr(message, '\n'), "%s: more than one line", refused[i].line);
		for (size_t j = 0; j < ROWS(refused[i].parts); j++)
			expect(strstr(message, refused[i].parts[j]), "%s: no %s in: %s",
			       refused[i].line, refused[i].parts[j], message);
		query_call_deinit(&call);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scope),        cmocka_unit_test(test_scope_lists),
		cmocka_unit_test(test_view),         cmocka_unit_test(test_grouping),
		cmocka_unit_test(test_terminals),    cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hidden_names), cmocka_unit_test(test_check),
		cmocka_unit_test(test_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
