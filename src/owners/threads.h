/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of a process that do not share the table of descriptors of its leader. */
#ifndef LSPORTS_OWNERS_THREADS_H
#define LSPORTS_OWNERS_THREADS_H
#pragma once

#include "dirscan.h"
#include "owners/procfs.h"

#include <stdbool.h>
#include <stdint.h>

/* Tables of one process that are told apart; beyond them every thread is listed. */
#define THREADS_TABLES_MAX 16

/* Large, as struct dirscan is. */
struct threads {
	const struct procfs *proc;
	uint32_t leader;
	int fd; /* owned: /proc/PID/task */
	struct dirscan scan;
	uint32_t tables[THREADS_TABLES_MAX]; /* one thread of each table that was listed */
	size_t table_count;
};

/*
 * threads_is_single() - the leader of a process is known to be its only thread. @path: of the
 * directory of its threads, below @dir.
 */
bool threads_is_single(const struct procfs *proc, int dir, const char *path);

/*
 * threads_open() - @dir: the process, whose leader is the thread @leader.
 * Return: 0, or a negative errno with nothing to close.
 */
int threads_open(struct threads *threads, const struct procfs *proc, int dir, uint32_t leader);
void threads_close(struct threads *threads);

/*
 * threads_next() - a thread other than the leader; of those that are known to share one table the
 * first. @name: below threads->fd, borrowed until the next call.
 * Return: 1 and a thread, 0 at the end, or a negative errno when the list breaks off.
 */
int threads_next(struct threads *threads, const char **name);

#endif
