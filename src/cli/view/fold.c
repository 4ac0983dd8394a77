/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses rows by turns: the first of every user, then the second of every user, and so on. */
#include "view/fold.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Accounts that people and services have: UID_MAX of login.defs(5), DynamicUser= and nobody. */
#define PLAIN_USERS 65536u
#define RANGE_SHIFT 16
#define RANGES ((uint64_t)1 << 32)
#define NO_USER (RANGES << 1)

uint64_t fold_user(const struct lsp_socket *socket, bool has_account)
{
	if (!socket->has_uid)
		return NO_USER;
	if (has_account || socket->uid < PLAIN_USERS)
		return socket->uid;
	return RANGES | socket->uid >> RANGE_SHIFT;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_texts(const char *a, const char *b)
{
	if (a == b)
		return 0;
	if (!a || !b)
		return a ? 1 : -1;
	return strcmp(a, b);
}

static int compare_groups(const struct fold_row *a, const struct fold_row *b)
{
	int r = compare_numbers(a->user, b->user);

	if (!r)
		r = compare_texts(a->unit, b->unit);
	return r ? r : compare_texts(a->program, b->program);
}

/* By rank, then in the order of the caller. */
static int compare_ranks(const struct fold_row *a, const struct fold_row *b)
{
	int r = compare_numbers(a->rank, b->rank);

	return r ? r : (a > b) - (a < b);
}

static int by_group(const void *left, const void *right)
{
	const struct fold_row *a = *(const struct fold_row *const *)left;
	const struct fold_row *b = *(const struct fold_row *const *)right;
	int r = compare_groups(a, b);

	return r ? r : compare_ranks(a, b);
}

static int by_turn(const void *left, const void *right)
{
	const struct fold_row *a = *(const struct fold_row *const *)left;
	const struct fold_row *b = *(const struct fold_row *const *)right;
	int r = compare_numbers(a->user, b->user);

	if (!r)
		r = compare_numbers(a->turn, b->turn);
	return r ? r : compare_ranks(a, b);
}

static int by_place(const void *left, const void *right)
{
	const struct fold_row *a = *(const struct fold_row *const *)left;
	const struct fold_row *b = *(const struct fold_row *const *)right;
	int r = compare_numbers(a->place, b->place);

	return r ? r : compare_ranks(a, b);
}

static void choose(struct fold_row **sorted, size_t count, size_t max)
{
	size_t shown = 0;

	qsort(sorted, count, sizeof(*sorted), by_group);
	for (size_t i = 0; i < count; i++)
		sorted[i]->turn = i && compare_groups(sorted[i - 1], sorted[i]) == 0
					  ? sorted[i - 1]->turn + 1
					  : 0;
	qsort(sorted, count, sizeof(*sorted), by_turn);
	for (size_t i = 0; i < count; i++)
		sorted[i]->place =
			i && sorted[i - 1]->user == sorted[i]->user ? sorted[i - 1]->place + 1 : 0;
	qsort(sorted, count, sizeof(*sorted), by_place);
	for (size_t i = 0; i < count; i++) {
		sorted[i]->is_shown =
			shown < max && sorted[i]->turn < FOLD_GROUP && sorted[i]->place < FOLD_USER;
		shown += sorted[i]->is_shown;
	}
}

static int add_rest(struct array *rests, const struct fold_rest *rest)
{
	struct fold_rest *slot = rest->count ? array_add(rests, sizeof(*slot)) : NULL;

	if (slot)
		*slot = *rest;
	return rest->count && !slot ? -ENOMEM : 0;
}

/* Rows of the same group, of which those that are shown stand first. */
static size_t group_end(struct fold_row *const *sorted, size_t count, size_t start)
{
	size_t end = start + 1;

	while (end < count && compare_groups(sorted[start], sorted[end]) == 0)
		end++;
	return end;
}

/* A group of which nothing is shown has no line of its own: there may be any number of them. */
static int count_user(struct fold_row *const *sorted, size_t count, struct fold_rest *others,
		      struct array *rests)
{
	struct fold_rest user = {.is_of_user = true};
	bool has_shown = false;
	int r = 0;

	for (size_t i = 0, end; r >= 0 && i < count; i = end) {
		struct fold_rest group = {0}, *rest = sorted[i]->is_shown ? &group : &user;

		has_shown |= sorted[i]->is_shown;
		end = group_end(sorted, count, i);
		for (size_t at = i; at < end; at++)
			if (!sorted[at]->is_shown && !rest->count++)
				rest->row = sorted[at];
		if (rest == &group)
			r = add_rest(rests, &group);
	}
	if (has_shown)
		return r < 0 ? r : add_rest(rests, &user);
	if (!others->count)
		others->row = user.row;
	others->count += user.count;
	return r;
}

static int count_rests(struct fold_row **sorted, size_t count, struct array *rests)
{
	struct fold_rest others = {.is_of_users = true};
	int r = 0;

	qsort(sorted, count, sizeof(*sorted), by_group);
	for (size_t i = 0, end; r >= 0 && i < count; i = end) {
		for (end = i + 1; end < count && sorted[end]->user == sorted[i]->user;)
			end++;
		r = count_user(sorted + i, end - i, &others, rests);
	}
	return r < 0 ? r : add_rest(rests, &others);
}

int fold_rows(struct fold_row *rows, size_t count, size_t max, struct array *rests)
{
	struct fold_row **sorted = calloc(count + 1, sizeof(struct fold_row *));
	int r = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		sorted[i] = &rows[i];
	choose(sorted, count, max);
	if (rests)
		r = count_rests(sorted, count, rests);
	free(sorted);
	return r;
}
