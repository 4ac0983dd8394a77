/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns that a tick without news costs next to nothing: it polls sockets alone, and only if they
 * differ from the last inspection is everything inspected again. What could not be read is never
 * taken for gone. Draws nothing and knows no clock.
 */
#include "follow.h"

#include "view/column.h"

#include <errno.h>
#include <stdlib.h>

/* Owners and users may change while the sockets stay the same. */
#define INSPECTION_MSEC 60000

#define FAILURES_MAX 5

/* A screen shows the lengths of queues, too; a change of them is no event. */
static bool has_queues(const struct query *query)
{
	const struct view *view = &query->view;

	for (size_t i = 0; query->is_drawn && i < view->columns.count; i++)
		if (view->columns.columns[i].style->is_queue)
			return true;
	return false;
}

static int make_sets(struct follow *follow, struct lsp_socket_set **all,
		     struct lsp_socket_set **shown)
{
	const struct inspection *inspection = &follow->inspection;
	const struct view *view = &inspection->query.view;
	int r = lsp_socket_set_new(inspection->snapshot, NULL, 0, has_queues(&inspection->query),
				   all);

	if (r >= 0)
		r = lsp_socket_set_new(inspection->snapshot, view->rows, view->row_count, false,
				       shown);
	return r;
}

/* --- signs ------------------------------------------------------------------------------------ */

static void past_deinit(struct follow_past *past)
{
	lsp_snapshot_free(past->snapshot);
	free(past->gone);
	*past = (struct follow_past){0};
}

/* The rows of sockets that are gone, for the view. */
static int list_past(struct follow *follow)
{
	struct view *view = &follow->inspection.query.view;
	size_t count = 0;

	free(follow->past_rows);
	view->past_count = 0;
	for (size_t i = 0; i < follow->past_count; i++)
		count += follow->pasts[i].gone_count;
	follow->past_rows = calloc(count + 1, sizeof(*follow->past_rows));
	view->past = follow->past_rows;
	if (!follow->past_rows)
		return -ENOMEM;
	for (size_t i = 0; i < follow->past_count; i++)
		for (size_t k = 0; k < follow->pasts[i].gone_count; k++)
			follow->past_rows[view->past_count++] =
				(struct past_row){.snapshot = follow->pasts[i].snapshot,
						  .index = follow->pasts[i].gone[k]};
	return 0;
}

/* Return: has the time of a sign ended? */
static bool age_signs(struct follow *follow)
{
	size_t count = lsp_snapshot_count(follow->inspection.snapshot), kept = 0;
	bool has_ended = false;

	for (size_t i = 0; i < count; i++) {
		if (!follow->ticks_left[i] || --follow->ticks_left[i])
			continue;
		follow->signs[i] = ' ';
		has_ended = true;
	}
	for (size_t i = 0; i < follow->past_count; i++) {
		struct follow_past past = follow->pasts[i];

		follow->pasts[i] = (struct follow_past){0};
		if (--past.ticks_left) {
			follow->pasts[kept++] = past;
			continue;
		}
		past_deinit(&past);
		has_ended = true;
	}
	follow->past_count = kept;
	return has_ended;
}

/* --- two inspections -------------------------------------------------------------------------- */

/* What the inspection before knew. */
struct before {
	struct lsp_snapshot *snapshot;
	uint32_t *rows;
	size_t row_count, unknown;
};

struct comparison {
	struct before *before;
	struct lsp_socket_set *all, *shown;
	char *signs;
	uint8_t *ticks_left;
	struct follow_past past;
	struct buf scratch[2];
	bool has_news;
};

static void sign(const struct follow *follow, struct comparison *comparison, size_t index,
		 char with)
{
	comparison->signs[index] = with;
	comparison->ticks_left[index] = (uint8_t)follow->sign_ticks;
	comparison->has_news = true;
}

