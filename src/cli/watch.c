/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of --watch, and what it puts on the screen or into a pipe. Owns when something is looked
 * at and written; what is new it is told (follow.c), and it never decides how a row looks.
 */
#include "watch.h"

#include "follow.h"
#include "message.h"
#include "num.h"
#include "outlet.h"
#include "terminal.h"

#include "view/escape.h"
#include "view/render.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_MAX 86400
#define MSEC_MIN 100
#define DRAWN_SIGN_TICKS 5
#define LINES_USUAL 24
#define GAP_LINES_MAX 2 /* of the screen, for what could not be seen */

_Static_assert(DRAWN_SIGN_TICKS <= FOLLOW_SIGN_TICKS_MAX, "signs outlive their snapshots");

/* --- the interval ----------------------------------------------------------------------------- */

static bool parse_msec(const char *text, int64_t *msec)
{
	const char *end = text + strlen(text);
	uint64_t seconds = 0, scale = 1000, fraction = 0;

	if (!num_take(&text, end, 10, SECONDS_MAX, &seconds))
		return false;
	if (*text == '.' && text[1]) {
		for (text++; *text >= '0' && *text <= '9'; text++) {
			scale /= 10;
			fraction += (uint64_t)(*text - '0') * scale;
		}
	}
	*msec = (int64_t)(seconds * 1000 + fraction);
	return !*text && *msec >= MSEC_MIN && *msec <= (int64_t)SECONDS_MAX * 1000;
}

int watch_parse_seconds(const char *text, int64_t *msec, char **message)
{
	struct buf out = BUF_INIT;

	*message = NULL;
	if (parse_msec(text, msec))
		return 0;
	buf_printf(&out, "--watch: \"%s\" is not a number of seconds from 0.1 to %d", text,
		   SECONDS_MAX);
	*message = buf_take_text(&out);
	return *message ? -EINVAL : -ENOMEM;
}

/* The next full step after now: looks that take too long are not made up for. */
static int64_t next_tick(int64_t tick, int64_t interval)
{
	int64_t now = terminal_now();

	tick += interval;
	return tick > now ? tick : now + interval;
}

/* --- drawn ------------------------------------------------------------------------------------ */

struct screen {
	struct follow *follow;
	struct sink *sink; /* the terminal */
	struct sink table; /* what stands below the first line, drawn once for many ticks */
	unsigned lines;
};

