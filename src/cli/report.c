/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file of differences that were told: a line each, sign and rule, so that nothing in it passes
 * away with a restart. A line that was cut or damaged equals no difference, which is then told
 * again.
 */
#include "report.h"

#include "atomic.h"
#include "buf.h"
#include "lock.h"
#include "root.h"
#include "scope.h"
#include "strpool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_FILE ((size_t)64 << 20)
#define MODE 0600
#define TITLE "# Differences that lsports --check --report-once has told.\n"

static int read_file(const char *path, struct buf *text)
{
	cleanup(scope_close) int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	return root_read_fd(fd, text, MAX_FILE);
}

static void append_line(struct buf *out, const struct change *change)
{
	buf_append_char(out, change_sign(change->kind));
	buf_append_char(out, ' ');
	buf_append_text(out, change->text);
	buf_append_char(out, '\n');
}

/* The lines of a text, to be asked for one of them. */
struct lines {
	struct strpool pool;
	uint32_t end; /* strings of the text have smaller numbers */
};

static int lines_init(struct lines *lines, const struct buf *text)
{
	const char *at = text->data, *end = text->size ? at + text->size : at, *newline;
	struct buf line = BUF_INIT;
	uint32_t id;
	int r = 0;

	*lines = (struct lines){0};
	while (r >= 0 && at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		buf_reset(&line);
		buf_append(&line, at, (size_t)(newline + 1 - at));
		r = buf_text(&line) ? strpool_add(&lines->pool, line.data, &id) : -ENOMEM;
		at = newline + 1;
	}
	lines->end = (uint32_t)lines->pool.bytes.size;
	buf_deinit(&line);
	return r;
}

static int lines_has(struct lines *lines, const char *line, bool *out)
{
	uint32_t id;
	int r = strpool_add(&lines->pool, line, &id);

	*out = id < lines->end;
	return r;
}

static int mark(const struct buf *text, struct changes *changes)
{
	struct buf line = BUF_INIT;
	struct lines lines;
	int r = lines_init(&lines, text);

	for (size_t i = 0; r >= 0 && i < changes->count; i++) {
		buf_reset(&line);
		append_line(&line, &changes->items[i]);
		r = buf_text(&line) ? lines_has(&lines, line.data, &changes->items[i].was_told)
				    : -ENOMEM;
	}
	strpool_deinit(&lines.pool);
	buf_deinit(&line);
	return r;
}

int report_open(struct report *report, const char *path, struct changes *changes)
{
	struct buf text = BUF_INIT;
	int r;

	report->path = path;
	buf_printf(&text, "%s.lock", path);
	r = buf_text(&text) ? lock_take(text.data, report->wait_seconds) : -ENOMEM;
	report->lock = r < 0 ? -1 : r;
	buf_reset(&text);
	if (r >= 0)
		r = read_file(path, &text);
	if (r >= 0)
		r = mark(&text, changes);
	buf_deinit(&text);
	return r;
}

/* The lines of before that are not there again. */
static int append_old(struct buf *out, const struct buf *old)
{
	const char *at = old->data, *end = old->size ? at + old->size : at, *newline;
	struct buf line = BUF_INIT;
	struct lines lines;
	int r = lines_init(&lines, out);

	while (r >= 0 && at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		bool is_there = *at == '#';

		buf_reset(&line);
		buf_append(&line, at, (size_t)(newline + 1 - at));
		if (!is_there)
			r = buf_text(&line) ? lines_has(&lines, line.data, &is_there) : -ENOMEM;
		if (!is_there)
			buf_append(out, line.data, line.size);
		at = newline + 1;
	}
	strpool_deinit(&lines.pool);
	buf_deinit(&line);
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

int report_commit(struct report *report, const struct changes *changes, bool keeps_old)
{
	struct buf old = BUF_INIT, text = BUF_INIT;
	int r = read_file(report->path, &old);

	buf_append_text(&text, TITLE);
	for (size_t i = 0; i < changes->count; i++)
		if (changes->items[i].was_told || !changes->items[i].is_left_out)
			append_line(&text, &changes->items[i]);
	if (r >= 0 && keeps_old)
		r = append_old(&text, &old);
	if (r >= 0)
		r = text.error;
	/* A run that finds what the last one found writes nothing. */
	if (r >= 0 && (old.size != text.size || memcmp(old.data, text.data, text.size) != 0))
		r = write_file(report->path, &text);
	buf_deinit(&old);
	buf_deinit(&text);
	return r;
}

void report_deinit(struct report *report)
{
	scope_close(&report->lock);
	*report = REPORT_INIT;
}
