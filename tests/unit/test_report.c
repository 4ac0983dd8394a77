/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/report: what was told once is not told again, and no damage to the file makes it quieter. */
#include "checked.h"

#include "lock.h"
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const texts[] = {
	"tcp/4444 user=root exe=/usr/bin/nc",
	"tcp/80 user=root exe=/tmp/nginx",
	"tcp/22 user=root required",
	"udp/auto user=dora",
};

/* Differences are told apart by kind and text; a set of them is a set of bits. */
static void make_changes(struct changes *changes, unsigned set)
{
	static const enum change_kind kinds[] = {CHANGE_NEW, CHANGE_CHANGED, CHANGE_MISSING,
						 CHANGE_NEW};

	*changes = (struct changes){.items = calloc(ROWS(texts), sizeof(struct change))};
	assert_non_null(changes->items);
	for (size_t i = 0; i < ROWS(texts); i++)
		if (set >> i & 1)
			changes->items[changes->count++] =
				(struct change){.kind = kinds[i], .text = strdup(texts[i])};
}

static void path_of(char out[256], void **state)
{
	snprintf(out, 256, "%s/told", (char *)*state);
}

/* One check that finds @found. Return: the set that it tells. */
static unsigned run(void **state, unsigned found, bool keeps_old)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	unsigned told = 0;
	char path[256];
	size_t at = 0;

	path_of(path, state);
	make_changes(&changes, found);
	assert_int_equal(report_open(&report, path, &changes), 0);
	for (unsigned i = 0; i < ROWS(texts); i++)
		if (found >> i & 1)
			told |= changes.items[at++].was_told ? 0 : 1u << i;
	assert_int_equal(report_commit(&report, &changes, keeps_old), 0);
	report_deinit(&report);
	changes_deinit(&changes);
	return told;
}

/* As run(), without writing anything. */
static unsigned peek(void **state, unsigned found)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	unsigned told = 0;
	char path[256];
	size_t at = 0;

	path_of(path, state);
	make_changes(&changes, found);
	assert_int_equal(report_open(&report, path, &changes), 0);
	for (unsigned i = 0; i < ROWS(texts); i++)
		if (found >> i & 1)
			told |= changes.items[at++].was_told ? 0 : 1u << i;
	report_deinit(&report);
	changes_deinit(&changes);
	return told;
}

static void once_and_then_not_again(void **state)
{
	assert_int_equal(run(state, 3, false), 3);
	assert_int_equal(run(state, 3, false), 0);
	assert_int_equal(run(state, 7, false), 4);
	assert_int_equal(run(state, 7, false), 0);
	assert_int_equal(run(state, 15, false), 8);
}

static void what_ended_is_news_when_it_returns(void **state)
{
	assert_int_equal(run(state, 15, false), 15);
	assert_int_equal(run(state, 5, false), 0);
	assert_int_equal(run(state, 15, false), 10);
	assert_int_equal(run(state, 0, false), 0);
	assert_int_equal(run(state, 15, false), 15);
}

/* What is not seen has not ended when something could hide it. */
static void an_incomplete_view_forgets_nothing(void **state)
{
	assert_int_equal(run(state, 7, false), 7);
	assert_int_equal(run(state, 0, true), 0);
	assert_int_equal(run(state, 9, true), 8);
	assert_int_equal(run(state, 15, true), 0);
	assert_int_equal(run(state, 15, false), 0);
}

/* The same rule as new and as changed are two differences. */
static void kinds_are_told_apart(void **state)
{
	struct report report = REPORT_INIT;
	struct change change = {.kind = CHANGE_CHANGED, .text = strdup(texts[0])};
	struct changes changes = {.items = &change, .count = 1};
	char path[256];

	path_of(path, state);
	assert_int_equal(run(state, 1, false), 1);
	assert_int_equal(report_open(&report, path, &changes), 0);
	assert_false(change.was_told);
	report_deinit(&report);
	free(change.text);
}

static void what_was_left_out_is_told_by_the_next(void **state)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	char path[256];

	path_of(path, state);
	make_changes(&changes, 3);
	assert_int_equal(report_open(&report, path, &changes), 0);
	changes.items[1].is_left_out = true;
	assert_int_equal(report_commit(&report, &changes, false), 0);
	report_deinit(&report);
	changes_deinit(&changes);
	assert_int_equal(run(state, 3, false), 2);
}

/* --- the file ------------------------------------------------------------------------------- */

static void the_file_is_private_and_left_alone_without_news(void **state)
{
	struct stat first, second;
	char path[256], *text;

	path_of(path, state);
	run(state, 3, false);
	assert_int_equal(stat(path, &first), 0);
	assert_int_equal(first.st_mode, S_IFREG | 0600);
	text = tree_read_text(*state, "told");
	assert_int_equal(text[0], '#');
	assert_non_null(strstr(text, "\n+ tcp/4444 user=root exe=/usr/bin/nc\n"));
	assert_non_null(strstr(text, "\n~ tcp/80 user=root exe=/tmp/nginx\n"));
	free(text);
	run(state, 3, false);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	/* the file and its lock, and nothing half done */
	assert_int_equal(tree_count(*state, "."), 2);
}

