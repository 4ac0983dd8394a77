/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/prefilter: threads leave out processes that hold nothing, and no others. */
#include "proctree.h"

#include "owners/prefilter.h"

#include <sched.h>
#include <stdio.h>

#define FIRST_PID 1000u
#define PROCESSES 400u

/* Every process holds one socket, whose inode is its PID. */
static void make_processes(const char *tree, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char target[32];

		snprintf(target, sizeof(target), "socket:[%u]", FIRST_PID + i);
		proctree_process(tree, FIRST_PID + i, "x\n", 3, target);
	}
}

static bool has_threads(void)
{
	cpu_set_t set;

	assert_int_equal(sched_getaffinity(0, sizeof(set), &set), 0);
	return CPU_COUNT(&set) > 1;
}

/* The input and the result of a run. */
struct run {
	struct lsp_snapshot *snapshot;
	struct root root;
	struct procfs proc;
	struct wanted wanted;
	struct intmap checked;
};

static void run(struct run *run, const char *tree, const uint32_t *inodes, size_t count)
{
	run->checked = (struct intmap){0};
	run->snapshot = proctree_wanting(inodes, count);
	assert_int_equal(root_init(&run->root, tree), 0);
	assert_int_equal(procfs_open(&run->proc, &run->root), 0);
	assert_int_equal(wanted_init(&run->wanted, run->snapshot), 0);
	assert_int_equal(prefilter_run(&run->proc, &run->wanted, 0, INT64_MAX / 2, &run->checked),
			 0);
}

static void end(struct run *run)
{
	intmap_deinit(&run->checked);
	wanted_deinit(&run->wanted);
	procfs_close(&run->proc);
	root_deinit(&run->root);
	lsp_snapshot_free(run->snapshot);
}

/* A process that holds a socket, cannot be read or is gone is not left out. */
static void who_holds_nothing_is_left_out(void **state)
{
	static const uint32_t inodes[] = {FIRST_PID, FIRST_PID + 7, FIRST_PID + PROCESSES - 1};
	const char *tree = *state;
	struct run done;
	size_t left = 0;

	make_processes(tree, PROCESSES);
	proctree_add(tree, FIRST_PID + PROCESSES, "gone\n", "comm");
	tree_write_text(tree, "proc/1021/fd/9", "no link");
	tree_mkdir(tree, "proc/not-a-process/fd");
	run(&done, tree, inodes, ROWS(inodes));
	for (unsigned pid = FIRST_PID; pid <= FIRST_PID + PROCESSES; pid++) {
		bool is_kept = pid == FIRST_PID || pid == FIRST_PID + 7 ||
			       pid == FIRST_PID + PROCESSES - 1 || pid == FIRST_PID + PROCESSES ||
			       pid == 1021;
		bool is_left = intmap_find(&done.checked, pid) != NULL;

		expect(is_left == (has_threads() && !is_kept), "PID %u", pid);
		left += is_left;
	}
	assert_int_equal(done.checked.count, left);
	end(&done);
}

static void few_processes_are_not_filtered(void **state)
{
	static const uint32_t inodes[] = {1};
	struct run done;

	make_processes(*state, 20);
	run(&done, *state, inodes, 1);
	assert_int_equal(done.checked.count, 0);
	end(&done);
}

/* The prefilter gives up on tables that cannot be read. */
static void many_failures_end_it(void **state)
{
	static const uint32_t inodes[] = {1};
	struct run done;

	for (unsigned pid = FIRST_PID; pid < FIRST_PID + PROCESSES; pid++)
		proctree_add(*state, pid, "x\n", "comm");
	proctree_process(*state, FIRST_PID + PROCESSES, "x\n", 3, "socket:[2]");
	run(&done, *state, inodes, 1);
	assert_true(done.checked.count <= 1);
	end(&done);
}

/* With some sockets the walk finds the same owners as one thread does. */
static void the_answer_is_the_same(void **state)
{
	uint32_t inodes[PROCESSES / 10];
	struct lsp_snapshot *snapshot;

	make_processes(*state, PROCESSES);
	for (unsigned i = 0; i < ROWS(inodes); i++)
		inodes[i] = FIRST_PID + i * 10 + 3;
	snapshot = proctree_find(*state, ALL_FACTS, inodes, ROWS(inodes));
	for (size_t i = 0; i < ROWS(inodes); i++)
		assert_int_equal(proctree_owners(snapshot, i, 1)->process->pid, inodes[i]);
	assert_true(proctree_has_note(snapshot, "400 processes in one pass"));
	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(who_holds_nothing_is_left_out),
		TREE_TEST(few_processes_are_not_filtered),
		TREE_TEST(many_failures_end_it),
		TREE_TEST(the_answer_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
