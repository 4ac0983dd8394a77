/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all of a walk shares, and where an owner that was found goes. Which processes are visited,
 * and how they are read, is decided by the owner sources.
 */
#include "owners/walk.h"

#include "deadline.h"
#include "model/builder.h"

#include <errno.h>

/* Where the run has no deadline. A million descriptors take about ten seconds. */
#define WALK_MAX_NSEC INT64_C(40000000000)

/*
 * One process may take an eighth of the time that is left when the walk begins: no single one can
 * hide all the others.
 */
#define BUDGET_SHARE 8

int walk_init(struct walk *walk, const struct root *root, const struct lsp_query *query,
	      struct lsp_snapshot *snapshot)
{
	int64_t deadline = query->deadline ? query->deadline : deadline_in(WALK_MAX_NSEC);

	*walk = (struct walk){
		.snapshot = snapshot,
		.proc = {.root = root, .fd = -1},
		.deadline = deadline,
		.budget = deadline_left(deadline) / BUDGET_SHARE,
		.facts = {.snapshot = snapshot, .proc = &walk->proc, .lookups = query->lookups},
	};
	cmdlines_init(&walk->facts.cmdlines, snapshot, walk->deadline);
	return wanted_init(&walk->wanted, snapshot);
}

void walk_deinit(struct walk *walk)
{
	wanted_deinit(&walk->wanted);
	intmap_deinit(&walk->in_rings);
	intmap_deinit(&walk->checked);
	intmap_deinit(&walk->refused);
	exe_verify_deinit(&walk->facts.verify);
	cmdlines_deinit(&walk->facts.cmdlines);
	procfs_close(&walk->proc);
}

int walk_open(struct walk *walk)
{
	int r = procfs_open(&walk->proc, walk->proc.root);

	if (r >= 0 && walk->facts.lookups & LSP_LOOKUP_CMDLINE && walk->proc.root->is_machine)
		cmdlines_prepare(&walk->facts.cmdlines);
	return r;
}

bool walk_check_time(struct walk *walk, struct visit *visit)
{
	visit->start = deadline_now();
	if (visit->start >= walk->deadline) {
		walk->tally.unvisited++;
		return false;
	}
	visit->end = deadline_first(walk->deadline, visit->start + walk->budget);
	return true;
}

void walk_begin_pass(struct walk *walk, bool is_whole)
{
	wanted_begin_pass(&walk->wanted, is_whole, builder_mark_owners(walk->snapshot).found);
	tally_begin_pass(&walk->tally);
	intmap_deinit(&walk->checked);
}

int walk_add_owner(struct walk *walk, struct visit *visit, int dir, uint32_t inode, int32_t fd)
{
	uint32_t *last = wanted_find(&walk->wanted, inode);
	int r;

	if (!last)
		return 0;
	if (!visit->is_added) {
		r = procfacts_add(&walk->facts, visit, dir, inode, fd);
		if (r || !visit->is_added)
			return r;
	}
	if (fd < 0 && intmap_put(&walk->in_rings, inode, 0) < 0)
		return -ENOMEM;
	/* A process may have any number of descriptors of one socket. */
	if (*last && builder_is_owner_again(walk->snapshot, *last - 1, visit->index, fd))
		return 0;
	r = builder_add_owner(walk->snapshot, inode, visit->index, fd);
	if (r >= 0)
		wanted_set_owned(&walk->wanted, last, builder_mark_owners(walk->snapshot).found);
	return r;
}
