/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/cmdlines: at the deadline of the run nothing more is asked, and no process is blamed. */
#include "proctree.h"

#include "model/builder.h"
#include "owners/cmdlines.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void at_the_deadline_command_lines_are_a_gap(void **state)
{
	struct lsp_snapshot *snapshot = NULL;
	const struct lsp_gap *gap;
	struct cmdlines cmdlines;
	struct procfs proc;
	struct root root;
	int dir = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_true(dir >= 0);
	assert_int_equal(root_init(&root, NULL), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	assert_int_equal(builder_new(&snapshot), 0);
	cmdlines_init(&cmdlines, snapshot, 1);
	assert_int_equal(cmdlines_add(&cmdlines, &proc, dir, dir, 7, 0), 0);
	assert_int_equal(cmdlines_add(&cmdlines, &proc, dir, dir, 8, 1), 0);
	assert_int_equal(cmdlines_end(&cmdlines), 0);
	assert_int_equal(builder_seal(snapshot), 0);
	gap = proctree_gap(snapshot, "could not be read: the time limit was reached");
	assert_non_null(gap);
	assert_string_equal(gap->what, "command lines");
	assert_true(gap->count == 2);
	assert_null(strstr(gap->why, "holds up"));
	lsp_snapshot_free(snapshot);
	cmdlines_deinit(&cmdlines);
	procfs_close(&proc);
	root_deinit(&root);
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_deadline_command_lines_are_a_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
