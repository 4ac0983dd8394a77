/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/proc: no pass is made without need. */
#include "proctree.h"

static void nothing_wanted_is_no_walk(void **state)
{
	static const uint32_t inodes[] = {0};
	struct lsp_snapshot *snapshot = proctree_find(*state, ALL_FACTS, inodes, 1);

	/* The tree has no proc: opening it would be a gap. */
	proctree_expect_no_gap(snapshot);
	assert_int_equal(proctree_owner_gap(snapshot, 0), LSP_OWNER_GAP_KERNEL);
	lsp_snapshot_free(snapshot);
}

static void threads_are_left_alone_when_all_is_found(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	proctree_process(tree, 10, "a\n", 3, "socket:[1]");
	proctree_link(tree, 20, "task/21/fd", 3, "socket:[1]");
	snapshot = proctree_find_one(tree, 1);
	proctree_owners(snapshot, 0, 1);
	assert_true(proctree_has_note(snapshot, "one pass"));
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(nothing_wanted_is_no_walk),
		TREE_TEST(threads_are_left_alone_when_all_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
