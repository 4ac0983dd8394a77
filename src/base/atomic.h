/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file that is replaced whole or not at all: a temporary file in the same directory, fsync,
 * rename, fsync of the directory.
 */
#ifndef LSPORTS_BASE_ATOMIC_H
#define LSPORTS_BASE_ATOMIC_H
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct atomic {
	int dir, fd;
	char *name;      /* of the file, in dir */
	char *temporary; /* of the temporary file, in dir; NULL when there is none */
};

#define ATOMIC_INIT ((struct atomic){.dir = -1, .fd = -1})

/*
 * atomic_open() - begin. Bytes come by atomic_write(), or are written to @atomic->fd.
 * Return: 0, or a negative errno; -EISDIR when @path is a directory, -EMEDIUMTYPE when it is
 * something else that is no regular file (a device, a FIFO, a symbolic link, a socket): rename(2)
 * would replace it.
 */
int atomic_open(struct atomic *atomic, const char *path, mode_t mode);

/* atomic_write() - all of the bytes. Return: 0, or a negative errno, -EIO when nothing is taken. */
int atomic_write(struct atomic *atomic, const void *bytes, size_t size);

/*
 * atomic_clean() - removes temporary files of @path that were left behind. For who knows that
 * nobody else writes it. Return: 0 or a negative errno of the directory.
 */
int atomic_clean(const char *path);

/* atomic_commit() - the new file is in place and on disk, or the old one is untouched. */
int atomic_commit(struct atomic *atomic);

/* Removes what was not committed. Takes ATOMIC_INIT too. */
void atomic_deinit(struct atomic *atomic);

#endif
