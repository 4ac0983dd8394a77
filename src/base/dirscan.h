/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories of the kernel's own file systems: opened one step below a descriptor, without
 * leaving the mount, and read with large buffers and no memory of their own.
 */
#ifndef LSPORTS_BASE_DIRSCAN_H
#define LSPORTS_BASE_DIRSCAN_H
#pragma once

#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How descriptors below one directory are opened. */
struct dirscan_how {
	uint64_t resolve; /* RESOLVE_* of openat2(2) */
	bool has_openat2; /* else openat(2), which cannot see that something is mounted over */
};

#define DIRSCAN_SIZE 32768

/* One directory being read. Large, but for a handful of them the stack of a main thread has room.
 */
struct dirscan {
	int fd; /* borrowed */
	size_t at, filled;
	_Alignas(8) char bytes[DIRSCAN_SIZE];
};

struct dirscan_entry {
	const char *name; /* borrowed until the next dirscan_next() */
	uint64_t inode;
	unsigned char type; /* DT_* */
};

/* dirscan_probe() - what openat2(2) can do below @dir, a directory of @root. */
struct dirscan_how dirscan_probe(const struct root *root, int dir);

/*
 * dirscan_open() - @name below @dir, close-on-exec.
 * Return: a descriptor, or a negative errno; -EXDEV when something is mounted over it.
 */
int dirscan_open(const struct dirscan_how *how, int dir, const char *name, int flags);

/* dirscan_begin() - read the directory @fd from where it stands. */
void dirscan_begin(struct dirscan *scan, int fd);

/* dirscan_next() - Return: 1 and an entry, 0 at the end, or a negative errno. */
int dirscan_next(struct dirscan *scan, struct dirscan_entry *entry);

#endif
