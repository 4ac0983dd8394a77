/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/order: which rows are shown, selected or all, and in which order. */
#include "support.h"

#include "machine.h"
#include "view/order.h"

#include <stdlib.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(100), .uid = 3}}, {.socket = {MACHINE_TCP(200), .uid = 1}},
	{.socket = {MACHINE_TCP(300), .uid = 2}}, {.socket = {MACHINE_TCP(400), .uid = 1}},
	{.socket = {MACHINE_TCP(500), .uid = 3}},
};
static const struct machine machine = {.rows = rows, .count = ROWS(rows)};

static const uint32_t none[] = {0};
static const uint32_t some[] = {0, 2, 3};
static const uint32_t last[] = {4};
static const uint32_t all[] = {0, 1, 2, 3, 4};

static const struct {
	const uint32_t *rows;
	size_t row_count;
	const char *sort, *grouping;
	uint16_t expected[ROWS(rows) + 1]; /* ports, up to 0 */
} cases[] = {
	{NULL, 0, NULL, NULL, {100, 200, 300, 400, 500}},
	{NULL, 0, "-port", NULL, {500, 400, 300, 200, 100}},
	{NULL, 0, NULL, "user", {200, 400, 300, 100, 500}},
	{none, 0, NULL, NULL, {0}},
	{none, 0, "-port", "user", {0}},
	{some, 3, NULL, NULL, {100, 300, 400}},
	{some, 3, NULL, "category", {100, 300, 400}},
	{some, 3, "-port", "none", {400, 300, 100}},
	{some, 3, "uid", NULL, {400, 300, 100}},
	{some, 3, "-port", "user", {400, 300, 100}},
	{last, 1, "uid", NULL, {500}},
	{last, 1, NULL, NULL, {500}},
	{all, 5, NULL, NULL, {100, 200, 300, 400, 500}},
	/* equals keep their order */
	{all, 5, "uid", NULL, {200, 400, 300, 100, 500}},
	{all, 5, "-uid,-port", NULL, {500, 100, 300, 400, 200}},
};

static void test_rows(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct view view = {.rows = cases[i].rows, .row_count = cases[i].row_count};
		struct order order;
		size_t count = 0;

		if (cases[i].sort)
			assert_int_equal(sort_list_parse(&view.sort, cases[i].sort, NULL), 0);
		if (cases[i].grouping)
			view.grouping = groupings_find(cases[i].grouping);
		assert_int_equal(order_init(&order, &view, snapshot, true), 0);
		for (; cases[i].expected[count]; count++) {
			struct row row;

			expect(count < order.count, "case %zu: %zu rows", i, order.count);
			order_row(&order, count, true, &row);
			expect(row.subject.socket.local.port == cases[i].expected[count],
			       "case %zu: port %u at %zu", i, row.subject.socket.local.port, count);
			/* the place in the snapshot, whatever the order is */
			assert_int_equal((row.subject.index + 1) * 100,
					 row.subject.socket.local.port);
		}
		assert_int_equal(order.count, count);
		order_deinit(&order);
		assert_null(order.indices);
		order_deinit(&order);
	}
	lsp_snapshot_free(snapshot);
}

/* Rows in the order of the snapshot need no memory. */
static void test_cost(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);
	const struct view view = {0};
	struct order order;

	(void)state;
	assert_int_equal(order_init(&order, &view, snapshot, true), 0);
	assert_null(order.indices);
	assert_false(order.has_owners);
	order_deinit(&order);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
