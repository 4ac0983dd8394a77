/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How wide each column of a table is, what of it is cut, and which ones are left out where the
 * terminal has no room. Knows widths alone: no cell, no socket.
 */
#ifndef LSPORTS_CLI_VIEW_LAYOUT_H
#define LSPORTS_CLI_VIEW_LAYOUT_H
#pragma once

#include "view/view.h"

#define LAYOUT_GAP 2 /* blanks between two columns */

struct layout {
	struct column_list list; /* what is shown */
	struct column_list left; /* what is left out for want of room */
	size_t widths[COLUMNS_MAX];
	bool is_cut[COLUMNS_MAX];
	size_t kept[COLUMNS_MAX]; /* never cut below this */
};

/* layout_init() - @has_titles: a column is at least as wide as its title. */
void layout_init(struct layout *layout, const struct column_list *list, bool has_titles);

/* layout_measure() - a cell of column @i; @kept: what of it is never cut. */
static inline void layout_measure(struct layout *layout, size_t i, size_t width, size_t kept)
{
	size_t least = kept < width ? kept : width;

	if (layout->widths[i] < width)
		layout->widths[i] = width;
	if (layout->kept[i] < least)
		layout->kept[i] = least;
}

/*
 * layout_fit() - once all cells were measured: into @width columns of a terminal, 0 for no limit.
 * @indent: blanks before each row. @may_leave_out: columns that nobody named may go.
 */
void layout_fit(struct layout *layout, size_t width, size_t indent, bool may_leave_out);

#endif
