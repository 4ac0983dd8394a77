/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/changes: which facts of a judged snapshot are differences, their kind and order. */
#include "rendered.h"

#include "findings.h"

#include <stdlib.h>
#include <string.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(4444)}, MACHINE_NEW},
	{.socket = {MACHINE_TCP(22)}, .verdict = LSP_VERDICT_EXPECTED, .rule = "a.rules:1"},
	/* a finding by itself is not a difference */
	{.socket = {MACHINE_TCP(25)},
	 .verdict = LSP_VERDICT_EXPECTED,
	 .rule = "a.rules:2",
	 .findings = {{.id = FINDING_QUEUE_FULL, .reason = "full"},
		      {.id = FINDING_ODD_EXE, .reason = "odd"}}},
	{.socket = {MACHINE_TCP(80)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .rule = "a.rules:3",
	 .findings = {{.id = FINDING_ODD_EXE, .reason = "odd"},
		      {.id = LSP_FINDING_CHANGED, .reason = "other program"}}},
	/* reported once, whatever else was found */
	{.socket = {MACHINE_UDP(53)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{.id = LSP_FINDING_UNEXPECTED, .reason = "no rule"},
		      {.id = FINDING_ODD_EXE, .reason = "odd"}}},
	{.socket = {MACHINE_UDP(68)},
	 .verdict = LSP_VERDICT_UNJUDGED,
	 .rule = "a.rules:5",
	 .unknown = "unit could not be read",
	 .findings = {{.id = FINDING_ODD_EXE, .reason = "odd"}}},
	{.socket = {MACHINE_UDP(69)}, .verdict = LSP_VERDICT_UNJUDGED},
	{.socket = {MACHINE_TCP(8080)}},
	/* without a finding it was not asked for */
	{.socket = {MACHINE_TCP(9000)}, .verdict = LSP_VERDICT_UNEXPECTED},
};

static const struct lsp_missing missing[] = {
	{.rule = "b.rules:9", .text = "tcp/443 required", .reason = "nobody"},
	{.rule = "b.rules:2", .text = "tcp/21 required", .reason = "nobody"},
};

static const struct machine machine = {
	.rows = rows, .count = ROWS(rows), .missing = missing, .missing_count = ROWS(missing)};

static const struct {
	enum change_kind kind;
	unsigned port;
	const char *reason, *rule, *start;
} expected[] = {
	{CHANGE_NEW, 53, "no rule", NULL, "udp/53 "},
	{CHANGE_UNJUDGED, 68, "unit could not be read", "a.rules:5", "udp/68 "},
	{CHANGE_UNJUDGED, 69, NULL, NULL, "udp/69 "},
	{CHANGE_CHANGED, 80, "other program", "a.rules:3", "tcp/80 "},
	{CHANGE_NEW, 4444, "new", NULL, "tcp/4444 "},
	{CHANGE_MISSING, 0, "nobody", "b.rules:9", "tcp/443 required"},
	{CHANGE_MISSING, 0, "nobody", "b.rules:2", "tcp/21 required"},
};

static void expect_change(const struct lsp_snapshot *snapshot, const struct change *change,
			  size_t at)
{
	struct lsp_socket socket;

	expect(change->kind == expected[at].kind, "%zu: kind %d", at, (int)change->kind);
	if (expected[at].reason)
		assert_string_equal(change->reason, expected[at].reason);
	else
		assert_null(change->reason);
	if (expected[at].rule)
		assert_string_equal(change->rule, expected[at].rule);
	else
		assert_null(change->rule);
	expect(!strncmp(change->text, expected[at].start, strlen(expected[at].start)), "%zu: %s",
	       at, change->text);
	assert_false(change->was_reported);
	if (change->kind == CHANGE_MISSING)
		return;
	lsp_snapshot_socket(snapshot, change->index, &socket);
	assert_int_equal(socket.local.port, expected[at].port);
}

