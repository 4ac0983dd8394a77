/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One table of descriptors, /proc/PID/fd or that of a thread: its sockets and rings of io_uring. */
#ifndef LSPORTS_OWNERS_FDTABLE_H
#define LSPORTS_OWNERS_FDTABLE_H
#pragma once

#include "dirscan.h"
#include "owners/procfs.h"

#include <stdint.h>

/* Large, as struct dirscan is. */
struct fdtable {
	int fd; /* owned: the directory */
	struct dirscan scan;
};

enum fdtable_kind { FDTABLE_SOCKET, FDTABLE_RING, FDTABLE_UNREADABLE };

struct fdtable_entry {
	enum fdtable_kind kind;
	const char *name; /* the descriptor as text; borrowed until the next fdtable_next() */
	uint32_t inode;   /* of a socket */
	int error;        /* why an unreadable one could not be read: positive errno */
};

/*
 * fdtable_open() - the table @path below @dir: "fd" of a process or a thread.
 * Return: 0, or a negative errno with nothing to close.
 */
int fdtable_open(struct fdtable *table, const struct procfs *proc, int dir, const char *path);
void fdtable_close(struct fdtable *table);

/*
 * fdtable_next() - descriptors of other kinds, and those that are closed meanwhile, are passed
 * over. Return: 1 and an entry, 0 at the end, or a negative errno when the list breaks off.
 */
int fdtable_next(struct fdtable *table, struct fdtable_entry *entry);

#endif
