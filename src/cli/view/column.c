/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fact and its style together. Which columns are shown, and where, is not known here. */
#include "view/column.h"

#include "view/escape.h"

#include <string.h>

/* What a view may hide though it was looked up. */
#define NAME_LOOKUPS ((unsigned)LSP_LOOKUP_SERVICES | LSP_LOOKUP_USERS)

static void set_title(struct column *column)
{
	const char *title = column->style->title ? column->style->title : column->fact->word;
	size_t i = 0;

	for (; title[i] && i + 1 < sizeof(column->title); i++) {
		char c = title[i];

		column->title[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A'
					  : c == '_'           ? '-'
							       : c);
	}
	column->title[i] = '\0';
}

/* A socket with owners has no gap: its cell is empty. */
static bool is_of_keys(const struct lsp_fact *fact, unsigned word)
{
	return fact->flags & LSP_FACT_GAP && word == LSP_OWNER_GAP_NONE;
}

void column_append_words(const struct lsp_fact *fact, const char *between, bool is_key,
			 struct buf *out)
{
	const char *before = "";

	for (unsigned i = 0; lsp_fact_word(fact, i); i++) {
		if (lsp_fact_word_is_again(fact, i) || (!is_key && is_of_keys(fact, i)))
			continue;
		buf_printf(out, "%s%s", before, lsp_fact_word(fact, i));
		before = between;
	}
}

const char *column_type(const struct column *column)
{
	switch (column->fact->type) {
	case LSP_FACT_NAME:
		return column->fact->flags & LSP_FACT_BY_NUMBER ? "number" : "string";
	case LSP_FACT_BOOLEAN:
		return "boolean";
	case LSP_FACT_NUMBER:
	case LSP_FACT_PORT:
		return "number";
	case LSP_FACT_OWNERS:
		return "owners";
	case LSP_FACT_FINDINGS:
		return "findings";
	case LSP_FACT_TEXT:
	case LSP_FACT_PATH:
	case LSP_FACT_PROCESS:
	case LSP_FACT_WORD:
	case LSP_FACT_ID:
	case LSP_FACT_ADDRESS:
	case LSP_FACT_TIME:
	case LSP_FACT_REASONS:
		break;
	}
	return "string";
}

static bool is_right(const struct column *column)
{
	enum lsp_fact_type type = column->fact->type;

	return type == LSP_FACT_NUMBER || type == LSP_FACT_PORT || type == LSP_FACT_ID;
}

static bool may_cut(const struct column *column)
{
	switch (column->fact->type) {
	case LSP_FACT_TEXT:
	case LSP_FACT_PATH:
	case LSP_FACT_PROCESS:
	case LSP_FACT_NAME:
	case LSP_FACT_OWNERS:
	case LSP_FACT_FINDINGS:
	case LSP_FACT_REASONS:
		return !column->style->is_whole;
	case LSP_FACT_WORD:
	case LSP_FACT_BOOLEAN:
	case LSP_FACT_NUMBER:
	case LSP_FACT_ID:
	case LSP_FACT_PORT:
	case LSP_FACT_ADDRESS:
	case LSP_FACT_TIME:
		break;
	}
	return false;
}

bool column_at(size_t index, struct column *out)
{
	const struct lsp_fact *fact = lsp_fact_at(index);

	*out = (struct column){0};
	if (!fact)
		return false;
	out->fact = fact;
	out->style = column_style_find(fact);
	set_title(out);
	out->word_size = strlen(out->fact->word);
	out->is_right = is_right(out);
	out->may_cut = may_cut(out);
	out->is_number = fact->type == LSP_FACT_NUMBER || fact->type == LSP_FACT_PORT;
	out->is_address = fact->type == LSP_FACT_ADDRESS;
	out->is_of_owner = fact->of == LSP_FACT_OF_OWNER;
	out->is_word = fact->type == LSP_FACT_WORD && !(fact->lookups & NAME_LOOKUPS);
	out->people = out->style->people;
	out->get = fact->get;
	return true;
}

/* --- cells ----------------------------------------------------------------------------------- */

size_t column_address_width(const struct column *column, const struct row *row)
{
	const struct lsp_endpoint *endpoint;
	struct lsp_value value;
	size_t width = 1;

	lsp_fact_get(column->fact, &row->subject, NULL, &value);
	endpoint = value.endpoint;
	if (value.kind == LSP_VALUE_NONE)
		return 1;
	if (!cell_is_star(row, endpoint))
		width = lsp_endpoint_address_width(endpoint);
	if (endpoint->zone)
		width += 1 + escape_text_width(endpoint->zone, strlen(endpoint->zone));
	return width;
}

/* --- compare --------------------------------------------------------------------------------- */

static int compare_text(const struct cell *a, const struct cell *b)
{
	size_t shorter = a->size < b->size ? a->size : b->size;
	int order = shorter ? memcmp(a->text, b->text, shorter) : 0;

	return order ? order : (a->size > b->size) - (a->size < b->size);
}

static int compare_cells(const struct cell *a, const struct cell *b)
{
	/* A user without a name is a number: those stand before the names. */
	if (a->kind != b->kind)
		return a->kind == CELL_NUMBER ? -1 : 1;
	switch (a->kind) {
	case CELL_TEXT:
	case CELL_FINDINGS:
		return compare_text(a, b);
	case CELL_NUMBER:
		return (a->number > b->number) - (a->number < b->number);
	case CELL_BOOLEAN:
		return (int)a->boolean - (int)b->boolean;
	case CELL_NULL:
	case CELL_OWNERS:
		break;
	}
	return 0;
}

/* By value where the text says less: "10.0.0.9" is before "10.0.0.10". */
static int compare_values(const struct lsp_fact *fact, const struct row *a, const struct row *b,
			  const struct cell *x, const struct cell *y)
{
	struct lsp_value left, right;

	if (fact->type != LSP_FACT_ADDRESS && fact->type != LSP_FACT_ID)
		return compare_cells(x, y);
	lsp_fact_get(fact, &a->subject, NULL, &left);
	lsp_fact_get(fact, &b->subject, NULL, &right);
	return fact->type == LSP_FACT_ID
		       ? (left.number > right.number) - (left.number < right.number)
		       : lsp_endpoint_compare_address(left.endpoint, right.endpoint);
}

int column_compare(const struct column *column, const struct row *a, const struct row *b,
		   bool is_descending, struct buf scratch[2])
{
	struct cell x = {0}, y = {0};
	int order;

	/* Words with an order of their own are never null. */
	if (column->is_word && column->style->compare)
		return is_descending ? -column->style->compare(a, b) : column->style->compare(a, b);
	column_ask(column, a, &scratch[0], &x);
	column_ask(column, b, &scratch[1], &y);
	if (x.kind == CELL_NULL || y.kind == CELL_NULL)
		return (x.kind == CELL_NULL) - (y.kind == CELL_NULL);
	order = column->style->compare ? column->style->compare(a, b)
				       : compare_values(column->fact, a, b, &x, &y);
	return is_descending ? -order : order;
}
