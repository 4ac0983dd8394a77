/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The check that cron runs. Owns its order and its exit status: an incomplete view is never taken
 * for one that is as expected.
 */
#include "check.h"

#include "message.h"
#include "report.h"
#include "show.h"

#include "view/changes.h"

#include <errno.h>
#include <unistd.h>

static enum status status_of(const struct inspection *inspection, const struct changes *changes)
{
	if (lsp_snapshot_is_blind(inspection->snapshot))
		return STATUS_FAILED;
	if (!inspection_is_judged(inspection))
		return STATUS_INCOMPLETE;
	if (changes->items.count > changes->counts[CHANGE_UNJUDGED])
		return STATUS_FOUND;
	return changes->items.count ? STATUS_INCOMPLETE : STATUS_SHOWN;
}

static int write_changes(struct inspection *inspection, const struct options *options,
			 struct buf *messages)
{
	int r = show_write(inspection, options);

	if (r < 0)
		message_format_write_failure(messages, options->output_file, r);
	return r;
}

/* Could a difference that an earlier run reported still be there, unseen? */
static bool is_partial(const struct inspection *inspection, const struct options *options)
{
	return !lsp_snapshot_is_judged(inspection->snapshot) ||
	       lsp_snapshot_unjudged(inspection->snapshot) || options->selector_count ||
	       options->protos || options->families || options->netns.count ||
	       options->has_all_netns;
}

/* With --report-once: what an earlier run reported is left out, and what this run reports is kept.
 */
static int report(struct inspection *inspection, const struct options *options,
		  struct changes *changes, struct buf *messages)
{
	struct report report = REPORT_INIT;
	struct error error = ERROR_INIT;
	int opened = 0, written, committed = 0;

	if (options->report_once)
		opened = report_open(&report, options->report_once, changes, &error);
	if (opened < 0)
		message_add(messages, "%s; every difference is reported", error_text(&error));
	written = write_changes(inspection, options, messages);
	/* What nobody could read was not reported. */
	if (options->report_once && opened >= 0 && written >= 0)
		committed =
			report_commit(&report, changes, is_partial(inspection, options), &error);
	if (committed < 0)
		message_add(messages, "%s; these differences will be reported again",
			    error_text(&error));
	error_deinit(&error);
	report_deinit(&report);
	return written < 0 ? written : opened < 0 ? opened : committed;
}

static enum status refuse_without_rules(const struct inspection *inspection,
					const struct options *options, struct buf *messages)
{
	/* A recorded machine is not learned from. */
	const char *who = geteuid() == 0 || options->sysroot ? "" : " as root";
	struct error error = ERROR_INIT;
	enum status status;

	error_set(&error, -ENOENT,
		  "there are no rules in " LSP_RULES_DIR "/*.rules or " LSP_RULES_LEARNED
		  ": to accept what listens now, run lsports --learn " LSP_RULES_LEARNED
		  "%s; lsports --format rules shows the rules first",
		  who);
	status = show_failure(inspection, options, &error, messages);
	error_deinit(&error);
	return status;
}

/* What the differences do not show, and why the exit status is not that of a difference. */
static void add_warnings(const struct inspection *inspection, const struct changes *changes,
			 struct buf *messages)
{
	const struct change *unjudged = changes_first_unjudged(changes);

	message_format_unread(messages, inspection->snapshot, changes->judged);
	if (unjudged)
		message_format_unjudged(messages, inspection->snapshot, unjudged->index,
					changes->counts[CHANGE_UNJUDGED]);
	if (changes->skipped == 1)
		message_add(messages, "1 required rule was not checked: a listener outside the "
				      "selection could satisfy it");
	else if (changes->skipped)
		message_add(messages,
			    "%zu required rules were not checked: listeners outside the selection "
			    "could satisfy them",
			    changes->skipped);
}

static enum status check(struct inspection *inspection, const struct options *options,
			 struct buf *messages)
{
	struct view *view = &inspection->query.view;
	const struct format *format = inspection->query.format;
	struct changes changes;
	enum status status;
	int r;

	/* A plugin says that there are no rules in its own line. */
	if (!view->has_rules && !format->is_check)
		return refuse_without_rules(inspection, options, messages);
	r = changes_init(&changes, inspection->snapshot, view);
	if (r < 0) {
		changes_deinit(&changes);
		messages->error = r;
		return STATUS_FAILED;
	}
	view->changes = &changes;
	status = status_of(inspection, &changes);
	changes.undecided = inspection->unknown;
	if (format->exit_status)
		status = (enum status)format->exit_status(view, inspection->snapshot);
	r = report(inspection, options, &changes, messages);
	add_warnings(inspection, &changes, messages);
	view->changes = NULL;
	changes_deinit(&changes);
	return r < 0 ? show_failure_status(inspection) : status;
}

bool check_is_asked(const struct options *options)
{
	return query_is_check(options);
}

enum status check_run(const struct options *options, const struct target *target,
		      struct buf *messages)
{
	struct error error = ERROR_INIT;
	struct inspection inspection;
	enum status status;

	if (inspection_init(&inspection, options, target, &error) < 0) {
		status = show_failure(&inspection, options, &error, messages);
	} else {
		status = check(&inspection, options, messages);
		show_messages(&inspection, options, messages);
	}
	inspection_deinit(&inspection);
	error_deinit(&error);
	return status;
}
