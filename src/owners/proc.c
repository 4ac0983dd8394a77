/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner source that walks /proc: which passes are made, and when none is. What a pass reads is
 * owners/process.c's.
 */
#include "owners/proc.h"

#include "cleanup.h"
#include "owners/pass.h"
#include "owners/prefilter.h"
#include "owners/procgaps.h"
#include "owners/walk.h"

#include <errno.h>

static int run(struct walk *walk, bool is_whole)
{
	int r = 0;

	walk_begin_pass(walk, is_whole);
	/* In the second pass little is wanted, and most are only asked for their threads. */
	if (walk->wanted.pass == 1)
		r = prefilter_run(&walk->proc, &walk->wanted, walk->deadline, walk->budget,
				  &walk->checked);
	if (r >= 0)
		r = pass_run(walk);
	walk->tally.processes += walk->checked.count;
	return r;
}

static int find_by_proc(const struct root *root, const struct lsp_query *query,
			struct lsp_snapshot *snapshot, void *prepared, struct error *why)
{
	cleanup(walk_deinit) struct walk walk;
	int r = walk_init(&walk, root, query, snapshot);

	(void)prepared;
	(void)why;
	if (r < 0 || !walk.wanted.unowned)
		return r;
	r = walk_open(&walk);
	if (r >= 0)
		r = run(&walk, query->strict);
	/* At least we are a process: nothing is mounted on /proc. */
	if (r >= 0 && root->is_machine && !walk.tally.processes)
		r = -ENOENT;
	/*
	 * Threads and rings cost more: unless all owners were asked for they are read only for
	 * sockets that no process was seen to hold.
	 */
	if (r >= 0 && walk.wanted.unowned)
		r = run(&walk, true);
	if (r >= 0)
		r = cmdlines_end(&walk.facts.cmdlines);
	return r < 0 ? r : procgaps_report(&walk, false);
}

const struct owner_source proc_source = {
	.name = "proc",
	.id = LSP_OWNERS_PROC,
	.way = "by reading /proc of",
	.which = "",
	.find = find_by_proc,
};
