/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/process: every socket that a process holds is found, also in tables of its threads. */
#include "proctree.h"

#include <stdio.h>

static void a_shared_socket_has_all_its_owners(void **state)
{
	const char *tree = *state;
	const struct lsp_owner *owners;
	struct lsp_snapshot *snapshot;

	proctree_process(tree, 300, "child\n", 12, "socket:[7]");
	proctree_link(tree, 300, "fd", 9, "socket:[7]");
	proctree_link(tree, 300, "fd", 100, "socket:[7]");
	proctree_process(tree, 20, "parent\n", 3, "socket:[7]");
	proctree_process(tree, 1, "init\n", 4, "socket:[8]");
	snapshot = proctree_find_one(tree, 7);
	owners = proctree_owners(snapshot, 0, 2);
	assert_int_equal(owners[0].process->pid, 20);
	assert_int_equal(owners[0].fd, 3);
	assert_int_equal(owners[1].process->pid, 300);
	assert_int_equal(owners[1].fd, 9);
	lsp_snapshot_free(snapshot);
}

static void other_links_and_names_are_passed_over(void **state)
{
	static const char *const targets[] = {
		"socket:[7]x", "socket:[70]",         "socket:[]",  "/tmp/socket:[7]",
		"pipe:[7]",    "socket:[4294967303]", "Socket:[7]", "anon_inode:[eventpoll]",
	};
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	proctree_process(tree, 10, "a\n", 3, "/x");
	for (unsigned i = 0; i < ROWS(targets); i++)
		proctree_link(tree, 10, "fd", 20 + i, targets[i]);
	tree_link(tree, "proc/10/fd/x", "socket:[7]");
	tree_write_text(tree, "proc/10/fd/99", "socket:[7]");
	tree_link(tree, "proc/abc/fd/3", "socket:[7]");
	tree_link(tree, "proc/10a/fd/3", "socket:[7]");
	tree_write_text(tree, "proc/11", "no directory");
	tree_mkdir(tree, "proc/12");
	snapshot = proctree_find_one(tree, 7);
	proctree_owners(snapshot, 0, 0);
	lsp_snapshot_free(snapshot);
}

static void threads_with_tables_of_their_own_are_read(void **state)
{
	static const uint32_t inodes[] = {1, 2, 3};
	static const int fds[] = {3, 8, 7};
	const char *tree = *state;
	const struct lsp_owner *owner;
	struct lsp_snapshot *snapshot;

	proctree_process(tree, 10, "leader\n", 3, "socket:[1]");
	proctree_link(tree, 10, "task/10/fd", 3, "socket:[1]");
	proctree_link(tree, 10, "task/11/fd", 8, "socket:[2]");
	proctree_link(tree, 10, "task/12/fd", 9, "socket:[3]");
	proctree_link(tree, 10, "task/12/fd", 7, "socket:[3]");
	snapshot = proctree_find(tree, ALL_FACTS, inodes, ROWS(inodes));
	for (size_t i = 0; i < ROWS(inodes); i++) {
		owner = proctree_owners(snapshot, i, 1);
		assert_int_equal(owner->process->pid, 10);
		assert_string_equal(owner->process->comm, "leader");
		assert_int_equal(owner->fd, fds[i]);
	}
	assert_true(proctree_has_note(snapshot, "two passes"));
	lsp_snapshot_free(snapshot);
}

static void the_threads_of_a_leader_that_ended_are_read(void **state)
{
	static const uint32_t inodes[] = {1, 2};
	const char *tree = *state;
	const struct lsp_process *process;
	struct lsp_snapshot *snapshot;

	/* with an empty table, and with none */
	proctree_add(tree, 10, "dead\n", "comm");
	tree_mkdir(tree, "proc/10/fd");
	proctree_add(tree, 10, "", "cmdline");
	proctree_link(tree, 10, "task/11/fd", 4, "socket:[1]");
	tree_link(tree, "proc/10/task/11/exe", "/bin/live");
	proctree_add(tree, 10, "live\n", "task/11/cmdline");
	proctree_add(tree, 20, "dead2\n", "comm");
	proctree_link(tree, 20, "task/21/fd", 5, "socket:[2]");
	snapshot = proctree_find(tree, ALL_FACTS, inodes, ROWS(inodes));
	process = proctree_owners(snapshot, 0, 1)->process;
	assert_int_equal(process->pid, 10);
	assert_string_equal(process->comm, "dead");
	assert_string_equal(process->exe, "/bin/live");
	assert_string_equal(process->cmdline, "live\n");
	assert_int_equal(proctree_owners(snapshot, 1, 1)->process->pid, 20);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_shared_socket_has_all_its_owners),
		TREE_TEST(other_links_and_names_are_passed_over),
		TREE_TEST(threads_with_tables_of_their_own_are_read),
		TREE_TEST(the_threads_of_a_leader_that_ended_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
