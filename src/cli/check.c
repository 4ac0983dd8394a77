/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check that cron runs, and learning. Owns their order and their exit status: a view that is
 * not whole is never taken for one that is as expected, and nothing is learned from it.
 */
#include "check.h"

#include "learn.h"
#include "message.h"
#include "outlet.h"
#include "report.h"

#include "view/changes.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Whoever opens 60,000 listeners must not bury the mail, or fill the disk. */
#define TOLD_MAX 1000

int show_write(const struct look *look, const struct options *options)
{
	const struct query *query = &look->query;
	struct outlet outlet;
	int r = outlet_open(&outlet, options->output_file);

	if (r < 0)
		return r;
	if (query->view.changes)
		query->format->render_changes(&query->view, look->snapshot, &outlet.sink);
	else
		query->format->render(&query->view, look->snapshot, &outlet.sink);
	return outlet_close(&outlet);
}

void show_write_failure(const struct look *look, const struct options *options,
			const struct buf *messages)
{
	const struct format *format = look->query.format;
	struct outlet outlet;

	if (!format || !format->render_failure || outlet_open(&outlet, options->output_file) < 0)
		return;
	format->render_failure(&look->query.view, messages, &outlet.sink);
	outlet_close(&outlet);
}

__attribute__((format(printf, 2, 3))) static void say_line(struct buf *messages, const char *format,
							   ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	message_take(messages, text);
}

/* --- check --------------------------------------------------------------------------------- */

/* What is told in one run has an end: low ports come first, the rest is left to the next run. */
static void leave_out(struct changes *changes)
{
	size_t told = 0;

	for (size_t i = 0; i < changes->count; i++) {
		if (!changes->items[i].was_told)
			changes->items[i].is_left_out = told++ >= TOLD_MAX;
	}
}

static enum status status_of(const struct look *look, const struct changes *changes)
{
	if (look_is_blind(look->snapshot))
		return STATUS_FAILED;
	if (look_is_incomplete(look) || look->unknown || changes->unjudged)
		return STATUS_INCOMPLETE;
	return changes->count ? STATUS_FOUND : STATUS_SHOWN;
}

static int write_changes(struct look *look, const struct options *options, struct buf *messages)
{
	int r = show_write(look, options);

	if (r < 0)
		message_format_write_failure(messages, options->output_file, r);
	return r;
}

/* What was not looked at has not ended. */
static bool is_partial(const struct look *look, const struct options *options)
{
	return look_is_incomplete(look) || options->selector_count || options->protos ||
	       options->families || options->netns.count || options->has_all_netns;
}

/* With --report-once: what was told before is left away, what is told now is kept. */
static int tell(struct look *look, const struct options *options, struct changes *changes,
		struct buf *messages)
{
	struct report report = REPORT_INIT;
	int told, r = 0, error;

	if (options->report_once)
		r = report_open(&report, options->report_once, changes);
	if (r < 0)
		say_line(messages, "%s: %s: everything is told", options->report_once,
			 r == -EBUSY ? "another lsports has been using it for too long"
				     : strerrordesc_np(-r));
	if (strcmp(look->query.format->word, "table") == 0)
		leave_out(changes);
	told = write_changes(look, options, messages);
	error = r;
	/* What nobody has read was not told. */
	if (options->report_once && r >= 0 && told >= 0) {
		r = report_commit(&report, changes, is_partial(look, options));
		if (r < 0)
			say_line(messages, "%s: %s: this will be told again", options->report_once,
				 strerrordesc_np(-r));
	}
	report_deinit(&report);
	return told < 0 ? told : error < 0 ? error : r;
}

static enum status refuse_without_rules(struct buf *messages)
{
	say_line(messages,
		 "there are no rules, neither " LSP_RULES_DIR "/*.rules nor " LSP_RULES_LEARNED
		 ": lsports --learn " LSP_RULES_LEARNED
		 " takes what listens now for expected, and lsports --format rules shows it");
	return STATUS_FAILED;
}

enum status check_run(struct look *look, const struct options *options, struct buf *messages)
{
	struct view *view = &look->query.view;
	bool is_plugin = look->query.format->is_check;
	struct changes changes;
	enum status status;
	int r;

	if (!view->has_rules && !is_plugin) {
		status = refuse_without_rules(messages);
		show_write_failure(look, options, messages);
		return status;
	}
	r = changes_init(&changes, look->snapshot, view);
	if (r < 0) {
		changes_deinit(&changes);
		say_line(messages, "out of memory");
		return STATUS_FAILED;
	}
	view->changes = &changes;
	status = status_of(look, &changes);
	if (changes.unjudged)
		say_line(messages,
			 "%zu listener%s could not be judged: a rule asks for what could "
			 "not be seen",
			 changes.unjudged, changes.unjudged == 1 ? "" : "s");
	if (changes.unasked)
		say_line(messages,
			 "%zu required rule%s not looked at: a listener that was not asked for may "
			 "hold %s",
			 changes.unasked, changes.unasked == 1 ? " was" : "s were",
			 changes.unasked == 1 ? "it" : "them");
	changes.unjudged += look->unknown;
	if (is_plugin)
		status = (enum status)monitoring_judge(view, look->snapshot);
	r = tell(look, options, &changes, messages);
	view->changes = NULL;
	changes_deinit(&changes);
	if (r < 0)
		return is_plugin ? (enum status)MONITORING_UNKNOWN : STATUS_FAILED;
	return status;
}

/* --- learn ---------------------------------------------------------------------------------- */

static enum status learn(struct look *look, struct learn *learn, struct buf *messages)
{
	char *message = NULL;
	size_t added;
	int r;

	if (look_is_blind(look->snapshot) || look_is_incomplete(look)) {
		message_format_gaps(messages, look->snapshot);
		say_line(messages, "nothing was learned: what cannot be seen now would be new to "
				   "every check");
		return STATUS_INCOMPLETE;
	}
	r = learn_commit(learn, look->snapshot, look->query.view.time_sec, &added, &message);
	if (r < 0) {
		message_take(messages, message);
		return STATUS_FAILED;
	}
	say_line(messages, "%s: %zu rule%s learned", learn->path, added, added == 1 ? "" : "s");
	return STATUS_SHOWN;
}

enum status learn_run(const struct options *options, const struct query_output *output,
		      struct buf *messages)
{
	struct learn file = LEARN_INIT;
	struct look look = {0};
	char *message = NULL;
	enum status status = STATUS_FAILED;

	if (options->selector_count || options->protos || options->families ||
	    options->states & OPTIONS_STATE_OTHERS)
		say_line(messages, "--learn learns all listeners and nothing else: selectors, -t, "
				   "-u, -4, -6, -a and --connected have no part in it");
	else if (learn_open(&file, options->learn, &message) < 0)
		message_take(messages, message);
	else if (look_init(&look, options, output, messages) >= 0)
		status = learn(&look, &file, messages);
	look_deinit(&look);
	learn_deinit(&file);
	return status;
}
