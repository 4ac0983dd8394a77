/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of differences that were reported: a line each, sign and rule, so that a line stays true
 * when a service restarts. A line that was cut or damaged equals no difference, which is then
 * reported again.
 */
#include "report.h"

#include "atomic.h"
#include "buf.h"
#include "lock.h"
#include "root.h"
#include "cleanup.h"
#include "strpool.h"
#include "trusted.h"

#include <errno.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)
#define LINE_MORE 3 /* sign, blank, newline */
#define MODE 0600
#define DECIDES "what is reported"
#define TITLE "# Differences that lsports --check --report-once has reported.\n"

/* It is written over: a file that somebody else wrote is not taken for ours. */
static int check_title(const char *path, const struct buf *text, struct error *error)
{
	size_t size = text->size < strlen(TITLE) ? text->size : strlen(TITLE);

	if (memcmp(text->data, TITLE, size) == 0)
		return 0;
	return error_set(error, -EEXIST,
			 "%s: does not begin as lsports --report-once writes it, and is left as it "
			 "is: remove it, or name another file",
			 path);
}

static int read_file(const char *path, struct buf *text, struct error *error)
{
	cleanup(cleanup_close) int fd = trusted_open(path, 0, DECIDES, error);
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : error_note(error, fd);
	r = root_read_fd(fd, text, MAX_FILE);
	if (r < 0)
		return error_set_errno(error, r, path);
	return text->size ? check_title(path, text, error) : 0;
}

static void append_line(struct buf *out, const struct change *change)
{
	buf_append_char(out, changes_sign(change->kind));
	buf_append_char(out, ' ');
	buf_append_text(out, change->text);
	buf_append_char(out, '\n');
}

/* Every whole line of a text, with its newline. */
static int add_lines(struct strpool *lines, const struct buf *text)
{
	const char *at = text->data, *end = text->size ? at + text->size : at, *newline;
	int r = 0;

	while (r >= 0 && at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		r = strpool_insert(lines, at, (size_t)(newline + 1 - at));
		at = newline + 1;
	}
	return r < 0 ? r : 0;
}

static int mark(const struct buf *text, struct changes *changes)
{
	struct strpool lines = {0};
	struct buf line = BUF_INIT;
	int r = add_lines(&lines, text);

	for (size_t i = 0; r >= 0 && i < changes->items.count; i++) {
		buf_reset(&line);
		append_line(&line, changes_at(changes, i));
		changes_at(changes, i)->was_reported = strpool_find(&lines, line.data, line.size);
		r = line.error;
	}
	strpool_deinit(&lines);
	buf_deinit(&line);
	return r;
}

int report_open(struct report *report, const char *path, struct changes *changes,
		struct error *error)
{
	struct buf text = BUF_INIT;
	int r;

	report->path = path;
	/* No lock file is made beside what is refused. */
	r = trusted_check(path, DECIDES, error);
	if (r >= 0)
		r = read_file(path, &text, error);
	buf_reset(&text);
	if (r >= 0)
		buf_printf(&text, "%s.lock", path);
	if (r >= 0)
		r = buf_text(&text) ? lock_take(text.data, report->wait_seconds) : -ENOMEM;
	report->lock = r < 0 ? -1 : r;
	if (r == -EBUSY)
		error_set(error, r, "%s: another lsports has been using it for too long", path);
	else if (r == -ENOENT)
		error_set(error, r, "%s: the directory does not exist: create it first", path);
	else if (r < 0 && !error->number)
		error_set(error, r, "cannot write %s: its lock file %s.lock: %s", path, path,
			  error_describe(r));
	buf_reset(&text);
	if (r >= 0)
		r = read_file(path, &text, error);
	if (r >= 0)
		r = error_note(error, mark(&text, changes));
	buf_deinit(&text);
	return r;
}

/*
 * A file that is too large could not be read again. What finds no room in it is forgotten, and with
 * that reported again.
 */
static bool has_room(const struct buf *out, size_t size)
{
	return out->size + size <= MAX_FILE;
}

/* The old lines that are not in @out yet. */
static int append_old(struct buf *out, const struct buf *old)
{
	const char *at = old->data, *end = old->size ? at + old->size : at, *newline;
	struct strpool lines = {0};
	int r = add_lines(&lines, out);

	while (r >= 0 && at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		size_t size = (size_t)(newline + 1 - at);

		if (*at != '#' && !strpool_find(&lines, at, size) && has_room(out, size))
			buf_append(out, at, size);
		at = newline + 1;
	}
	strpool_deinit(&lines);
	return r;
}

static int write_file(const char *path, const struct buf *text)
{
	struct atomic file = ATOMIC_INIT;
	int r = atomic_open(&file, path, MODE);

	if (r >= 0)
		r = atomic_write(&file, text->data, text->size);
	if (r >= 0)
		r = atomic_commit(&file);
	atomic_deinit(&file);
	return r;
}

int report_commit(struct report *report, const struct changes *changes, bool keeps_old,
		  struct error *error)
{
	struct buf old = BUF_INIT, text = BUF_INIT;
	int r = read_file(report->path, &old, error);

	buf_append_text(&text, TITLE);
	for (size_t i = 0; i < changes->items.count; i++)
		if (has_room(&text, strlen(changes_at(changes, i)->text) + LINE_MORE))
			append_line(&text, changes_at(changes, i));
	if (r >= 0 && keeps_old)
		r = append_old(&text, &old);
	if (r >= 0)
		r = text.error;
	/* A run that finds what the last one found writes nothing. */
	if (r >= 0 && (old.size != text.size || memcmp(old.data, text.data, text.size) != 0))
		r = write_file(report->path, &text);
	buf_deinit(&old);
	buf_deinit(&text);
	return r < 0 && !error->number ? error_set_errno(error, r, report->path) : r;
}

void report_deinit(struct report *report)
{
	cleanup_close(&report->lock);
	*report = REPORT_INIT;
}
