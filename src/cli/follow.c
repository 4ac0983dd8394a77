/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns that a tick without news costs next to nothing: it asks the kernel for sockets alone, and
 * only if they are not those of before are processes looked at. What could not be seen is never
 * taken for gone. Draws nothing and knows no clock.
 */
#include "follow.h"

#include "message.h"

#include "view/cells.h"

#include <errno.h>
#include <stdlib.h>

/* What no socket tells is looked at again after a while: owners, users, rules. */
#define WHOLE_LOOK_MSEC 60000

#define FAILURES_MAX 5

/* A screen shows how queues are, too; that is no event. */
static bool has_queues(const struct query *query)
{
	const struct view *view = &query->view;

	for (size_t i = 0; query->is_drawn && i < view->columns.count; i++)
		if (view->columns.columns[i]->cell == cell_recv_queue ||
		    view->columns.columns[i]->cell == cell_send_queue)
			return true;
	return false;
}

static int see(struct follow *follow, struct sightings *all, struct sightings *shown)
{
	const struct look *look = &follow->look;
	const struct view *view = &look->query.view;
	int r = sightings_init(all, look->snapshot, NULL, 0, has_queues(&look->query));

	if (r >= 0)
		r = sightings_init(shown, look->snapshot, view->rows, view->row_count, false);
	return r;
}

/* --- signs ------------------------------------------------------------------------------------ */

static void past_deinit(struct follow_past *past)
{
	lsp_snapshot_free(past->snapshot);
	free(past->gone);
	*past = (struct follow_past){0};
}