static void compare_pair(const struct follow *follow, struct comparison *comparison,
			 const struct lsp_socket_set_pair *pair)
{
	const struct query *query = &follow->inspection.query;
	struct event_pair events = {
		.snapshots = {comparison->before->snapshot, follow->inspection.snapshot}};

	if (pair->before == LSP_SOCKET_SET_NONE) {
		sign(follow, comparison, pair->after, '+');
		return;
	}
	if (pair->after == LSP_SOCKET_SET_NONE) {
		comparison->past.gone[comparison->past.gone_count++] = pair->before;
		comparison->has_news = true;
		return;
	}
	events.indices[0] = pair->before;
	events.indices[1] = pair->after;
	comparison->signs[pair->after] = follow->signs[pair->before];
	comparison->ticks_left[pair->after] = follow->ticks_left[pair->before];
	if (event_equal(&query->view, query->event_style, &events, comparison->scratch))
		return;
	/* A socket that is still marked as new stays new. */
	if (comparison->signs[pair->after] == '+')
		comparison->has_news = true;
	else
		sign(follow, comparison, pair->after, '~');
}

static int compare(struct follow *follow, struct comparison *comparison)
{
	size_t count = lsp_snapshot_count(follow->inspection.snapshot), at[2] = {0, 0};
	struct lsp_socket_set_pair pair;
	int r = make_sets(follow, &comparison->all, &comparison->shown);

	if (r < 0)
		return r;
	comparison->signs = malloc(count + 1);
	comparison->ticks_left = calloc(count + 1, 1);
	comparison->past.gone =
		calloc(lsp_socket_set_count(follow->shown) + 1, sizeof(*comparison->past.gone));
	if (!comparison->signs || !comparison->ticks_left || !comparison->past.gone)
		return -ENOMEM;
	memset(comparison->signs, ' ', count + 1);
	while (lsp_socket_set_next(follow->shown, comparison->shown, at, &pair))
		compare_pair(follow, comparison, &pair);
	return comparison->scratch[0].error ? comparison->scratch[0].error
					    : comparison->scratch[1].error;
}

static void comparison_deinit(struct comparison *comparison)
{
	lsp_socket_set_free(comparison->all);
	lsp_socket_set_free(comparison->shown);
	free(comparison->signs);
	free(comparison->ticks_left);
	past_deinit(&comparison->past);
	buf_deinit(&comparison->scratch[0]);
	buf_deinit(&comparison->scratch[1]);
}

#define SWAP(a, b)                                                                                 \
	do {                                                                                       \
		__typeof__(a) swap_ = (a);                                                         \
		(a) = (b);                                                                         \
		(b) = swap_;                                                                       \
	} while (0)

/* Takes over what the comparison found; it is left with what was there before, to be freed. */
static int adopt(struct follow *follow, struct comparison *comparison)
{
	SWAP(follow->all, comparison->all);
	SWAP(follow->shown, comparison->shown);
	SWAP(follow->signs, comparison->signs);
	SWAP(follow->ticks_left, comparison->ticks_left);
	if (comparison->past.gone_count) {
		comparison->past.snapshot = comparison->before->snapshot;
		comparison->before->snapshot = NULL;
		comparison->past.ticks_left = follow->sign_ticks;
		follow->pasts[follow->past_count++] = comparison->past;
		comparison->past = (struct follow_past){0};
	}
	follow->inspection.query.view.signs = follow->signs;
	return comparison->has_news;
}

/* --- ticks ------------------------------------------------------------------------------------ */

static void detach(struct inspection *inspection, struct before *before)
{
	*before = (struct before){inspection->snapshot, inspection->rows,
				  inspection->query.view.row_count, inspection->unknown};
	inspection->snapshot = NULL;
	inspection->rows = NULL;
}

static void restore(struct inspection *inspection, const struct before *before)
{
	lsp_snapshot_free(inspection->snapshot);
	free(inspection->rows);
	inspection->snapshot = before->snapshot;
	inspection->rows = before->rows;
	inspection->query.view.rows = before->rows;
	inspection->query.view.row_count = before->row_count;
	inspection->unknown = before->unknown;
}

