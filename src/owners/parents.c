/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chain of parents of an owner, by name alone. A chain that breaks off is no gap: parents end,
 * and those outside of a PID namespace cannot be seen.
 */
#include "owners/procwalk.h"

#include "model/snapshot.h"
#include "owners/procparse.h"
#include "scope.h"

#include <fcntl.h>
#include <stdio.h>

#define DEPTH_MAX 32

static bool read_stat(struct procwalk *walk, int dir, struct procparse_stat *stat)
{
	ssize_t n = procwalk_read(walk, dir, "stat", walk->text, sizeof(walk->text));

	return n > 0 && procparse_stat(walk->text, (size_t)n, stat);
}

/* The parent that @child tells of; false where there is none any more. */
static bool open_parent(struct procwalk *walk, const struct procparse_stat *child, int *dir,
			struct procparse_stat *stat)
{
	char name[16];

	if (!child->parent || child->parent > INT32_MAX)
		return false;
	snprintf(name, sizeof(name), "%u", (unsigned)child->parent);
	*dir = dirscan_open(&walk->how, walk->proc, name, O_PATH | O_DIRECTORY);
	/* Who started later than its child has got the PID of somebody who ended. */
	return *dir >= 0 && read_stat(walk, *dir, stat) && stat->started <= child->started;
}

static int add_one(struct procwalk *walk, int dir, uint32_t pid, uint32_t *index)
{
	struct lsp_process parent = {.pid = pid};
	ssize_t n = procwalk_read(walk, dir, "comm", walk->text, sizeof(walk->text));

	if (n >= 0) {
		procparse_comm(walk->text, (size_t)n);
		parent.comm = walk->text;
	}
	return snapshot_add_process(walk->snapshot, &parent, index);
}

int parents_add(struct procwalk *walk, const struct procwalk_process *process)
{
	struct procparse_stat child, parent;
	uint32_t at = process->index, index;
	int r = 0;

	if (!read_stat(walk, process->dir, &child))
		return 0;
	for (unsigned depth = 0; r >= 0 && depth < DEPTH_MAX; depth++, child = parent) {
		cleanup(scope_close) int dir = -1;

		if (!open_parent(walk, &child, &dir, &parent))
			break;
		r = add_one(walk, dir, (uint32_t)child.parent, &index);
		if (r >= 0)
			snapshot_set_parent(walk->snapshot, at, index);
		at = index;
	}
	return r;
}
