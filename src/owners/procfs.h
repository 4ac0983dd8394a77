/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One mount of /proc: how the directories and files of its processes are opened and read. Whatever
 * is mounted over a part of it is never entered where the kernel can tell.
 *
 * What a read costs the process that is read (fs/proc/base.c, array.c, fd.c,
 * kernel/cgroup/cgroup.c): fd, exe, comm, stat, status and cgroup do not take the lock of its
 * address space. cmdline does (access_remote_vm()): a process that maps memory waits for it, and it
 * for the process.
 */
#ifndef LSPORTS_OWNERS_PROCFS_H
#define LSPORTS_OWNERS_PROCFS_H
#pragma once

#include "dirscan.h"
#include "host/fdcount.h"
#include "owners/procparse.h"
#include "root.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct procfs {
	const struct root *root; /* borrowed */
	struct dirscan_how how;
	int fd;      /* owned; -1 while it is closed */
	bool is_own; /* of our own PID namespace: kcmp(2) and BPF know processes by the same PIDs */
	struct fdcount counts; /* nothing is known where it is not our own */
};

/* procfs_open() - "proc" below @root. Return: 0, or a negative errno and a closed @proc. */
int procfs_open(struct procfs *proc, const struct root *root);
void procfs_close(struct procfs *proc); /* takes a closed one too */

/*
 * Each opens @name below @dir, which is @proc->fd or was opened below it, and returns a descriptor
 * or a negative errno; -EXDEV when something is mounted over it. procfs_open_below: a directory,
 * only to open files below it. procfs_open_list: a directory, to be listed. procfs_open_file: a
 * file.
 */
int procfs_open_below(const struct procfs *proc, int dir, const char *name);
int procfs_open_list(const struct procfs *proc, int dir, const char *name);
int procfs_open_file(const struct procfs *proc, int dir, const char *name);

/* procfs_read() - the first @size - 1 bytes of a file, terminated. Return: length or -errno. */
ssize_t procfs_read(const struct procfs *proc, int dir, const char *name, char *out, size_t size);

/*
 * procfs_read_stat() - the file "stat" of the process or thread @dir.
 * Return: 0, a negative errno, or 1 when its text is of another form.
 */
int procfs_read_stat(const struct procfs *proc, int dir, struct procparse_stat *out);

#endif
