/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences as JSON: one object, or one object a line and difference. */
#include "view/render_changes_json.h"

#include "view/changes.h"
#include "view/json.h"

#include <string.h>

static void emit_change(struct emit *emit, const struct view *view,
			const struct lsp_snapshot *snapshot, const struct change *change,
			struct buf *scratch)
{
	emit_open(emit, '{');
	emit_text_member(emit, "change", changes_word(change->kind));
	emit_text_member(emit, "reason", change->reason);
	emit_text_member(emit, "rule", change->rule);
	/* A rule that lacks what could not be read would expect more than this listener. */
	emit_text_member(emit, "text", change->kind == CHANGE_UNJUDGED ? NULL : change->text);
	emit_key(emit, "socket");
	if (change->kind == CHANGE_MISSING)
		emit_null(emit);
	else
		json_emit_socket_at(emit, view, snapshot, change->index, scratch);
	emit_close(emit, '}');
}

static void emit_changes(struct emit *emit, const struct view *view,
			 const struct lsp_snapshot *snapshot, bool is_stream, struct sink *sink)
{
	struct buf scratch = BUF_INIT;

	for (size_t i = 0; i < view->changes->items.count && !sink->error; i++) {
		const struct change *change = changes_at(view->changes, i);

		if (change->was_reported)
			continue;
		if (is_stream)
			*emit = EMIT_INIT(&sink->buf);
		else
			emit_break(emit);
		emit_change(emit, view, snapshot, change, &scratch);
		if (is_stream)
			buf_append_char(&sink->buf, '\n');
		sink_flush_some(sink);
	}
	render_fail(sink, scratch.error);
	buf_deinit(&scratch);
}

/* The protocols of which not all was read, and so not all was judged. */
static void emit_unread(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	unsigned unread = lsp_snapshot_unread(snapshot);

	emit_key(emit, "unread");
	emit_open(emit, '[');
	for (unsigned i = 0; i < lsp_protocol_count(); i++) {
		if (unread & LSP_BIT(i))
			emit_word(emit, lsp_protocol_word(i), strlen(lsp_protocol_word(i)));
	}
	emit_close(emit, ']');
}

void render_changes_json(const struct view *view, const struct lsp_snapshot *snapshot,
			 struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);

	json_emit_head(&emit, view, snapshot);
	emit_unread(&emit, snapshot);
	emit_key(&emit, "changes");
	emit_open(&emit, '[');
	emit_changes(&emit, view, snapshot, false, sink);
	emit_break(&emit);
	emit_close(&emit, ']');
	emit_close(&emit, '}');
	buf_append_char(&sink->buf, '\n');
}

void render_changes_json_lines(const struct view *view, const struct lsp_snapshot *snapshot,
			       struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);

	emit_changes(&emit, view, snapshot, true, sink);
}
