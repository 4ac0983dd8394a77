/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/fold: whatever one user does, rows of others are shown, and all are counted. */
#include "support.h"

#include "view/fold.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX 1000

static size_t count_shown(const struct fold_row *rows, size_t count)
{
	size_t shown = 0;

	for (size_t i = 0; i < count; i++)
		shown += rows[i].is_shown;
	return shown;
}

/* Every row is shown or counted, once. Return: the number of rests. */
static size_t expect_whole(struct fold_row *rows, size_t count, size_t max, struct array *rests)
{
	size_t counted = 0;
	const struct fold_rest *rest;

	*rests = ARRAY_INIT;
	assert_int_equal(fold_rows(rows, count, max, rests), 0);
	rest = rests->data;
	for (size_t i = 0; i < rests->count; i++) {
		assert_true(rest[i].count > 0);
		assert_false(rest[i].row->is_shown);
		counted += rest[i].count;
	}
	assert_int_equal(count_shown(rows, count) + counted, count);
	return rests->count;
}

static void few_rows_are_all_shown(void **state)
{
	struct fold_row rows[FOLD_GROUP] = {0};
	struct array rests;

	(void)state;
	assert_int_equal(fold_rows(NULL, 0, MAX, NULL), 0);
	assert_int_equal(expect_whole(rows, FOLD_GROUP, MAX, &rests), 0);
	assert_int_equal(count_shown(rows, FOLD_GROUP), FOLD_GROUP);
	array_deinit(&rests);
}

static void one_group_hides_no_other(void **state)
{
	static struct fold_row rows[60000];
	const struct fold_rest *rest;
	struct array rests;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i] = (struct fold_row){
			.user = 1000, .unit = "a.scope", .program = "/bin/a", .rank = 1};
	rows[ROWS(rows) - 1].user = 1001;
	/* the same user, in another unit, and with another program */
	rows[ROWS(rows) - 2].unit = "b.scope";
	rows[ROWS(rows) - 3].program = NULL;
	/* a privileged port stands far behind */
	rows[50000].rank = 0;
	assert_int_equal(expect_whole(rows, ROWS(rows), MAX, &rests), 1);
	assert_int_equal(count_shown(rows, ROWS(rows)), FOLD_GROUP + 3);
	assert_true(rows[ROWS(rows) - 1].is_shown && rows[ROWS(rows) - 2].is_shown &&
		    rows[ROWS(rows) - 3].is_shown && rows[50000].is_shown);
	assert_true(rows[FOLD_GROUP - 2].is_shown);
	assert_false(rows[FOLD_GROUP - 1].is_shown);
	rest = rests.data;
	assert_int_equal(rest->count, ROWS(rows) - FOLD_GROUP - 3);
	assert_false(rest->is_of_user || rest->is_of_users);
	assert_string_equal(rest->row->program, "/bin/a");
	array_deinit(&rests);
}

/* Thousands of units and programs: the lines of one user have an end, those that count too. */
static void many_groups_hide_no_user(void **state)
{
	static struct fold_row rows[20001];
	static char programs[10000][16];
	const struct fold_rest *rest;
	struct array rests;
	size_t count;

	(void)state;
	for (size_t i = 0; i < ROWS(programs); i++)
		snprintf(programs[i], sizeof(programs[i]), "/tmp/%zu", i);
	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i] = (struct fold_row){.user = 1000, .program = programs[i / 2 % 10000]};
	rows[20000] = (struct fold_row){.user = 5, .rank = 3};
	count = expect_whole(rows, ROWS(rows), MAX, &rests);
	assert_true(rows[20000].is_shown);
	assert_int_equal(count_shown(rows, ROWS(rows)), FOLD_USER + 1);
	/* one for each group of which a row is shown, and one for all others */
	assert_int_equal(count, FOLD_USER + 1);
	rest = rests.data;
	assert_true(rest[count - 1].is_of_user);
	assert_int_equal(rest[count - 1].count, 20000 - 2 * FOLD_USER);
	array_deinit(&rests);
}

/* Each user has a row before any has a second one. */
static void many_users_share_what_there_is(void **state)
{
	static struct fold_row rows[3000];
	const struct fold_rest *rest;
	struct array rests;
	size_t shown = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i].user = i < 2000 ? i % 20 : i;
	expect_whole(rows, ROWS(rows), 1100, &rests);
	assert_int_equal(count_shown(rows, ROWS(rows)), 1100);
	for (size_t i = 2000; i < ROWS(rows); i++)
		shown += rows[i].is_shown;
	assert_int_equal(shown, 1000);
	array_deinit(&rests);
	/* not even that fits */
	expect_whole(rows, ROWS(rows), 50, &rests);
	assert_int_equal(count_shown(rows, ROWS(rows)), 50);
	rest = rests.data;
	assert_true(rest[rests.count - 1].is_of_users);
	assert_int_equal(rest[rests.count - 1].count, 1000 - 30);
	array_deinit(&rests);
}

/* Only numbers that are no accounts, as many as somebody was given, are one user. */
static void subordinate_numbers_are_one_user(void **state)
{
	static const struct {
		uint32_t a, b;
		bool has_account, is_same;
	} rows[] = {
		{1000, 1000, false, true},     {1000, 1001, false, false},
		{65534, 65535, false, false},  {100000, 100001, false, true},
		{100000, 100001, true, false}, {131071, 131072, false, false},
		{65536, 0, false, false},      {524288, 524288 + 65535, false, true},
		{UINT32_MAX, 1, false, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket a = {.has_uid = true, .uid = rows[i].a};
		struct lsp_socket b = {.has_uid = true, .uid = rows[i].b}, none = {0};
		uint64_t one = fold_user(&a, rows[i].has_account);

		expect((one == fold_user(&b, rows[i].has_account)) == rows[i].is_same, "row %zu",
		       i);
		assert_int_not_equal(one, fold_user(&none, false));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_rows_are_all_shown),
		cmocka_unit_test(one_group_hides_no_other),
		cmocka_unit_test(many_groups_hide_no_user),
		cmocka_unit_test(many_users_share_what_there_is),
		cmocka_unit_test(subordinate_numbers_are_one_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