static void test_all(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);
	struct changes changes;

	(void)state;
	rendered_changes(&changes, snapshot);
	assert_int_equal(changes.items.count, ROWS(expected));
	for (size_t i = 0; i < changes.items.count; i++)
		expect_change(snapshot, changes_at(&changes, i), i);
	assert_int_equal(changes.counts[CHANGE_NEW], 2);
	assert_int_equal(changes.counts[CHANGE_CHANGED], 1);
	assert_int_equal(changes.counts[CHANGE_MISSING], 2);
	assert_int_equal(changes.counts[CHANGE_UNJUDGED], 2);
	assert_ptr_equal(changes_first_unjudged(&changes), changes_at(&changes, 1));
	changes_at(&changes, 1)->was_reported = true;
	assert_ptr_equal(changes_first_unjudged(&changes), changes_at(&changes, 2));
	changes_at(&changes, 2)->was_reported = true;
	assert_null(changes_first_unjudged(&changes));
	changes_deinit(&changes);
	assert_null(changes.items.data);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

/* Nothing is missing outside the selection. */
static void test_selected(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);
	uint32_t selected[ROWS(rows)];
	struct view view = {.rows = selected};
	struct changes changes;

	(void)state;
	for (uint32_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (socket.local.port == 22 || socket.local.port == 80 || socket.local.port == 69)
			selected[view.row_count++] = i;
	}
	assert_int_equal(view.row_count, 3);
	assert_int_equal(changes_init(&changes, snapshot, &view), 0);
	assert_int_equal(changes.items.count, 2);
	expect_change(snapshot, changes_at(&changes, 0), 2);
	expect_change(snapshot, changes_at(&changes, 1), 3);
	assert_int_equal(changes.counts[CHANGE_UNJUDGED], 1);
	/* A missing rule has no user to select by: it is counted. */
	assert_int_equal(changes.skipped, ROWS(missing));
	changes_deinit(&changes);
	view.row_count = 0;
	assert_int_equal(changes_init(&changes, snapshot, &view), 0);
	assert_int_equal(changes.items.count, 0);
	assert_int_equal(changes.counts[CHANGE_UNJUDGED], 0);
	changes_deinit(&changes);
	/* But it has a port, so the judge reports only rules about the selected ports. */
	view.is_scope = true;
	assert_int_equal(changes_init(&changes, snapshot, &view), 0);
	assert_int_equal(changes.items.count, ROWS(missing));
	assert_int_equal(changes.skipped, 0);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

static void test_nobody_was_asked(void **state)
{
	static const struct machine empty = {0};
	struct lsp_snapshot *snapshot = machine_snapshot(&empty);
	struct changes changes;

	(void)state;
	rendered_changes(&changes, snapshot);
	assert_int_equal(changes.items.count, 0);
	assert_int_equal(changes.counts[CHANGE_UNJUDGED], 0);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

/* With many differences the array grows, and each has its own text. */
static void test_many(void **state)
{
	static struct machine_row many[1000];
	const struct machine full = {.rows = many, .count = ROWS(many)};
	struct lsp_snapshot *snapshot;
	struct changes changes;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct machine_row){.socket = {MACHINE_TCP((uint16_t)(i + 1))},
					       MACHINE_NEW};
	snapshot = machine_snapshot(&full);
	rendered_changes(&changes, snapshot);
	assert_int_equal(changes.items.count, ROWS(many));
	for (size_t i = 0; i < changes.items.count; i++)
		expect(strtoul(changes_at(&changes, i)->text + 4, NULL, 10) == i + 1, "%zu: %s", i,
		       changes_at(&changes, i)->text);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(changes_sign(CHANGE_NEW), '+');
	assert_int_equal(changes_sign(CHANGE_CHANGED), '~');
	assert_int_equal(changes_sign(CHANGE_MISSING), '-');
	assert_int_equal(changes_sign(CHANGE_UNJUDGED), '?');
	assert_string_equal(changes_word(CHANGE_UNJUDGED), "unjudged");
	assert_string_equal(changes_word(CHANGE_NEW), "new");
	assert_string_equal(changes_word(CHANGE_CHANGED), "changed");
	assert_string_equal(changes_word(CHANGE_MISSING), "missing");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_selected),
		cmocka_unit_test(test_nobody_was_asked),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests_name("changes", tests, NULL, NULL);
}
