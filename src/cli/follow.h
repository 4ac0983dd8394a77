/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inspections that follow each other, and what became of each socket in between. */
#ifndef LSPORTS_CLI_FOLLOW_H
#define LSPORTS_CLI_FOLLOW_H
#pragma once

#include "inspection.h"

#include "view/event.h"

#include <lsports/socket_set.h>

#define FOLLOW_SIGN_TICKS_MAX 5

/* A snapshot that is kept for the sockets that are gone from it. */
struct follow_past {
	struct lsp_snapshot *snapshot; /* owned */
	size_t *gone;                  /* indices, owned */
	size_t gone_count;
	unsigned ticks_left;
};

struct follow {
	struct inspection inspection;  /* the last one; its view shows the signs */
	const struct options *options; /* borrowed */
	unsigned sign_ticks;           /* how long a sign is shown */
	struct lsp_query poll;         /* the sockets alone: no process, no name */
	struct lsp_socket_set *all;    /* every socket of the last inspection */
	struct lsp_socket_set *shown;  /* those that selectors match */
	char *signs; /* of each socket of the last inspection; owned, as ticks_left */
	uint8_t *ticks_left;
	struct follow_past pasts[FOLLOW_SIGN_TICKS_MAX];
	size_t past_count;
	struct past_row *past_rows; /* owned, the view borrows it */
	int64_t inspected_msec;     /* when the last inspection was */
	unsigned failures;          /* in a row */
	bool is_settling;           /* the last inspection found something new */
};

/*
 * follow_init() - the first inspection: nothing is new in it.
 * @sign_ticks: 1 to FOLLOW_SIGN_TICKS_MAX.
 * @now_msec: of a clock that only goes forward.
 * Return and @error: as inspection_init(); -EIO when a whole protocol cannot be read.
 * follow_deinit() may be called in either case.
 */
int follow_init(struct follow *follow, const struct options *options, const struct target *target,
		unsigned sign_ticks, int64_t now_msec, struct error *error);
void follow_deinit(struct follow *follow);

/*
 * follow_tick() - polls, and inspects again where the sockets differ.
 * Return: 1 when what is shown has changed, or the time of a sign has ended; 0 when not, or when
 * this tick could not read anything; a negative errno after several failures in a row.
 */
int follow_tick(struct follow *follow, int64_t now_msec, struct error *error);

/* Is the sign of socket @index, or of a past, one of the last tick? */
bool follow_is_news(const struct follow *follow, size_t index);
bool follow_past_is_news(const struct follow *follow, size_t past);

#endif
