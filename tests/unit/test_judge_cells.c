/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cells of what was said about a listener: verdict, rule, findings, reason, and its colour. */
#include "checked.h"

#include "view/cells.h"

#include <stdlib.h>
#include <string.h>

static const struct checked_row rows[] = {
	{.socket = {CHECKED_TCP(1)}},
	{.socket = {CHECKED_TCP(2)}, .verdict = LSP_VERDICT_EXPECTED, .rule = "web.rules:3"},
	{.socket = {CHECKED_TCP(3)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{LSP_FINDING_UNEXPECTED, "no rule"}, {LSP_FINDING_ODD_EXE, "in \x1b/tmp"}}},
	{.socket = {CHECKED_TCP(4)},
	 .verdict = LSP_VERDICT_USUAL,
	 .findings = {{LSP_FINDING_QUEUE_FULL, "5 of 5"}}},
	{.socket = {CHECKED_TCP(5)}, .verdict = LSP_VERDICT_UNJUDGED, .rule = "web.rules:9"},
};

/* Cells for people, port by port; "-" is null. */
static const struct {
	const char *verdict, *rule, *findings, *reason;
	unsigned count;
	bool is_alarming;
} expected[] = {
	{"-", "-", "-", "-", 0, false},
	{"expected", "web.rules:3", "-", "-", 0, false},
	{"unexpected", "-", "unexpected,odd-exe", "no rule; in \x1b/tmp", 2, true},
	{"usual", "-", "queue-full", "5 of 5", 1, false},
	{"unjudged", "web.rules:9", "-", "-", 0, false},
};

static void expect_cell(const char *key, const struct row *row, const char *text)
{
	const struct column *column = column_find(key);
	struct buf scratch = BUF_INIT;
	struct cell cell;

	assert_non_null(column);
	cell_ask(column, row, &scratch, &cell);
	if (strcmp(text, "-") == 0) {
		expect(cell.kind == CELL_NULL, "%s of row %zu is not null", key, row->index);
	} else {
		expect(cell.kind == CELL_TEXT, "%s of row %zu: kind %d", key, row->index,
		       (int)cell.kind);
		expect(cell.size == strlen(text) && !memcmp(cell.text, text, cell.size),
		       "%s of row %zu: %.*s", key, row->index, (int)cell.size, cell.text);
	}
	buf_deinit(&scratch);
}

static void fill(struct row *row, const struct lsp_snapshot *snapshot, size_t index,
		 bool for_people)
{
	*row = (struct row){.snapshot = snapshot, .index = index, .for_people = for_people};
	lsp_snapshot_socket(snapshot, index, &row->socket);
}

static void test_for_people(void **state)
{
	static const struct checked_machine machine = {.rows = rows, .count = ROWS(rows)};
	struct lsp_snapshot *snapshot = checked_snapshot(&machine);

	(void)state;
	for (size_t i = 0; i < ROWS(expected); i++) {
		struct row row;

		fill(&row, snapshot, i, true);
		assert_int_equal(row.socket.local.port, i + 1);
		expect_cell("verdict", &row, expected[i].verdict);
		expect_cell("rule", &row, expected[i].rule);
		expect_cell("findings", &row, expected[i].findings);
		expect_cell("reason", &row, expected[i].reason);
		assert_int_equal(cell_count_findings(&row), expected[i].count);
		assert_int_equal(cell_is_alarming(&row), expected[i].is_alarming);
	}
	lsp_snapshot_free(snapshot);
}

/* For machines there is always an array, empty or not. */
static void test_for_machines(void **state)
{
	static const struct checked_machine machine = {.rows = rows, .count = ROWS(rows)};
	struct lsp_snapshot *snapshot = checked_snapshot(&machine);

	(void)state;
	for (size_t i = 0; i < ROWS(expected); i++) {
		const char *text = expected[i].count ? expected[i].findings : "";
		struct buf scratch = BUF_INIT;
		struct cell cell;
		struct row row;

		fill(&row, snapshot, i, false);
		cell_ask(column_find("findings"), &row, &scratch, &cell);
		assert_int_equal(cell.kind, CELL_FINDINGS);
		assert_int_equal(cell.size, strlen(text));
		assert_int_equal(memcmp(cell.text ? cell.text : "", text, cell.size), 0);
		buf_deinit(&scratch);
	}
	lsp_snapshot_free(snapshot);
}

/* Each finding by itself: what may mean an intruder is red. */
static void test_alarming(void **state)
{
	static const bool alarming[LSP_FINDING_COUNT] = {
		[LSP_FINDING_UNEXPECTED] = true, [LSP_FINDING_CHANGED] = true,
		[LSP_FINDING_ODD_EXE] = true,    [LSP_FINDING_MASKED] = true,
		[LSP_FINDING_EXE_DOUBT] = true,
	};

	(void)state;
	for (unsigned i = 0; i < LSP_FINDING_COUNT; i++) {
		const struct checked_row row = {.socket = {CHECKED_TCP(1)},
						.findings = {{(enum lsp_finding_id)i, "x"}}};
		const struct checked_machine machine = {.rows = &row, .count = 1};
		struct lsp_snapshot *snapshot = checked_snapshot(&machine);
		struct row shown;

		fill(&shown, snapshot, 0, true);
		expect_cell("findings", &shown, lsp_finding_word((enum lsp_finding_id)i));
		expect(cell_is_alarming(&shown) == alarming[i], "%s",
		       lsp_finding_word((enum lsp_finding_id)i));
		lsp_snapshot_free(snapshot);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_for_people),
		cmocka_unit_test(test_for_machines),
		cmocka_unit_test(test_alarming),
	};

	return cmocka_run_group_tests_name("judge_cells", tests, NULL, NULL);
}
