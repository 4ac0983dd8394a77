/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked and how it is shown, for each thing that can be said. */
#include "support.h"

#include "options.h"
#include "query.h"

#include <errno.h>
#include <stdlib.h>

#define ARGS_MAX 12
#define NAMES (LSP_FACT_SERVICES | LSP_FACT_USERS)
#define OWNERS (LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_CMDLINE | LSP_FACT_STARTED)

static const struct query_output pipe_output = {.width = 100, .term = "xterm"};

/* One call: what the query borrows lives here. */
struct call {
	char text[200];
	char *argv[ARGS_MAX + 1];
	struct options options;
	struct query query;
	char *message;
};

static int call_init(struct call *call, const char *line, const struct query_output *output)
{
	char *rest = NULL;
	int argc = 0;

	assert_true(strlen(line) < sizeof(call->text));
	strcpy(call->text, line);
	for (char *word = strtok_r(call->text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < ARGS_MAX);
		call->argv[argc++] = word;
	}
	call->argv[argc] = NULL;
	expect(options_parse(argc, call->argv, &call->options, &call->message) == 0, "%s: %s", line,
	       call->message);
	return query_init(&call->query, &call->options, output, &call->message);
}

static void call_deinit(struct call *call)
{
	query_deinit(&call->query);
	options_deinit(&call->options);
	free(call->message);
}

static void expect_query(struct call *call, const char *line)
{
	expect(call_init(call, line, &pipe_output) == 0, "%s: %s", line, call->message);
	expect(!call->message, "%s: %s", line, call->message);
}

/* --- columns and facts ------------------------------------------------------------------ */

static bool has_column(const struct column_list *list, const char *key)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->columns[i]->key, key) == 0)
			return true;
	return false;
}

/* Each of @keys, split at commas, is shown, or is not. */
static void expect_columns(const char *line, const struct column_list *list, const char *keys,
			   bool is_shown)
{
	char *copy = strdup(keys), *rest = NULL;

	assert_non_null(copy);
	for (char *key = strtok_r(copy, ",", &rest); key; key = strtok_r(NULL, ",", &rest)) {
		expect(column_find(key), "%s: no column %s", line, key);
		expect(has_column(list, key) == is_shown, "%s: column %s is %s", line, key,
		       is_shown ? "missing" : "there");
	}
	free(copy);
}

static const struct {
	const char *line;
	const char *has, *lacks;
	unsigned facts, no_facts;
} shown[] = {
	/* owners are shown unless -n says otherwise */
	{"lsports", "proto,address,port,service,scope,process,user,unit",
	 "peer_port,state,exe,inode", LSP_FACT_OWNERS | NAMES | LSP_FACT_CGROUP,
	 LSP_FACT_EXE | LSP_FACT_CMDLINE | LSP_FACT_STARTED | LSP_FACT_AUTO},
	{"lsports -p", "process,service", "", LSP_FACT_OWNERS | NAMES, 0},
	{"lsports -n", "proto,address,port", "process,service", 0, OWNERS | NAMES},
	{"lsports -tln", "proto,address,port", "process,service", 0, OWNERS | NAMES},
	{"lsports -tulpn", "process", "service", LSP_FACT_OWNERS, NAMES},
	{"lsports -ne", "inode", "process,exe,started,service", 0, OWNERS | NAMES},
	{"lsports -nr", "port", "process,service", 0, OWNERS | NAMES},
	{"lsports -n --format csv", "port", "process,service", 0, OWNERS | NAMES},
	/* -P is the half of it */
	{"lsports -P", "process,user", "service", LSP_FACT_OWNERS | LSP_FACT_USERS,
	 LSP_FACT_SERVICES},
	{"lsports -aP", "process,user", "service", LSP_FACT_OWNERS | LSP_FACT_USERS,
	 LSP_FACT_SERVICES},
	{"lsports -nPi :8080", "port", "process,service", 0, OWNERS | NAMES},
	/* nothing brings a walk back after --owners none */
	{"lsports --owners none", "user,service", "process", NAMES, OWNERS},
	{"lsports -p --owners none", "user", "process", NAMES, OWNERS},
	{"lsports -o pid,exe --owners none", "pid,exe", "port", 0, OWNERS},
	{"lsports --owners none --sort pid --group-by process", "port", "process", NAMES, OWNERS},
	{"lsports -O --owners none", "process,owners", "", NAMES, OWNERS},
	/* what is named is asked for, with -n too */
	{"lsports -n -o port,pid", "port,pid", "proto", LSP_FACT_OWNERS,
	 NAMES | LSP_FACT_EXE | LSP_FACT_CGROUP},
	{"lsports -n -o +cmdline", "port,cmdline", "process", LSP_FACT_OWNERS | LSP_FACT_CMDLINE,
	 NAMES},
	{"lsports -n --sort -pid", "port", "process,pid", LSP_FACT_OWNERS, NAMES},
	{"lsports -n --group-by process", "port", "process", LSP_FACT_OWNERS, NAMES},
	{"lsports -nO", "process,owners,service,user", "", OWNERS, NAMES},
	/* and nothing else is */
	{"lsports -o port", "port", "proto,address", 0, ~0u},
	{"lsports -n -o service,user", "service,user", "port", 0, ~0u},
	{"lsports -o port --group-by unit", "port", "unit", LSP_FACT_CGROUP, ~LSP_FACT_CGROUP},
	{"lsports -o port --group-by user", "port", "user", LSP_FACT_USERS, ~LSP_FACT_USERS},
	{"lsports -o port --group-by scope", "port", "scope", 0, ~0u},
	{"lsports -o port --sort service", "port", "service", LSP_FACT_SERVICES,
	 ~LSP_FACT_SERVICES},
	{"lsports -o +auto", "port,auto", "", LSP_FACT_AUTO, LSP_FACT_EXE},
	/* states */
	{"lsports -a", "state,peer_address,peer_port,process", "", LSP_FACT_OWNERS, 0},
	{"lsports --connected", "state,peer_address,peer_port", "", LSP_FACT_OWNERS, 0},
	{"lsports -e", "inode,cookie,exe", "cmdline", LSP_FACT_OWNERS | LSP_FACT_EXE, 0},
	/* an object has all its members, though the owners may not be looked up */
	{"lsports -J", "owners,owner_gap,user,service,netns", "process,pid", OWNERS | NAMES, 0},
	{"lsports -nJ", "user,service,netns,owners,owner_gap", "", 0, OWNERS | NAMES},
	{"lsports -nJ -o +owners", "owners,port", "", OWNERS, NAMES},
	{"lsports -nJ -o +pid", "owners,pid", "", LSP_FACT_OWNERS, NAMES | LSP_FACT_EXE},
	{"lsports -npJ", "owners,owner_gap,user", "", OWNERS, NAMES},
	{"lsports -J --owners none", "user,service,owners,owner_gap", "", NAMES, OWNERS},
	{"lsports --format jsonl -P", "service,owners", "", OWNERS | LSP_FACT_USERS,
	 LSP_FACT_SERVICES},
	{"lsports -J -o port", "port", "owners", 0, ~0u},
};

