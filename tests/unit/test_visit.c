/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/visit: an error affects one process and no other. */
#include "support.h"

#include "owners/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void an_error_is_kept_as_what_it_says(void **state)
{
	static const struct {
		int error;
		bool is_refusal, is_gone, is_refused, is_overmounted;
		int kept;
	} rows[] = {
		{ENOENT, true, true, false, false, 0},
		{ESRCH, true, true, false, false, 0},
		{EACCES, true, false, true, false, 0},
		{EPERM, true, false, true, false, 0},
		{EXDEV, true, false, false, true, 0},
		{EMFILE, true, false, false, false, EMFILE},
		{ENOENT, false, true, false, false, 0},
		{ESRCH, false, true, false, false, 0},
		{EACCES, false, false, false, false, EACCES},
		{EXDEV, false, false, false, false, EXDEV},
		{EIO, false, false, false, false, EIO},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct visit visit = VISIT_NONE;

		if (rows[i].is_refusal)
			visit_note_refusal(&visit, rows[i].error);
		else
			visit_note_failure(&visit, rows[i].error);
		expect(visit.is_gone == rows[i].is_gone, "row %zu: gone", i);
		expect(visit.is_refused == rows[i].is_refused, "row %zu: refused", i);
		expect(visit.is_overmounted == rows[i].is_overmounted, "row %zu: overmounted", i);
		expect(visit.error == rows[i].kept, "row %zu: %d", i, visit.error);
	}
}

static void a_visit_holds_the_directory_until_its_end(void **state)
{
	struct procfs proc;
	struct visit visit;
	struct root root;
	int dir;

	tree_mkdir(*state, "proc/10");
	tree_write_text(*state, "proc/11", "no directory");
	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	visit_begin(&visit, &proc, "10", 10);
	dir = visit.dir;
	assert_true(dir >= 0);
	assert_int_equal(visit.pid, 10);
	assert_false(visit.is_gone || visit.is_refused || visit.is_added);
	visit_end(&visit);
	assert_int_equal(fcntl(dir, F_GETFD), -1);
	assert_int_equal(visit.dir, -1);
	assert_int_equal(visit.pid, 0);
	visit_end(&visit);
	visit_begin(&visit, &proc, "12", 12);
	assert_int_equal(visit.dir, -1);
	assert_true(visit.is_gone);
	visit_end(&visit);
	visit_begin(&visit, &proc, "11", 11);
	assert_int_equal(visit.error, ENOTDIR);
	visit_end(&visit);
	procfs_close(&proc);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_is_kept_as_what_it_says),
		TREE_TEST(a_visit_holds_the_directory_until_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
