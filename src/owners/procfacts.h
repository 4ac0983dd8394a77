/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of the processes that own sockets, as the query asks for them. */
#ifndef LSPORTS_OWNERS_PROCFACTS_H
#define LSPORTS_OWNERS_PROCFACTS_H
#pragma once

#include "owners/cmdlines.h"
#include "owners/exe_verify.h"
#include "owners/procfs.h"
#include "owners/visit.h"

#include <lsports/lsports.h>

struct procfacts {
	const struct procfs *proc; /* borrowed */
	struct lsp_snapshot *snapshot;
	unsigned lookups; /* enum lsp_lookup */
	struct exe_verify verify;
	struct cmdlines cmdlines;
	bool is_boot_time_read, has_boot_time;
	int64_t boot_time; /* seconds since the epoch */
};

/*
 * procfacts_add() - a process into the snapshot, which then knows it as visit->index.
 * @dir: visit->dir, or the thread that holds the socket: it is asked where the leader has ended.
 * @inode, @fd: what it holds; @fd is -1 for a socket held by no descriptor. A process that no
 * longer holds it then is not added: it may have executed another program, whose facts these are.
 * Return: 0, -ENOMEM, or 1 when the process is gone.
 */
int procfacts_add(struct procfacts *facts, struct visit *visit, int dir, uint32_t inode,
		  int32_t fd);

/* procfacts_is_idle() - a kernel thread or a zombie: the table of the leader @dir holds nothing. */
bool procfacts_is_idle(const struct procfs *proc, int dir);

#endif
