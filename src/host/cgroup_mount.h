/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mounted cgroup2 tree, and which of its names root gave. */
#ifndef LSPORTS_HOST_CGROUP_MOUNT_H
#define LSPORTS_HOST_CGROUP_MOUNT_H
#pragma once

#include "root.h"
#include "strpool.h"

struct cgroup_mount {
	const struct root *root; /* borrowed */
	int fd;                  /* owned: the mount point, -1 without one */
	struct buf prefix;   /* path of the mounted directory in the hierarchy: "" for all of it */
	uint32_t owner;      /* uid of the mounted directory */
	struct strpool safe; /* paths of directories in which root alone makes others */
};

/*
 * cgroup_mount_init() - opens the mount that shows most: the whole hierarchy, else the first.
 * Return: 0, or a negative errno, after which @mount can be used all the same; -ENODEV where no
 * cgroup2 tree is mounted. cgroup_mount_deinit() is the caller's in any case.
 */
int cgroup_mount_init(struct cgroup_mount *mount, const struct root *root);
void cgroup_mount_deinit(struct cgroup_mount *mount);

/*
 * cgroup_mount_given() - how many bytes of @path, from its beginning, are names that root gave:
 * whoever may write to a directory names what is below it. What cannot be checked, because it is
 * not below what is mounted here, counts as root's.
 */
size_t cgroup_mount_given(struct cgroup_mount *mount, const char *path);

#endif
