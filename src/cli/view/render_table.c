/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table for people: columns aligned over all groups. The snapshot is walked twice, first for
 * widths and sizes of groups, then for the rows; no row is kept in between, so memory does not
 * grow with them.
 */
#include "view/cells.h"
#include "view/escape.h"
#include "view/order.h"
#include "view/render.h"

#define GAP 2           /* blanks between two columns, and before a row under a heading */
#define SMALLEST_CUT 8u /* a column is not cut below this, nor below its title */

struct table {
	const struct view *view;
	const struct column_list *list;
	struct order order;
	bool has_headings;
	bool is_all_listeners;
	size_t widths[COLUMNS_MAX];
	bool is_cut[COLUMNS_MAX];
	struct buf groups; /* uint32_t: rows of each group */
	struct buf scratch[2];
	struct buf *out; /* borrowed from the sink */
};

/* --- first pass: measure --------------------------------------------------------------------- */

static size_t cell_width(const struct cell *cell)
{
	switch (cell->kind) {
	case CELL_TEXT:
		if (!cell->size)
			return 1;
		return cell->is_plain ? cell->size : escape_text_width(cell->text, cell->size);
	case CELL_NUMBER:
		return cell_count_digits(cell->number);
	case CELL_BOOLEAN:
		return cell->boolean ? 3 : 2;
	case CELL_NULL:
	case CELL_OWNERS:
		break;
	}
	return 1;
}

static void measure_row(struct table *table, const struct row *row)
{
	for (size_t i = 0; i < table->list->count; i++) {
		const struct column *column = table->list->columns[i];
		struct cell cell;
		size_t width;

		if (column->width) {
			width = column->width(row);
		} else {
			cell_ask(column, row, table->scratch, &cell);
			width = cell_width(&cell);
		}
		if (width > table->widths[i])
			table->widths[i] = width;
	}
}

static void measure_rows(struct table *table)
{
	const struct column *group = table->order.group;
	struct row rows[2];
	uint32_t size = 0;

	for (size_t at = 0; at < table->order.count; at++) {
		struct row *row = &rows[at & 1], *before = &rows[~at & 1];

		order_row(&table->order, at, true, row);
		measure_row(table, row);
		table->is_all_listeners = table->is_all_listeners && lsp_is_listener(&row->socket);
		if (table->has_headings && at &&
		    column_compare(group, before, row, table->scratch) != 0) {
			buf_append(&table->groups, &size, sizeof(size));
			size = 0;
		}
		size++;
	}
	buf_append(&table->groups, &size, sizeof(size));
}

static size_t indent_of(const struct table *table)
{
	return table->has_headings ? GAP : 0;
}

static size_t smallest_width(const struct table *table, size_t i)
{
	size_t title = table->view->has_header ? strlen(table->list->columns[i]->title) : 0;

	return title > SMALLEST_CUT ? title : SMALLEST_CUT;
}

/* Takes one column of the terminal at a time from the widest text that may be cut. */
static void fit_width(struct table *table)
{
	size_t count = table->list->count;
	size_t total = indent_of(table) + GAP * (count - 1);

	for (size_t i = 0; i < count; i++)
		total += table->widths[i];
	while (total > table->view->width) {
		size_t widest = count;

		for (size_t i = 0; i < count; i++)
			if (table->list->columns[i]->may_cut &&
			    table->widths[i] > smallest_width(table, i) &&
			    (widest == count || table->widths[i] > table->widths[widest]))
				widest = i;
		if (widest == count)
			return;
		table->widths[widest]--;
		table->is_cut[widest] = true;
		total--;
	}
}

static void measure_table(struct table *table)
{
	for (size_t i = 0; table->view->has_header && i < table->list->count; i++)
		table->widths[i] = strlen(table->list->columns[i]->title);
	measure_rows(table);
	if (table->view->width && table->list->count)
		fit_width(table);
}

/* --- second pass: write ---------------------------------------------------------------------- */

static void append_blanks(struct buf *out, size_t count)
{
	static const char blanks[] = "                                ";

	if (count < sizeof(blanks))
		buf_append(out, blanks, count);
	else
		buf_append_blanks(out, count);
}

