/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/query_copy: the query outlives the texts it was made of. */
#include "protocols.h"
#include "support.h"

#include "model/builder.h"
#include "model/query_copy.h"

#include <string.h>

static void nothing_is_borrowed(void **state)
{
	struct lsp_port_range ports[] = {{22, 22}, {8000, 8999}};
	char blue[] = "blue", pid[] = "812", root[] = "/srv/recorded";
	const char *names[] = {blue, pid};
	const struct lsp_query query = {
		.protos = LSP_BIT(LSP_PROTO_TCP),
		.families = LSP_BIT(LSP_FAMILY_IPV6),
		.listeners = true,
		.others = true,
		.states = LSP_BIT(LSP_STATE_TIME_WAIT),
		.lookups = LSP_LOOKUP_FINDINGS | LSP_LOOKUP_REASONS,
		.source = LSP_SOURCE_PROC,
		.owners = LSP_OWNERS_NONE,
		.strict = true,
		.ports = ports,
		.port_count = ROWS(ports),
		.netns = names,
		.netns_count = ROWS(names),
		.all_netns = true,
		.root = root,
	};
	struct query_copy copy;
	const struct lsp_query *got = &copy.query;

	(void)state;
	assert_int_equal(query_copy_init(&copy, &query), 0);
	memset(ports, 0, sizeof(ports));
	memset(blue, 'x', sizeof(blue) - 1);
	memset(pid, 'x', sizeof(pid) - 1);
	memset(root, 'x', sizeof(root) - 1);
	names[0] = names[1] = NULL;
	assert_int_equal(got->protos, LSP_BIT(LSP_PROTO_TCP));
	assert_int_equal(got->families, LSP_BIT(LSP_FAMILY_IPV6));
	assert_true(got->listeners && got->others && got->strict && got->all_netns);
	assert_int_equal(got->states, LSP_BIT(LSP_STATE_TIME_WAIT));
	assert_int_equal(got->lookups, LSP_LOOKUP_FINDINGS | LSP_LOOKUP_REASONS);
	assert_int_equal(got->source, LSP_SOURCE_PROC);
	assert_int_equal(got->owners, LSP_OWNERS_NONE);
	assert_int_equal(got->port_count, 2);
	assert_int_equal(got->ports[0].first, 22);
	assert_int_equal(got->ports[1].last, 8999);
	assert_int_equal(got->netns_count, 2);
	assert_string_equal(got->netns[0], "blue");
	assert_string_equal(got->netns[1], "812");
	assert_string_equal(got->root, "/srv/recorded");
	query_copy_deinit(&copy);
	query_copy_deinit(&copy);
}

static void what_was_not_asked_stays_null(void **state)
{
	const struct lsp_query query = {.protos = 1};
	struct query_copy copy;

	(void)state;
	assert_int_equal(query_copy_init(&copy, &query), 0);
	assert_null(copy.query.ports);
	assert_null(copy.query.netns);
	assert_null(copy.query.root);
	query_copy_deinit(&copy);
}

static void the_last_query_of_a_snapshot_counts(void **state)
{
	const struct lsp_port_range port = {22, 22};
	struct lsp_snapshot *snapshot;

	(void)state;
	assert_int_equal(builder_new(&snapshot), 0);
	assert_int_equal(lsp_snapshot_query(snapshot)->protos, 0);
	assert_int_equal(
		builder_set_query(snapshot, &(struct lsp_query){.ports = &port, .port_count = 1}),
		0);
	assert_int_equal(builder_set_query(snapshot, &(struct lsp_query){.root = "/r"}), 0);
	assert_int_equal(lsp_snapshot_query(snapshot)->port_count, 0);
	assert_string_equal(lsp_snapshot_query(snapshot)->root, "/r");
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_borrowed),
		cmocka_unit_test(what_was_not_asked_stays_null),
		cmocka_unit_test(the_last_query_of_a_snapshot_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