/* Return: 1 news, 0 none; negative when it failed, and then nothing has changed. */
static int inspect(struct follow *follow, int64_t now_msec, struct error *error)
{
	struct before before;
	struct comparison comparison = {.before = &before};
	int r;

	detach(&follow->inspection, &before);
	r = inspection_again(&follow->inspection, follow->options, error);
	if (r >= 0)
		r = inspection_check_blind(follow->inspection.snapshot, error);
	if (r >= 0)
		r = compare(follow, &comparison);
	if (r >= 0) {
		r = adopt(follow, &comparison);
		lsp_snapshot_free(before.snapshot);
		free(before.rows);
		follow->inspected_msec = now_msec;
		/* A daemon may hand its socket to a child and exit: that takes a moment. */
		follow->is_settling = r;
	} else {
		restore(&follow->inspection, &before);
	}
	comparison_deinit(&comparison);
	return r;
}

/* Return: 1 when the sockets differ from those of the last inspection, else 0. */
static int poll_sockets(struct follow *follow, struct error *error)
{
	struct lsp_snapshot *snapshot = NULL;
	struct lsp_socket_set *seen = NULL;
	int r;

	follow->poll.deadline = query_deadline(&follow->inspection.query);
	r = inspection_collect(&follow->poll, &snapshot, error);

	if (r >= 0)
		r = inspection_check_blind(snapshot, error);
	if (r >= 0)
		r = lsp_socket_set_new(snapshot, NULL, 0, has_queues(&follow->inspection.query),
				       &seen);
	if (r >= 0)
		r = !lsp_socket_set_equal(seen, follow->all);
	lsp_socket_set_free(seen);
	lsp_snapshot_free(snapshot);
	return r;
}

int follow_tick(struct follow *follow, int64_t now_msec, struct error *error)
{
	bool has_ended = age_signs(follow);
	bool is_due = follow->is_settling || now_msec - follow->inspected_msec >= INSPECTION_MSEC;
	int r = is_due ? 1 : poll_sockets(follow, error), listed;

	if (r > 0)
		r = inspect(follow, now_msec, error);
	listed = list_past(follow);
	if (listed < 0)
		return error_note(error, listed);
	if (r < 0 && r != -ENOMEM && ++follow->failures < FAILURES_MAX) {
		error_reset(error);
		return has_ended;
	}
	if (r >= 0)
		follow->failures = 0;
	return r < 0 ? error_note(error, r) : r || has_ended;
}

int follow_init(struct follow *follow, const struct options *options, const struct target *target,
		unsigned sign_ticks, int64_t now_msec, struct error *error)
{
	struct inspection *inspection = &follow->inspection;
	size_t count;
	int r;

	*follow = (struct follow){
		.options = options, .sign_ticks = sign_ticks, .inspected_msec = now_msec};
	r = inspection_init(inspection, options, target, error);
	if (r >= 0)
		r = inspection_check_blind(inspection->snapshot, error);
	if (r < 0)
		return r;
	follow->poll = inspection->query.scope;
	follow->poll.lookups = 0;
	/* Before a listener is reported as gone, it is looked for in the most reliable way. */
	inspection->query.scope.strict = true;
	r = make_sets(follow, &follow->all, &follow->shown);
	count = lsp_snapshot_count(inspection->snapshot);
	follow->signs = malloc(count + 1);
	follow->ticks_left = calloc(count + 1, 1);
	if (r < 0 || !follow->signs || !follow->ticks_left)
		return error_note(error, -ENOMEM);
	memset(follow->signs, ' ', count + 1);
	inspection->query.view.signs = follow->signs;
	return 0;
}

void follow_deinit(struct follow *follow)
{
	for (size_t i = 0; i < follow->past_count; i++)
		past_deinit(&follow->pasts[i]);
	lsp_socket_set_free(follow->all);
	lsp_socket_set_free(follow->shown);
	free(follow->signs);
	free(follow->ticks_left);
	free(follow->past_rows);
	inspection_deinit(&follow->inspection);
	*follow = (struct follow){0};
}

bool follow_is_news(const struct follow *follow, size_t index)
{
	return follow->ticks_left[index] == follow->sign_ticks;
}

bool follow_past_is_news(const struct follow *follow, size_t past)
{
	return follow->pasts[past].ticks_left == follow->sign_ticks;
}
