/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/query: the columns that each option shows, and what is looked up for them. */
#include "query_call.h"

#include <stdlib.h>
#include <string.h>

#define NAMES (LSP_LOOKUP_SERVICES | LSP_LOOKUP_USERS)
#define OWNERS (LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE | LSP_LOOKUP_CMDLINE | LSP_LOOKUP_STARTED)

static bool has_column(const struct column_list *list, const char *key)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->columns[i].fact->word, key) == 0)
			return true;
	return false;
}

/* Each of @keys, split at commas, is shown, or is not. */
static void expect_columns(const char *line, const struct column_list *list, const char *keys,
			   bool is_shown)
{
	char *copy = strdup(keys), *rest = NULL;
	struct column column;

	assert_non_null(copy);
	for (char *key = strtok_r(copy, ",", &rest); key; key = strtok_r(NULL, ",", &rest)) {
		expect(column_list_find(key, &column), "%s: no column %s", line, key);
		expect(has_column(list, key) == is_shown, "%s: column %s is %s", line, key,
		       is_shown ? "missing" : "there");
	}
	free(copy);
}

static const struct {
	const char *line;
	const char *has, *lacks;
	unsigned lookups, no_facts;
} shown[] = {
	/* owners are shown unless -n says otherwise */
	{"lsports", "proto,address,port,service,scope,process,user,unit",
	 "peer_port,state,exe,inode", LSP_LOOKUP_OWNERS | NAMES | LSP_LOOKUP_CGROUP,
	 LSP_LOOKUP_CMDLINE | LSP_LOOKUP_STARTED | LSP_LOOKUP_AUTO},
	{"lsports -p", "process,service", "", LSP_LOOKUP_OWNERS | NAMES, 0},
	{"lsports -n", "proto,address,port", "process,service", 0, OWNERS | NAMES},
	{"lsports -tln", "proto,address,port", "process,service", 0, OWNERS | NAMES},
	{"lsports -tulpn", "process", "service", LSP_LOOKUP_OWNERS, NAMES},
	{"lsports -ne", "inode", "process,exe,started,service", 0, OWNERS | NAMES},
	{"lsports -nr", "port", "process,service", 0, OWNERS | NAMES},
	{"lsports -n --format csv", "port", "process,service", 0, OWNERS | NAMES},
	/* -P does half of that */
	{"lsports -P", "process,user", "service", LSP_LOOKUP_OWNERS | LSP_LOOKUP_USERS,
	 LSP_LOOKUP_SERVICES},
	{"lsports -aP", "process,user", "service", LSP_LOOKUP_OWNERS | LSP_LOOKUP_USERS,
	 LSP_LOOKUP_SERVICES},
	{"lsports -nPi :8080", "port,process", "service", LSP_LOOKUP_OWNERS, NAMES},
	{"lsports -ni", "port,process", "service", LSP_LOOKUP_OWNERS, NAMES},
	/* no option asks for owners after --owners none */
	{"lsports --owners none", "user,service", "process", NAMES, OWNERS},
	{"lsports -p --owners none", "user", "process", NAMES, OWNERS},
	{"lsports -o pid,exe --owners none", "pid,exe", "port", 0, OWNERS},
	{"lsports --owners none --sort pid --group-by process", "port", "process", NAMES, OWNERS},
	{"lsports -O --owners none", "process,owners", "", NAMES, OWNERS},
	/* a named column is asked for, even with -n */
	{"lsports -n -o port,pid", "port,pid", "proto", LSP_LOOKUP_OWNERS,
	 NAMES | LSP_LOOKUP_EXE | LSP_LOOKUP_CGROUP},
	{"lsports -n -o +cmdline", "port,cmdline", "process",
	 LSP_LOOKUP_OWNERS | LSP_LOOKUP_CMDLINE, NAMES},
	{"lsports -n --sort -pid", "port", "process,pid", LSP_LOOKUP_OWNERS, NAMES},
	{"lsports -n --group-by process", "port", "process", LSP_LOOKUP_OWNERS, NAMES},
	{"lsports -n -o service,user", "service,user", "port", NAMES, ~NAMES},
	{"lsports -n -o +service", "service,port", "process", LSP_LOOKUP_SERVICES,
	 OWNERS | LSP_LOOKUP_USERS},
	{"lsports -P -o port,service", "service", "user", LSP_LOOKUP_SERVICES,
	 ~LSP_LOOKUP_SERVICES},
	{"lsports -n --group-by user", "port", "process", LSP_LOOKUP_USERS,
	 OWNERS | LSP_LOOKUP_SERVICES},
	{"lsports -nO", "process,owners,service,user", "", OWNERS, NAMES},
	/* and nothing else is */
	{"lsports -o port", "port", "proto,address", 0, ~0u},
	{"lsports -o port --group-by unit", "port", "unit", LSP_LOOKUP_CGROUP, ~LSP_LOOKUP_CGROUP},
	{"lsports -o port --group-by user", "port", "user", LSP_LOOKUP_USERS, ~LSP_LOOKUP_USERS},
	{"lsports -o port --group-by scope", "port", "scope", 0, ~0u},
	{"lsports -o port --sort service", "port", "service", LSP_LOOKUP_SERVICES,
	 ~LSP_LOOKUP_SERVICES},
	{"lsports -o +auto", "port,auto", "", LSP_LOOKUP_AUTO, LSP_LOOKUP_CMDLINE},
	/* states */
	{"lsports -a", "state,peer_address,peer_port,process", "", LSP_LOOKUP_OWNERS, 0},
	{"lsports --connected", "state,peer_address,peer_port", "", LSP_LOOKUP_OWNERS, 0},
	/* CSV has no marks but columns */
	{"lsports --format csv",
	 "proto,address,port,v6only,service,scope,process,pid,user,uid,unit",
	 "peer_port,state,netns", LSP_LOOKUP_OWNERS | NAMES, LSP_LOOKUP_CMDLINE},
	{"lsports --format csv -a", "state,peer_port,v6only,pid", "netns", LSP_LOOKUP_OWNERS, 0},
	{"lsports --format csv -n", "v6only", "pid,process,service", 0, OWNERS | NAMES},
	/* several namespaces need a column */
	{"lsports --all-netns", "netns,port", "", 0, 0},
	{"lsports -r --all-netns", "netns,port", "", 0, 0},
	{"lsports --format csv --all-netns", "netns,v6only", "", 0, 0},
	{"lsports -a -N blue -N red", "netns,state", "", 0, 0},
	{"lsports -N blue", "port", "netns", 0, 0},
	{"lsports --all-netns -o port", "port", "netns", 0, ~0u},
	{"lsports -J --all-netns", "netns,owners", "process", 0, 0},
	{"lsports -e", "inode,cookie,exe", "cmdline", LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE, 0},
	/* an object has all members, even if owners are not looked up */
	{"lsports -J", "owners,owner_gap,user,service,netns", "process,pid", OWNERS | NAMES, 0},
	{"lsports -nJ", "user,service,netns,owners,owner_gap", "", 0, OWNERS | NAMES},
	{"lsports -nJ -o +owners", "owners,port", "", OWNERS | LSP_LOOKUP_USERS,
	 LSP_LOOKUP_SERVICES},
	{"lsports -nJ -o +pid", "owners,pid", "", LSP_LOOKUP_OWNERS, NAMES | LSP_LOOKUP_EXE},
	{"lsports -npJ", "owners,owner_gap,user", "", OWNERS, NAMES},
	{"lsports -J --owners none", "user,service,owners,owner_gap", "", NAMES, OWNERS},
	{"lsports --format jsonl -P", "service,owners", "", OWNERS | LSP_LOOKUP_USERS,
	 LSP_LOOKUP_SERVICES},
	{"lsports -J -o port", "port", "owners", 0, ~0u},
};

