/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table for people: columns aligned over all groups. The snapshot is walked twice, first for
 * widths and sizes of groups, then for the rows; no row is kept in between, so memory does not
 * grow with them.
 */
#include "view/render_table.h"

#include "view/column.h"
#include "view/escape.h"
#include "view/layout.h"
#include "view/order.h"

#define INDENT 2         /* blanks before a row under a heading */
#define SMALLEST_HEAD 4u /* of a cell that is cut before a tail which is kept */

/* What a heading shows. */
struct group {
	uint32_t rows;
	uint32_t gone; /* of them, not counted for people */
	uint32_t unexpected;
};

struct table {
	const struct view *view;
	struct layout layout;
	struct order order;
	bool has_headings;
	bool is_all_listeners;
	struct buf groups;       /* struct group */
	size_t findings;         /* of all rows */
	struct lsp_socket found; /* the first with a finding */
	size_t lines;            /* written */
	struct buf scratch[2];
	struct buf *out; /* borrowed from the sink */
};

/* --- first pass: measure --------------------------------------------------------------------- */

/* *kept: what of it is never cut. */
static size_t cell_width(const struct cell *cell, size_t *kept)
{
	*kept = cell->tail ? cell->tail + SMALLEST_HEAD : 0;
	switch (cell->kind) {
	case CELL_TEXT:
	case CELL_FINDINGS:
		if (!cell->size)
			return 1;
		return cell->is_plain ? cell->size : escape_text_width(cell->text, cell->size);
	case CELL_NUMBER:
		return *kept = cell_count_digits(cell->number);
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
	for (size_t i = 0; i < table->layout.list.count; i++) {
		const struct column *column = &table->layout.list.columns[i];
		size_t width, kept = 0;
		struct cell cell;

		if (column->is_address) {
			width = column_address_width(column, row);
		} else {
			column_ask(column, row, table->scratch, &cell);
			width = cell_width(&cell, &kept);
		}
		layout_measure(&table->layout, i, width, kept);
	}
}

static void measure_rows(struct table *table)
{
	const struct column *group = &table->order.group;
	struct group sum = {0};
	struct row rows[2];

	for (size_t at = 0; at < table->order.count; at++) {
		struct row *row = &rows[at & 1], *before = &rows[~at & 1];
		unsigned findings;

		order_row(&table->order, at, true, row);
		measure_row(table, row);
		table->is_all_listeners =
			table->is_all_listeners && lsp_socket_is_listener(&row->subject.socket);
		if (table->has_headings && at &&
		    column_compare(group, before, row, false, table->scratch) != 0) {
			buf_append(&table->groups, &sum, sizeof(sum));
			sum = (struct group){0};
		}
		sum.rows++;
		if (row->sign == '-') {
			sum.gone++;
			continue;
		}
		findings = row_count_findings(row);
		if (!findings)
			continue;
		sum.unexpected += row_is_unexpected(row);
		if (!table->findings)
			table->found = row->subject.socket;
		table->findings += findings;
	}
	buf_append(&table->groups, &sum, sizeof(sum));
}

static size_t indent_of(const struct table *table)
{
	return table->has_headings || table->view->signs ? INDENT : 0;
}

static void measure_table(struct table *table)
{
	const struct view *view = table->view;

	layout_init(&table->layout, &view->columns, view->has_header);
	measure_rows(table);
	layout_fit(&table->layout, view->width, indent_of(table), view->may_leave_out);
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
	size_t column_width = table->layout.widths[i], width = flat->size;
	struct buf *out = table->out;

	if (table->layout.list.columns[i].is_right) {
		if (!flat->is_plain)
			width = escape_text_width(flat->text, flat->size);
		if (width < column_width)
			*owed += column_width - width;
	}
	append_blanks(out, *owed);
	if (table->layout.is_cut[i])
		width = escape_text_cut(out, flat->text, flat->size, flat->tail, column_width);
	else if (!flat->is_plain)
		width = escape_text(out, flat->text, flat->size);
	else
		buf_append(out, flat->text, flat->size);
	*owed = LAYOUT_GAP;
	if (!table->layout.list.columns[i].is_right && width < column_width)
		*owed += column_width - width;
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
	table->lines++;
}

/* Colours of a row; NULL for none. What was found counts more than what is new. */
static const char *style_of(const struct row *row)
{
	if (row->sign == '-')
		return "\033[2m";
	if (row_is_alarming(row))
		return "\033[31m";
	if (row_count_findings(row))
		return "\033[33m";
	return row->sign == ' ' ? NULL : "\033[32m";
}

static void write_row(struct table *table, const struct row *row)
{
	const char *style = table->view->has_color ? style_of(row) : NULL;
	size_t owed = indent_of(table);

	if (style)
		buf_append_text(table->out, style);
	if (table->view->signs && row->sign != ' ') {
		buf_append_char(table->out, row->sign);
		owed--;
	}
	for (size_t i = 0; i < table->layout.list.count; i++) {
		struct flat_cell flat;
		struct cell cell;

		column_ask(&table->layout.list.columns[i], row, table->scratch, &cell);
		cell_flatten(&cell, &flat);
		write_cell(table, i, &flat, &owed);
	}
	if (style)
		buf_append_text(table->out, "\033[0m");
	buf_append_char(table->out, '\n');
	table->lines++;
}

static void write_titles(struct table *table)
{
	size_t owed = indent_of(table);

	begin_style(table, "\033[2m");
	for (size_t i = 0; i < table->layout.list.count; i++) {
		const char *title = table->layout.list.columns[i].title;
		struct flat_cell flat = {.text = title, .size = strlen(title), .is_plain = true};

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

	buf_append_text(out, headings[lsp_port_category(row->subject.socket.local.port)]);
}

static void write_heading(struct table *table, const struct row *row, const struct group *sum)
{
	const struct column *group = &table->order.group;
	struct flat_cell flat;
	struct cell cell;

	begin_style(table, "\033[1m");
	if (column_style_is_category(group->style)) {
		append_category(table->out, row);
	} else {
		column_ask(group, row, table->scratch, &cell);
		cell_flatten(&cell, &flat);
		escape_text(table->out, flat.text, flat.size);
	}
	append_blanks(table->out, LAYOUT_GAP);
	append_count(table, sum->rows - sum->gone);
	if (sum->unexpected)
		buf_printf(table->out, ", %u unexpected", sum->unexpected);
	end_line(table);
}

/*
 * Does row @at no longer fit, with what stands above it and a line that counts the rows left out?
 */
static bool is_full(const struct table *table, size_t at, bool is_first_of_group)
{
	size_t needed = table->lines + 1 + is_first_of_group;

	if (!table->view->height)
		return false;
	needed += !at && table->view->has_header;
	needed += at + 1 < table->order.count;
	return needed > table->view->height;
}

static void write_left_out(struct table *table, size_t at)
{
	begin_style(table, "\033[2m");
	buf_append_text(table->out, "... and ");
	buf_append_number(table->out, table->order.count - at);
	buf_append_text(table->out, " more");
	end_line(table);
}

static void write_rows(struct table *table, struct sink *sink)
{
	size_t group = 0, left = 0;
	struct row row;

	for (size_t at = 0; at < table->order.count && !sink->error; at++) {
		order_row(&table->order, at, true, &row);
		if (is_full(table, at, table->has_headings && !left)) {
			write_left_out(table, at);
			return;
		}
		if (table->has_headings && !left) {
			struct group sum;

			memcpy(&sum, table->groups.data + group++ * sizeof(sum), sizeof(sum));
			write_heading(table, &row, &sum);
			left = sum.rows;
		}
		left--;
		if (!at && table->view->has_header)
			write_titles(table);
		write_row(table, &row);
		sink_flush_some(sink);
	}
}

/* Below the table: how many, what to do next, and what is not shown. */
static void write_summary(struct table *table)
{
	const struct column_list *left = &table->layout.left;

	append_count(table, table->order.count - table->view->past_count);
	if (table->findings)
		buf_printf(table->out, ", %zu finding%s. See: lsports --explain %s/%u",
			   table->findings, table->findings == 1 ? "" : "s",
			   lsp_protocol_word(table->found.proto), table->found.local.port);
	buf_append_char(table->out, '\n');
	if (!left->count)
		return;
	buf_append_text(table->out, "not shown (terminal too narrow): ");
	for (size_t i = 0; i < left->count; i++)
		buf_printf(table->out, "%s%s", i ? ", " : "", left->columns[i].title);
	buf_append_char(table->out, '\n');
}

void render_table(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	struct table table = {.view = view, .is_all_listeners = true};
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
		if (view->is_terminal && view->has_header)
			write_summary(&table);
	}
	render_fail(sink, table.scratch[0].error ? table.scratch[0].error : table.scratch[1].error);
	buf_deinit(&table.groups);
	buf_deinit(&table.scratch[0]);
	buf_deinit(&table.scratch[1]);
	order_deinit(&table.order);
}
