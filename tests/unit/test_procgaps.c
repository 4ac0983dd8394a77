/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/procgaps: processes that could not be read are a gap, or a note if they cannot hide an
 * owner. */
#include "proctree.h"

#include "model/builder.h"
#include "model/snapshot.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

/* --- what could not be seen
 * ------------------------------------------------------------------------------------ */

/*
 * Root can read every directory, so the test runs as nobody, who must be able to enter the tree.
 */
static struct lsp_snapshot *found_as_nobody(const char *tree, uint32_t inode)
{
	struct lsp_snapshot *snapshot;
	uid_t uid = geteuid();

	assert_int_equal(chmod(tree, 0755), 0);
	if (uid == 0)
		assert_int_equal(seteuid(NOBODY), 0);
	snapshot = proctree_find_one(tree, inode);
	assert_int_equal(seteuid(uid), 0);
	return snapshot;
}

static void close_directory(const char *tree, const char *path, mode_t mode)
{
	char whole[512];

	snprintf(whole, sizeof(whole), "%s/%s", tree, path);
	assert_int_equal(chmod(whole, mode), 0);
}

#define REFUSED ": the kernel refused it (a security module or a user namespace); sockets that "

static void processes_that_may_not_be_read_are_one_gap(void **state)
{
	static const struct {
		const char *capabilities, *why;
	} rows[] = {
		{"0000000000000000", "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are needed (run as"},
		{"0000000000080000", "CAP_DAC_READ_SEARCH is needed (run as root"},
		{"0000000000000004", "CAP_SYS_PTRACE is needed (run as root"},
		{"0000000000000002", "CAP_SYS_PTRACE is needed (run as root"},
		{"0000000000080004", REFUSED "they hold may have no owner"},
		{"000001ffffffffff", REFUSED "they hold may have no owner"},
	};
	const char *tree = *state;

	proctree_process(tree, 10, "a\n", 3, "socket:[1]");
	proctree_process(tree, 11, "b\n", 3, "socket:[1]");
	/* These hold nothing for any user. */
	proctree_process(tree, 12, "zombie\n", 3, "/x");
	proctree_add(tree, 12, STAT_OF("Z", "4228108", "1"), "stat");
	proctree_process(tree, 13, "kthreadd\n", 3, "/x");
	proctree_add(tree, 13, STAT_OF("S", "2129984", "1"), "stat");
	for (unsigned pid = 10; pid < 14; pid++) {
		char path[64];

		snprintf(path, sizeof(path), "proc/%u/fd", pid);
		close_directory(tree, path, 0);
	}
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot;
		const struct lsp_gap *gap;
		char status[64];
		size_t count;

		snprintf(status, sizeof(status), "CapEff:\t%s\n", rows[i].capabilities);
		tree_write_text(tree, "proc/self/status", status);
		snapshot = found_as_nobody(tree, 1);
		proctree_owners(snapshot, 0, 0);
		assert_int_equal(proctree_owner_gap(snapshot, 0), LSP_OWNER_GAP_PERMISSION);
		gap = lsp_snapshot_gaps(snapshot, &count);
		assert_int_equal(count, 1);
		assert_string_equal(gap->what, "processes");
		expect(gap->count == 2, "row %zu: %u processes", i, (unsigned)gap->count);
		expect(strstr(gap->why, rows[i].why), "row %zu: %s", i, gap->why);
		assert_true(gap->hides);
		lsp_snapshot_free(snapshot);
	}
	for (unsigned pid = 10; pid < 14; pid++) {
		char path[64];

		snprintf(path, sizeof(path), "proc/%u/fd", pid);
		close_directory(tree, path, 0755);
	}
}

static void one_that_may_not_be_read_is_named(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	tree_write_text(tree, "proc/self/status", "CapEff:\t000001ffffffffff\n");
	proctree_process(tree, 10, "a\n", 3, "socket:[1]");
	close_directory(tree, "proc/10/fd", 0);
	snapshot = found_as_nobody(tree, 1);
	assert_non_null(proctree_gap(snapshot, "could not be read (PID 10)" REFUSED
					       "it holds may have no owner"));
	lsp_snapshot_free(snapshot);
	close_directory(tree, "proc/10/fd", 0755);
}

static void what_there_was_no_time_for_is_a_gap(void **state)
{
	static const uint32_t inode = 1;
	const struct lsp_query query = {.lookups = LSP_LOOKUP_OWNERS, .deadline = 1};
	struct lsp_snapshot *snapshot = proctree_wanting(&inode, 1);
	const struct lsp_gap *gap;
	struct root root;

	proctree_process(*state, 10, "a\n", 3, "socket:[1]");
	proctree_process(*state, 11, "b\n", 3, "socket:[2]");
	assert_int_equal(root_init(&root, *state), 0);
	proctree_search(&root, &query, snapshot);
	assert_int_equal(builder_seal(snapshot), 0);
	root_deinit(&root);
	proctree_owners(snapshot, 0, 0);
	assert_int_equal(proctree_owner_gap(snapshot, 0), LSP_OWNER_GAP_TIMEOUT);
	gap = proctree_gap(snapshot, "the time limit was reached");
	assert_non_null(gap);
	assert_true(gap->count == 2);
	assert_true(gap->hides);
	lsp_snapshot_free(snapshot);
}

static void unreadable_processes_that_hide_nothing_are_a_note(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	proctree_process(tree, 10, "a\n", 3, "socket:[1]");
	proctree_process(tree, 11, "b\n", 3, "socket:[2]");
	close_directory(tree, "proc/11", 0);
	snapshot = found_as_nobody(tree, 1);
	proctree_owners(snapshot, 0, 1);
	proctree_expect_no_gap(snapshot);
	assert_true(proctree_has_note(snapshot, "1 process could not be read"));
	lsp_snapshot_free(snapshot);
	close_directory(tree, "proc/11", 0755);
}

