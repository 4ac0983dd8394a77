/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/deadline: 0 is never, everywhere. */
#include "support.h"

#include "deadline.h"

#include <limits.h>

static void never_comes_last_and_is_never_over(void **state)
{
	(void)state;
	assert_false(deadline_is_over(0));
	assert_true(deadline_left(0) == INT64_MAX);
	assert_int_equal(deadline_left_msec(0), -1);
	assert_true(deadline_first(0, 0) == 0);
	assert_true(deadline_first(0, 5) == 5);
	assert_true(deadline_first(5, 0) == 5);
	assert_true(deadline_first(5, 7) == 5);
	assert_true(deadline_first(7, 5) == 5);
}

static void a_moment_is_over_from_then_on(void **state)
{
	int64_t now = deadline_now();

	(void)state;
	assert_true(now > 0);
	assert_true(deadline_is_over(now));
	assert_true(deadline_is_over(1));
	assert_true(deadline_left(1) == 0);
	assert_int_equal(deadline_left_msec(1), 0);
	assert_int_equal(deadline_left_msec(INT64_MAX), INT_MAX);
	assert_in_range(deadline_left_msec(deadline_in(INT64_C(3600000000000))), 3000000, 3600000);
	assert_false(deadline_is_over(deadline_in(INT64_C(3600000000000))));
	assert_true(deadline_left(deadline_in(INT64_C(3600000000000))) > INT64_C(3000000000000));
	assert_true(deadline_now() >= now);
}

static void a_loop_asks_now_and_then(void **state)
{
	unsigned step = 0, over = 0;

	(void)state;
	for (int i = 0; i < 129; i++)
		over += deadline_is_over_at(1, &step);
	assert_int_equal(over, 3);
	step = 0;
	assert_false(deadline_is_over_at(0, &step));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_comes_last_and_is_never_over),
		cmocka_unit_test(a_moment_is_over_from_then_on),
		cmocka_unit_test(a_loop_asks_now_and_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
