/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lsports: options -> query -> one look -> view -> what could not be seen. Owns the
 * environment and the exit status; every step itself is somebody else's.
 */
#include "check.h"
#include "complete.h"
#include "explain.h"
#include "message.h"
#include "outlet.h"
#include "watch.h"

#include "num.h"

#include "view/view.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* --- the place that we run in ------------------------------------------------------- */

static unsigned terminal_width(void)
{
	const char *columns_text = secure_getenv("COLUMNS");
	struct winsize size;
	uint64_t width;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return columns_text && num_parse(columns_text, UINT16_MAX, &width) ? (unsigned)width : 0;
}

static void find_output(struct query_output *output, const struct options *options)
{
	output->is_terminal = !options->output_file && isatty(STDOUT_FILENO) == 1;
	output->width = output->is_terminal ? terminal_width() : 0;
	output->term = secure_getenv("TERM");
	output->no_color = secure_getenv("NO_COLOR");
}

/* --- texts -------------------------------------------------------------------------- */

static int fail(char *text)
{
	struct buf out = BUF_INIT;

	if (text)
		message_format_line(&out, text);
	else
		out.error = -ENOMEM;
	message_print(&out);
	buf_deinit(&out);
	free(text);
	return STATUS_FAILED;
}

static int fail_to_write(const char *path, int error)
{
	struct buf out = BUF_INIT;

	message_format_write_failure(&out, path, error);
	message_print(&out);
	buf_deinit(&out);
	return STATUS_FAILED;
}

static void render_help(struct sink *sink)
{
	options_format_help(&sink->buf);
}

static void render_version(struct sink *sink)
{
	buf_append_text(&sink->buf, "lsports " LSP_VERSION "\n");
	buf_append_text(&sink->buf, LSP_HAS_BPF ? "owners: bpf, proc\n" : "owners: proc\n");
}

static int print(void (*render)(struct sink *sink))
{
	struct outlet outlet;
	int r = outlet_open(&outlet, NULL);

	if (r == 0) {
		render(&outlet.sink);
		r = outlet_close(&outlet);
	}
	return r < 0 ? fail_to_write(NULL, r) : STATUS_SHOWN;
}

static void render_keys(struct sink *sink)
{
	const struct lsp_key *key;

	for (size_t i = 0; (key = lsp_key_at(i)); i++)
		buf_printf(&sink->buf, "%-10s  %s  (%s)\n", key->word, key->help, key->values);
}

static void render_findings(struct sink *sink)
{
	for (unsigned i = 0; i < LSP_FINDING_COUNT; i++)
		buf_printf(&sink->buf, "%-18s  %s\n", lsp_finding_word((enum lsp_finding_id)i),
			   lsp_finding_help((enum lsp_finding_id)i));
}

/* --- the look -------------------------------------------------------------------------- */

static size_t count_shown(const struct look *look)
{
	const struct view *view = &look->query.view;

	return view->rows ? view->row_count : lsp_snapshot_count(look->snapshot);
}

static enum status status_of(const struct look *look, const struct options *options)
{
	if (look_has_failed(look))
		return STATUS_FAILED;
	if (options->is_strict && (look_is_incomplete(look) || look->unknown))
		return STATUS_INCOMPLETE;
	if (options->selector_count && !count_shown(look))
		return STATUS_FOUND;
	return STATUS_SHOWN;
}

static enum status list(const struct look *look, const struct options *options,
			struct buf *messages)
{
	int r = show_write(look, options);

	if (r < 0) {
		message_format_write_failure(messages, options->output_file, r);
		return STATUS_FAILED;
	}
	if (look->query.view.is_terminal && !count_shown(look) && !look_is_incomplete(look))
		message_format_empty(messages, options);
	return status_of(look, options);
}

static enum status look_and_show(const struct options *options, const struct query_output *output,
				 struct buf *messages)
{
	struct look look;
	enum status status = STATUS_FAILED;

	if (look_init(&look, options, output, messages) < 0) {
		show_write_failure(&look, options, messages);
		if (look.query.format && look.query.format->is_check)
			status = (enum status)MONITORING_UNKNOWN;
		look_deinit(&look);
		return status;
	}
	status = look.query.is_check ? check_run(&look, options, messages)
				     : list(&look, options, messages);
	message_format_gaps(messages, look.snapshot);
	message_format_unknown(messages, look.unknown);
	if (options->is_verbose)
		message_format_notes(messages, look.snapshot);
	look_deinit(&look);
	return status;
}

static int show(const struct options *options)
{
	struct buf messages = BUF_INIT;
	struct query_output output;
	enum status status;

	find_output(&output, options);
	if (options->explain)
		status = explain_run(options, &output, &messages);
	else if (options->watch)
		status = watch_run(options, &output, &messages);
	else if (options->learn)
		status = learn_run(options, &output, &messages);
	else
		status = look_and_show(options, &output, &messages);
	message_print(&messages);
	buf_deinit(&messages);
	return (int)status;
}

/* Nobody reads an error at a prompt. */
static int complete(const struct options *options)
{
	struct outlet outlet;

	if (outlet_open(&outlet, NULL) == 0) {
		complete_run(options, &outlet.sink);
		outlet_close(&outlet);
	}
	return STATUS_SHOWN;
}

static int act(const struct options *options)
{
	switch ((enum options_action)options->action) {
	case OPTIONS_ACTION_SHOW:
		return show(options);
	case OPTIONS_ACTION_HELP:
		return print(render_help);
	case OPTIONS_ACTION_VERSION:
		return print(render_version);
	case OPTIONS_ACTION_LIST_COLUMNS:
		return print(column_list_help);
	case OPTIONS_ACTION_LIST_KEYS:
		return print(render_keys);
	case OPTIONS_ACTION_LIST_FINDINGS:
		return print(render_findings);
	case OPTIONS_ACTION_LIST_FORMATS:
		return print(format_list_help);
	case OPTIONS_ACTION_COMPLETE:
		return complete(options);
	}
	return STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct options options;
	char *message;
	int status;

	if (outlet_settle_standard() < 0)
		return STATUS_FAILED;
	if (options_parse(argc, argv, &options, &message) < 0)
		return fail(message);
	status = act(&options);
	options_deinit(&options);
	return status;
}
