/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/judge_cells: verdict, rule, findings and reasons of a listener, and its colour. */
#include "support.h"

#include "findings.h"
#include "machine.h"
#include "view/column_list.h"

#include <stdlib.h>
#include <string.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(1)}},
	{.socket = {MACHINE_TCP(2)}, .verdict = LSP_VERDICT_EXPECTED, .rule = "web.rules:3"},
	{.socket = {MACHINE_TCP(3)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{.id = LSP_FINDING_UNEXPECTED, .reason = "no rule"},
		      {.id = FINDING_ODD_EXE, .reason = "in \x1b/tmp"}}},
	{.socket = {MACHINE_TCP(4)},
	 .verdict = LSP_VERDICT_USUAL,
	 .findings = {{.id = FINDING_QUEUE_FULL, .reason = "5 of 5"}}},
	{.socket = {MACHINE_TCP(5)}, .verdict = LSP_VERDICT_UNJUDGED, .rule = "web.rules:9"},
	{.socket = {MACHINE_TCP(6)},
	 .verdict = LSP_VERDICT_EXPECTED,
	 .rule = "web.rules:3",
	 .findings = {{.id = FINDING_ODD_EXE, .reason = "odd", .is_accepted = true},
		      {.id = FINDING_QUEUE_FULL, .reason = "5 of 5"}}},
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
	{"expected", "web.rules:3", "odd-exe(accepted),queue-full", "odd; 5 of 5", 1, false},
};

static void expect_cell(const char *key, const struct row *row, const char *text)
{
	struct buf scratch = BUF_INIT;
	struct column column;
	struct cell cell;

	assert_true(column_list_find(key, &column));
	column_ask(&column, row, &scratch, &cell);
	if (strcmp(text, "-") == 0) {
		expect(cell.kind == CELL_NULL, "%s of row %zu is not null", key, row->subject.index);
	} else {
		expect(cell.kind == CELL_TEXT, "%s of row %zu: kind %d", key, row->subject.index,
		       (int)cell.kind);
		expect(cell.size == strlen(text) && !memcmp(cell.text, text, cell.size),
		       "%s of row %zu: %.*s", key, row->subject.index, (int)cell.size, cell.text);
	}
	buf_deinit(&scratch);
}

static void fill(struct row *row, const struct lsp_snapshot *snapshot, size_t index,
		 bool for_people)
{
	*row = (struct row){.for_people = for_people};
	lsp_subject_init(&row->subject, snapshot, index);
}

static void test_for_people(void **state)
{
	static const struct machine machine = {.rows = rows, .count = ROWS(rows)};
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);

	(void)state;
	for (size_t i = 0; i < ROWS(expected); i++) {
		struct row row;

		fill(&row, snapshot, i, true);
		assert_int_equal(row.subject.socket.local.port, i + 1);
		expect_cell("verdict", &row, expected[i].verdict);
		expect_cell("rule", &row, expected[i].rule);
		expect_cell("findings", &row, expected[i].findings);
		expect_cell("reason", &row, expected[i].reason);
		assert_int_equal(row_count_findings(&row), expected[i].count);
		assert_int_equal(row_is_alarming(&row), expected[i].is_alarming);
	}
	lsp_snapshot_free(snapshot);
}

/* For machines there is always an array, empty or not. */
static void test_for_machines(void **state)
{
	static const struct machine machine = {.rows = rows, .count = ROWS(rows)};
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);

	(void)state;
	for (size_t i = 0; i < ROWS(expected); i++) {
		const char *text = expected[i].count ? expected[i].findings : "";
		struct buf scratch = BUF_INIT;
		struct column column;
		struct cell cell;
		struct row row;

		fill(&row, snapshot, i, false);
		assert_true(column_list_find("findings", &column));
		column_ask(&column, &row, &scratch, &cell);
		assert_int_equal(cell.kind, CELL_FINDINGS);
		assert_int_equal(cell.size, strlen(text));
		assert_int_equal(memcmp(cell.text ? cell.text : "", text, cell.size), 0);
		buf_deinit(&scratch);
	}
	lsp_snapshot_free(snapshot);
}

/* Each finding by itself: those that may mean an intruder are red. */
static void test_alarming(void **state)
{
	static const bool alarming[LSP_FINDINGS_MAX] = {
		[LSP_FINDING_UNEXPECTED] = true,     [LSP_FINDING_CHANGED] = true,
		[FINDING_ODD_EXE] = true,        [FINDING_MASKED] = true,
		[FINDING_EXE_UNVERIFIED] = true, [FINDING_HELD_ELSEWHERE] = true, [FINDING_FLAPPING] = true,
	};

	(void)state;
	for (unsigned i = 0; i < lsp_finding_count(); i++) {
		const struct machine_row row = {.socket = {MACHINE_TCP(1)},
						.findings = {{.id = i, .reason = "x"}}};
		const struct machine machine = {.rows = &row, .count = 1};
		struct lsp_snapshot *snapshot = machine_snapshot(&machine);
		struct row shown;

		fill(&shown, snapshot, 0, true);
		expect_cell("findings", &shown, lsp_finding_word(i));
		expect(row_is_alarming(&shown) == alarming[i], "%s",
		       lsp_finding_word(i));
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

	return cmocka_run_group_tests_name("row", tests, NULL, NULL);
}
