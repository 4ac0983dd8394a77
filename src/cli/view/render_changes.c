/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences as lines: a sign, and everything that is needed to act. Two blanks separate the
 * parts, for mail and grep; nothing is cut, and without a difference nothing is written.
 */
#include "view/render_changes.h"

#include "view/changes_fold.h"
#include "view/part.h"

static void append_change(struct buf *out, const struct lsp_snapshot *snapshot,
			  const struct change *change)
{
	buf_append_char(out, changes_sign(change->kind));
	buf_append_char(out, ' ');
	switch (change->kind) {
	case CHANGE_NEW:
		part_append_listener(out, snapshot, change->index);
		break;
	case CHANGE_CHANGED:
	case CHANGE_UNJUDGED:
		part_append_listener(out, snapshot, change->index);
		buf_append_text(out, "  ");
		part_append_text(out, change->reason ? change->reason : "-");
		break;
	case CHANGE_MISSING:
		part_append_rule(out, change->text);
		buf_append_text(out, "  (");
		part_append_text(out, change->rule);
		buf_append_char(out, ')');
		break;
	}
	buf_append_char(out, '\n');
}

/* The mail must not be flooded, nor the disk filled. */
#define LINES_MAX 1000

void render_changes(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	const struct changes *changes = view->changes;
	struct changes_fold fold;
	const struct fold_row *row;
	const struct fold_rest *rest;

	render_fail(sink, changes_fold_init(&fold, changes, snapshot, false, LINES_MAX));
	row = fold.rows.data;
	for (size_t i = 0; i < changes->items.count && !sink->error; i++) {
		const struct change *change = changes_at(changes, i);

		if (change->was_reported || (change->kind != CHANGE_MISSING && !row++->is_shown))
			continue;
		append_change(&sink->buf, snapshot, change);
		sink_flush_some(sink);
	}
	rest = fold.rests.data;
	for (size_t i = 0; i < fold.rests.count; i++)
		changes_fold_append_rest(&sink->buf, snapshot, changes, &rest[i]);
	changes_fold_deinit(&fold);
}
