/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns the order of rows. The snapshot has one already: only where it is not wanted are indices
 * sorted, 4 bytes a row, and no row is ever kept.
 */
#include "scope.h"
#include "view/cells.h"
#include "view/column_list.h"
#include "view/order.h"

const struct grouping groupings[] = {
	{"category", "category"}, {"process", "comm"}, {"user", "user"}, {"unit", "unit"},
	{"scope", "scope"},       {"netns", "netns"},  {"none", NULL},
};

const size_t grouping_count = sizeof(groupings) / sizeof(groupings[0]);

const struct grouping *grouping_find(const char *word)
{
	for (size_t i = 0; i < grouping_count; i++)
		if (strcmp(groupings[i].word, word) == 0)
			return &groupings[i];
	return NULL;
}

int sort_list_parse(struct sort_list *list, const char *text, char **reason)
{
	struct sort_list result = {.count = 0};

	*reason = NULL;
	for (;; text++) {
		struct sort_key key = {.is_descending = *text == '-'};
		bool is_known = false;
		int error;

		text += key.is_descending;
		error = column_list_take(&text, &key.column, reason);
		if (error < 0)
			return error;
		/* A later key of the same column could decide nothing. */
		for (size_t i = 0; i < result.count; i++)
			is_known = is_known || result.keys[i].column == key.column;
		if (!is_known)
			result.keys[result.count++] = key;
		if (!*text)
			break;
	}
	*list = result;
	return 0;
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

/* Null is last in either direction: what is not known is never the answer to "which is most". */
static int compare_directed(const struct sort_key *key, const struct row *a, const struct row *b,
			    struct buf scratch[2])
{
	const struct column *column = key->column;
	struct cell x = {0}, y = {0};
	int order;

	cell_ask(column, a, &scratch[0], &x);
	cell_ask(column, b, &scratch[1], &y);
	if (x.kind == CELL_NULL || y.kind == CELL_NULL)
		return (x.kind == CELL_NULL) - (y.kind == CELL_NULL);
	order = column->compare ? column->compare(a, b) : compare_cells(&x, &y);
	return key->is_descending ? -order : order;
}

int column_compare(const struct column *column, const struct row *a, const struct row *b,
		   struct buf scratch[2])
{
	const struct sort_key key = {.column = column};

	return compare_directed(&key, a, b, scratch);
}

/* --- sort ------------------------------------------------------------------------------------ */

/* The order of a snapshot, for rows of several. */
static const char *const place_keys[] = {"port", "proto", "family", "address", "interface"};

#define PLACE_KEYS (sizeof(place_keys) / sizeof(place_keys[0]))

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
		int order = compare_directed(&sorter->keys[i], &sorter->rows[0], &sorter->rows[1],
					     sorter->scratch);

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
	cleanup(scope_free) uint32_t *other = calloc(count, sizeof(*other));

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
		order->indices[i] = view->rows ? view->rows[i] : (uint32_t)i;
	for (size_t i = 0; i < view->past_count; i++)
		order->indices[present + i] = (uint32_t)(sockets + i);
	return 0;
}

/* --- order ----------------------------------------------------------------------------------- */

static bool needs_owners(const struct view *view, const struct order *order)
{
	unsigned facts = column_list_facts(&view->columns);

	if (order->group)
		facts |= order->group->facts;
	for (size_t i = 0; i < view->sort.count; i++)
		facts |= view->sort.keys[i].column->facts;
	return facts & LSP_FACT_OWNERS;
}

int order_init(struct order *order, const struct view *view, const struct lsp_snapshot *snapshot,
	       bool has_headings)
{
	const char *group = view->grouping ? view->grouping->column : NULL;
	struct sorter sorter = {.order = order};
	bool is_category;
	int error = 0;

	*order = (struct order){.snapshot = snapshot, .view = view, .hidden = view->hidden};
	order->count = view->rows ? view->row_count : lsp_snapshot_count(snapshot);
	order->count += view->past_count;
	order->group = group ? column_find(group) : NULL;
	order->has_owners = needs_owners(view, order);
	is_category = order->group && order->group->compare == cell_compare_category;
	/* The snapshot is ordered by port, so categories are together. */
	if (order->group && (!is_category || (has_headings && view->sort.count)))
		sorter.keys[sorter.key_count++].column = order->group;
	for (size_t i = 0; i < view->sort.count; i++)
		sorter.keys[sorter.key_count++] = view->sort.keys[i];
	for (size_t i = 0; view->past_count && i < PLACE_KEYS; i++)
		sorter.keys[sorter.key_count++].column = column_find(place_keys[i]);
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

	row->snapshot = order->snapshot;
	row->index = index;
	if (index >= sockets) {
		row->snapshot = view->past[index - sockets].snapshot;
		row->index = view->past[index - sockets].index;
		row->sign = '-';
	} else {
		row->sign = view->signs ? view->signs[index] : ' ';
	}
	row->for_people = for_people;
	row->has_parents = false;
	row->hidden = order->hidden;
	row->owners = NULL;
	row->owner_count = 0;
	lsp_snapshot_socket(row->snapshot, row->index, &row->socket);
	if (order->has_owners)
		row->owners = lsp_snapshot_owners(row->snapshot, &row->socket, &row->owner_count);
}
