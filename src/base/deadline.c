/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arithmetic with moments. Sets no timer and no signal. */
#include "deadline.h"

#include <limits.h>
#include <time.h>

int64_t deadline_now(void)
{
	struct timespec now;

	/* It lags by a tick at most, and is read without asking any hardware. */
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t deadline_in(int64_t nsec)
{
	return deadline_now() + nsec;
}

int64_t deadline_left(int64_t deadline)
{
	int64_t now = deadline_now();

	if (!deadline)
		return INT64_MAX;
	return deadline > now ? deadline - now : 0;
}

int deadline_left_msec(int64_t deadline)
{
	int64_t left = deadline_left(deadline);
	int64_t msec = left / DEADLINE_NSEC_PER_MSEC + (left % DEADLINE_NSEC_PER_MSEC > 0);

	if (!deadline)
		return -1;
	return msec < INT_MAX ? (int)msec : INT_MAX;
}

int64_t deadline_first(int64_t a, int64_t b)
{
	if (!a || !b)
		return a ? a : b;
	return a < b ? a : b;
}
