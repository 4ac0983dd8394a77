/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way from an inspection to standard output or a file, shared by the commands. How a row
 * looks is decided by the view.
 */
#include "show.h"

#include "array.h"
#include "confinement.h"
#include "kept.h"
#include "message.h"
#include "output.h"

int show_write(const struct inspection *inspection, const struct options *options)
{
	const struct query *query = &inspection->query;
	struct output output;
	int r = output_open(&output, options->output_file);

	if (r < 0)
		return r;
	if (query->view.changes)
		query->format->render_changes(&query->view, inspection->snapshot, &output.sink);
	else
		query->format->render(&query->view, inspection->snapshot, &output.sink);
	return output_close(&output);
}

enum status show_failure_status(const struct inspection *inspection)
{
	const struct format *format = inspection->query.format;

	if (format && format->exit_status)
		return (enum status)format->exit_status(&inspection->query.view, NULL);
	return STATUS_FAILED;
}

enum status show_failure(const struct inspection *inspection, const struct options *options,
			 const struct error *error, struct buf *messages)
{
	const struct format *format = inspection->query.format;
	struct output output;

	message_add_error(messages, error);
	if (format && format->render_failure && output_open(&output, options->output_file) >= 0) {
		format->render_failure(&inspection->query.view, error, &output.sink);
		output_close(&output);
	}
	return show_failure_status(inspection);
}

/* What the run still may do. */
static void add_rights(struct buf *messages)
{
	static void (*const lines[])(struct buf * out) = {kept_format, confinement_format};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct buf line = BUF_INIT;

		lines[i](&line);
		if (buf_text(&line))
			message_format_line(messages, line.data);
		buf_deinit(&line);
	}
}

void show_messages(const struct inspection *inspection, const struct options *options,
		   struct buf *messages)
{
	size_t count = 0, unjudged = 0;
	/* A check whose verdicts are all known is silent about what none of them depended on. */
	bool is_judged = inspection->query.is_check && !options->is_verbose &&
			 !inspection->unknown && !lsp_snapshot_unjudged(inspection->snapshot);

	message_format_gaps(messages, inspection->snapshot, is_judged);
	message_format_unknown(messages, inspection->unknown);
	/* A check has a line about each of them. */
	if (options->is_strict && !inspection->query.is_check)
		unjudged = inspection_find_unjudged(inspection, &count);
	if (count)
		message_format_unjudged(messages, inspection->snapshot, unjudged, count);
	if (options->is_verbose)
		message_format_notes(messages, inspection->snapshot);
	/* A recorded machine is read alike, whoever reads it. */
	if (options->is_verbose && !options->sysroot)
		add_rights(messages);
}
