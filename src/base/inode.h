/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which file something is, as the kernel has it in memory: by device and inode, and never by
 * asking a file system that may not answer.
 */
#ifndef LSPORTS_BASE_INODE_H
#define LSPORTS_BASE_INODE_H
#pragma once

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

struct inode {
	uint64_t device, number;
	uint64_t mount;     /* of its mount, with has_mount (Linux 5.8) */
	uint32_t uid;       /* as our user namespace sees it */
	uint32_t links;     /* 0: it has no name any more */
	uint16_t mode;      /* type and permissions */
	bool has_mount;     /* @mount is known */
	bool is_mount_root; /* nothing of the mount lies outside of it; known so with has_mount */
};

bool inode_is_same(const struct inode *a, const struct inode *b);

/*
 * inode_read() - what @name below the directory @dir leads to; "" is @dir itself.
 * @name: a link of /proc, which the kernel follows without looking anything up.
 * Return: 0 or a negative errno.
 */
int inode_read(int dir, const char *name, struct inode *out);

/*
 * inode_find() - what lies at the absolute @path below @root.
 * Return: 0 or a negative errno; -ELOOP when it has a symbolic link in it and @root is the machine;
 * -EAGAIN when a file system would have to be asked that may not answer.
 */
int inode_find(const struct root *root, const char *path, struct inode *out);

#endif
