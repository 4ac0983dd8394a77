/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/wanted: each pass adds owners that it found itself, and owners of sockets without one. */
#include "proctree.h"

#include "owners/wanted.h"

static void sockets_without_inode_want_no_owner(void **state)
{
	static const uint32_t inodes[] = {0, 7, 7, 8};
	struct lsp_snapshot *snapshot = proctree_wanting(inodes, ROWS(inodes));
	struct wanted wanted;

	(void)state;
	assert_int_equal(wanted_init(&wanted, snapshot), 0);
	assert_int_equal(wanted.unowned, 2);
	assert_null(wanted_find(&wanted, 0));
	assert_null(wanted_find(&wanted, 9));
	assert_non_null(wanted_find(&wanted, 7));
	wanted_deinit(&wanted);
	lsp_snapshot_free(snapshot);
}

static void the_second_pass_leaves_the_finds_of_the_first_alone(void **state)
{
	static const uint32_t inodes[] = {7, 8};
	struct lsp_snapshot *snapshot = proctree_wanting(inodes, ROWS(inodes));
	struct wanted wanted;

	(void)state;
	assert_int_equal(wanted_init(&wanted, snapshot), 0);
	wanted_begin_pass(&wanted, false, 3);
	wanted_set_owned(&wanted, wanted_find(&wanted, 7), 4);
	assert_int_equal(wanted.unowned, 1);
	/* Another owner of it, in the same pass. */
	wanted_set_owned(&wanted, wanted_find(&wanted, 7), 5);
	assert_int_equal(wanted.unowned, 1);
	wanted_begin_pass(&wanted, true, 5);
	assert_null(wanted_find(&wanted, 7));
	wanted_set_owned(&wanted, wanted_find(&wanted, 8), 6);
	assert_int_equal(wanted.unowned, 0);
	assert_non_null(wanted_find(&wanted, 8));
	wanted_deinit(&wanted);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sockets_without_inode_want_no_owner),
		cmocka_unit_test(the_second_pass_leaves_the_finds_of_the_first_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