static void a_thread_is_read_when_its_ended_leader_may_not_be(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	/* The directory of a zombie belongs to root. */
	proctree_process(tree, 10, "dead\n", 3, "/x");
	proctree_add(tree, 10, STAT_OF("Z", "4228108", "1"), "stat");
	proctree_link(tree, 10, "task/11/fd", 4, "socket:[1]");
	close_directory(tree, "proc/10/fd", 0);
	snapshot = found_as_nobody(tree, 1);
	assert_int_equal(proctree_owners(snapshot, 0, 1)->process->pid, 10);
	proctree_expect_no_gap(snapshot);
	lsp_snapshot_free(snapshot);
	close_directory(tree, "proc/10/fd", 0755);
}

static void a_proc_that_hides_processes_is_a_gap(void **state)
{
	static const struct {
		const char *options, *capabilities;
		bool hides;
	} rows[] = {
		{"rw", "0", false},
		{"rw,hidepid=0", "0", false},
		{"rw,hidepid=off", "0", false},
		{"rw,hidepid=1", "0", false},
		{"rw,hidepid=2", "0", true},
		{"rw,hidepid=invisible", "0", true},
		{"rw,hidepid=2,gid=4123456", "0", true},
		{"rw,hidepid=ptraceable", "0", true},
		{"rw,hidepid=4", "0", true},
		{"rw,hidepid=2", "80000", false},
	};
	const char *tree = *state;

	proctree_process(tree, 10, "a\n", 3, "socket:[2]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot;
		char text[256];

		snprintf(text, sizeof(text), "22 27 0:21 / /proc rw - proc proc %s\n",
			 rows[i].options);
		tree_write_text(tree, "proc/self/mountinfo", text);
		snprintf(text, sizeof(text), "CapEff:\t%s\n", rows[i].capabilities);
		tree_write_text(tree, "proc/self/status", text);
		snapshot = proctree_find_one(tree, 1);
		expect((proctree_gap(snapshot, "hidepid") != NULL) == rows[i].hides, "\"%s\"",
		       rows[i].options);
		assert_int_equal(proctree_owner_gap(snapshot, 0),
				 rows[i].hides ? LSP_OWNER_GAP_PERMISSION : LSP_OWNER_GAP_UNKNOWN);
		lsp_snapshot_free(snapshot);
	}
}

static void another_pid_namespace_is_a_gap(void **state)
{
	static const struct {
		const char *link;
		enum lsp_owner_gap gap;
	} rows[] = {
		{"pid:[4026531836]", LSP_OWNER_GAP_UNKNOWN},
		{"pid:[4026532201]", LSP_OWNER_GAP_NAMESPACE},
	};
	const char *tree = *state;

	proctree_process(tree, 10, "a\n", 3, "socket:[2]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot;
		char path[512];

		tree_link(tree, "proc/self/ns/pid", rows[i].link);
		snapshot = proctree_find_one(tree, 1);
		assert_int_equal(proctree_owner_gap(snapshot, 0), rows[i].gap);
		assert_int_equal(proctree_gap(snapshot, "PID namespace") != NULL,
				 rows[i].gap == LSP_OWNER_GAP_NAMESPACE);
		lsp_snapshot_free(snapshot);
		snprintf(path, sizeof(path), "%s/proc/self/ns/pid", tree);
		assert_int_equal(unlink(path), 0);
	}
}

/* --- for real: a mount namespace of our own ------------------------------------------------------
 */

/* Return: 0 when the walk says that something covers a process, and did not before; 4 when nothing
   could be mounted. */
static int find_behind_mount(void)
{
	static const uint32_t inode = UINT32_MAX;
	struct lsp_snapshot *before, *covered;
	pid_t child = fork();
	char path[64];
	int r = 4;

	if (child == 0) {
		pause();
		_exit(0);
	}
	snprintf(path, sizeof(path), "/proc/%d", child);
	before = proctree_find(NULL, LSP_LOOKUP_OWNERS, &inode, 1);
	/* A directory of the machine will not do: with something mounted below, it is locked in a
	   user namespace, and a bind of it alone is refused. */
	if (child > 0 && mount("tmpfs", path, "tmpfs", 0, NULL) == 0) {
		covered = proctree_find(NULL, LSP_LOOKUP_OWNERS, &inode, 1);
		r = snapshot_is_overmounted(before) || proctree_gap(before, "masked")        ? 1
		    : !snapshot_is_overmounted(covered)                                      ? 2
		    : !proctree_gap(covered, "could not be read: something is mounted over") ? 3
											     : 0;
		lsp_snapshot_free(covered);
	}
	lsp_snapshot_free(before);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	return r;
}

static int with_a_covered_process(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ? CANNOT : find_behind_mount();
}

static void a_process_that_something_is_mounted_over_is_a_gap(void **state)
{
	(void)state;
	expect_child(with_a_covered_process);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(processes_that_may_not_be_read_are_one_gap),
		TREE_TEST(one_that_may_not_be_read_is_named),
		TREE_TEST(what_there_was_no_time_for_is_a_gap),
		TREE_TEST(unreadable_processes_that_hide_nothing_are_a_note),
		TREE_TEST(a_thread_is_read_when_its_ended_leader_may_not_be),
		TREE_TEST(a_proc_that_hides_processes_is_a_gap),
		TREE_TEST(another_pid_namespace_is_a_gap),
		cmocka_unit_test(a_process_that_something_is_mounted_over_is_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
