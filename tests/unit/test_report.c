/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/report: a difference is reported once, and a damaged file never hides one. */
#include "support.h"

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

/* Differences differ in kind and text; a set of them is a set of bits. */
static void make_changes(struct changes *changes, unsigned set)
{
	static const enum change_kind kinds[] = {CHANGE_NEW, CHANGE_CHANGED, CHANGE_MISSING,
						 CHANGE_NEW};

	*changes = (struct changes){0};
	for (size_t i = 0; i < ROWS(texts); i++) {
		struct change *change =
			set >> i & 1 ? array_add(&changes->items, sizeof(*change)) : NULL;

		if (change)
			*change = (struct change){.kind = kinds[i], .text = strdup(texts[i])};
	}
}

static const char title[] = "# Differences that lsports --check --report-once has reported.\n";

static void path_of(char out[256], void **state)
{
	snprintf(out, 256, "%s/reported", (char *)*state);
}

/* Return: the set that a check reports which finds @found. */
static unsigned begin(struct report *report, struct changes *changes, void **state, unsigned found)
{
	static char path[256]; /* @report borrows it */
	struct error error = ERROR_INIT;
	unsigned reported = 0;
	size_t at = 0;

	path_of(path, state);
	make_changes(changes, found);
	assert_int_equal(report_open(report, path, changes, &error), 0);
	for (unsigned i = 0; i < ROWS(texts); i++)
		if (found >> i & 1)
			reported |= changes_at(changes, at++)->was_reported ? 0 : 1u << i;
	return reported;
}

/* One check. Return: the set that it reports. */
static unsigned run(void **state, unsigned found, bool keeps_old)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	struct error error = ERROR_INIT;
	unsigned reported = begin(&report, &changes, state, found);

	assert_int_equal(report_commit(&report, &changes, keeps_old, &error), 0);
	report_deinit(&report);
	changes_deinit(&changes);
	return reported;
}

/* As run(), without writing anything. */
static unsigned peek(void **state, unsigned found)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	unsigned reported = begin(&report, &changes, state, found);

	report_deinit(&report);
	changes_deinit(&changes);
	return reported;
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

/* A difference has not ended if something may hide it. */
static void an_incomplete_view_forgets_nothing(void **state)
{
	assert_int_equal(run(state, 7, false), 7);
	assert_int_equal(run(state, 0, true), 0);
	assert_int_equal(run(state, 9, true), 8);
	assert_int_equal(run(state, 15, true), 0);
	assert_int_equal(run(state, 15, false), 0);
}

/* One rule, new and changed, is two differences. */
static void kinds_differ(void **state)
{
	struct error error = ERROR_INIT;
	struct report report = REPORT_INIT;
	struct change change = {.kind = CHANGE_CHANGED, .text = strdup(texts[0])};
	struct changes changes = {.items = {.data = &change, .count = 1}};
	char path[256];

	path_of(path, state);
	assert_int_equal(run(state, 1, false), 1);
	assert_int_equal(report_open(&report, path, &changes, &error), 0);
	assert_false(change.was_reported);
	report_deinit(&report);
	free(change.text);
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
	text = tree_read_text(*state, "reported");
	assert_int_equal(text[0], '#');
	assert_non_null(strstr(text, "\n+ tcp/4444 user=root exe=/usr/bin/nc\n"));
	assert_non_null(strstr(text, "\n~ tcp/80 user=root exe=/tmp/nginx\n"));
	free(text);
	run(state, 3, false);
	assert_int_equal(stat(path, &second), 0);
	assert_int_equal(first.st_ino, second.st_ino);
	/* the file and its lock, and no temporary file */
	assert_int_equal(tree_count(*state, "."), 2);
}

/* Whatever byte is changed, only differences on the damaged lines may be reported again, and no new
 * difference is hidden. */
static void no_flipped_byte_makes_it_quieter(void **state)
{
	char *text;
	size_t size;

	run(state, 7, false);
	text = tree_read_text(*state, "reported");
	size = strlen(text);
	assert_memory_equal(text, title, strlen(title));
	for (size_t i = strlen(title); i < size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			const char old = text[i];
			unsigned reported;

			text[i] = (char)(old ^ (1 << bit));
			tree_write(*state, "reported", text, size);
			reported = peek(state, 15);
			expect(reported & 8, "byte %zu, bit %u: a new difference is hidden", i,
			       bit);
			/* A newline that was changed, or added, affects two lines. */
			expect(!(reported & (reported - 1) & ~8u) || old == '\n',
			       "byte %zu, bit %u: %#x", i, bit, reported);
			text[i] = old;
		}
	}
	free(text);
}