/* "lsports  every 1 s  host  12:00:00  selectors   q quits" */
static void append_title(const struct screen *screen, int64_t interval, struct buf *line)
{
	const struct options *options = screen->follow->options;
	const struct view *view = &screen->follow->look.query.view;
	const char *host = view->host;
	struct buf title = BUF_INIT, *out = &title;
	time_t now = time(NULL);
	char clock[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	buf_printf(out, "%s  every %g s  ", clock, (double)interval / 1000);
	if (host)
		escape_text(out, host, strlen(host));
	for (size_t i = 0; i < options->selector_count; i++) {
		buf_append_char(out, ' ');
		escape_text(out, options->selectors[i], strlen(options->selectors[i]));
	}
	buf_append_text(out, "  (q quits)");
	if (screen->follow->failures)
		buf_append_text(out, "  could not look");
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
	struct look *look = &screen->follow->look;
	struct view *view = &look->query.view;
	struct buf gaps = BUF_INIT, *out = &screen->table.buf;
	size_t used = 1, kept, gap_lines = 0;
	struct buf lines = BUF_INIT;

	message_format_gaps(&gaps, look->snapshot);
	message_format_unknown(&gaps, look->unknown);
	for (size_t i = 0; i < gaps.size; i++)
		gap_lines += gaps.data[i] == '\n';
	if (gap_lines > GAP_LINES_MAX)
		gap_lines = GAP_LINES_MAX;
	if (screen->lines < 4 * (GAP_LINES_MAX + 1))
		gap_lines = 0;
	used += gap_lines + view->has_header; /* the line below the table */
	view->height = screen->lines > used ? (unsigned)(screen->lines - used) : 1;
	buf_reset(out);
	look->query.format->render(view, look->snapshot, &screen->table);
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

static int draw(struct screen *screen, int64_t interval, bool is_whole)
{
	struct buf *out = &screen->sink->buf;

	if (is_whole)
		draw_table(screen);
	/* Emptied before it is written: behind a full line the last cell would go. */
	buf_append_text(out, is_whole ? "\033[H\033[J" : "\033[H\033[K");
	append_title(screen, interval, out);
	if (is_whole)
		buf_append(out, screen->table.buf.data, screen->table.buf.size);
	if (screen->table.error || screen->table.buf.error)
		return -ENOMEM;
	return sink_flush(screen->sink);
}

static int draw_on(struct terminal *terminal, struct screen *screen, int64_t interval,
		   struct buf *messages)
{
	struct view *view = &screen->follow->look.query.view;
	int64_t tick = terminal_now() + interval;
	bool is_stale = true;

	for (;;) {
		int r;

		terminal_size(terminal, &screen->lines, &view->width);
		r = draw(screen, interval, is_stale);
		if (r < 0)
			return r;
		switch (terminal_wait(terminal, tick)) {
		case TERMINAL_QUIT:
			return 0;
		case TERMINAL_REDRAW:
			is_stale = true;
			break;
		case TERMINAL_TICK:
			tick = next_tick(tick, interval);
			r = follow_tick(screen->follow, terminal_now(), messages);
			if (r < 0)
				return r;
			is_stale = r > 0;
			break;
		}
	}
}

static int run_drawn(struct follow *follow, int64_t interval, struct sink *sink,
		     struct buf *messages)
{
	struct terminal terminal = TERMINAL_INIT;
	struct screen screen = {.follow = follow, .sink = sink, .lines = LINES_USUAL};
	int r = terminal_open(&terminal, sink->fd);

	sink_init(&screen.table, -1);
	if (r >= 0)
		r = draw_on(&terminal, &screen, interval, messages);
	sink_deinit(&screen.table);
	/* A terminal that is gone is no failure of a write. */
	if (terminal.killed_by)
		r = 0;
	terminal_close(&terminal);
	return r;
}

/* --- events ----------------------------------------------------------------------------------- */

static void write_socket(const struct follow *follow, char sign,
			 const struct lsp_snapshot *snapshot, size_t index, struct sink *sink)
{
	const struct query *query = &follow->look.query;

	render_event(&query->view, query->event_style, sign, snapshot, index, sink);
}

/* Programs learn what was there before the first event; people can look at a listing. */
static void write_present(const struct follow *follow, struct sink *sink)
{
	const struct view *view = &follow->look.query.view;
	size_t count = view->rows ? view->row_count : lsp_snapshot_count(follow->look.snapshot);

	for (size_t i = 0; follow->look.query.event_style == EVENT_JSON && i < count; i++)
		write_socket(follow, ' ', follow->look.snapshot, view->rows ? view->rows[i] : i,
			     sink);
}

static void write_news(const struct follow *follow, struct sink *sink)
{
	size_t count = lsp_snapshot_count(follow->look.snapshot);

	for (size_t i = 0; i < follow->past_count; i++) {
		const struct follow_past *past = &follow->pasts[i];

		for (size_t k = 0; follow_past_is_news(follow, i) && k < past->gone_count; k++)
			write_socket(follow, '-', past->snapshot, past->gone[k], sink);
	}
	for (size_t i = 0; i < count; i++)
		if (follow_is_news(follow, i))
			write_socket(follow, follow->signs[i], follow->look.snapshot, i, sink);
}

/* Return: 0 at @deadline, -EPIPE when nobody reads any more. */
static int wait_for_tick(int fd, int64_t deadline)
{
	struct pollfd reader = {.fd = fd};
	int64_t left;

	while ((left = deadline - terminal_now()) > 0) {
		int n = poll(&reader, 1, left > INT32_MAX ? INT32_MAX : (int)left);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && reader.revents & (POLLERR | POLLNVAL)) {
			/* As a write would, at once and not with the next event. */
			raise(SIGPIPE);
			return -EPIPE;
		}
		if (n > 0)
			return -EPIPE;
	}
	return 0;
}

static int run_events(struct follow *follow, int64_t interval, struct sink *sink,
		      struct buf *messages)
{
	int64_t tick = terminal_now() + interval;
	int r;

	write_present(follow, sink);
	for (;;) {
		r = sink_flush(sink);
		if (r >= 0)
			r = wait_for_tick(sink->fd, tick);
		if (r < 0)
			return r;
		tick = next_tick(tick, interval);
		r = follow_tick(follow, terminal_now(), messages);
		if (r < 0)
			return r;
		if (r > 0)
			write_news(follow, sink);
	}
}

/* --- a run ------------------------------------------------------------------------------------ */

/* Who reads events hears at the start what they cannot tell. */
static void say_gaps(const struct follow *follow)
{
	struct buf messages = BUF_INIT;

	message_format_gaps(&messages, follow->look.snapshot);
	message_print(&messages);
	buf_deinit(&messages);
}

static enum status status_of(const struct follow *follow, const struct options *options)
{
	const struct look *look = &follow->look;

	return options->is_strict && (look_is_incomplete(look) || look->unknown) ? STATUS_INCOMPLETE
										 : STATUS_SHOWN;
}

static enum status run(struct follow *follow, int64_t interval, struct buf *messages)
{
	struct outlet outlet;
	int r = outlet_open(&outlet, NULL);
	int failure;

	if (r < 0) {
		message_format_write_failure(messages, NULL, r);
		return STATUS_FAILED;
	}
	if (follow->look.query.is_drawn) {
		r = run_drawn(follow, interval, &outlet.sink, messages);
	} else {
		say_gaps(follow);
		r = run_events(follow, interval, &outlet.sink, messages);
	}
	failure = outlet_close(&outlet);
	if (r >= 0)
		r = failure;
	if (r < 0 && !messages->size)
		message_format_write_failure(messages, NULL, r);
	else if (r >= 0 && follow->look.query.is_drawn)
		message_format_gaps(messages, follow->look.snapshot);
	return r < 0 ? STATUS_FAILED : status_of(follow, follow->options);
}

/* watch(1) and ss(8) have no "=": a port that looks like an interval may be meant as one. */
static void hint_at_interval(const struct options *options)
{
	const char *word = options->selector_count == 1 ? options->selectors[0] : "";
	size_t digits = strspn(word, "0123456789");
	struct buf line = BUF_INIT, text = BUF_INIT;

	if (!digits || digits > 2 || word[digits] || strcmp(options->watch, "1") != 0)
		return;
	buf_printf(&text, "watching port %s; every %s seconds is --watch=%s", word, word, word);
	if (buf_text(&text))
		message_format_line(&line, text.data);
	message_print(&line);
	buf_deinit(&line);
	buf_deinit(&text);
}

enum status watch_run(const struct options *options, const struct query_output *output,
		      struct buf *messages)
{
	enum status status = STATUS_FAILED;
	struct follow follow;
	char *message = NULL;
	int64_t interval;

	if (watch_parse_seconds(options->watch, &interval, &message) < 0) {
		message_take(messages, message);
		return STATUS_FAILED;
	}
	if (follow_init(&follow, options, output, DRAWN_SIGN_TICKS, terminal_now(), messages) >=
	    0) {
		hint_at_interval(options);
		if (!follow.look.query.is_drawn)
			follow.sign_ticks = 1;
		status = run(&follow, interval, messages);
	}
	follow_deinit(&follow);
	return status;
}
