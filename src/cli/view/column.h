/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fact as a column: title, side, cells, order. */
#ifndef LSPORTS_CLI_VIEW_COLUMN_H
#define LSPORTS_CLI_VIEW_COLUMN_H
#pragma once

#include "view/cell.h"
#include "view/column_style.h"
#include "view/row.h"

#define COLUMN_TITLE_SIZE 32

/* A fact as a column. */
struct column {
	const struct lsp_fact *fact; /* NULL: no column */
	const struct column_style *style;
	bool is_number, is_address, is_of_owner;
	bool is_word; /* and never hidden */
	/* Those of the style and of the fact. */
	void (*people)(const struct row *row, struct buf *scratch, struct cell *out);
	void (*get)(const struct lsp_subject *subject, const struct lsp_owner *owner,
		    struct lsp_value *out);
	bool is_right; /* aligned to the right */
	bool may_cut;  /* on a terminal its text may be cut; addresses and ports never */
	char title[COLUMN_TITLE_SIZE];
	size_t word_size; /* of the fact */
};

/* Column @index, in the order of facts. Return: false behind the last one. */
bool column_at(size_t index, struct column *out);

/*
 * column_append_words() - all words of a fact that has some, with @between between them.
 * @is_key: as values of a selector, of which "none" may be one; no cell shows it.
 */
void column_append_words(const struct lsp_fact *fact, const char *between, bool is_key,
			 struct buf *out);

/* "string", "number", "boolean", "owners", "findings": as a member of JSON. */
const char *column_type(const struct column *column);

/*
 * column_compare() - order of two rows by one column. Null is last in either direction: what is not
 * known is never the answer to "which is most". @scratch: two buffers for their cells.
 */
int column_compare(const struct column *column, const struct row *a, const struct row *b,
		   bool is_descending, struct buf scratch[2]);

/*
 * column_ask() - its cell. @scratch: emptied, and as long as the cell in use. Inline: there may be
 * millions of cells.
 */
static inline void column_ask(const struct column *column, const struct row *row,
			      struct buf *scratch, struct cell *out)
{
	const struct lsp_owner *owner = NULL;
	struct lsp_value value = {.kind = LSP_VALUE_NONE};

	scratch->size = 0;
	out->kind = CELL_NULL;
	out->tail = 0;
	if (column->people && row->for_people) {
		column->people(row, scratch, out);
		return;
	}
	if (column->is_of_owner) {
		if (!row->subject.owner_count)
			return;
		owner = row->subject.owners;
	}
	column->get(&row->subject, owner, &value);
	if (value.kind == LSP_VALUE_NONE)
		return;
	/* Most cells are one of these. */
	if (column->is_number)
		cell_set_number(out, value.number);
	else if (column->is_word)
		cell_set_word(out, value.text);
	else
		cell_set_value(column->fact, row, &value, scratch, out);
}

/* Width of a cell of addresses for people, which is cheaper to say than its text. */
size_t column_address_width(const struct column *column, const struct row *row);

#endif
