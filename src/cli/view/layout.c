/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Widths of columns. Texts are cut first, from the widest on; where that is not enough, columns go
 * that say least about a listener; and where that is not enough either, what is left wraps.
 */
#include "view/layout.h"

#include "array.h"

#include <string.h>

#define SMALLEST_CUT 8u /* a column is not cut below this, nor below its title */

/* In the order in which they are left out. What stays says who listens where, and what is wrong. */
static const char *const spare[] = {"service", "unit", "recv_queue", "send_queue", "user", "scope"};

void layout_init(struct layout *layout, const struct column_list *list, bool has_titles)
{
	*layout = (struct layout){.list = *list};
	for (size_t i = 0; has_titles && i < list->count; i++)
		layout->widths[i] = layout->kept[i] = strlen(list->columns[i].title);
}

static size_t smallest(const struct layout *layout, size_t i)
{
	size_t width = layout->widths[i], least = width > SMALLEST_CUT ? SMALLEST_CUT : width;

	if (!layout->list.columns[i].may_cut)
		return width;
	return layout->kept[i] > least ? layout->kept[i] : least;
}

static size_t sum(const struct layout *layout, size_t (*width)(const struct layout *, size_t))
{
	size_t total = 0;

	for (size_t i = 0; i < layout->list.count; i++)
		total += (i ? LAYOUT_GAP : 0) + width(layout, i);
	return total;
}

static size_t natural(const struct layout *layout, size_t i)
{
	return layout->widths[i];
}

static void leave_out(struct layout *layout, const char *key)
{
	struct column_list *list = &layout->list;
	size_t at = 0;

	while (at < list->count && strcmp(list->columns[at].fact->word, key) != 0)
		at++;
	if (at == list->count)
		return;
	layout->left.columns[layout->left.count++] = list->columns[at];
	list->count--;
	for (; at < list->count; at++) {
		list->columns[at] = list->columns[at + 1];
		layout->widths[at] = layout->widths[at + 1];
		layout->kept[at] = layout->kept[at + 1];
	}
}

/* Takes one column of the terminal at a time from the widest text that may be cut. */
static void cut(struct layout *layout, size_t width)
{
	for (size_t total = sum(layout, natural); total > width; total--) {
		size_t widest = COLUMNS_MAX;

		for (size_t i = 0; i < layout->list.count; i++) {
			if (layout->widths[i] > smallest(layout, i) &&
			    (widest == COLUMNS_MAX || layout->widths[i] > layout->widths[widest]))
				widest = i;
		}
		layout->widths[widest]--;
		layout->is_cut[widest] = true;
	}
}

void layout_fit(struct layout *layout, size_t width, size_t indent, bool may_leave_out)
{
	struct layout tried = *layout;

	if (!width)
		return;
	width = width > indent ? width - indent : 0;
	for (size_t i = 0; may_leave_out && i < ARRAY_SIZE(spare); i++) {
		if (sum(&tried, smallest) <= width)
			break;
		leave_out(&tried, spare[i]);
	}
	/* Lines that wrap all the same gain nothing by it, where no column goes. */
	if (sum(&tried, smallest) > width) {
		if (!tried.left.count)
			return;
		width = sum(&tried, smallest);
	}
	cut(&tried, width);
	*layout = tried;
}
