/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One socket a line, one blank between cells and none inside of them, as the util-linux tools
 * write it with --raw. One pass; nothing is aligned, grouped or cut.
 */
#include "view/render_raw.h"

#include "view/column.h"
#include "view/escape.h"
#include "view/order.h"

static void render_titles(const struct column_list *list, struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buf_append_char(out, ' ');
		buf_append_text(out, list->columns[i].title);
	}
	buf_append_char(out, '\n');
}

static void render_row(const struct column_list *list, const struct row *row, struct buf *scratch,
		       struct buf *out)
{
	for (size_t i = 0; i < list->count; i++) {
		struct flat_cell flat;
		struct cell cell;

		column_ask(&list->columns[i], row, scratch, &cell);
		cell_flatten(&cell, &flat);
		if (i)
			buf_append_char(out, ' ');
		if (flat.is_plain)
			buf_append(out, flat.text, flat.size);
		else
			escape_raw(out, flat.text, flat.size);
	}
	buf_append_char(out, '\n');
}

void render_raw(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct buf scratch = BUF_INIT;
	struct order order;
	struct row row;

	render_fail(sink, order_init(&order, view, snapshot, false));
	if (view->has_header)
		render_titles(&view->columns, &sink->buf);
	for (size_t at = 0; at < order.count && !sink->error; at++) {
		order_row(&order, at, true, &row);
		render_row(&view->columns, &row, &scratch, &sink->buf);
		sink_flush_some(sink);
	}
	render_fail(sink, scratch.error);
	buf_deinit(&scratch);
	order_deinit(&order);
}
