/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of many rows are shown, so that nobody who opens many listeners hides those of others: at
 * most FOLD_GROUP rows for each user, unit and program, FOLD_USER for each user, and as many for
 * every user as fit. What is left out is counted.
 */
#ifndef LSPORTS_CLI_VIEW_FOLD_H
#define LSPORTS_CLI_VIEW_FOLD_H
#pragma once

#include "array.h"

#include <lsports/lsports.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_GROUP 20
#define FOLD_USER 80

struct fold_row {
	size_t index; /* of the caller; does not matter here */
	uint64_t user;
	const char *unit, *program; /* borrowed; NULL: none, or unknown */
	unsigned rank;              /* rows of a lower rank are shown first */
	bool is_shown;              /* the answer */
	/* How many of its group, and of its user, stand before it. */
	size_t turn, place;
};

/* Rows that are not shown. */
struct fold_rest {
	const struct fold_row *row; /* the first of them: it names user, unit and program */
	size_t count;
	bool is_of_user;  /* of other units and programs of its user than the rests before */
	bool is_of_users; /* of other users than the rests before */
};

/*
 * fold_user() - what counts as one user: numbers without an account that lie in one range of
 * 65,536 are one user, as somebody with subordinate numbers (subuid(5)) has all of them.
 */
uint64_t fold_user(const struct lsp_socket *socket, bool has_account);

/*
 * fold_rows() - decides for each row. Rows of equal rank are shown in their order.
 * @max: how many rows are shown at most.
 * @rests: struct fold_rest, in the order of users; array_deinit() is the caller's. NULL: not asked.
 * Return: 0 or -ENOMEM.
 */
int fold_rows(struct fold_row *rows, size_t count, size_t max, struct array *rests);

#endif
