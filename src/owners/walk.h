/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One walk over processes for the owners of a snapshot's sockets: the parts that all of it shares.
 * It is made in one or two passes (struct wanted).
 *
 * Functions that return int: 0, or -ENOMEM when the snapshot cannot grow. What the kernel refuses
 * is counted and never ends the walk.
 */
#ifndef LSPORTS_OWNERS_WALK_H
#define LSPORTS_OWNERS_WALK_H
#pragma once

#include "intmap.h"
#include "owners/procfacts.h"
#include "owners/procfs.h"
#include "owners/tally.h"
#include "owners/visit.h"
#include "owners/wanted.h"

struct walk {
	struct lsp_snapshot *snapshot; /* borrowed */
	struct procfs proc;
	struct wanted wanted;
	struct tally tally;
	struct procfacts facts;
	struct intmap in_rings; /* inodes of which a ring holds the socket, each with value 0 */
	int64_t deadline;       /* of the run, or of the walk where the run has none */
	int64_t budget;         /* nanoseconds for one process */
	struct intmap checked;  /* PIDs that need no visit in this pass: somebody else read them */
	struct intmap refused;  /* PIDs whose tables an earlier pass may not read; value 0 */
};

/* walk_init() - opens nothing yet. @walk stays where it is. walk_deinit() on failure too. */
int walk_init(struct walk *walk, const struct root *root, const struct lsp_query *query,
	      struct lsp_snapshot *snapshot);
void walk_deinit(struct walk *walk);

/* walk_open() - Return: 0, or why /proc cannot be opened. */
int walk_open(struct walk *walk);

/*
 * walk_check_time() - may one process more be visited? It is then told when its time is over.
 * Return: false at the deadline: the process counts as one that was not visited.
 */
bool walk_check_time(struct walk *walk, struct visit *visit);

/* walk_begin_pass() - nothing was seen in it so far. @is_whole: as in struct wanted. */
void walk_begin_pass(struct walk *walk, bool is_whole);

/*
 * walk_add_owner() - the process holds @inode: it is an owner if one is wanted.
 * @dir: visit->dir, or the thread that holds it. @fd: -1 for a socket held by no descriptor. The
 * first one of a process is looked at again behind its facts. Return: 0, -ENOMEM, or 1 when the
 * process turns out to be gone.
 */
int walk_add_owner(struct walk *walk, struct visit *visit, int dir, uint32_t inode, int32_t fd);

#endif
