/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cgroup id -> path, in a mounted cgroup2 tree. */
#ifndef LSPORTS_HOST_CGROUPFS_H
#define LSPORTS_HOST_CGROUPFS_H
#pragma once

#include "host/cgroup_mount.h"
#include "intmap.h"

/* What became of an id. */
enum cgroupfs_state {
	CGROUPFS_WANTED, /* it was not found, and what was not read may have it */
	CGROUPFS_FOUND,
	CGROUPFS_ENDED,   /* no cgroup has it any more */
	CGROUPFS_OUTSIDE, /* it is not below what is mounted here */
};

/* What is done with a path that was found; 0 or -ENOMEM, which ends the search. */
typedef int (*cgroupfs_found)(void *data, uint64_t id, const char *path);

/*
 * cgroupfs_find() - the path of each id of @ids in a tree that is mounted.
 * @ids: values are CGROUPFS_WANTED, and enum cgroupfs_state afterwards.
 * @deadline: at which it ends with what it found (-ETIME), 0: none.
 * @failure: 0, or a negative errno that may have kept ids from being found.
 * Return: 0 or -ENOMEM.
 */
int cgroupfs_find(const struct cgroup_mount *mount, struct intmap *ids, int64_t deadline,
		  cgroupfs_found found, void *data, int *failure);

#endif