static void a_truncated_file_reports_again(void **state)
{
	char *text;
	size_t size;

	run(state, 7, false);
	text = tree_read_text(*state, "reported");
	size = strlen(text);
	for (size_t i = 0; i <= size; i++) {
		unsigned whole = 0;

		/* Only complete lines count as reported. */
		for (unsigned j = 0; j < 3; j++) {
			const char *at = strstr(text, texts[j]);

			whole |= (size_t)(at - text) + strlen(texts[j]) + 1 <= i ? 1u << j : 0;
		}
		tree_write(*state, "reported", text, i);
		expect(peek(state, 15) == (15 & ~whole), "cut at %zu", i);
	}
	free(text);
}

static void doubled_reordered_and_foreign_lines_change_nothing(void **state)
{
	static const char other[] =
		"# Differences that lsports --check --report-once has reported.\n"
		"~ tcp/80 user=root exe=/tmp/nginx\n"
		"\n"
		"nonsense\n"
		"+ tcp/4444 user=root exe=/usr/bin/nc\n"
		"+ tcp/4444 user=root exe=/usr/bin/nc\n"
		"# Differences\n"
		"+ udp/auto user=dora\0\n"
		"- tcp/22 user=root required";

	tree_write(*state, "reported", other, sizeof(other) - 1);
	assert_int_equal(peek(state, 15), 4 | 8);
	assert_int_equal(run(state, 15, true), 4 | 8);
	assert_int_equal(run(state, 15, false), 0);
}

/* Old lines of a view that is not whole add up: no file is written that could not be read again. */
static void the_file_is_never_too_large(void **state)
{
	const size_t most = (size_t)64 << 20, line = (size_t)1 << 20;
	char *text = malloc(most), path[256];
	struct stat st;

	assert_non_null(text);
	memset(text, 'x', most);
	memcpy(text, title, strlen(title));
	for (size_t i = 0; i < most / line; i++) {
		text[i * line + strlen(title)] = (char)('0' + i);
		text[(i + 1) * line - 1] = '\n';
	}
	tree_write(*state, "reported", text, most);
	free(text);
	path_of(path, state);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(run(state, 15, true), i ? 0 : 15);
		assert_int_equal(stat(path, &st), 0);
		assert_in_range(st.st_size, most - 2 * line, most);
	}
}

static void what_is_no_file_is_said(void **state)
{
	static const struct {
		const char *name;
		int expected;
	} rows[] = {{"link", -EPERM},   {"fifo", -EPERM},
		    {"open", -EPERM},   {"absent/reported", -ENOENT},
		    {"rules", -EEXIST}, {"nearly", -EEXIST}};
	char path[256];

	tree_write_text(*state, "target", "+ tcp/4444 user=root exe=/usr/bin/nc\n");
	tree_write_text(*state, "rules", "tcp/22 user=root\n");
	tree_write_text(*state, "nearly", "# Differences\n");
	tree_link(*state, "link", "target");
	snprintf(path, sizeof(path), "%s/fifo", (char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	tree_write_text(*state, "open", "+ tcp/4444 user=root exe=/usr/bin/nc\n");
	snprintf(path, sizeof(path), "%s/open", (char *)*state);
	assert_int_equal(chmod(path, 0666), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct report report = REPORT_INIT;
		struct error error = ERROR_INIT;
		struct changes changes;

		make_changes(&changes, 15);
		snprintf(path, sizeof(path), "%s/%s", (char *)*state, rows[i].name);
		expect(report_open(&report, path, &changes, &error) == rows[i].expected, "%s",
		       path);
		expect(!strncmp(error_text(&error), path, strlen(path)), "%s", error_text(&error));
		error_deinit(&error);
		for (size_t j = 0; j < changes.items.count; j++)
			assert_false(changes_at(&changes, j)->was_reported);
		report_deinit(&report);
		changes_deinit(&changes);
	}
}

static void another_one_is_waited_for_but_not_for_ever(void **state)
{
	struct report report = REPORT_INIT;
	struct changes changes;
	struct error error = ERROR_INIT;
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
	assert_int_equal(report_open(&report, path, &changes, &error), -EBUSY);
	assert_non_null(strstr(error_text(&error), "another lsports"));
	error_deinit(&error);
	/* everything is reported then */
	for (size_t i = 0; i < changes.items.count; i++)
		assert_false(changes_at(&changes, i)->was_reported);
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
		TREE_TEST(kinds_differ),
		TREE_TEST(the_file_is_private_and_left_alone_without_news),
		TREE_TEST(no_flipped_byte_makes_it_quieter),
		TREE_TEST(a_truncated_file_reports_again),
		TREE_TEST(doubled_reordered_and_foreign_lines_change_nothing),
		TREE_TEST(the_file_is_never_too_large),
		TREE_TEST(what_is_no_file_is_said),
		TREE_TEST(another_one_is_waited_for_but_not_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
