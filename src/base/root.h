/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every file of the system is opened below one directory: "/" for the machine, or a recorded
 * tree. Paths are relative ("proc/net/tcp").
 */
#ifndef LSPORTS_BASE_ROOT_H
#define LSPORTS_BASE_ROOT_H
#pragma once

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct root {
	int fd;          /* O_PATH of the directory */
	bool is_machine; /* it is "/" */
};

/* root_init() - @path NULL is "/". Return: 0 or a negative errno. */
int root_init(struct root *root, const char *path);
void root_deinit(struct root *root);

/*
 * root_open() - a new descriptor, close-on-exec; a recorded tree cannot be left. Neither opening
 * nor reading it waits.
 * @flags: for reading, or O_PATH. Without O_PATH and O_DIRECTORY only a regular file is opened.
 * Return: the descriptor or a negative errno; -EISDIR, or -EMEDIUMTYPE for a FIFO or a device.
 */
int root_open(const struct root *root, const char *path, int flags);

/*
 * root_read_at() - a whole small file below the directory @dir into @out, which is emptied
 * first. At most @max bytes; more is -EFBIG. A read that was interrupted is repeated; any other
 * error ends it. Return: 0 or a negative errno.
 */
int root_read_at(int dir, const char *path, struct buf *out, size_t max);
int root_read_fd(int fd, struct buf *out, size_t max); /* the rest of an open file */
int root_read(const struct root *root, const char *path, struct buf *out, size_t max);

/*
 * root_read_numbers() - a small file that consists of @count decimal numbers and nothing else, as a
 * sysctl shows them (num_parse_list()). root_read_numbers_at(): below the directory @dir.
 * @out: worthless on failure.
 * Return: 0, or a negative errno; -EINVAL when the file is of another form.
 */
int root_read_numbers(const struct root *root, const char *path, uint64_t max, uint64_t *out,
		      size_t count);
int root_read_numbers_at(int dir, const char *path, uint64_t max, uint64_t *out, size_t count);

/*
 * root_readlink_at() - target of a symbolic link, terminated, in @out.
 * Return: its length, or a negative errno; -ENAMETOOLONG when @size is too small.
 */
ssize_t root_readlink_at(int dir, const char *path, char *out, size_t size);

#endif
