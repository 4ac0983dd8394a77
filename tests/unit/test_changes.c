/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/changes: what of a judged snapshot is a difference, of which kind and in which order. */
#include "checked.h"

#include <stdlib.h>
#include <string.h>

static const struct checked_row rows[] = {
	{.socket = {CHECKED_TCP(4444)}, CHECKED_NEW},
	{.socket = {CHECKED_TCP(22)}, .verdict = LSP_VERDICT_EXPECTED, .rule = "a.rules:1"},
	/* a finding is no difference by itself */
	{.socket = {CHECKED_TCP(25)},
	 .verdict = LSP_VERDICT_EXPECTED,
	 .rule = "a.rules:2",
	 .findings = {{LSP_FINDING_QUEUE_FULL, "full"}, {LSP_FINDING_ODD_EXE, "odd"}}},
	{.socket = {CHECKED_TCP(80)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .rule = "a.rules:3",
	 .findings = {{LSP_FINDING_ODD_EXE, "odd"}, {LSP_FINDING_CHANGED, "other program"}}},
	/* said once, whatever else is said */
	{.socket = {CHECKED_UDP(53)},
	 .verdict = LSP_VERDICT_UNEXPECTED,
	 .findings = {{LSP_FINDING_UNEXPECTED, "no rule"}, {LSP_FINDING_ODD_EXE, "odd"}}},
	{.socket = {CHECKED_UDP(68)}, .verdict = LSP_VERDICT_UNJUDGED, .rule = "a.rules:5"},
	{.socket = {CHECKED_UDP(69)}, .verdict = LSP_VERDICT_UNJUDGED},
	{.socket = {CHECKED_TCP(8080)}},
	/* without a finding nobody asked for it */
	{.socket = {CHECKED_TCP(9000)}, .verdict = LSP_VERDICT_UNEXPECTED},
};

static const struct lsp_missing missing[] = {
	{.rule = "b.rules:9", .text = "tcp/443 required", .reason = "nobody"},
	{.rule = "b.rules:2", .text = "tcp/21 required", .reason = "nobody"},
};

static const struct checked_machine machine = {
	.rows = rows, .count = ROWS(rows), .missing = missing, .missing_count = ROWS(missing)};

static const struct {
	enum change_kind kind;
	unsigned port;
	const char *reason, *rule, *start;
} expected[] = {
	{CHANGE_NEW, 53, "no rule", NULL, "udp/53 "},
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
	assert_string_equal(change->reason, expected[at].reason);
	if (expected[at].rule)
		assert_string_equal(change->rule, expected[at].rule);
	else
		assert_null(change->rule);
	expect(!strncmp(change->text, expected[at].start, strlen(expected[at].start)), "%zu: %s",
	       at, change->text);
	assert_false(change->was_told || change->is_left_out);
	if (change->kind == CHANGE_MISSING)
		return;
	lsp_snapshot_socket(snapshot, change->index, &socket);
	assert_int_equal(socket.local.port, expected[at].port);
}

static void test_all(void **state)
{
	struct lsp_snapshot *snapshot = checked_snapshot(&machine);
	struct changes changes;

	(void)state;
	checked_find(&changes, snapshot);
	assert_int_equal(changes.count, ROWS(expected));
	for (size_t i = 0; i < changes.count; i++)
		expect_change(snapshot, &changes.items[i], i);
	assert_int_equal(changes.unjudged, 2);
	changes_deinit(&changes);
	assert_null(changes.items);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

/* Of what was not looked at nothing is missing. */
static void test_selected(void **state)
{
	struct lsp_snapshot *snapshot = checked_snapshot(&machine);
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
	assert_int_equal(changes.count, 1);
	expect_change(snapshot, &changes.items[0], 1);
	assert_int_equal(changes.unjudged, 1);
	/* What is missing has no user by which it could be selected: that is counted. */
	assert_int_equal(changes.unasked, ROWS(missing));
	changes_deinit(&changes);
	view.row_count = 0;
	assert_int_equal(changes_init(&changes, snapshot, &view), 0);
	assert_int_equal(changes.count, 0);
	assert_int_equal(changes.unjudged, 0);
	changes_deinit(&changes);
	/* But it has a port: what the judge tells then is of those that were asked for. */
	view.is_scope = true;
	assert_int_equal(changes_init(&changes, snapshot, &view), 0);
	assert_int_equal(changes.count, ROWS(missing));
	assert_int_equal(changes.unasked, 0);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

static void test_nobody_was_asked(void **state)
{
	static const struct checked_machine empty = {0};
	struct lsp_snapshot *snapshot = checked_snapshot(&empty);
	struct changes changes;

	(void)state;
	checked_find(&changes, snapshot);
	assert_int_equal(changes.count, 0);
	assert_int_equal(changes.unjudged, 0);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

/* Many: the array grows, and each has a text of its own. */
static void test_many(void **state)
{
	static struct checked_row many[1000];
	const struct checked_machine full = {.rows = many, .count = ROWS(many)};
	struct lsp_snapshot *snapshot;
	struct changes changes;

	(void)state;
	for (size_t i = 0; i < ROWS(many); i++)
		many[i] = (struct checked_row){.socket = {CHECKED_TCP((uint16_t)(i + 1))},
					       CHECKED_NEW};
	snapshot = checked_snapshot(&full);
	checked_find(&changes, snapshot);
	assert_int_equal(changes.count, ROWS(many));
	for (size_t i = 0; i < changes.count; i++)
		expect(strtoul(changes.items[i].text + 4, NULL, 10) == i + 1, "%zu: %s", i,
		       changes.items[i].text);
	changes_deinit(&changes);
	lsp_snapshot_free(snapshot);
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(change_sign(CHANGE_NEW), '+');
	assert_int_equal(change_sign(CHANGE_CHANGED), '~');
	assert_int_equal(change_sign(CHANGE_MISSING), '-');
	assert_string_equal(change_word(CHANGE_NEW), "new");
	assert_string_equal(change_word(CHANGE_CHANGED), "changed");
	assert_string_equal(change_word(CHANGE_MISSING), "missing");
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
