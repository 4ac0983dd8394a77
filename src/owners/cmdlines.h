/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command lines of processes that were found. To read one takes the lock of the process's
 * address space (fs/proc/base.c, get_mm_cmdline()), which the process can hold for ever: it maps a
 * page of a file system that does not answer. So they are read in a child that can be killed.
 */
#ifndef LSPORTS_OWNERS_CMDLINES_H
#define LSPORTS_OWNERS_CMDLINES_H
#pragma once

#include "owners/procfs.h"
#include "worker.h"

#include <lsports/lsports.h>

/* One that was opened and not read yet. */
struct cmdline {
	uint32_t pid, process; /* index in the snapshot */
	int fd, thread_fd;     /* owned; @thread_fd is -1 where the leader has not ended */
};

struct cmdlines {
	struct lsp_snapshot *snapshot; /* borrowed */
	struct worker worker;
	struct cmdline opened[WORKER_FDS];
	size_t count, most; /* at most so many are open at once */
	int64_t left;       /* nanoseconds for all command lines */
	int64_t deadline;   /* of the run, 0: none */
	/* What could not be read. */
	uint64_t late, failed;
	uint32_t late_pid;
	int error; /* the last failure: negative errno */
};

void cmdlines_init(struct cmdlines *cmdlines, struct lsp_snapshot *snapshot, int64_t deadline);

/*
 * cmdlines_prepare() - before processes are read. Where descriptors are few, the child takes its
 * own now, and no command line stays open.
 */
void cmdlines_prepare(struct cmdlines *cmdlines);
void cmdlines_deinit(struct cmdlines *cmdlines);

/*
 * cmdlines_add() - that of the process @index of the snapshot, which is known there sooner or
 * later. Opening takes no lock (fs/proc/base.c, proc_pid_cmdline_ops).
 * @dir: the process. @thread: one of its threads, which is asked where the leader has ended; or
 * @dir. Return: 0 or -ENOMEM.
 */
int cmdlines_add(struct cmdlines *cmdlines, const struct procfs *proc, int dir, int thread,
		 uint32_t pid, uint32_t index);

/*
 * cmdlines_end() - all that were added are known now; what could not be read is a gap.
 * Return: 0 or -ENOMEM.
 */
int cmdlines_end(struct cmdlines *cmdlines);

#endif
