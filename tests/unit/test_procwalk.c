/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/proc: every process that holds a wanted socket is found, with its facts. */
#include "proctree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- owners and their facts
 * ------------------------------------------------------------------------ */

static void every_fact_of_an_owner_is_read(void **state)
{
	const char *tree = *state;
	const struct lsp_owner *owner;
	struct lsp_snapshot *snapshot;

	tree_write_text(tree, "proc/stat", "cpu 1\nbtime 1000000\n");
	proctree_process(tree, 812, "sshd\n", 3, "socket:[7001]");
	tree_write(tree, "proc/812/cmdline", "/usr/sbin/sshd\0-D\0", 18);
	tree_link(tree, "proc/812/exe", "/usr/sbin/sshd");
	snapshot = proctree_find_one(tree, 7001);
	owner = proctree_owners(snapshot, 0, 1);
	assert_int_equal(owner->fd, 3);
	assert_int_equal(owner->process->pid, 812);
	assert_string_equal(owner->process->comm, "sshd");
	assert_string_equal(owner->process->exe, "/usr/sbin/sshd");
	assert_int_equal(owner->process->exe_kind, LSP_EXE_KIND_FILE);
	assert_string_equal(owner->process->cmdline, "/usr/sbin/sshd -D");
	assert_true(owner->process->has_uid);
	assert_int_equal(owner->process->uid, 1000);
	assert_true(owner->process->has_started);
	assert_true(owner->process->started == 1000000 + 12345 / sysconf(_SC_CLK_TCK));
	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
}

static void only_facts_that_are_asked_for_are_read(void **state)
{
	static const uint32_t inodes[] = {7001};
	const char *tree = *state;
	const struct lsp_process *process;
	struct lsp_snapshot *snapshot;

	/* To look up a start time would be a gap. */
	tree_mkdir(tree, "proc/stat");
	proctree_process(tree, 812, "sshd\n", 3, "socket:[7001]");
	proctree_add(tree, 812, "x", "cmdline");
	tree_link(tree, "proc/812/exe", "/x");
	snapshot = proctree_find(tree, LSP_FACT_OWNERS, inodes, 1);
	process = proctree_owners(snapshot, 0, 1)->process;
	assert_string_equal(process->comm, "sshd");
	assert_int_equal(process->uid, 1000);
	assert_null(process->exe);
	assert_null(process->cmdline);
	assert_false(process->has_started);
	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
}

static void start_times_need_the_time_of_boot(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	const struct lsp_gap *gap;

	tree_mkdir(tree, "proc/stat");
	proctree_process(tree, 812, "sshd\n", 3, "socket:[7001]");
	snapshot = proctree_find_one(tree, 7001);
	assert_false(proctree_owners(snapshot, 0, 1)->process->has_started);
	gap = proctree_gap(snapshot, "/proc/stat: Is a directory");
	assert_non_null(gap);
	assert_string_equal(gap->what, "start times");
	assert_false(gap->hides);
	lsp_snapshot_free(snapshot);
}

static void a_name_may_hold_any_bytes(void **state)
{
	static const char *const names[] = {
		"a)b",     "(x",
		")",       "a\nb",
		"\n",      "",
		"\x1b[2J", "\xff\xfe\x80",
		"\t",      "               ",
		"x\n\n",
	};
	uint32_t inodes[ROWS(names)];
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	for (unsigned i = 0; i < ROWS(names); i++) {
		char comm[32], link[32];

		inodes[i] = 100 + i;
		snprintf(comm, sizeof(comm), "%s\n", names[i]);
		snprintf(link, sizeof(link), "socket:[%u]", inodes[i]);
		proctree_process(tree, 10 + i, comm, 5, link);
	}
	snapshot = proctree_find(tree, ALL_FACTS, inodes, ROWS(inodes));
	for (size_t i = 0; i < ROWS(names); i++)
		assert_string_equal(proctree_owners(snapshot, i, 1)->process->comm, names[i]);
	lsp_snapshot_free(snapshot);
}

static void a_program_that_is_gone_is_told(void **state)
{
	static const uint32_t inodes[] = {1, 2, 3};
	const char *tree = *state;
	const struct lsp_process *process;
	struct lsp_snapshot *snapshot;

	proctree_process(tree, 10, "a\n", 3, "socket:[1]");
	tree_link(tree, "proc/10/exe", "/tmp/x (deleted)");
	proctree_process(tree, 11, "b\n", 3, "socket:[2]");
	tree_link(tree, "proc/11/exe", "/memfd:payload (deleted)");
	proctree_process(tree, 12, "c\n", 3, "socket:[3]");
	snapshot = proctree_find(tree, ALL_FACTS, inodes, ROWS(inodes));
	process = proctree_owners(snapshot, 0, 1)->process;
	assert_int_equal(process->exe_kind, LSP_EXE_KIND_DELETED);
	assert_string_equal(process->exe, "/tmp/x");
	process = proctree_owners(snapshot, 1, 1)->process;
	assert_int_equal(process->exe_kind, LSP_EXE_KIND_MEMFD);
	assert_string_equal(process->exe, "/memfd:payload");
	process = proctree_owners(snapshot, 2, 1)->process;
	assert_int_equal(process->exe_kind, LSP_EXE_KIND_UNKNOWN);
	assert_null(process->exe);
	lsp_snapshot_free(snapshot);
}

static void a_command_line_is_cut(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;

	for (unsigned i = 0; i < 10000; i++)
		buf_append_char(&text, 'a');
	proctree_process(tree, 10, "a\n", 3, "socket:[1]");
	tree_write(tree, "proc/10/cmdline", text.data, text.size);
	buf_deinit(&text);
	snapshot = proctree_find_one(tree, 1);
	assert_int_equal(strlen(proctree_owners(snapshot, 0, 1)->process->cmdline), 4096);
	lsp_snapshot_free(snapshot);
}

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

/* --- the second pass
 * ------------------------------------------------------------------------------------ */

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

static void files_of_a_ring_have_an_owner_without_descriptor(void **state)
{
	static const uint32_t inodes[] = {1, 2, 3};
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;

	/* A path longer than what is read at once, between two sockets. */
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
		TREE_TEST(every_fact_of_an_owner_is_read),
		TREE_TEST(only_facts_that_are_asked_for_are_read),
		TREE_TEST(start_times_need_the_time_of_boot),
		TREE_TEST(a_name_may_hold_any_bytes),
		TREE_TEST(a_program_that_is_gone_is_told),
		TREE_TEST(a_command_line_is_cut),
		TREE_TEST(a_shared_socket_has_all_its_owners),
		TREE_TEST(other_links_and_names_are_passed_over),
		TREE_TEST(threads_with_tables_of_their_own_are_read),
		TREE_TEST(the_threads_of_a_leader_that_ended_are_read),
		TREE_TEST(files_of_a_ring_have_an_owner_without_descriptor),
		TREE_TEST(threads_are_left_alone_when_all_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
