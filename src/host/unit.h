/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The systemd unit that a cgroup path names. */
#ifndef LSPORTS_HOST_UNIT_H
#define LSPORTS_HOST_UNIT_H
#pragma once

#include <stddef.h>

#define UNIT_NAME_SIZE 256             /* systemd's limit, with its NUL (src/basic/unit-name.h) */
#define UNIT_SIZE (2 * UNIT_NAME_SIZE) /* of a unit of a manager or a container: two names */

/*
 * unit_parse() - the service, scope, socket, ... of the system, without the "_" that systemd puts
 * before names of the kernel's; "\xNN" is part of the name. A unit that belongs to a user's manager
 * or to a container stands behind that: "user@1000.service/app.service". No deeper name is taken.
 * @given: how many bytes of @path, from its beginning, are names that root gave.
 * Return: length of what was written to @out, 0 when the path names none.
 */
size_t unit_parse(const char *path, size_t given, char out[UNIT_SIZE]);

#endif
