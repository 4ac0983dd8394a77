/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owners of sockets, found by inode. */
#ifndef LSPORTS_MODEL_OWNER_INDEX_H
#define LSPORTS_MODEL_OWNER_INDEX_H
#pragma once

#include <lsports/lsports.h>

/* A descriptor of a process that refers to a socket. */
struct owner_found {
	uint32_t inode, process; /* process: index */
	int32_t fd;
};

struct owner_index {
	struct lsp_owner *owners; /* by inode and PID */
	uint32_t *inodes;         /* the inode of each owner, ascending */
	size_t count;
	/* Where the owners of inodes begin whose distance from the first has the same high bits. */
	uint32_t *starts;
	size_t buckets;
	unsigned shift;
};

/*
 * owner_index_init() - each process once for an inode, with its lowest descriptor.
 * @processes: borrowed are the processes, not the array.
 * Return: 0 or -ENOMEM; owner_index_deinit() is the caller's in any case.
 */
int owner_index_init(struct owner_index *index, const struct owner_found *found, size_t count,
		     struct lsp_process *const *processes);
void owner_index_deinit(struct owner_index *index); /* takes a zeroed one too */

/* owner_index_find() - the owners of @inode by PID, *count of them; NULL without one. Borrowed. */
const struct lsp_owner *owner_index_find(const struct owner_index *index, uint32_t inode,
					 size_t *count);

#endif