/* Whatever byte is changed, only the differences whose lines are hit may be told again, and none
 * that was told anew is kept quiet. */
static void no_flipped_byte_makes_it_quieter(void **state)
{
	char *text;
	size_t size;

	run(state, 7, false);
	text = tree_read_text(*state, "told");
	size = strlen(text);
	for (size_t i = 0; i < size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			const char old = text[i];
			unsigned told;

			text[i] = (char)(old ^ (1 << bit));
			tree_write(*state, "told", text, size);
			told = peek(state, 15);
			expect(told & 8, "byte %zu, bit %u: one that was never told is quiet", i,
			       bit);
			/* An end of line that is hit, or made, is one of two lines. */
			expect(!(told & (told - 1) & ~8u) || old == '\n', "byte %zu, bit %u: %#x",
			       i, bit, told);
			text[i] = old;
		}
	}
	free(text);
}

static void a_cut_file_tells_again(void **state)
{
	char *text;
	size_t size;

	run(state, 7, false);
	text = tree_read_text(*state, "told");
	size = strlen(text);
	for (size_t i = 0; i <= size; i++) {
		unsigned whole = 0;

		/* Only what stands whole, with the end of its line, was told. */
		for (unsigned j = 0; j < 3; j++) {
			const char *at = strstr(text, texts[j]);

			whole |= (size_t)(at - text) + strlen(texts[j]) + 1 <= i ? 1u << j : 0;
		}
		tree_write(*state, "told", text, i);
		expect(peek(state, 15) == (15 & ~whole), "cut at %zu", i);
	}
	free(text);
}

static void doubled_reordered_and_foreign_lines_change_nothing(void **state)
{
	static const char other[] = "~ tcp/80 user=root exe=/tmp/nginx\n"
				    "\n"
				    "nonsense\n"
				    "+ tcp/4444 user=root exe=/usr/bin/nc\n"
				    "+ tcp/4444 user=root exe=/usr/bin/nc\n"
				    "# Differences\n"
				    "+ udp/auto user=dora\0\n"
				    "- tcp/22 user=root required";

	tree_write(*state, "told", other, sizeof(other) - 1);
	assert_int_equal(peek(state, 15), 4 | 8);
	assert_int_equal(run(state, 15, true), 4 | 8);
	assert_int_equal(run(state, 15, false), 0);
}

static void what_is_no_file_is_said(void **state)
{
	static const struct {
		const char *name;
		int expected;
	} rows[] = {{"link", -ELOOP}, {"fifo", -EMEDIUMTYPE}, {"absent/told", -ENOENT}};
	char path[256];

	tree_write_text(*state, "target", "+ tcp/4444 user=root exe=/usr/bin/nc\n");
	tree_link(*state, "link", "target");
	snprintf(path, sizeof(path), "%s/fifo", (char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct report report = REPORT_INIT;
		struct changes changes;

		make_changes(&changes, 15);
		snprintf(path, sizeof(path), "%s/%s", (char *)*state, rows[i].name);
		expect(report_open(&report, path, &changes) == rows[i].expected, "%s", path);
		for (size_t j = 0; j < changes.count; j++)
			assert_false(changes.items[j].was_told);
		report_deinit(&report);
		changes_deinit(&changes);
	}
}

static void another_one_is_waited_for_but_not_for_ever(void **state)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	char path[256], lock[300];
	int fd;

	path_of(path, state);
	run(state, 15, false);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	fd = lock_take(lock, 0);
	assert_true(fd >= 0);
	assert_int_equal(report.wait_seconds, 20);
	report.wait_seconds = 0;
	make_changes(&changes, 15);
	assert_int_equal(report_open(&report, path, &changes), -EBUSY);
	/* everything is told then */
	for (size_t i = 0; i < changes.count; i++)
		assert_false(changes.items[i].was_told);
	report_deinit(&report);
	report_deinit(&report);
	changes_deinit(&changes);
	close(fd);
	assert_int_equal(run(state, 15, false), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(once_and_then_not_again),
		TREE_TEST(what_ended_is_news_when_it_returns),
		TREE_TEST(an_incomplete_view_forgets_nothing),
		TREE_TEST(kinds_are_told_apart),
		TREE_TEST(what_was_left_out_is_told_by_the_next),
		TREE_TEST(the_file_is_private_and_left_alone_without_news),
		TREE_TEST(no_flipped_byte_makes_it_quieter),
		TREE_TEST(a_cut_file_tells_again),
		TREE_TEST(doubled_reordered_and_foreign_lines_change_nothing),
		TREE_TEST(what_is_no_file_is_said),
		TREE_TEST(another_one_is_waited_for_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
