/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of the JSON objects that lsports writes: sockets, and the head with what could not be seen.
 * Values stay plain: nothing is marked or shortened for people.
 */
#include "view/json.h"

#include "view/column.h"

#define SCHEMA 1

static void emit_time_member(struct emit *emit, const char *key, bool is_known, int64_t seconds)
{
	char text[CELL_TIME_SIZE];
	size_t size = is_known ? cell_format_time(seconds, text) : 0;

	emit_key(emit, key);
	if (size)
		emit_word(emit, text, size);
	else
		emit_null(emit);
}

/* --- values ---------------------------------------------------------------------------------- */

/* A single value; lists have members of their own. */
static void emit_cell(struct emit *emit, const char *key, size_t key_size, const struct cell *cell)
{
	emit_key_size(emit, key, key_size);
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
	case CELL_FINDINGS:
		break;
	}
}

/* --- owners ---------------------------------------------------------------------------------- */

/* From the nearest on. */
static void emit_parents(struct emit *emit, const struct lsp_process *parent)
{
	emit_key(emit, "parents");
	emit_open(emit, '[');
	for (; parent; parent = parent->parent) {
		emit_open(emit, '{');
		emit_key(emit, "pid");
		emit_number(emit, parent->pid);
		emit_text_member(emit, "process", lsp_process_name(parent));
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

/* The facts of one owner. */
static void emit_owner(struct emit *emit, const struct row *row, const struct lsp_owner *owner,
		       struct buf *scratch)
{
	const struct lsp_fact *fact;

	emit_open(emit, '{');
	for (size_t i = 0; (fact = lsp_fact_owner_at(i)); i++) {
		struct cell cell = {.kind = CELL_NULL};
		struct lsp_value value;
		const char *key;

		if (fact->of != LSP_FACT_OF_OWNER || fact->flags & LSP_FACT_NO_MEMBER)
			continue;
		scratch->size = 0;
		lsp_fact_get(fact, &row->subject, owner, &value);
		if (value.kind != LSP_VALUE_NONE)
			cell_set_value(fact, row, &value, scratch, &cell);
		key = fact->member ? fact->member : fact->word;
		emit_cell(emit, key, strlen(key), &cell);
	}
	if (row->has_parents)
		emit_parents(emit, owner->process->parent);
	emit_close(emit, '}');
}

static void emit_owners(struct emit *emit, const struct row *row, struct buf *scratch)
{
	emit_open(emit, '[');
	for (size_t i = 0; i < row->subject.owner_count; i++)
		emit_owner(emit, row, &row->subject.owners[i], scratch);
	emit_close(emit, ']');
}

static void emit_findings(struct emit *emit, const struct row *row)
{
	struct lsp_judgement judgement;

	row_judgement(row, &judgement);
	emit_open(emit, '[');
	for (size_t i = 0; i < judgement.finding_count; i++) {
		emit_open(emit, '{');
		emit_text_member(emit, "id", lsp_finding_word(judgement.findings[i].id));
		emit_text_member(emit, "reason", judgement.findings[i].reason);
		emit_key(emit, "accepted");
		emit_boolean(emit, judgement.findings[i].is_accepted);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

/* --- sockets --------------------------------------------------------------------------------- */

static void emit_list(struct emit *emit, const char *key, const struct row *row,
		      enum cell_kind kind, struct buf *scratch)
{
	emit_key(emit, key);
	if (kind == CELL_OWNERS)
		emit_owners(emit, row, scratch);
	else
		emit_findings(emit, row);
}

void json_emit_socket(struct emit *emit, const struct column_list *list, const struct row *row,
		      struct buf *scratch)
{
	emit_open(emit, '{');
	for (size_t i = 0; i < list->count; i++) {
		const struct column *column = &list->columns[i];
		struct cell cell;

		column_ask(column, row, scratch, &cell);
		if (cell.kind == CELL_OWNERS || cell.kind == CELL_FINDINGS)
			emit_list(emit, column->fact->word, row, cell.kind, scratch);
		else
			emit_cell(emit, column->fact->word, column->word_size, &cell);
	}
	emit_close(emit, '}');
}

void json_emit_socket_at(struct emit *emit, const struct view *view,
			 const struct lsp_snapshot *snapshot, size_t index, struct buf *scratch)
{
	struct row row = {.hidden = view->hidden};

	lsp_subject_init(&row.subject, snapshot, index);
	json_emit_socket(emit, &view->columns, &row, scratch);
}

/* --- the head -------------------------------------------------------------------------------- */

static void emit_gaps(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(snapshot, &count);

	emit_key(emit, "complete");
	emit_boolean(emit, lsp_snapshot_is_complete(snapshot));
	emit_key(emit, "gaps");
	emit_open(emit, '[');
	for (size_t i = 0; i < count; i++) {
		emit_open(emit, '{');
		emit_text_member(emit, "what", gaps[i].what);
		emit_text_member(emit, "why", gaps[i].why);
		emit_key(emit, "count");
		if (gaps[i].count)
			emit_number(emit, gaps[i].count);
		else
			emit_null(emit);
		emit_close(emit, '}');
	}
	emit_close(emit, ']');
}

/* How the data was obtained. */
static void emit_notes(struct emit *emit, const struct lsp_snapshot *snapshot)
{
	size_t count;
	const char *const *notes = lsp_snapshot_notes(snapshot, &count);

	emit_key(emit, "notes");
	emit_open(emit, '[');
	for (size_t i = 0; i < count; i++)
		emit_text(emit, notes[i], strlen(notes[i]));
	emit_close(emit, ']');
}

void json_emit_head(struct emit *emit, const struct view *view, const struct lsp_snapshot *snapshot)
{
	emit_open(emit, '{');
	emit_key(emit, "schema");
	emit_number(emit, SCHEMA);
	emit_text_member(emit, "version", view->version);
	emit_text_member(emit, "host", view->host);
	emit_time_member(emit, "time", true, view->time_sec);
	emit_gaps(emit, snapshot);
	emit_notes(emit, snapshot);
}
