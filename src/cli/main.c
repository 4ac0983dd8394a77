/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lsports: options -> query -> one look -> view -> what could not be seen. Owns the
 * environment and the exit status; every step itself is somebody else's.
 */
#include "message.h"
#include "options.h"
#include "outlet.h"
#include "query.h"

#include "num.h"
#include "root.h"

#include "view/view.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum status {
	STATUS_SHOWN = 0,
	STATUS_NO_MATCH = 1,
	STATUS_FAILED = 2,
	STATUS_INCOMPLETE = 3,
};

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

/* The name of the machine that is looked at: of a recorded tree, the one that stands in it. */
static const char *load_host(const char *sysroot, struct buf *out)
{
	struct root root;
	int r;

	if (!sysroot) {
		if (buf_reserve(out, HOST_NAME_MAX + 1) < 0 ||
		    gethostname(out->data, HOST_NAME_MAX + 1) < 0)
			return NULL;
		return out->data;
	}
	r = root_init(&root, sysroot);
	if (r == 0)
		r = root_read(&root, "proc/sys/kernel/hostname", out, HOST_NAME_MAX + 1);
	root_deinit(&root);
	if (r < 0 || !buf_text(out))
		return NULL;
	out->data[strcspn(out->data, "\n")] = '\0';
	return out->data;
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
	struct buf text = BUF_INIT;

	buf_printf(&text, "cannot write %s: %s", path ? path : "standard output", strerror(-error));
	return fail(buf_take_text(&text));
}

static void render_help(struct sink *sink)
{
	options_format_help(&sink->buf);
}

static void render_version(struct sink *sink)
{
	buf_append_text(&sink->buf, "lsports " LSP_VERSION "\n");
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

/* --- the look -------------------------------------------------------------------------- */

static bool is_incomplete(const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++)
		if (gaps[i].hides)
			return true;
	return false;
}

static bool is_blind(const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++)
		if (gaps[i].is_blind)
			return true;
	return false;
}

static enum status status_of(const struct options *options, const struct lsp_snapshot *snapshot)
{
	if (is_blind(snapshot))
		return STATUS_FAILED;
	if (options->is_strict && is_incomplete(snapshot))
		return STATUS_INCOMPLETE;
	if (options->selector_count && !lsp_snapshot_count(snapshot))
		return STATUS_NO_MATCH;
	return STATUS_SHOWN;
}

static void tell(const struct options *options, const struct lsp_snapshot *snapshot,
		 bool is_terminal)
{
	struct buf out = BUF_INIT;

	if (is_terminal && !lsp_snapshot_count(snapshot) && !is_incomplete(snapshot))
		message_format_empty(&out, options);
	message_format_gaps(&out, snapshot);
	if (options->is_verbose)
		message_format_notes(&out, snapshot);
	message_print(&out);
	buf_deinit(&out);
}

static int render(struct query *query, const struct options *options,
		  const struct lsp_snapshot *snapshot)
{
	struct buf host = BUF_INIT;
	struct outlet outlet;
	int r = outlet_open(&outlet, options->output_file);

	query->view.host = load_host(options->sysroot, &host);
	query->view.version = LSP_VERSION;
	if (r == 0) {
		query->format->render(&query->view, snapshot, &outlet.sink);
		r = outlet_close(&outlet);
	}
	buf_deinit(&host);
	return r;
}

static int look(struct query *query, const struct options *options)
{
	struct lsp_snapshot *snapshot = NULL;
	struct buf out = BUF_INIT;
	struct timespec now;
	char *reason = NULL;
	int status;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	query->view.time_sec = now.tv_sec;
	r = lsp_collect(&query->scope, &snapshot, &reason);
	if (r < 0) {
		message_format_failure(&out, r, reason);
		message_print(&out);
		buf_deinit(&out);
		free(reason);
		return STATUS_FAILED;
	}
	status = (int)status_of(options, snapshot);
	r = render(query, options, snapshot);
	if (r < 0)
		status = fail_to_write(options->output_file, r);
	tell(options, snapshot, query->view.is_terminal);
	lsp_snapshot_free(snapshot);
	free(reason);
	return status;
}

static int show(const struct options *options)
{
	struct query_output output;
	struct query query;
	char *message;
	int status;

	find_output(&output, options);
	if (query_init(&query, options, &output, &message) < 0)
		return fail(message);
	status = look(&query, options);
	query_deinit(&query);
	return status;
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
	case OPTIONS_ACTION_LIST_FORMATS:
		return print(format_list_help);
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
