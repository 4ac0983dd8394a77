/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner source that walks /proc: which passes are made, and when none is. How a pass looks
 * stands in owners/procwalk.c.
 */
#include "owners/owners.h"

#include "owners/procwalk.h"
#include "scope.h"

#include <errno.h>

static void free_walk(struct procwalk **walk)
{
	procwalk_free(*walk);
}

static int run(struct procwalk *walk, enum procwalk_pass pass)
{
	int r = 0;

	procwalk_begin(walk, pass);
	/* The second pass looks into what the first one did not: threads and rings. */
	intmap_deinit(&walk->seen);
	if (pass == PROCWALK_FIRST)
		r = prefilter_run(walk);
	if (r >= 0)
		r = procwalk_run(walk);
	walk->processes += walk->seen.count;
	return r;
}

static int find_by_proc(const struct root *root, const struct lsp_query *query,
			struct lsp_snapshot *snapshot, void *begun, struct buf *why)
{
	cleanup(free_walk) struct procwalk *walk = NULL;
	int r = procwalk_new(root, query, snapshot, &walk);

	(void)begun;
	(void)why;
	if (r < 0 || !walk->unowned)
		return r;
	r = procwalk_open(walk);
	if (r >= 0)
		r = run(walk, PROCWALK_FIRST);
	/* At least we are a process: nothing is mounted on /proc. */
	if (r >= 0 && root->is_machine && !walk->processes)
		r = -ENOENT;
	/* Threads and rings cost more: only for sockets that nobody was seen to hold. */
	if (r >= 0 && walk->unowned)
		r = run(walk, PROCWALK_SECOND);
	return r < 0 ? r : procgaps_tell(walk);
}

const struct owner_source owner_source_proc = {
	.name = "proc",
	.id = LSP_OWNERS_PROC,
	.find = find_by_proc,
};
