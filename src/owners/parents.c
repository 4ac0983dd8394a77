/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The chain of parents of an owner, by name alone. A chain that breaks off is no gap: a parent may
 * have ended, and parents outside a PID namespace cannot be seen.
 */
#include "owners/parents.h"

#include "cleanup.h"
#include "model/builder.h"
#include "owners/procparse.h"

#include <stdio.h>

#define DEPTH_MAX 32
#define COMM_SIZE 256 /* threads of the kernel have names of up to 64 bytes */

/* The parent that @child names; false where there is none any more. */
static bool open_parent(const struct procfs *proc, const struct procparse_stat *child, int *dir,
			struct procparse_stat *stat)
{
	char name[16];

	if (!child->parent || child->parent > INT32_MAX)
		return false;
	snprintf(name, sizeof(name), "%u", (unsigned)child->parent);
	*dir = procfs_open_below(proc, proc->fd, name);
	/* A process that is younger than its child has the PID of a parent that ended. */
	return *dir >= 0 && procfs_read_stat(proc, *dir, stat) == 0 &&
	       stat->started <= child->started;
}

static int add_process(const struct procfs *proc, struct lsp_snapshot *snapshot, int dir,
		       uint32_t pid, uint32_t *index)
{
	struct lsp_process parent = {.pid = pid};
	char comm[COMM_SIZE];
	ssize_t n = procfs_read(proc, dir, "comm", comm, sizeof(comm));

	if (n >= 0) {
		procparse_comm(comm, (size_t)n);
		parent.comm = comm;
	}
	return builder_add_process(snapshot, &parent, index);
}

int parents_add(const struct procfs *proc, struct lsp_snapshot *snapshot, int dir, uint32_t index)
{
	struct procparse_stat child, parent;
	int r = 0;

	if (procfs_read_stat(proc, dir, &child) != 0)
		return 0;
	for (unsigned depth = 0; r >= 0 && depth < DEPTH_MAX; depth++, child = parent) {
		cleanup(cleanup_close) int parent_dir = -1;
		uint32_t parent_index;

		if (!open_parent(proc, &child, &parent_dir, &parent))
			break;
		r = add_process(proc, snapshot, parent_dir, (uint32_t)child.parent, &parent_index);
		if (r >= 0) {
			builder_set_parent(snapshot, index, parent_index);
			index = parent_index;
		}
	}
	return r;
}
