/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/parents: the chain goes up to its end, and contains no unrelated process. */
#include "proctree.h"

#include <stdio.h>

#define FACTS ((unsigned)LSP_LOOKUP_OWNERS | (unsigned)LSP_LOOKUP_PARENTS)

static void add(const char *tree, unsigned pid, const char *comm, unsigned parent, unsigned started)
{
	char text[160];

	snprintf(text, sizeof(text),
		 "%u (%s) S %u 5 5 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 %u 0 0\n", pid, comm,
		 parent, started);
	proctree_add(tree, pid, text, "stat");
	snprintf(text, sizeof(text), "%s\n", comm);
	proctree_add(tree, pid, text, "comm");
}

static const struct lsp_process *find_owner(const char *tree, unsigned lookups,
					    struct lsp_snapshot **snapshot)
{
	static const uint32_t inodes[] = {7001};

	*snapshot = proctree_find(tree, lookups, inodes, 1);
	return proctree_owners(*snapshot, 0, 1)->process;
}

static void a_chain_goes_up_to_the_first(void **state)
{
	const struct lsp_process *at;
	struct lsp_snapshot *snapshot;

	proctree_process(*state, 812, "worker\n", 3, "socket:[7001]");
	add(*state, 812, "worker", 700, 300);
	add(*state, 700, "master", 1, 200);
	add(*state, 1, "init", 0, 1);
	at = find_owner(*state, FACTS, &snapshot);
	assert_non_null(at->parent);
	assert_int_equal(at->parent->pid, 700);
	assert_string_equal(at->parent->comm, "master");
	assert_int_equal(at->parent->parent->pid, 1);
	assert_null(at->parent->parent->parent);
	lsp_snapshot_free(snapshot);
	assert_null(find_owner(*state, LSP_LOOKUP_OWNERS, &snapshot)->parent);
	lsp_snapshot_free(snapshot);
}

/* Its PID was reused: a process younger than its child did not start it. */
static void a_stranger_is_no_parent(void **state)
{
	struct lsp_snapshot *snapshot;

	proctree_process(*state, 812, "worker\n", 3, "socket:[7001]");
	add(*state, 812, "worker", 700, 300);
	add(*state, 700, "stranger", 1, 301);
	assert_null(find_owner(*state, FACTS, &snapshot)->parent);
	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
}

static void one_that_is_gone_ends_it_without_a_gap(void **state)
{
	struct lsp_snapshot *snapshot;

	proctree_process(*state, 812, "worker\n", 3, "socket:[7001]");
	add(*state, 812, "worker", 700, 300);
	assert_null(find_owner(*state, FACTS, &snapshot)->parent);
	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
}

/* No kernel reports this; a recording may. */
static void a_circle_has_an_end(void **state)
{
	const struct lsp_process *at;
	struct lsp_snapshot *snapshot;
	size_t count = 0;

	proctree_process(*state, 812, "a\n", 3, "socket:[7001]");
	add(*state, 812, "a", 700, 300);
	add(*state, 700, "b", 812, 300);
	for (at = find_owner(*state, FACTS, &snapshot); at; at = at->parent)
		count++;
	assert_int_equal(count, 33);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_chain_goes_up_to_the_first),
		TREE_TEST(a_stranger_is_no_parent),
		TREE_TEST(one_that_is_gone_ends_it_without_a_gap),
		TREE_TEST(a_circle_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
