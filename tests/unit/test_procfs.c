/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/procfs: files of /proc are read below their directory, and errors are distinguished. */
#include "proctree.h"

#include "owners/procfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void a_file_is_read_up_to_its_limit(void **state)
{
	struct procfs proc;
	struct root root;
	char text[8];
	int dir;

	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(procfs_open(&proc, &root), -ENOENT);
	assert_int_equal(proc.fd, -1);
	procfs_close(&proc);
	tree_write_text(*state, "proc/10/comm", "0123456789");
	tree_mkdir(*state, "proc/10/dir");
	tree_link(*state, "proc/10/link", "comm");
	assert_int_equal(procfs_open(&proc, &root), 0);
	assert_false(proc.is_own);
	dir = procfs_open_below(&proc, proc.fd, "10");
	assert_true(dir >= 0);
	assert_int_equal(procfs_read(&proc, dir, "comm", text, sizeof(text)), 7);
	assert_string_equal(text, "0123456");
	assert_int_equal(procfs_read(&proc, dir, "absent", text, sizeof(text)), -ENOENT);
	assert_int_equal(procfs_read(&proc, dir, "dir", text, sizeof(text)), -EISDIR);
	/* Links are not followed unless the file system is procfs. */
	assert_int_equal(procfs_read(&proc, dir, "link", text, sizeof(text)), -ELOOP);
	assert_int_equal(procfs_open_list(&proc, dir, "comm"), -ENOTDIR);
	close(dir);
	procfs_close(&proc);
	root_deinit(&root);
}

static void stat_of_another_form_is_no_error(void **state)
{
	static const struct {
		const char *text; /* NULL: no file */
		int expected;
	} rows[] = {{STAT, 0}, {"", 1}, {"5 (x", 1}, {NULL, -ENOENT}};
	struct procparse_stat stat;
	struct procfs proc;
	struct root root;

	tree_mkdir(*state, "proc/10");
	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		int dir = procfs_open_below(&proc, proc.fd, "10");

		tree_remove(*state, "proc/10/stat");
		if (rows[i].text)
			proctree_add(*state, 10, rows[i].text, "stat");
		expect(procfs_read_stat(&proc, dir, &stat) == rows[i].expected, "row %zu", i);
		close(dir);
	}
	procfs_close(&proc);
	root_deinit(&root);
}

static void our_own_proc_is_known(void **state)
{
	struct procfs proc;
	struct root root;

	(void)state;
	assert_int_equal(root_init(&root, NULL), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	assert_true(proc.is_own);
	procfs_close(&proc);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_file_is_read_up_to_its_limit),
		TREE_TEST(stat_of_another_form_is_no_error),
		cmocka_unit_test(our_own_proc_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
