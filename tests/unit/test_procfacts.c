/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/procfacts: the facts of an owner are read, and only those that are asked for. */
#include "proctree.h"

#include "owners/procfacts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

	/* Looking up a start time would be a gap. */
	tree_mkdir(tree, "proc/stat");
	proctree_process(tree, 812, "sshd\n", 3, "socket:[7001]");
	proctree_add(tree, 812, "x", "cmdline");
	tree_link(tree, "proc/812/exe", "/x");
	snapshot = proctree_find(tree, LSP_LOOKUP_OWNERS, inodes, 1);
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

static void a_program_that_is_gone_is_marked(void **state)
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

/* A kernel thread, and a leader that is a zombie, hold nothing. */
static void a_leader_that_holds_nothing_is_idle(void **state)
{
	static const struct {
		const char *stat;
		bool is_idle;
	} rows[] = {
		{STAT_OF("S", "4194560", "1"), false},
		{STAT_OF("R", "0", "1"), false},
		{STAT_OF("Z", "4228108", "1"), true},
		{STAT_OF("X", "0", "1"), true},
		{STAT_OF("S", "2129984", "1"), true},
		{"5 (a) b) Z", false},
		{NULL, false},
	};
	struct procfs proc;
	struct root root;

	tree_mkdir(*state, "proc/10");
	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		int dir = procfs_open_below(&proc, proc.fd, "10");

		assert_true(dir >= 0);
		tree_remove(*state, "proc/10/stat");
		if (rows[i].stat)
			proctree_add(*state, 10, rows[i].stat, "stat");
		expect(procfacts_is_idle(&proc, dir) == rows[i].is_idle, "row %zu", i);
		close(dir);
	}
	procfs_close(&proc);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(every_fact_of_an_owner_is_read),
		TREE_TEST(only_facts_that_are_asked_for_are_read),
		TREE_TEST(start_times_need_the_time_of_boot),
		TREE_TEST(a_name_may_hold_any_bytes),
		TREE_TEST(a_program_that_is_gone_is_marked),
		TREE_TEST(a_command_line_is_cut),
		TREE_TEST(a_leader_that_holds_nothing_is_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
