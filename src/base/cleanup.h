/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Scope guards: a local that frees itself. Used inside .c files only; on success the local is
 * set to NULL (or -1) by cleanup_take_fd() and take_pointer().
 */
#ifndef LSPORTS_BASE_CLEANUP_H
#define LSPORTS_BASE_CLEANUP_H
#pragma once

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define cleanup(function) __attribute__((cleanup(function)))

/* Keeps errno, so that a guard never hides the error on whose way out it runs. */
static inline void cleanup_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void cleanup_closedir(DIR **dir)
{
	int saved = errno;

	if (*dir)
		closedir(*dir);
	errno = saved;
}

static inline void cleanup_fclose(FILE **file)
{
	int saved = errno;

	if (*file)
		fclose(*file);
	errno = saved;
}

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline int cleanup_take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
