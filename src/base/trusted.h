/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that decide what the program believes. They are opened only where nobody but root and the
 * effective user can have chosen what is in them: not the file, not a directory on the way to it,
 * not a symbolic link on this way.
 */
#ifndef LSPORTS_BASE_TRUSTED_H
#define LSPORTS_BASE_TRUSTED_H
#pragma once

#include "error.h"

/*
 * trusted_open() - a file to read, or, with @flags O_DIRECTORY, a directory whose entries count.
 *
 * The file and every directory that its path leads through belong to root or to the effective user,
 * and nobody else may write to them. A directory on the way may be written by everybody if its
 * sticky bit keeps what is there (/tmp). A symbolic link on the way is followed if it belongs to
 * one of these users; the last component is never one. A file is regular and has one name. All of
 * it is done with the rights of the effective user, without the capabilities that pass over modes.
 *
 * @decides: what others could change otherwise ("what is expected"), for the message.
 * @error: gets a line, with the command that mends it, for every failure but -ENOENT and -ENOMEM.
 * Return: a new descriptor, close-on-exec; -ENOENT when it is not there, -EPERM when it is refused,
 * or another negative errno.
 */
int trusted_open(const char *path, int flags, const char *decides, struct error *error);

/* trusted_check() - trusted_open() would not refuse it, or it is not there. Return: 0 or as there.
 */
int trusted_check(const char *path, const char *decides, struct error *error);

#endif
