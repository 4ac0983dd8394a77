/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cgroup id -> path -> unit and container. */
#ifndef LSPORTS_HOST_CGROUP_H
#define LSPORTS_HOST_CGROUP_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

/*
 * cgroup_resolve() - path, unit and container of every cgroup id in a snapshot whose sockets are
 * complete, or that it has ended. Needs no privilege.
 * @failure: 0, or why some could not be looked up, for cgroup_settle(): a negative errno.
 * Return: 0 or -ENOMEM.
 */
int cgroup_resolve(const struct root *root, struct lsp_snapshot *snapshot, int *failure);

/*
 * cgroup_settle() - when the owners are complete: a socket whose cgroup has no path has the unit
 * and container of those who hold it, and one of which nothing is known is a gap. Return: 0 or
 * -ENOMEM.
 */
int cgroup_settle(const struct root *root, struct lsp_snapshot *snapshot, int failure);

#endif
