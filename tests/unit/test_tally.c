/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/tally: what could not be read is counted once, and by its error. */
#include "support.h"

#include "deadline.h"
#include "owners/tally.h"

#include <errno.h>

static void each_visit_is_counted_by_what_it_noted(void **state)
{
	static const struct visit visits[] = {
		{.pid = 1},
		{.pid = 2, .is_gone = true},
		/* A process that is gone is not a refusal. */
		{.pid = 3, .is_gone = true, .is_refused = true},
		{.pid = 4, .is_refused = true},
		{.pid = 5, .is_refused = true, .is_overmounted = true},
		{.pid = 6, .error = EIO},
		{.pid = 7, .error = EIO},
		{.pid = 8, .error = EMFILE},
	};
	struct tally tally = {0};

	(void)state;
	for (size_t i = 0; i < ROWS(visits); i++)
		tally_add(&tally, &visits[i]);
	assert_true(tally.ended == 2);
	assert_true(tally.refused == 2);
	assert_int_equal(tally.refused_pid, 5);
	assert_true(tally.overmounted == 1);
	assert_true(tally_find_error(tally.errors, EIO) == 2);
	assert_true(tally_find_error(tally.errors, EMFILE) == 1);
	assert_true(tally_find_error(tally.errors, ENOMEM) == 0);
}

static void a_pass_begins_with_nothing_but_remembers_the_errors(void **state)
{
	struct tally tally = {0};

	(void)state;
	tally.processes = 9;
	tally_add(&tally, &(struct visit){.pid = 4, .is_refused = true, .error = EIO});
	tally_add(&tally, &(struct visit){.pid = 5, .is_gone = true, .is_overmounted = true});
	tally_begin_pass(&tally);
	assert_true(tally.processes == 0 && tally.refused == 0 && tally.overmounted == 0);
	assert_int_equal(tally.errors[0].error, 0);
	assert_true(tally_find_error(tally.earlier, EIO) == 1);
	assert_true(tally.ended == 1);
	tally_begin_pass(&tally);
	assert_true(tally_find_error(tally.earlier, EIO) == 0);
}

static void what_was_late_in_the_first_pass_is_remembered(void **state)
{
	struct tally tally = {0};

	(void)state;
	tally_add(&tally, &(struct visit){.pid = 4, .is_late = true});
	tally_add(&tally, &(struct visit){.pid = 5, .is_late = true});
	tally.unvisited = 3;
	assert_true(tally.late == 2);
	assert_int_equal(tally.late_pid, 4);
	tally_begin_pass(&tally);
	assert_true(tally.late == 0 && tally.unvisited == 0);
	assert_true(tally.earlier_late == 2 && tally.earlier_unvisited == 3);
	assert_int_equal(tally.late_pid, 4);
}

static void the_process_that_took_longest_is_known(void **state)
{
	int64_t now = deadline_now();
	struct tally tally = {0};

	(void)state;
	tally_add(&tally, &(struct visit){.pid = 4, .start = now - 1000});
	tally_add(&tally, &(struct visit){.pid = 5, .start = now - INT64_C(9000000000)});
	tally_begin_pass(&tally);
	tally_add(&tally, &(struct visit){.pid = 6, .start = now - INT64_C(1000000000)});
	tally_add(&tally, &(struct visit){.pid = 7});
	assert_int_equal(tally.longest_pid, 5);
	assert_true(tally.longest >= INT64_C(9000000000));
}

static void an_error_too_many_is_not_lost(void **state)
{
	struct tally tally = {0};
	uint64_t count = 0;

	(void)state;
	for (int error = 1; error <= TALLY_ERRORS + 3; error++)
		tally_add_error(&tally, error, 10);
	for (size_t i = 0; i < TALLY_ERRORS; i++)
		count += tally.errors[i].count;
	assert_true(count == 10 * (TALLY_ERRORS + 3));
	assert_int_equal(tally.errors[TALLY_ERRORS - 1].error, TALLY_ERRORS + 3);
	/* An error of unknown extent has a slot too. */
	tally = (struct tally){0};
	tally_add_error(&tally, EIO, 0);
	assert_int_equal(tally.errors[0].error, EIO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_visit_is_counted_by_what_it_noted),
		cmocka_unit_test(a_pass_begins_with_nothing_but_remembers_the_errors),
		cmocka_unit_test(what_was_late_in_the_first_pass_is_remembered),
		cmocka_unit_test(the_process_that_took_longest_is_known),
		cmocka_unit_test(an_error_too_many_is_not_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
