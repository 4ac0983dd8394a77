/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command without a name: sockets as the view makes them, and its exit status. */
#include "list.h"

#include "message.h"
#include "show.h"

static size_t count_shown(const struct inspection *inspection)
{
	return view_row_count(&inspection->query.view, inspection->snapshot);
}

static enum status status_of(const struct inspection *inspection, const struct options *options)
{
	if (inspection_has_failed(inspection))
		return STATUS_FAILED;
	if (inspection_fails_strict(inspection, options))
		return STATUS_INCOMPLETE;
	if (options->selector_count && !count_shown(inspection))
		return STATUS_FOUND;
	return STATUS_SHOWN;
}

static enum status list(const struct inspection *inspection, const struct options *options,
			struct buf *messages)
{
	int r = show_write(inspection, options);

	if (r < 0) {
		message_format_write_failure(messages, options->output_file, r);
		return STATUS_FAILED;
	}
	if (inspection->query.view.is_terminal && !count_shown(inspection) &&
	    lsp_snapshot_is_complete(inspection->snapshot))
		message_format_empty(messages, options);
	return status_of(inspection, options);
}

enum status list_run(const struct options *options, const struct target *target,
		     struct buf *messages)
{
	struct error error = ERROR_INIT;
	struct inspection inspection;
	enum status status;
	int r = inspection_init(&inspection, options, target, &error);

	message_add_error(messages, &inspection.rules_error);
	if (r < 0) {
		status = show_failure(&inspection, options, &error, messages);
	} else {
		status = list(&inspection, options, messages);
		show_messages(&inspection, options, messages);
	}
	inspection_deinit(&inspection);
	error_deinit(&error);
	return status;
}
