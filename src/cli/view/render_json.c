/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON, as one object or as one object a line. Values stay plain: nothing is marked or shortened
 * for people, and what could not be seen travels with what was.
 */
#include "view/cells.h"
#include "view/changes.h"
#include "view/json.h"
#include "view/order.h"
#include "view/render.h"

#define SCHEMA 1

void json_emit_key(struct emit *emit, const char *key)
{
	emit_key(emit, key, strlen(key));
}

static void emit_time_member(struct emit *emit, const char *key, bool is_known, int64_t seconds)
{
	char text[CELL_TIME_SIZE];
	size_t size = is_known ? cell_format_time(seconds, text) : 0;

	json_emit_key(emit, key);
	if (size)
		emit_word(emit, text, size);
	else
		emit_null(emit);
}

/* --- owners ---------------------------------------------------------------------------------- */

/* From the nearest on. */
static void emit_parents(struct emit *emit, const struct lsp_process *parent)
{
	json_emit_key(emit, "parents");
	emit_open(emit, '[');
	for (; parent; parent = parent->parent) {
		emit_open(emit, '{');
		json_emit_key(emit, "pid");
		emit_number(emit, parent->pid);
		emit_text_member(emit, "process", parent->comm);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

static void emit_owner(struct emit *emit, const struct row *row, const struct lsp_owner *owner)
{
	const struct lsp_process *process = owner->process;
	bool has_name = process->has_uid && !(row->hidden & LSP_FACT_USERS);

	emit_open(emit, '{');
	json_emit_key(emit, "pid");
	emit_number(emit, process->pid);
	json_emit_key(emit, "fd");
	if (owner->fd >= 0)
		emit_number(emit, (uint64_t)owner->fd);
	else
		emit_null(emit);
	emit_text_member(emit, "process", process->comm);
	emit_text_member(emit, "exe", process->exe);
	emit_text_member(emit, "exe_kind", cell_exe_kind_word(process->exe_kind));
	emit_text_member(emit, "cmdline", process->cmdline);
	json_emit_key(emit, "uid");
	if (process->has_uid)
		emit_number(emit, process->uid);
	else
		emit_null(emit);
	emit_text_member(emit, "user",
			 has_name ? lsp_user_name(row->snapshot, process->uid) : NULL);
	emit_time_member(emit, "started", process->has_started, process->started);
	if (row->has_parents)
		emit_parents(emit, process->parent);
	emit_close(emit, '}');
}

static void emit_owners(struct emit *emit, const struct row *row)
{
	emit_open(emit, '[');
	for (size_t i = 0; i < row->owner_count; i++)
		emit_owner(emit, row, &row->owners[i]);
	emit_close(emit, ']');
}

static void emit_findings(struct emit *emit, const struct row *row)
{
	struct lsp_judgement judgement;

	lsp_snapshot_judgement(row->snapshot, row->index, &judgement);
	emit_open(emit, '[');
	for (size_t i = 0; i < judgement.finding_count; i++) {
		emit_open(emit, '{');
		emit_text_member(emit, "id", lsp_finding_word(judgement.findings[i].id));
		emit_text_member(emit, "reason", judgement.findings[i].reason);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

/* --- sockets --------------------------------------------------------------------------------- */

static void emit_cell(struct emit *emit, const char *key, const struct row *row,
		      const struct cell *cell)
{
	json_emit_key(emit, key);
	switch (cell->kind) {
	case CELL_NULL:
		emit_null(emit);
		break;
	case CELL_TEXT:
		if (cell->is_plain)
			emit_word(emit, cell->text, cell->size);
		else if (!emit_text(emit, cell->text, cell->size))
			emit_raw_member(emit, key, cell->text, cell->size);
		break;
	case CELL_NUMBER:
		emit_number(emit, cell->number);
		break;
	case CELL_BOOLEAN:
		emit_boolean(emit, cell->boolean);
		break;
	case CELL_OWNERS:
		emit_owners(emit, row);
		break;
	case CELL_FINDINGS:
		emit_findings(emit, row);
		break;
	}
}

void json_emit_socket(struct emit *emit, const struct column_list *list, const struct row *row,
		      struct buf *scratch)
{
	emit_open(emit, '{');
	for (size_t i = 0; i < list->count; i++) {
		struct cell cell;

		cell_ask(list->columns[i], row, scratch, &cell);
		emit_cell(emit, list->columns[i]->key, row, &cell);
	}
	emit_close(emit, '}');
}

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

/* --- the whole object ------------------------------------------------------------------------ */

static void emit_gaps(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);
	bool is_complete = true;

	for (size_t i = 0; i < count; i++)
		is_complete = is_complete && !gaps[i].hides;
	json_emit_key(emit, "complete");
	emit_boolean(emit, is_complete);
	json_emit_key(emit, "gaps");
	emit_open(emit, '[');
	for (size_t i = 0; i < count; i++) {
		emit_open(emit, '{');
		emit_text_member(emit, "what", gaps[i].what);
		emit_text_member(emit, "why", gaps[i].why);
		json_emit_key(emit, "count");
		if (gaps[i].count)
			emit_number(emit, gaps[i].count);
		else
			emit_null(emit);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

/* How the facts were got. */
static void emit_notes(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const char *const *notes = lsp_snapshot_notes(snapshot, &count);

	json_emit_key(emit, "notes");
	emit_open(emit, '[');
	for (size_t i = 0; i < count; i++)
		emit_text(emit, notes[i], strlen(notes[i]));
	emit_close(emit, ']');
}

/* Required rules that no listener holds: what is said of no socket. */
static void emit_missing(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_missing *missing = lsp_snapshot_missing(snapshot, &count);

	json_emit_key(emit, "missing");
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

void json_emit_head(struct emit *emit, const struct view *view, const struct lsp_snapshot *snapshot)
{
	emit_open(emit, '{');
	json_emit_key(emit, "schema");
	emit_number(emit, SCHEMA);
	emit_text_member(emit, "version", view->version);
	emit_text_member(emit, "host", view->host);
	emit_time_member(emit, "time", true, view->time_sec);
	emit_gaps(emit, snapshot);
	emit_notes(emit, snapshot);
}

void render_json(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);
	struct order order;

	render_fail(sink, order_init(&order, view, snapshot, false));
	json_emit_head(&emit, view, snapshot);
	emit_missing(&emit, snapshot);
	json_emit_key(&emit, "sockets");
	emit_open(&emit, '[');
	emit_sockets(&emit, view, &order, false, sink);
	if (order.count)
		emit_break(&emit);
	emit_close(&emit, ']');
	emit_close(&emit, '}');
	buf_append_char(&sink->buf, '\n');
	order_deinit(&order);
}

void render_jsonl(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);
	struct order order;

	render_fail(sink, order_init(&order, view, snapshot, false));
	emit_sockets(&emit, view, &order, true, sink);
	order_deinit(&order);
}

/* --- changes --------------------------------------------------------------------------------- */

void render_socket_json(struct emit *emit, const struct view *view,
			const struct lsp_snapshot *snapshot, size_t index, struct buf *scratch)
{
	struct row row = {.snapshot = snapshot, .index = index, .hidden = view->hidden};

	lsp_snapshot_socket(snapshot, index, &row.socket);
	row.owners = lsp_snapshot_owners(snapshot, &row.socket, &row.owner_count);
	json_emit_socket(emit, &view->columns, &row, scratch);
}

static void emit_change(struct emit *emit, const struct view *view,
			const struct lsp_snapshot *snapshot, const struct change *change,
			struct buf *scratch)
{
	emit_open(emit, '{');
	emit_text_member(emit, "change", change_word(change->kind));
	emit_text_member(emit, "reason", change->reason);
	emit_text_member(emit, "rule", change->rule);
	emit_text_member(emit, "text", change->text);
	json_emit_key(emit, "socket");
	if (change->kind == CHANGE_MISSING)
		emit_null(emit);
	else
		render_socket_json(emit, view, snapshot, change->index, scratch);
	emit_close(emit, '}');
}

static void emit_changes(struct emit *emit, const struct view *view,
			 const struct lsp_snapshot *snapshot, bool is_stream, struct sink *sink)
{
	struct buf scratch = BUF_INIT;

	for (size_t i = 0; i < view->changes->count && !sink->error; i++) {
		const struct change *change = &view->changes->items[i];

		if (change->was_told)
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

void render_changes_json(const struct view *view, const struct lsp_snapshot *snapshot,
			 struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);

	json_emit_head(&emit, view, snapshot);
	json_emit_key(&emit, "changes");
	emit_open(&emit, '[');
	emit_changes(&emit, view, snapshot, false, sink);
	emit_break(&emit);
	emit_close(&emit, ']');
	emit_close(&emit, '}');
	buf_append_char(&sink->buf, '\n');
}

void render_changes_jsonl(const struct view *view, const struct lsp_snapshot *snapshot,
			  struct sink *sink)
{
	struct emit emit = EMIT_INIT(&sink->buf);

	emit_changes(&emit, view, snapshot, true, sink);
}