static void test_columns_and_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(shown); i++) {
		const char *line = shown[i].line;
		struct call call;
		unsigned facts;

		expect_query(&call, line);
		facts = call.query.scope.facts;
		expect_columns(line, &call.query.view.columns, shown[i].has, true);
		expect_columns(line, &call.query.view.columns, shown[i].lacks, false);
		expect((facts & shown[i].facts) == shown[i].facts, "%s: facts %#x lack some of %#x",
		       line, facts, shown[i].facts);
		expect(!(facts & shown[i].no_facts), "%s: facts %#x hold some of %#x", line, facts,
		       shown[i].no_facts);
		call_deinit(&call);
	}
}

static void test_all_columns(void **state)
{
	static const char *const lines[] = {"lsports -O", "lsports -O -n", "lsports -OJ",
					    "lsports -Oa --owners none", "lsports -OP"};

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct call call;

		expect_query(&call, lines[i]);
		expect(call.query.view.columns.count == column_count, "%s: %zu columns of %zu",
		       lines[i], call.query.view.columns.count, column_count);
		call_deinit(&call);
	}
}

/* --- scope ------------------------------------------------------------------------------ */

#define BOTH_PROTOS (LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP))
#define BOTH_FAMILIES (LSP_BIT(LSP_FAMILY_IPV4) | LSP_BIT(LSP_FAMILY_IPV6))

static const struct {
	const char *line;
	struct lsp_query expected;
} scopes[] = {
	{"lsports", {.protos = BOTH_PROTOS, .families = BOTH_FAMILIES, .listeners = true}},
	{"lsports -tul46", {.protos = BOTH_PROTOS, .families = BOTH_FAMILIES, .listeners = true}},
	{"lsports -t",
	 {.protos = LSP_BIT(LSP_PROTO_TCP), .families = BOTH_FAMILIES, .listeners = true}},
	{"lsports -u6a",
	 {.protos = LSP_BIT(LSP_PROTO_UDP),
	  .families = LSP_BIT(LSP_FAMILY_IPV6),
	  .listeners = true,
	  .others = true}},
	{"lsports --connected -4",
	 {.protos = BOTH_PROTOS, .families = LSP_BIT(LSP_FAMILY_IPV4), .others = true}},
	{"lsports -al",
	 {.protos = BOTH_PROTOS, .families = BOTH_FAMILIES, .listeners = true, .others = true}},
	{"lsports --strict --source proc --owners proc --all-netns",
	 {.protos = BOTH_PROTOS,
	  .families = BOTH_FAMILIES,
	  .listeners = true,
	  .strict = true,
	  .source = LSP_SOURCE_PROC,
	  .owners = LSP_OWNERS_PROC,
	  .all_netns = true}},
	{"lsports --source netlink --owners none --sysroot /tmp/x",
	 {.protos = BOTH_PROTOS,
	  .families = BOTH_FAMILIES,
	  .listeners = true,
	  .source = LSP_SOURCE_NETLINK,
	  .owners = LSP_OWNERS_NONE,
	  .root = "/tmp/x"}},
};

