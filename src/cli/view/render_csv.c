/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Comma-separated values, RFC 4180 but for the line end, which is the same in every format. Keys
 * and values are the same as in JSON, without marks for people. Null is an empty cell, empty text
 * is "".
 */
#include "view/render_csv.h"

#include "view/column.h"
#include "view/escape.h"
#include "view/order.h"

static void render_titles(const struct column_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buf_append_char(out, ',');
		buf_append_text(out, list->columns[i].fact->word);
	}
	buf_append_char(out, '\n');
}

static void render_cell(const struct cell *cell, struct buf *out)
{
	switch (cell->kind) {
	case CELL_TEXT:
		if (cell->is_plain)
			buf_append(out, cell->text, cell->size);
		else
			escape_csv(out, cell->text, cell->size);
		break;
	case CELL_FINDINGS: /* words with commas between them, or nothing */
		if (cell->size)
			escape_csv(out, cell->text, cell->size);
		break;
	case CELL_NUMBER:
		buf_append_number(out, cell->number);
		break;
	case CELL_BOOLEAN:
		buf_append_text(out, cell->boolean ? "true" : "false");
		break;
	case CELL_NULL:
	case CELL_OWNERS:
		break;
	}
}

void render_csv(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	const struct column_list *list = &view->columns;
	struct buf scratch = BUF_INIT;
	struct order order;
	struct row row;

	render_fail(sink, order_init(&order, view, snapshot, false));
	if (view->has_header)
		render_titles(list, &sink->buf);
	for (size_t at = 0; at < order.count && !sink->error; at++) {
		order_row(&order, at, false, &row);
		for (size_t i = 0; i < list->count; i++) {
			struct cell cell;

			if (i)
				buf_append_char(&sink->buf, ',');
			column_ask(&list->columns[i], &row, &scratch, &cell);
			render_cell(&cell, &sink->buf);
		}
		buf_append_char(&sink->buf, '\n');
		sink_flush_some(sink);
	}
	render_fail(sink, scratch.error);
	buf_deinit(&scratch);
	order_deinit(&order);
}
