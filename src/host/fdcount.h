/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a process has any descriptor, by one call: kernel threads and zombies have none. */
#ifndef LSPORTS_HOST_FDCOUNT_H
#define LSPORTS_HOST_FDCOUNT_H
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct fdcount {
	int proc;       /* borrowed: /proc */
	uint64_t mount; /* its id */
	bool is_known;  /* the kernel tells it */
};

/* fdcount_probe() - @self: our own PID there. */
struct fdcount fdcount_probe(int proc, uint32_t self);

/*
 * fdcount_is_none() - is the table known to be empty? Never where something is mounted over it,
 * which is found when it is opened. @table: "812/fd" or "812/task/813/fd".
 */
bool fdcount_is_none(const struct fdcount *fdcount, const char *table);

#endif
