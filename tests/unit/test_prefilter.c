/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/prefilter: threads leave out who holds nothing, and nobody else. */
#include "proctree.h"

#include "owners/procwalk.h"

#include <sched.h>
#include <stdio.h>

#define FIRST_PID 1000u
#define PROCESSES 400u

/* Every process holds a socket of its own: of PID p it is p. */
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

static struct procwalk *run(const char *tree, const uint32_t *inodes, size_t count,
			    struct lsp_snapshot **snapshot, struct root *root)
{
	static const struct lsp_query query = {.facts = ALL_FACTS};
	struct procwalk *walk;

	*snapshot = proctree_wanting(inodes, count);
	assert_int_equal(root_init(root, tree), 0);
	assert_int_equal(procwalk_new(root, &query, *snapshot, &walk), 0);
	assert_int_equal(procwalk_open(walk), 0);
	procwalk_begin(walk, PROCWALK_FIRST);
	assert_int_equal(prefilter_run(walk), 0);
	return walk;
}

static void end(struct procwalk *walk, struct lsp_snapshot *snapshot, struct root *root)
{
	procwalk_free(walk);
	lsp_snapshot_free(snapshot);
	root_deinit(root);
}

/* Who holds one, who cannot be read, and who is gone, is not left out. */
static void who_holds_nothing_is_left_out(void **state)
{
	static const uint32_t inodes[] = {FIRST_PID, FIRST_PID + 7, FIRST_PID + PROCESSES - 1};
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	struct procwalk *walk;
	struct root root;
	size_t left = 0;

	make_processes(tree, PROCESSES);
	proctree_add(tree, FIRST_PID + PROCESSES, "gone\n", "comm");
	tree_write_text(tree, "proc/1021/fd/9", "no link");
	tree_mkdir(tree, "proc/not-a-process/fd");
	walk = run(tree, inodes, ROWS(inodes), &snapshot, &root);
	for (unsigned pid = FIRST_PID; pid <= FIRST_PID + PROCESSES; pid++) {
		bool is_kept = pid == FIRST_PID || pid == FIRST_PID + 7 ||
			       pid == FIRST_PID + PROCESSES - 1 || pid == FIRST_PID + PROCESSES ||
			       pid == 1021;
		bool is_left = intmap_find(&walk->seen, pid) != NULL;

		expect(is_left == (has_threads() && !is_kept), "PID %u", pid);
		left += is_left;
	}
	assert_int_equal(walk->seen.count, left);
	end(walk, snapshot, &root);
}

static void where_there_are_few_nobody_is_left_out(void **state)
{
	static const uint32_t inodes[] = {1};
	struct lsp_snapshot *snapshot;
	struct procwalk *walk;
	struct root root;

	make_processes(*state, 20);
	walk = run(*state, inodes, 1, &snapshot, &root);
	assert_int_equal(walk->seen.count, 0);
	end(walk, snapshot, &root);
}

/* To try tables that nobody may read, one after another, is given up. */
static void many_failures_end_it(void **state)
{
	static const uint32_t inodes[] = {1};
	struct lsp_snapshot *snapshot;
	struct procwalk *walk;
	struct root root;

	for (unsigned pid = FIRST_PID; pid < FIRST_PID + PROCESSES; pid++)
		proctree_add(*state, pid, "x\n", "comm");
	proctree_process(*state, FIRST_PID + PROCESSES, "x\n", 3, "socket:[2]");
	walk = run(*state, inodes, 1, &snapshot, &root);
	assert_true(walk->seen.count <= 1);
	end(walk, snapshot, &root);
}

/* Some sockets, of which the walk tells the same owners as one thread does. */
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
		TREE_TEST(where_there_are_few_nobody_is_left_out),
		TREE_TEST(many_failures_end_it),
		TREE_TEST(the_answer_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
