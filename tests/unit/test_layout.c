/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/layout: column widths, what is cut, and what is left out. */
#include "support.h"

#include "view/layout.h"

static struct layout lay_out(const char *keys, size_t cell)
{
	struct column_list list = {.count = 0};
	struct layout layout;

	assert_int_equal(column_list_parse(&list, keys, NULL), 0);
	layout_init(&layout, &list, true);
	for (size_t i = 0; i < list.count; i++)
		layout_measure(&layout, i, cell, 0);
	return layout;
}

static void expect_columns(const struct column_list *list, const char *expected)
{
	struct buf found = BUF_INIT;

	for (size_t i = 0; i < list->count; i++)
		buf_printf(&found, "%s%s", i ? "," : "", list->columns[i].fact->word);
	assert_string_equal(buf_text(&found), expected);
	buf_deinit(&found);
}

static void titles_count_as_cells(void **state)
{
	struct layout layout = lay_out("proto,address,port", 5);

	(void)state;
	assert_int_equal(layout.widths[0], 5);
	assert_int_equal(layout.widths[1], sizeof("ADDRESS") - 1);
	assert_int_equal(layout.widths[2], 5);
}

/* exe and cmdline may be cut, a port may not. */
static void the_widest_text_is_cut_first(void **state)
{
	struct layout layout = lay_out("port,exe,cmdline", 20);

	(void)state;
	layout_measure(&layout, 2, 30, 0);
	layout_fit(&layout, 20 + 2 + 20 + 2 + 22 + 3, 3, false);
	assert_int_equal(layout.widths[0], 20);
	assert_int_equal(layout.widths[1], 20);
	assert_int_equal(layout.widths[2], 22);
	assert_false(layout.is_cut[1]);
	assert_true(layout.is_cut[2]);
	layout_fit(&layout, 20 + 2 + 8 + 2 + 9, 0, false);
	assert_int_equal(layout.widths[0], 20);
	assert_int_equal(layout.widths[1] + layout.widths[2], 17);
	assert_false(layout.is_cut[0]);
}

static void what_is_kept_is_not_cut(void **state)
{
	struct layout layout = lay_out("port,process", 20);

	(void)state;
	layout_measure(&layout, 1, 20, 15);
	layout_fit(&layout, 37, 0, true);
	assert_int_equal(layout.widths[1], 15);
	layout = lay_out("port,process", 20);
	layout_measure(&layout, 1, 20, 15);
	layout_fit(&layout, 36, 0, true);
	assert_int_equal(layout.widths[1], 20);
	assert_false(layout.is_cut[1]);
}

/* Columns are left out in order, no more than necessary, and the others close up. */
static void columns_go_that_say_least(void **state)
{
	static const struct {
		size_t width;
		const char *shown, *left;
	} rows[] = {
		{70, "proto,address,port,service,scope,user,unit", ""},
		{68, "proto,address,port,service,scope,user,unit", ""},
		{67, "proto,address,port,scope,user,unit", "service"},
		{58, "proto,address,port,scope,user,unit", "service"},
		{57, "proto,address,port,scope,user", "service,unit"},
		{47, "proto,address,port,scope", "service,unit,user"},
		{37, "proto,address,port", "service,unit,user,scope"},
		{28, "proto,address,port", "service,unit,user,scope"},
		/* If even that is too wide, lines wrap. */
		{27, "proto,address,port", "service,unit,user,scope"},
		{0, "proto,address,port,service,scope,user,unit", ""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct layout layout = lay_out("proto,address,port,service,scope,user,unit", 8);

		layout_fit(&layout, rows[i].width, 0, true);
		expect_columns(&layout.list, rows[i].shown);
		expect_columns(&layout.left, rows[i].left);
		for (size_t n = 0; n < layout.list.count; n++)
			assert_int_equal(layout.widths[n], 8);
	}
}

static void named_columns_stay(void **state)
{
	struct layout layout = lay_out("proto,service", 8);

	(void)state;
	layout_fit(&layout, 10, 0, false);
	expect_columns(&layout.list, "proto,service");
	expect_columns(&layout.left, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(titles_count_as_cells),
		cmocka_unit_test(the_widest_text_is_cut_first),
		cmocka_unit_test(what_is_kept_is_not_cut),
		cmocka_unit_test(columns_go_that_say_least),
		cmocka_unit_test(named_columns_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