/* The rows that are gone, for the view. */
static int list_past(struct follow *follow)
{
	struct view *view = &follow->look.query.view;
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

/* Return: has a sign had its time? */
static bool age_signs(struct follow *follow)
{
	size_t count = lsp_snapshot_count(follow->look.snapshot), kept = 0;
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

/* --- two looks -------------------------------------------------------------------------------- */

/* What the look before has known. */
struct before {
	struct lsp_snapshot *snapshot;
	uint32_t *rows;
	size_t row_count, unknown;
};

struct comparison {
	struct before *before;
	struct sightings all, shown;
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
			 const struct sighting_pair *pair)
{
	const struct query *query = &follow->look.query;
	struct event_pair events = {
		.snapshots = {comparison->before->snapshot, follow->look.snapshot}};

	if (!pair->before) {
		sign(follow, comparison, pair->after->index, '+');
		return;
	}
	if (!pair->after) {
		comparison->past.gone[comparison->past.gone_count++] = pair->before->index;
		comparison->has_news = true;
		return;
	}
	events.indices[0] = pair->before->index;
	events.indices[1] = pair->after->index;
	comparison->signs[pair->after->index] = follow->signs[pair->before->index];
	comparison->ticks_left[pair->after->index] = follow->ticks_left[pair->before->index];
	if (events_equal(&query->view, query->event_style, &events, comparison->scratch))
		return;
	/* Who is still marked as new stays it. */
	if (comparison->signs[pair->after->index] == '+')
		comparison->has_news = true;
	else
		sign(follow, comparison, pair->after->index, '~');
}

static int compare(struct follow *follow, struct comparison *comparison)
{
	size_t count = lsp_snapshot_count(follow->look.snapshot), at[2] = {0, 0};
	struct sighting_pair pair;
	int r = see(follow, &comparison->all, &comparison->shown);

	if (r < 0)
		return r;
	comparison->signs = malloc(count + 1);
	comparison->ticks_left = calloc(count + 1, 1);
	comparison->past.gone = calloc(follow->shown.count + 1, sizeof(*comparison->past.gone));
	if (!comparison->signs || !comparison->ticks_left || !comparison->past.gone)
		return -ENOMEM;
	memset(comparison->signs, ' ', count + 1);
	while (sightings_next(&follow->shown, &comparison->shown, at, &pair))
		compare_pair(follow, comparison, &pair);
	return comparison->scratch[0].error ? comparison->scratch[0].error
					    : comparison->scratch[1].error;
}

static void comparison_deinit(struct comparison *comparison)
{
	sightings_deinit(&comparison->all);
	sightings_deinit(&comparison->shown);
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

/* The comparison is what holds now; it is left with what held before. */
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
	follow->look.query.view.signs = follow->signs;
	return comparison->has_news;
}

/* --- ticks ------------------------------------------------------------------------------------ */

static void take_look(struct look *look, struct before *before)
{
	*before = (struct before){look->snapshot, look->rows, look->query.view.row_count,
				  look->unknown};
	look->snapshot = NULL;
	look->rows = NULL;
}

static void give_back(struct look *look, const struct before *before)
{
	lsp_snapshot_free(look->snapshot);
	free(look->rows);
	look->snapshot = before->snapshot;
	look->rows = before->rows;
	look->query.view.rows = before->rows;
	look->query.view.row_count = before->row_count;
	look->unknown = before->unknown;
}

/* Return: 1 news, 0 none; -EIO when a whole protocol could not be read: all as it was. */
static int look_whole(struct follow *follow, int64_t now_msec, struct buf *messages)
{
	struct before before;
	struct comparison comparison = {.before = &before};
	int r;

	take_look(&follow->look, &before);
	r = look_again(&follow->look, follow->options, messages);
	if (r >= 0 && look_is_blind(follow->look.snapshot)) {
		message_format_gaps(messages, follow->look.snapshot);
		r = -EIO;
	}
	if (r >= 0)
		r = compare(follow, &comparison);
	if (r >= 0) {
		r = adopt(follow, &comparison);
		lsp_snapshot_free(before.snapshot);
		free(before.rows);
		follow->looked_msec = now_msec;
		/* Who listens may hand its socket to a child and end: that takes a moment. */
		follow->is_settling = r;
	} else {
		give_back(&follow->look, &before);
	}
	comparison_deinit(&comparison);
	return r;
}

/* Return: 1 when the sockets are others than those of the last look, 0 when they are the same. */
static int glance(struct follow *follow, struct buf *messages)
{
	struct lsp_snapshot *snapshot = NULL;
	struct sightings seen = {0};
	char *reason = NULL;
	int r = lsp_collect(&follow->glance, &snapshot, &reason);

	if (r < 0)
		message_format_failure(messages, r, reason);
	free(reason);
	if (r >= 0 && look_is_blind(snapshot)) {
		message_format_gaps(messages, snapshot);
		r = -EIO;
	}
	if (r >= 0)
		r = sightings_init(&seen, snapshot, NULL, 0, has_queues(&follow->look.query));
	if (r >= 0)
		r = !sightings_equal(&seen, &follow->all);
	sightings_deinit(&seen);
	lsp_snapshot_free(snapshot);
	return r;
}

int follow_tick(struct follow *follow, int64_t now_msec, struct buf *messages)
{
	size_t said = messages->size;
	bool has_ended = age_signs(follow);
	bool is_due = follow->is_settling || now_msec - follow->looked_msec >= WHOLE_LOOK_MSEC;
	int r = is_due ? 1 : glance(follow, messages), listed;

	if (r > 0)
		r = look_whole(follow, now_msec, messages);
	listed = list_past(follow);
	if (listed < 0)
		return listed;
	if (r < 0 && r != -ENOMEM && ++follow->failures < FAILURES_MAX) {
		messages->size = said;
		return has_ended;
	}
	if (r >= 0)
		follow->failures = 0;
	return r < 0 ? r : r || has_ended;
}

int follow_init(struct follow *follow, const struct options *options,
		const struct query_output *output, unsigned sign_ticks, int64_t now_msec,
		struct buf *messages)
{
	struct look *look = &follow->look;
	size_t count;
	int r;

	*follow = (struct follow){
		.options = options, .sign_ticks = sign_ticks, .looked_msec = now_msec};
	r = look_init(look, options, output, messages);
	if (r < 0)
		return r;
	if (look_is_blind(look->snapshot)) {
		message_format_gaps(messages, look->snapshot);
		return -EIO;
	}
	follow->glance = look->query.scope;
	follow->glance.facts = 0;
	follow->glance.rules = NULL;
	/* Before a listener is said to be gone, it is looked for in the surest way. */
	look->query.scope.strict = true;
	r = see(follow, &follow->all, &follow->shown);
	count = lsp_snapshot_count(look->snapshot);
	follow->signs = malloc(count + 1);
	follow->ticks_left = calloc(count + 1, 1);
	if (r < 0 || !follow->signs || !follow->ticks_left) {
		messages->error = -ENOMEM;
		return -ENOMEM;
	}
	memset(follow->signs, ' ', count + 1);
	look->query.view.signs = follow->signs;
	return 0;
}

void follow_deinit(struct follow *follow)
{
	for (size_t i = 0; i < follow->past_count; i++)
		past_deinit(&follow->pasts[i]);
	sightings_deinit(&follow->all);
	sightings_deinit(&follow->shown);
	free(follow->signs);
	free(follow->ticks_left);
	free(follow->past_rows);
	look_deinit(&follow->look);
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
