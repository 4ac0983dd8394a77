/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as lines: a sign and the socket, or a JSON object. Nothing is cut, and each line stands by
 * itself. Owns what counts as a change of what is shown.
 */
#include "view/event.h"

#include "view/column.h"
#include "view/escape.h"
#include "view/json.h"
#include "view/part.h"

static void append_cells(const struct view *view, const struct lsp_snapshot *snapshot, size_t index,
			 struct buf *out)
{
	struct row row = {.hidden = view->hidden};
	struct buf scratch = BUF_INIT;
	const char *between = "";

	row.for_people = true;
	row.sign = ' ';
	lsp_subject_init(&row.subject, snapshot, index);
	for (size_t i = 0; i < view->columns.count; i++) {
		const struct column *column = &view->columns.columns[i];
		struct flat_cell flat;
		struct cell cell;

		column_ask(column, &row, &scratch, &cell);
		cell_flatten(&cell, &flat);
		buf_append_text(out, between);
		escape_text(out, flat.text, flat.size);
		between = "  ";
	}
	if (scratch.error)
		out->error = scratch.error;
	buf_deinit(&scratch);
}

static void append_object(const struct view *view, const struct lsp_snapshot *snapshot,
			  size_t index, struct emit *emit)
{
	struct buf scratch = BUF_INIT;

	json_emit_socket_at(emit, view, snapshot, index, &scratch);
	if (scratch.error)
		emit->out->error = scratch.error;
	buf_deinit(&scratch);
}

/* --- an event --------------------------------------------------------------------------------- */

static const char *word_of(char sign)
{
	return sign == '+' ? "new" : sign == '-' ? "gone" : sign == '~' ? "changed" : "present";
}

static void append_event_object(const struct view *view, char sign,
				const struct lsp_snapshot *snapshot, size_t index, struct buf *out)
{
	struct emit emit = EMIT_INIT(out);
	char time[CELL_TIME_SIZE];

	emit_open(&emit, '{');
	emit_text_member(&emit, "event", word_of(sign));
	emit_text_member(&emit, "time", cell_format_time(view->time_sec, time) ? time : NULL);
	emit_key(&emit, "socket");
	append_object(view, snapshot, index, &emit);
	emit_close(&emit, '}');
}

void event_render(const struct view *view, enum event_style style, char sign,
		  const struct lsp_snapshot *snapshot, size_t index, struct sink *sink)
{
	struct buf *out = &sink->buf;

	if (style == EVENT_JSON) {
		append_event_object(view, sign, snapshot, index, out);
	} else {
		buf_append_char(out, sign);
		buf_append_char(out, ' ');
		if (style == EVENT_CELLS)
			append_cells(view, snapshot, index, out);
		else
			part_append_listener(out, snapshot, index);
	}
	buf_append_char(out, '\n');
	sink_flush_some(sink);
}

/* --- two of them ------------------------------------------------------------------------------ */

/* Queues change with every packet: they are shown, but a change of them is no event. */
static void drop_queues(struct column_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!list->columns[i].style->is_queue)
			list->columns[kept++] = list->columns[i];
	list->count = kept;
}

bool event_equal(const struct view *view, enum event_style style, const struct event_pair *pair,
		 struct buf scratch[2])
{
	struct view quiet = *view;

	drop_queues(&quiet.columns);
	for (int i = 0; i < 2; i++) {
		struct emit emit = EMIT_INIT(&scratch[i]);

		buf_reset(&scratch[i]);
		if (style == EVENT_JSON)
			append_object(&quiet, pair->snapshots[i], pair->indices[i], &emit);
		else if (style == EVENT_CELLS)
			append_cells(&quiet, pair->snapshots[i], pair->indices[i], &scratch[i]);
		else
			part_append_listener(&scratch[i], pair->snapshots[i], pair->indices[i]);
	}
	return scratch[0].size == scratch[1].size &&
	       (!scratch[0].size || memcmp(scratch[0].data, scratch[1].data, scratch[0].size) == 0);
}
