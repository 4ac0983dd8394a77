/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of --watch: when something is polled, drawn and written. What is new is decided by
 * follow.c, what a screen holds by screen.c, and how a row looks by the view.
 */
#include "watch.h"

#include "follow.h"
#include "message.h"
#include "num.h"
#include "output.h"
#include "screen.h"
#include "terminal.h"

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

_Static_assert(DRAWN_SIGN_TICKS <= FOLLOW_SIGN_TICKS_MAX, "signs outlive their snapshots");

/* --- the interval ----------------------------------------------------------------------------- */

static bool parse_msec(const char *text, int64_t *msec)
{
	const char *end = text + strlen(text);
	uint64_t seconds = 0, scale = 1000, fraction = 0;

	if (!num_scan(&text, end, 10, SECONDS_MAX, &seconds))
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

int watch_parse_seconds(const char *text, int64_t *msec, struct error *error)
{
	if (parse_msec(text, msec))
		return 0;
	return error_set(error, -EINVAL,
			 "--watch: \"%s\" is not a number of seconds from 0.1 to %d", text,
			 SECONDS_MAX);
}

/* The next full step after now: inspections that take too long are not made up for. */
static int64_t next_tick(int64_t tick, int64_t interval)
{
	int64_t now = terminal_now();

	tick += interval;
	return tick > now ? tick : now + interval;
}

/* --- drawn ------------------------------------------------------------------------------------ */

static int draw_on(struct terminal *terminal, struct screen *screen, int64_t interval,
		   struct error *error)
{
	struct view *view = &screen->follow->inspection.query.view;
	int64_t tick = terminal_now() + interval;
	bool is_stale = true;

	for (;;) {
		int r;

		terminal_size(terminal, &screen->lines, &view->width);
		r = screen_draw(screen, interval, is_stale);
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
			r = follow_tick(screen->follow, terminal_now(), error);
			if (r < 0)
				return r;
			is_stale = r > 0;
			break;
		}
	}
}

static int run_drawn(struct follow *follow, int64_t interval, struct sink *sink,
		     struct error *error)
{
	struct terminal terminal = TERMINAL_INIT;
	struct screen screen;
	int r = terminal_open(&terminal, sink->fd);

	screen_init(&screen, follow, sink);
	if (r >= 0)
		r = draw_on(&terminal, &screen, interval, error);
	screen_deinit(&screen);
	/* A terminal that is gone is not a failed write. */
	if (terminal.killed_by)
		r = 0;
	terminal_close(&terminal);
	return r;
}

/* --- events ----------------------------------------------------------------------------------- */

static void write_socket(const struct follow *follow, char sign,
			 const struct lsp_snapshot *snapshot, size_t index, struct sink *sink)
{
	const struct query *query = &follow->inspection.query;

	event_render(&query->view, query->event_style, sign, snapshot, index, sink);
}

/* Programs get what was there before the first event; people can look at a listing. */
static void write_present(const struct follow *follow, struct sink *sink)
{
	const struct view *view = &follow->inspection.query.view;
	size_t count = view_row_count(view, follow->inspection.snapshot);

	for (size_t i = 0; follow->inspection.query.event_style == EVENT_JSON && i < count; i++)
		write_socket(follow, ' ', follow->inspection.snapshot, view_row(view, i), sink);
}

static void write_news(const struct follow *follow, struct sink *sink)
{
	size_t count = lsp_snapshot_count(follow->inspection.snapshot);

	for (size_t i = 0; i < follow->past_count; i++) {
		const struct follow_past *past = &follow->pasts[i];

		for (size_t k = 0; follow_past_is_news(follow, i) && k < past->gone_count; k++)
			write_socket(follow, '-', past->snapshot, past->gone[k], sink);
	}
	for (size_t i = 0; i < count; i++)
		if (follow_is_news(follow, i))
			write_socket(follow, follow->signs[i], follow->inspection.snapshot, i,
				     sink);
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
		      struct error *error)
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
		r = follow_tick(follow, terminal_now(), error);
		if (r < 0)
			return r;
		if (r > 0)
			write_news(follow, sink);
	}
}

/* --- a run ------------------------------------------------------------------------------------ */

/* Readers of events learn at the start what events cannot show. */
static void print_gaps(const struct follow *follow)
{
	struct buf messages = BUF_INIT;

	message_format_gaps(&messages, follow->inspection.snapshot, false);
	message_print(&messages);
	buf_deinit(&messages);
}

static enum status status_of(const struct follow *follow, const struct options *options)
{
	return inspection_fails_strict(&follow->inspection, options) ? STATUS_INCOMPLETE
								     : STATUS_SHOWN;
}

static enum status run(struct follow *follow, int64_t interval, struct buf *messages)
{
	struct error error = ERROR_INIT;
	struct output output;
	int r = output_open(&output, NULL);
	int failure;

	if (r < 0) {
		message_format_write_failure(messages, NULL, r);
		return STATUS_FAILED;
	}
	if (follow->inspection.query.is_drawn) {
		r = run_drawn(follow, interval, &output.sink, &error);
	} else {
		print_gaps(follow);
		r = run_events(follow, interval, &output.sink, &error);
	}
	failure = output_close(&output);
	if (r >= 0)
		r = failure;
	message_add_error(messages, &error);
	if (r < 0 && !error.number)
		message_format_write_failure(messages, NULL, r);
	else if (r >= 0 && follow->inspection.query.is_drawn)
		message_format_gaps(messages, follow->inspection.snapshot, false);
	error_deinit(&error);
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
	buf_printf(&text, "watching port %s; to refresh every %s seconds, use --watch=%s", word,
		   word, word);
	if (buf_text(&text))
		message_format_line(&line, text.data);
	message_print(&line);
	buf_deinit(&line);
	buf_deinit(&text);
}

bool watch_is_asked(const struct options *options)
{
	return options->watch;
}

static enum status watch(const struct options *options, const struct target *target,
			 int64_t interval, struct buf *messages)
{
	enum status status = STATUS_FAILED;
	struct error error = ERROR_INIT;
	struct follow follow;
	int r = follow_init(&follow, options, target, DRAWN_SIGN_TICKS, terminal_now(), &error);

	message_add_error(messages, &follow.inspection.rules_error);
	message_add_error(messages, &error);
	if (r >= 0) {
		hint_at_interval(options);
		if (!follow.inspection.query.is_drawn)
			follow.sign_ticks = 1;
		status = run(&follow, interval, messages);
	}
	follow_deinit(&follow);
	error_deinit(&error);
	return status;
}

enum status watch_run(const struct options *options, const struct target *target,
		      struct buf *messages)
{
	struct error error = ERROR_INIT;
	enum status status = STATUS_FAILED;
	int64_t interval;

	if (watch_parse_seconds(options->watch, &interval, &error) >= 0)
		status = watch(options, target, interval, messages);
	message_add_error(messages, &error);
	error_deinit(&error);
	return status;
}
