/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One picture of a watch, as bytes for a terminal. Owns what stands on which line; when something
 * is drawn is decided by watch.c, and how a row looks by the view.
 */
#include "screen.h"

#include "message.h"

#include "view/escape.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define LINES_USUAL 24
#define GAP_LINES_MAX 2 /* of the screen, for what could not be seen */

void screen_init(struct screen *screen, struct follow *follow, struct sink *sink)
{
	*screen = (struct screen){.follow = follow, .sink = sink, .lines = LINES_USUAL};
	sink_init(&screen->table, -1);
}

void screen_deinit(struct screen *screen)
{
	sink_deinit(&screen->table);
}

/* "lsports  every 1 s  host  12:00:00  selectors   q quits" */
static void append_title(const struct screen *screen, int64_t interval_msec, struct buf *line)
{
	const struct options *options = screen->follow->options;
	const struct view *view = &screen->follow->inspection.query.view;
	const char *host = view->host;
	struct buf title = BUF_INIT, *out = &title;
	time_t now = time(NULL);
	char clock[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	buf_printf(out, "%s  every %g s  ", clock, (double)interval_msec / 1000);
	if (host)
		escape_text(out, host, strlen(host));
	for (size_t i = 0; i < options->selector_count; i++) {
		buf_append_char(out, ' ');
		escape_text(out, options->selectors[i], strlen(options->selectors[i]));
	}
	buf_append_text(out, "  (q quits)");
	if (screen->follow->failures)
		buf_append_text(out, "  last poll failed");
	escape_text_edge(line, title.data, title.size, view->width);
	if (title.error)
		line->error = title.error;
	buf_deinit(&title);
}

/* Lines of @text, at most @max; what is wider than the screen would write over its last cell. */
static size_t append_lines(struct buf *out, const struct buf *text, size_t max, unsigned width)
{
	const char *at = text->data, *end = text->size ? at + text->size : at;
	size_t count = 0;

	for (; at < end && count < max; count++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		buf_append_text(out, "\r\n");
		escape_text_edge(out, at, (size_t)(stop - at), width);
		at = newline ? newline + 1 : end;
	}
	return count;
}

/* The table again, in the lines that are there. */
static void draw_table(struct screen *screen)
{
	struct inspection *inspection = &screen->follow->inspection;
	struct view *view = &inspection->query.view;
	struct buf gaps = BUF_INIT, *out = &screen->table.buf;
	size_t used = 1, kept, gap_lines = 0;
	struct buf lines = BUF_INIT;

	message_format_gaps(&gaps, inspection->snapshot, false);
	message_format_unknown(&gaps, inspection->unknown);
	for (size_t i = 0; i < gaps.size; i++)
		gap_lines += gaps.data[i] == '\n';
	if (gap_lines > GAP_LINES_MAX)
		gap_lines = GAP_LINES_MAX;
	if (screen->lines < 4 * (GAP_LINES_MAX + 1))
		gap_lines = 0;
	used += gap_lines + view->has_header; /* the line below the table */
	view->height = screen->lines > used ? (unsigned)(screen->lines - used) : 1;
	buf_reset(out);
	inspection->query.format->render(view, inspection->snapshot, &screen->table);
	if (!out->size)
		message_format_empty(out, screen->follow->options);
	kept = screen->lines - 1 - gap_lines;
	append_lines(&lines, out, screen->lines ? kept : 0, view->width);
	append_lines(&lines, &gaps, gap_lines, view->width);
	buf_reset(out);
	buf_append(out, lines.data, lines.size);
	if (lines.error || gaps.error)
		out->error = -ENOMEM;
	buf_deinit(&lines);
	buf_deinit(&gaps);
}

int screen_draw(struct screen *screen, int64_t interval_msec, bool is_whole)
{
	struct buf *out = &screen->sink->buf;

	if (is_whole)
		draw_table(screen);
	/* Emptied before it is written: behind a full line the last cell would go. */
	buf_append_text(out, is_whole ? "\033[H\033[J" : "\033[H\033[K");
	append_title(screen, interval_msec, out);
	if (is_whole)
		buf_append(out, screen->table.buf.data, screen->table.buf.size);
	if (screen->table.error || screen->table.buf.error)
		return -ENOMEM;
	return sink_flush(screen->sink);
}
