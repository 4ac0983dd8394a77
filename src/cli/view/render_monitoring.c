/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line as the plugins of Nagios and Icinga write it: state, text, performance data. What the
 * exit status is then follows their rules, and is told by monitoring_judge().
 */
#include "view/cells.h"
#include "view/changes.h"
#include "view/escape.h"
#include "view/order.h"
#include "view/render.h"

static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

static bool is_incomplete(const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	for (size_t i = 0; i < count; i++)
		if (gaps[i].hides)
			return true;
	return false;
}

enum monitoring monitoring_judge(const struct view *view, const struct lsp_snapshot *snapshot)
{
	const struct changes *changes = view->changes;

	for (size_t i = 0; i < changes->count; i++) {
		struct lsp_socket socket;

		if (changes->items[i].kind == CHANGE_MISSING)
			continue;
		lsp_snapshot_socket(snapshot, changes->items[i].index, &socket);
		if (lsp_is_privileged(snapshot, &socket) != LSP_KNOWN_NO)
			return MONITORING_CRITICAL;
	}
	if (!view->has_rules || changes->unjudged || is_incomplete(snapshot))
		return MONITORING_UNKNOWN;
	return changes->count ? MONITORING_WARNING : MONITORING_OK;
}

/* Behind a bar stands performance data. */
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
		escape_text(out, change->text, strlen(change->text));
	} else {
		lsp_snapshot_socket(snapshot, change->index, &socket);
		owners = lsp_snapshot_owners(snapshot, &socket, &count);
		buf_printf(out, "%s/%u", lsp_proto_word(socket.proto), socket.local.port);
		if (count && owners[0].process->comm) {
			buf_append_char(out, ' ');
			escape_text(out, owners[0].process->comm, strlen(owners[0].process->comm));
		}
	}
	replace_bars(out, start);
}

#define CHANGES_SHOWN 5

static void append_text(struct buf *out, const struct view *view,
			const struct lsp_snapshot *snapshot, size_t listeners)
{
	const struct changes *changes = view->changes;

	if (!view->has_rules)
		buf_append_text(out, changes->count ? "no rules (see lsports --learn):"
						    : "no rules: see lsports --learn");
	else if (changes->count)
		buf_printf(out, "%zu difference%s:", changes->count,
			   changes->count == 1 ? "" : "s");
	else if (changes->unjudged)
		buf_printf(out, "%zu listeners could not be judged", changes->unjudged);
	else if (is_incomplete(snapshot))
		buf_append_text(out, "not everything could be seen");
	else
		buf_printf(out, "%zu listeners, all expected", listeners);
	for (size_t i = 0; i < changes->count && i < CHANGES_SHOWN; i++) {
		buf_printf(out, "%s %s ", i ? "," : "", change_word(changes->items[i].kind));
		append_change(out, snapshot, &changes->items[i]);
	}
	if (changes->count > CHANGES_SHOWN)
		buf_append_text(out, ", ...");
}

void render_monitoring(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink)
{
	const struct changes *changes = view->changes;
	struct buf *out = &sink->buf;
	size_t counts[CHANGE_COUNT] = {0};
	struct order order;

	render_fail(sink, order_init(&order, view, snapshot, false));
	for (size_t i = 0; i < changes->count; i++)
		counts[changes->items[i].kind]++;
	buf_printf(out, "LSPORTS %s - ", words[monitoring_judge(view, snapshot)]);
	append_text(out, view, snapshot, order.count);
	buf_printf(out, " | listeners=%zu;;;0 new=%zu;0;;0 changed=%zu;0;;0 missing=%zu;0;;0\n",
		   order.count, counts[CHANGE_NEW], counts[CHANGE_CHANGED], counts[CHANGE_MISSING]);
	order_deinit(&order);
}

/* The first message says why; the others stand on standard error with it. */
void render_monitoring_failure(const struct view *view, const struct buf *messages,
			       struct sink *sink)
{
	static const char prefix[] = "lsports: ";
	struct buf *out = &sink->buf;
	size_t skipped = sizeof(prefix) - 1, size = 0, lines = 0, start;

	(void)view;
	for (size_t i = 0; i < messages->size; i++) {
		if (messages->data[i] == '\n' && !lines++)
			size = i;
	}
	buf_printf(out, "LSPORTS %s - ", words[MONITORING_UNKNOWN]);
	start = out->size;
	if (size > skipped)
		buf_append(out, messages->data + skipped, size - skipped);
	else
		buf_append_text(out, "could not look");
	replace_bars(out, start);
	if (lines > 1)
		buf_printf(out, " (and %zu more)", lines - 1);
	buf_append_char(out, '\n');
}