/* Blanks are owed until something stands behind them: no line ends in one. */
static void write_cell(struct table *table, size_t i, const struct flat_cell *flat, size_t *owed)
{
	size_t column_width = table->widths[i], width = flat->size;
	struct buf *out = table->out;

	if (table->list->columns[i]->align == ALIGN_RIGHT) {
		if (!flat->is_plain)
			width = escape_text_width(flat->text, flat->size);
		if (width < column_width)
			*owed += column_width - width;
	}
	append_blanks(out, *owed);
	if (table->is_cut[i])
		width = escape_text_cut(out, flat->text, flat->size, column_width);
	else if (!flat->is_plain)
		width = escape_text(out, flat->text, flat->size);
	else
		buf_append(out, flat->text, flat->size);
	*owed = GAP;
	if (table->list->columns[i]->align == ALIGN_LEFT && width < column_width)
		*owed += column_width - width;
}

static void write_row(struct table *table, const struct row *row)
{
	size_t owed = indent_of(table);

	for (size_t i = 0; i < table->list->count; i++) {
		struct flat_cell flat;
		struct cell cell;

		cell_ask(table->list->columns[i], row, table->scratch, &cell);
		cell_flatten(&cell, &flat);
		write_cell(table, i, &flat, &owed);
	}
	buf_append_char(table->out, '\n');
}

static void begin_style(struct table *table, const char *style)
{
	if (table->view->has_color)
		buf_append_text(table->out, style);
}

static void end_line(struct table *table)
{
	if (table->view->has_color)
		buf_append_text(table->out, "\033[0m");
	buf_append_char(table->out, '\n');
}

static void write_titles(struct table *table)
{
	size_t owed = indent_of(table);

	begin_style(table, "\033[2m");
	for (size_t i = 0; i < table->list->count; i++) {
		const char *title = table->list->columns[i]->title;
		struct flat_cell flat = {title, strlen(title), true, ""};

		write_cell(table, i, &flat, &owed);
	}
	end_line(table);
}

static void append_count(struct table *table, size_t count)
{
	buf_append_number(table->out, count);
	buf_append_text(table->out, table->is_all_listeners ? " listener" : " socket");
	if (count != 1)
		buf_append_char(table->out, 's');
}

/* Categories are known by their range as much as by their name. */
static void append_category(struct buf *out, const struct row *row)
{
	static const char *const headings[LSP_CATEGORY_COUNT] = {
		[LSP_CATEGORY_WELL_KNOWN] = "WELL-KNOWN  0-1023",
		[LSP_CATEGORY_REGISTERED] = "REGISTERED  1024-49151",
		[LSP_CATEGORY_DYNAMIC] = "DYNAMIC  49152-65535",
	};

	buf_append_text(out, headings[lsp_category_of(row->socket.local.port)]);
}

static void write_heading(struct table *table, const struct row *row, size_t count)
{
	const struct column *group = table->order.group;
	struct flat_cell flat;
	struct cell cell;

	begin_style(table, "\033[1m");
	if (group->cell == cell_category) {
		append_category(table->out, row);
	} else {
		cell_ask(group, row, table->scratch, &cell);
		cell_flatten(&cell, &flat);
		escape_text(table->out, flat.text, flat.size);
	}
	append_blanks(table->out, GAP);
	append_count(table, count);
	end_line(table);
}

static void write_rows(struct table *table, struct sink *sink)
{
	size_t group = 0, left = 0;
	struct row row;

	for (size_t at = 0; at < table->order.count && !sink->error; at++) {
		order_row(&table->order, at, true, &row);
		if (table->has_headings && !left) {
			uint32_t size;

			memcpy(&size, table->groups.data + group++ * sizeof(size), sizeof(size));
			write_heading(table, &row, size);
			left = size;
		}
		left--;
		if (!at && table->view->has_header)
			write_titles(table);
		write_row(table, &row);
		sink_flush_some(sink);
	}
}

void render_table(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct table table = {.view = view, .list = &view->columns, .is_all_listeners = true};
	int error;

	table.out = &sink->buf;
	table.has_headings = view->has_header && view->grouping && view->grouping->column;
	error = order_init(&table.order, view, snapshot, table.has_headings);
	if (!error && table.order.count) {
		measure_table(&table);
		error = table.groups.error;
	}
	render_fail(sink, error);
	if (table.order.count && !sink->error) {
		write_rows(&table, sink);
		if (view->is_terminal && view->has_header) {
			append_count(&table, table.order.count);
			buf_append_char(table.out, '\n');
		}
	}
	render_fail(sink, table.scratch[0].error ? table.scratch[0].error : table.scratch[1].error);
	buf_deinit(&table.groups);
	buf_deinit(&table.scratch[0]);
	buf_deinit(&table.scratch[1]);
	order_deinit(&table.order);
}