static void test_scope(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(scopes); i++) {
		const struct lsp_query *expected = &scopes[i].expected, *got;
		const char *line = scopes[i].line;
		struct call call;

		expect_query(&call, line);
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
		call_deinit(&call);
	}
}

static void test_scope_lists(void **state)
{
	static const struct lsp_port_range expected[] = {
		{8080, 8080}, {80, 80}, {443, 443}, {49152, 65535}};
	const struct lsp_query *got;
	struct call call;

	(void)state;
	expect_query(&call, "lsports :8080 -N blue 80,443 -N 1 49152-");
	got = &call.query.scope;
	assert_int_equal(got->port_count, ROWS(expected));
	assert_memory_equal(got->ports, expected, sizeof(expected));
	assert_int_equal(got->netns_count, 2);
	assert_string_equal(got->netns[0], "blue");
	assert_string_equal(got->netns[1], "1");
	call_deinit(&call);
}

/* --- view ------------------------------------------------------------------------------- */

static void test_view(void **state)
{
	struct call call;

	(void)state;
	expect_query(&call, "lsports");
	assert_string_equal(call.query.format->word, "table");
	assert_string_equal(call.query.view.grouping->word, "category");
	assert_true(call.query.view.has_header);
	assert_int_equal(call.query.view.sort.count, 0);
	call_deinit(&call);

	expect_query(&call, "lsports -H --group-by unit --sort -port,user --format csv");
	assert_string_equal(call.query.format->word, "csv");
	assert_string_equal(call.query.view.grouping->word, "unit");
	assert_false(call.query.view.has_header);
	assert_int_equal(call.query.view.sort.count, 2);
	assert_string_equal(call.query.view.sort.keys[0].column->key, "port");
	assert_true(call.query.view.sort.keys[0].is_descending);
	assert_string_equal(call.query.view.sort.keys[1].column->key, "user");
	assert_false(call.query.view.sort.keys[1].is_descending);
	call_deinit(&call);
}

static const struct {
	const char *line;
	struct query_output output;
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
		struct call call;

		assert_int_equal(call_init(&call, terminals[i].line, &terminals[i].output), 0);
		expect(call.query.view.has_color == terminals[i].has_color, "row %zu: color", i);
		expect(call.query.view.width == terminals[i].width, "row %zu: width %u", i,
		       call.query.view.width);
		expect(call.query.view.is_terminal == terminals[i].output.is_terminal,
		       "row %zu: terminal", i);
		call_deinit(&call);
	}
}

/* --- what is refused ------------------------------------------------------------------------ */

/* Parts of a message: the option, the word and the way out. */
static const struct {
	const char *line, *parts[3];
} refused[] = {
	{"lsports 99999", {"\"99999\"", "65535", "lsports --help"}},
	{"lsports 80 90-80", {"\"90-80\"", "below", "lsports --help"}},
	{"lsports 22 foo=1", {"\"foo=1\"", "number", "lsports --help"}},
	{"lsports :", {"\":\"", "number", "lsports --help"}},
	{"lsports --format jsno", {"--format: ", "\"jsno\"", "(nearest: json)"}},
	{"lsports --format prometheus", {"--format: ", "\"prometheus\"", "table, raw, json"}},
	{"lsports --group-by catgory", {"--group-by: ", "\"catgory\"", "(nearest: category)"}},
	{"lsports -o prot", {"--output: ", "\"prot\"", "(nearest: proto)"}},
	{"lsports -o port,,proto", {"--output: ", "empty", "--list columns"}},
	{"lsports -o 8080", {"--output: ", "\"8080\"", "--list columns"}},
	{"lsports --sort prot,port", {"--sort: ", "\"prot\"", "(nearest: proto)"}},
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(refused); i++) {
		struct call call;

		expect(call_init(&call, refused[i].line, &pipe_output) == -EINVAL, "%s: taken",
		       refused[i].line);
		assert_non_null(call.message);
		expect(!strchr(call.message, '\n'), "%s: more than one line", refused[i].line);
		for (size_t j = 0; j < ROWS(refused[i].parts); j++)
			expect(strstr(call.message, refused[i].parts[j]), "%s: no %s in: %s",
			       refused[i].line, refused[i].parts[j], call.message);
		call_deinit(&call);
	}
}

/* --help spells out what the tables of the view hold. */
static void test_help_words(void **state)
{
	struct buf help = BUF_INIT;

	(void)state;
	options_format_help(&help);
	assert_non_null(buf_text(&help));
	assert_true(format_count >= 5 && grouping_count >= 7);
	for (size_t i = 0; i < format_count; i++)
		expect(strstr(help.data, formats[i].word), "no format %s", formats[i].word);
	for (size_t i = 0; i < grouping_count; i++)
		expect(strstr(help.data, groupings[i].word), "no grouping %s", groupings[i].word);
	buf_deinit(&help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_and_facts),
		cmocka_unit_test(test_all_columns),
		cmocka_unit_test(test_scope),
		cmocka_unit_test(test_scope_lists),
		cmocka_unit_test(test_view),
		cmocka_unit_test(test_terminals),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