static void test_columns_and_facts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(shown); i++) {
		const char *line = shown[i].line;
		struct query_call call;
		unsigned lookups;

		query_call_expect(&call, line);
		lookups = call.query.scope.lookups;
		expect_columns(line, &call.query.view.columns, shown[i].has, true);
		expect_columns(line, &call.query.view.columns, shown[i].lacks, false);
		expect((lookups & shown[i].lookups) == shown[i].lookups,
		       "%s: facts %#x lack some of %#x", line, lookups, shown[i].lookups);
		expect(!(lookups & shown[i].no_facts), "%s: facts %#x hold some of %#x", line,
		       lookups, shown[i].no_facts);
		query_call_deinit(&call);
	}
}

static void test_all_columns(void **state)
{
	struct column column;
	size_t count = 0;
	static const char *const lines[] = {"lsports -O", "lsports -O -n", "lsports -OJ",
					    "lsports -Oa --owners none", "lsports -OP"};

	(void)state;
	while (column_at(count, &column))
		count++;
	for (size_t i = 0; i < ROWS(lines); i++) {
		struct query_call call;

		query_call_expect(&call, lines[i]);
		expect(call.query.view.columns.count == count, "%s: %zu columns of %zu", lines[i],
		       call.query.view.columns.count, count);
		query_call_deinit(&call);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_and_facts),
		cmocka_unit_test(test_all_columns),
	};

	return cmocka_run_group_tests_name("query_columns", tests, NULL, NULL);
}
