/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the order of rows. The snapshot has one already: only where it is not wanted are indices
 * sorted, 4 bytes a row, and no row is ever kept.
 */
#include "array.h"
#include "cleanup.h"
#include "view/order.h"

/* --- sort ------------------------------------------------------------------------------------ */

/* The order of a snapshot, for rows of several. */
static const char *const place_keys[] = {"port", "proto", "family", "address", "interface"};

#define PLACE_KEYS ARRAY_SIZE(place_keys)

struct sorter {
	const struct order *order;
	struct sort_key keys[COLUMNS_MAX + 1 + PLACE_KEYS];
	size_t key_count;
	struct row rows[2]; /* heads of the two runs */
	struct buf scratch[2];
};

static bool is_right_first(struct sorter *sorter)
{
	for (size_t i = 0; i < sorter->key_count; i++) {
		const struct sort_key *key = &sorter->keys[i];
		int order = column_compare(&key->column, &sorter->rows[0], &sorter->rows[1],
					   key->is_descending, sorter->scratch);

		if (order)
			return order > 0;
	}
	return false; /* equals keep the order that they have */
}

static void merge_runs(struct sorter *sorter, const uint32_t *from, uint32_t *to, size_t left,
		       size_t right, size_t end)
{
	size_t left_end = right;
	struct order plain = *sorter->order;

	plain.indices = NULL;
	if (right < end) {
		order_row(&plain, from[left], true, &sorter->rows[0]);
		order_row(&plain, from[right], true, &sorter->rows[1]);
	}
	while (left < left_end && right < end) {
		if (is_right_first(sorter)) {
			*to++ = from[right++];
			if (right < end)
				order_row(&plain, from[right], true, &sorter->rows[1]);
		} else {
			*to++ = from[left++];
			if (left < left_end)
				order_row(&plain, from[left], true, &sorter->rows[0]);
		}
	}
	memcpy(to, from + left, (left_end - left) * sizeof(*to));
	memcpy(to + (left_end - left), from + right, (end - right) * sizeof(*to));
}

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Merge sort from the bottom up: stable, and memory-safe whatever a comparison says. */
static int sort_indices(struct sorter *sorter, uint32_t **indices, size_t count)
{
	cleanup(cleanup_free) uint32_t *other = calloc(count, sizeof(*other));

	if (!other)
		return -ENOMEM;
	for (size_t run = 1; run < count; run *= 2) {
		uint32_t *from = *indices;

		for (size_t left = 0; left < count; left += 2 * run)
			merge_runs(sorter, from, other + left, left, min_size(left + run, count),
				   min_size(left + 2 * run, count));
		*indices = other;
		other = from;
	}
	return sorter->scratch[0].error ? sorter->scratch[0].error : sorter->scratch[1].error;
}

/* The rows that are shown, one by one: what was selected, or all; then what is gone. */
static int list_rows(struct order *order, const struct view *view)
{
	size_t sockets = lsp_snapshot_count(order->snapshot);
	size_t present = order->count - view->past_count;

	order->indices = calloc(order->count + 1, sizeof(*order->indices));
	if (!order->indices)
		return -ENOMEM;
	for (size_t i = 0; i < present; i++)
		order->indices[i] = (uint32_t)view_row(view, i);
	for (size_t i = 0; i < view->past_count; i++)
		order->indices[present + i] = (uint32_t)(sockets + i);
	return 0;
}

/* --- order ----------------------------------------------------------------------------------- */

static bool needs_owners(const struct view *view, const struct order *order)
{
	unsigned lookups = column_list_lookups(&view->columns);

	if (order->group.fact)
		lookups |= lsp_fact_lookups(order->group.fact);
	for (size_t i = 0; i < view->sort.count; i++)
		lookups |= lsp_fact_lookups(view->sort.keys[i].column.fact);
	return lookups & LSP_LOOKUP_OWNERS;
}

/* Whose cells make the groups. */
static void find_group(struct column *group, const struct grouping *grouping)
{
	static const struct column_style plain;

	*group = (struct column){0};
	if (!grouping || !grouping->column || !column_list_find(grouping->column, group))
		return;
	if (grouping->is_value) {
		group->style = &plain;
		group->people = NULL;
	}
}

int order_init(struct order *order, const struct view *view, const struct lsp_snapshot *snapshot,
	       bool has_headings)
{
	struct sorter sorter = {.order = order};
	bool is_category;
	int error = 0;

	*order = (struct order){.snapshot = snapshot, .view = view, .hidden = view->hidden};
	order->count = view_row_count(view, snapshot);
	order->count += view->past_count;
	find_group(&order->group, view->grouping);
	order->has_owners = needs_owners(view, order);
	is_category = order->group.fact && column_style_is_category(order->group.style);
	/* The snapshot is ordered by port, so categories are together. */
	if (order->group.fact && (!is_category || (has_headings && view->sort.count)))
		sorter.keys[sorter.key_count++].column = order->group;
	for (size_t i = 0; i < view->sort.count; i++)
		sorter.keys[sorter.key_count++] = view->sort.keys[i];
	for (size_t i = 0; view->past_count && i < PLACE_KEYS; i++)
		column_list_find(place_keys[i], &sorter.keys[sorter.key_count++].column);
	if (view->rows || view->past_count || (sorter.key_count && order->count > 1))
		error = list_rows(order, view);
	if (!error && sorter.key_count && order->count > 1)
		error = sort_indices(&sorter, &order->indices, order->count);
	buf_deinit(&sorter.scratch[0]);
	buf_deinit(&sorter.scratch[1]);
	return error;
}

void order_deinit(struct order *order)
{
	free(order->indices);
	*order = (struct order){0};
}

void order_row(const struct order *order, size_t at, bool for_people, struct row *row)
{
	size_t index = order->indices ? order->indices[at] : at;
	size_t sockets = lsp_snapshot_count(order->snapshot);
	const struct view *view = order->view;
	struct lsp_subject *subject = &row->subject;

	subject->snapshot = order->snapshot;
	subject->index = index;
	if (index >= sockets) {
		subject->snapshot = view->past[index - sockets].snapshot;
		subject->index = view->past[index - sockets].index;
		row->sign = '-';
	} else {
		row->sign = view->signs ? view->signs[index] : ' ';
	}
	row->for_people = for_people;
	row->has_parents = false;
	row->hidden = order->hidden;
	subject->owners = NULL;
	subject->owner_count = 0;
	lsp_snapshot_socket(subject->snapshot, subject->index, &subject->socket);
	if (order->has_owners)
		subject->owners = lsp_snapshot_owners(subject->snapshot, &subject->socket,
						      &subject->owner_count);
}
