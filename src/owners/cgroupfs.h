/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cgroup id -> path, from the mounted cgroup2 tree; private to the owners room. */
#ifndef LSPORTS_OWNERS_CGROUPFS_H
#define LSPORTS_OWNERS_CGROUPFS_H
#pragma once

#include "intmap.h"
#include "root.h"

/* What is done with a path that was found; 0 or -ENOMEM, which ends the search. */
typedef int (*cgroupfs_found)(void *data, uint64_t id, const char *path);

/*
 * cgroupfs_find() - the path of each id of @ids that stands in the cgroup2 tree that is mounted
 * below @root. Ids that are not found, and all of them without such a tree, are passed over.
 * @ids: values are changed.
 * @failure: 0, or the negative errno for which some may not have been found.
 * Return: 0 or -ENOMEM.
 */
int cgroupfs_find(const struct root *root, struct intmap *ids, cgroupfs_found found, void *data,
		  int *failure);

#endif
