/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line as the plugins of Nagios and Icinga write it: state, text, performance data. What the
 * exit status is follows their rules: render_monitoring_status().
 */
#include "view/render_monitoring.h"

#include "view/column.h"
#include "view/changes_fold.h"
#include "view/escape.h"
#include "view/order.h"

static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

int render_monitoring_status(const struct view *view, const struct lsp_snapshot *snapshot)
{
	const struct changes *changes = view->changes;

	if (!snapshot)
		return RENDER_MONITORING_UNKNOWN;
	for (size_t i = 0; i < changes->items.count; i++) {
		struct lsp_socket socket;

		if (changes_at(changes, i)->kind == CHANGE_MISSING ||
		    changes_at(changes, i)->kind == CHANGE_UNJUDGED)
			continue;
		lsp_snapshot_socket(snapshot, changes_at(changes, i)->index, &socket);
		if (lsp_snapshot_is_privileged(snapshot, &socket) != LSP_NO)
			return RENDER_MONITORING_CRITICAL;
	}
	if (!view->has_rules || changes->undecided || !lsp_snapshot_is_judged(snapshot))
		return RENDER_MONITORING_UNKNOWN;
	if (changes->items.count > changes->counts[CHANGE_UNJUDGED])
		return RENDER_MONITORING_WARNING;
	return changes->items.count ? RENDER_MONITORING_UNKNOWN : RENDER_MONITORING_OK;
}

/* A bar would begin the performance data. */
static void replace_bars(struct buf *out, size_t start)
{
	for (size_t i = start; i < out->size; i++)
		if (out->data[i] == '|')
			out->data[i] = '/';
}

/* "tcp/4444 nc": the first differences, without what splits the line. */
static void append_change(struct buf *out, const struct lsp_snapshot *snapshot,
			  const struct change *change)
{
	struct lsp_socket socket;
	const struct lsp_owner *owners;
	size_t count, start = out->size;

	if (change->kind == CHANGE_MISSING) {
		escape_rule(out, change->text, strlen(change->text));
	} else {
		lsp_snapshot_socket(snapshot, change->index, &socket);
		owners = lsp_snapshot_owners(snapshot, &socket, &count);
		buf_printf(out, "%s/%u", lsp_protocol_word(socket.proto), socket.local.port);
		if (count && owners[0].process->comm) {
			buf_append_char(out, ' ');
			escape_text(out, owners[0].process->comm, strlen(owners[0].process->comm));
		}
	}
	replace_bars(out, start);
}

/* "udp not read and not judged; " */
static void append_unread(struct buf *out, const struct lsp_snapshot *snapshot)
{
	unsigned unread = lsp_snapshot_unread(snapshot);
	const char *before = "";

	for (unsigned i = 0; i < lsp_protocol_count(); i++) {
		if (!(unread & LSP_BIT(i)))
			continue;
		buf_printf(out, "%s%s", before, lsp_protocol_word(i));
		before = ", ";
	}
	if (unread)
		buf_append_text(out, " not read and not judged; ");
}

#define CHANGES_SHOWN 5

/* Of as many users as there is room for, so that none hides another. */
static int append_changes(struct buf *out, const struct changes *changes,
			  const struct lsp_snapshot *snapshot)
{
	struct changes_fold fold;
	const struct fold_row *row;
	size_t shown = 0;
	int r = changes_fold_init(&fold, changes, snapshot, true, CHANGES_SHOWN);

	row = fold.rows.data;
	for (size_t i = 0; r >= 0 && i < changes->items.count && shown < CHANGES_SHOWN; i++) {
		const struct change *change = changes_at(changes, i);

		if (change->kind != CHANGE_MISSING && !row++->is_shown)
			continue;
		buf_printf(out, "%s %s ", shown++ ? "," : "", changes_word(change->kind));
		append_change(out, snapshot, change);
	}
	if (changes->items.count > CHANGES_SHOWN)
		buf_append_text(out, ", ...");
	changes_fold_deinit(&fold);
	return r;
}

static int append_text(struct buf *out, const struct view *view,
		       const struct lsp_snapshot *snapshot, size_t listeners)
{
	const struct changes *changes = view->changes;

	append_unread(out, snapshot);
	if (!view->has_rules)
		buf_append_text(out, changes->items.count ? "no rules (see lsports --learn):"
							  : "no rules: see lsports --learn");
	else if (changes->items.count)
		buf_printf(out, "%zu difference%s:", changes->items.count,
			   changes->items.count == 1 ? "" : "s");
	else if (changes->undecided)
		buf_printf(out, "%zu more socket%s may match", changes->undecided,
			   changes->undecided == 1 ? "" : "s");
	else if (lsp_snapshot_unread(snapshot))
		buf_printf(out, "%zu listeners, all expected", listeners);
	else if (!lsp_snapshot_is_judged(snapshot))
		buf_append_text(out, "not everything could be seen");
	else
		buf_printf(out, "%zu listeners, all expected", listeners);
	return append_changes(out, changes, snapshot);
}

void render_monitoring(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink)
{
	const struct changes *changes = view->changes;
	struct buf *out = &sink->buf;
	struct order order;

	render_fail(sink, order_init(&order, view, snapshot, false));
	buf_printf(out, "LSPORTS %s - ", words[render_monitoring_status(view, snapshot)]);
	render_fail(sink, append_text(out, view, snapshot, order.count));
	buf_printf(out, " | listeners=%zu;;;0", order.count);
	for (unsigned i = 0; i < CHANGE_COUNT; i++)
		buf_printf(out, " %s=%zu;0;;0", changes_word((enum change_kind)i),
			   changes->counts[i]);
	buf_append_char(out, '\n');
	order_deinit(&order);
}

/* The first line says why; the others stand on standard error with it. */
void render_monitoring_failure(const struct view *view, const struct error *error,
			       struct sink *sink)
{
	struct buf *out = &sink->buf;
	size_t lines = 0, start, size;
	const char *line;

	(void)view;
	buf_printf(out, "LSPORTS %s - ", words[RENDER_MONITORING_UNKNOWN]);
	start = out->size;
	for (; (line = error_line(error, lines, &size)); lines++)
		if (!lines)
			escape_text(out, line, size);
	if (!lines)
		buf_append_text(out, "could not run");
	replace_bars(out, start);
	if (lines > 1)
		buf_printf(out, " (and %zu more)", lines - 1);
	buf_append_char(out, '\n');
}
