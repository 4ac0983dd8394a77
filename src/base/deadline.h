/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A moment at which work has to end: nanoseconds of CLOCK_MONOTONIC, 0 for never. Whoever works
 * through a list that may be long asks now and then; nobody is interrupted.
 */
#ifndef LSPORTS_BASE_DEADLINE_H
#define LSPORTS_BASE_DEADLINE_H
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define DEADLINE_NSEC_PER_MSEC INT64_C(1000000)

int64_t deadline_now(void);

/* deadline_in() - so many nanoseconds from now. */
int64_t deadline_in(int64_t nsec);

/* deadline_left() - nanoseconds until @deadline, at least 0; INT64_MAX for never. */
int64_t deadline_left(int64_t deadline);

/* deadline_left_msec() - for poll(2): rounded up, -1 for never. */
int deadline_left_msec(int64_t deadline);

/* deadline_first() - the one that comes first. */
int64_t deadline_first(int64_t a, int64_t b);

static inline bool deadline_is_over(int64_t deadline)
{
	return deadline && deadline_now() >= deadline;
}

/*
 * deadline_is_over_at() - the same in a long loop of short steps: the clock is asked at each 64th.
 * @step: counts them, from 0.
 */
static inline bool deadline_is_over_at(int64_t deadline, unsigned *step)
{
	return (*step)++ % 64 == 0 && deadline_is_over(deadline);
}

#endif
