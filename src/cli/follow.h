/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks that follow each other, and what became of each socket in between. */
#ifndef LSPORTS_CLI_FOLLOW_H
#define LSPORTS_CLI_FOLLOW_H
#pragma once

#include "look.h"

#include "view/events.h"
#include "view/sightings.h"

#define FOLLOW_SIGN_TICKS_MAX 5

/* A snapshot that is kept for the sockets that are gone from it. */
struct follow_past {
	struct lsp_snapshot *snapshot; /* owned */
	size_t *gone;                  /* indices, owned */
	size_t gone_count;
	unsigned ticks_left;
};

struct follow {
	struct look look;              /* the last whole one; its view shows the signs */
	const struct options *options; /* borrowed */
	unsigned sign_ticks;           /* how long a sign is shown */
	struct lsp_query glance;       /* the sockets alone: no process, no name */
	struct sightings all;          /* every socket of the last look */
	struct sightings shown;        /* those that selectors chose */
	char *signs;                   /* of each socket of the last look; owned, as ticks_left */
	uint8_t *ticks_left;
	struct follow_past pasts[FOLLOW_SIGN_TICKS_MAX];
	size_t past_count;
	struct past_row *past_rows; /* owned, the view borrows it */
	int64_t looked_msec;        /* when the last whole look was */
	unsigned failures;          /* in a row */
	bool is_settling;           /* the last look found something new */
};

/*
 * follow_init() - the first look: nothing is new in it.
 * @sign_ticks: 1 to FOLLOW_SIGN_TICKS_MAX.
 * @now_msec: of a clock that only goes forward.
 * Return and @messages: as look_init(); -EIO when a whole protocol cannot be read. follow_deinit()
 * may be called in either case.
 */
int follow_init(struct follow *follow, const struct options *options,
		const struct query_output *output, unsigned sign_ticks, int64_t now_msec,
		struct buf *messages);
void follow_deinit(struct follow *follow);

/*
 * follow_tick() - looks again. What is shown has changed, signs that have had their time too, when
 * the result is 1; 0 when nothing has, or nothing could be seen this once.
 * Return: 1, 0, or a negative errno after some failures in a row.
 */
int follow_tick(struct follow *follow, int64_t now_msec, struct buf *messages);

/* Is the sign of socket @index, or of a past, one of the last tick? */
bool follow_is_news(const struct follow *follow, size_t index);
bool follow_past_is_news(const struct follow *follow, size_t past);

#endif
