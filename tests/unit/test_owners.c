/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/owners: a source is asked only when it is wanted, and its failure is reported. */
#include "proctree.h"

#include "owners/owners.h"

static void no_question_is_no_walk(void **state)
{
	static const struct lsp_query queries[] = {
		{.lookups = ~(unsigned)LSP_LOOKUP_OWNERS},
		{.lookups = ALL_FACTS, .owners = LSP_OWNERS_NONE},
	};
	static const uint32_t inodes[] = {1};
	struct root root;

	assert_int_equal(root_init(&root, *state), 0);
	for (size_t i = 0; i < ROWS(queries); i++) {
		struct lsp_snapshot *snapshot = proctree_wanting(inodes, 1);

		proctree_search(&root, &queries[i], snapshot);
		proctree_expect_no_gap(snapshot);
		assert_int_equal(proctree_owner_gap(snapshot, 0), LSP_OWNER_GAP_UNASKED);
		lsp_snapshot_free(snapshot);
	}
	root_deinit(&root);
}

static void without_proc_there_is_a_gap(void **state)
{
	struct lsp_snapshot *snapshot = proctree_find_one(*state, 1);
	const struct lsp_gap *gap = proctree_gap(snapshot, "proc: No such file or directory");

	assert_non_null(gap);
	assert_string_equal(gap->what, "owners");
	assert_true(gap->hides);
	lsp_snapshot_free(snapshot);
}

static void the_source_and_what_it_read_are_noted(void **state)
{
	struct lsp_snapshot *snapshot;

	proctree_process(*state, 10, "a\n", 3, "socket:[1]");
	snapshot = proctree_find_one(*state, 1);
	assert_true(proctree_has_note(snapshot,
				      "owners: found by reading /proc of 1 process in one pass"));
	lsp_snapshot_free(snapshot);
	proctree_process(*state, 11, "b\n", 3, "socket:[3]");
	snapshot = proctree_find_one(*state, 2);
	assert_true(proctree_has_note(
		snapshot, "owners: found by reading /proc of 2 processes in two passes"));
	lsp_snapshot_free(snapshot);
	snapshot = proctree_find(*state, ALL_FACTS, NULL, 0);
	assert_true(proctree_has_note(snapshot, "owners: nothing to look up"));
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(no_question_is_no_walk),
		TREE_TEST(without_proc_there_is_a_gap),
		TREE_TEST(the_source_and_what_it_read_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
