/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/iouring: sockets that a ring holds have an owner; nothing else in its fdinfo becomes one.
 */
#include "proctree.h"

#include <stdio.h>

static void files_of_a_ring_have_an_owner_without_descriptor(void **state)
{
	static const uint32_t inodes[] = {1, 2, 3};
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;

	/* A path longer than one read, between two sockets. */
	buf_append_text(&text, "pos:\t0\nUserFiles:\t3\n    0: socket:[1]\n    1: /");
	for (unsigned i = 0; i < 40000; i++)
		buf_append_char(&text, 'x');
	buf_append_text(&text, "\n    2: socket:[2]\nUserBufs:\t1\n    0: socket:[3]\n");
	proctree_process(tree, 10, "ring\n", 6, "anon_inode:[io_uring]");
	tree_write(tree, "proc/10/fdinfo/6", text.data, text.size);
	buf_deinit(&text);
	proctree_process(tree, 11, "ring\n", 6, "anon_inode:[io_uring]");
	proctree_link(tree, 11, "task/12/fd", 7, "anon_inode:[io_uring]");
	proctree_add(tree, 11, "UserFiles:\t1\n    0: socket:[1]\n", "task/12/fdinfo/7");
	snapshot = proctree_find(tree, ALL_FACTS, inodes, ROWS(inodes));
	assert_int_equal(proctree_owners(snapshot, 0, 2)[0].fd, -1);
	assert_int_equal(proctree_owners(snapshot, 0, 2)[1].process->pid, 11);
	assert_int_equal(proctree_owners(snapshot, 1, 1)->fd, -1);
	proctree_owners(snapshot, 2, 0);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(files_of_a_ring_have_an_owner_without_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
