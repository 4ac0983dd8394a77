/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as JSON: one object, or one object a line and socket. */
#include "view/render_json.h"

#include "view/json.h"
#include "view/order.h"

/* @is_stream: no comma between sockets. */
static void emit_sockets(struct emit *emit, const struct view *view, const struct order *order,
			 bool is_stream, struct sink *sink)
{
	struct buf scratch = BUF_INIT;
	struct row row;

	for (size_t at = 0; at < order->count && !sink->error; at++) {
		order_row(order, at, false, &row);
		if (is_stream)
			*emit = EMIT_INIT(&sink->buf);
		else
			emit_break(emit);
		json_emit_socket(emit, &view->columns, &row, &scratch);
		if (is_stream)
			buf_append_char(&sink->buf, '\n');
		sink_flush_some(sink);
	}
	render_fail(sink, scratch.error);
	buf_deinit(&scratch);
}

/* Required rules that no listener holds: what is said of no socket. */
static void emit_missing(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_missing *missing = lsp_snapshot_missing(snapshot, &count);

	emit_key(emit, "missing");
	emit_open(emit, '[');
	for (size_t i = 0; i < count; i++) {
		emit_open(emit, '{');
		emit_text_member(emit, "rule", missing[i].rule);
		emit_text_member(emit, "text", missing[i].text);
		emit_text_member(emit, "reason", missing[i].reason);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

void render_json(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);
	struct order order;

	render_fail(sink, order_init(&order, view, snapshot, false));
	json_emit_head(&emit, view, snapshot);
	emit_missing(&emit, snapshot);
	emit_key(&emit, "sockets");
	emit_open(&emit, '[');
	emit_sockets(&emit, view, &order, false, sink);
	if (order.count)
		emit_break(&emit);
	emit_close(&emit, ']');
	emit_close(&emit, '}');
	buf_append_char(&sink->buf, '\n');
	order_deinit(&order);
}

void render_json_lines(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);
	struct order order;

	render_fail(sink, order_init(&order, view, snapshot, false));
	emit_sockets(&emit, view, &order, true, sink);
	order_deinit(&order);
}
