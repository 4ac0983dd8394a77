/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units by those who hold a socket. A cgroup may end while a socket that was made there lives, and
 * may be out of sight: then the socket's unit and container are those in which all its owners are.
 */
#ifndef LSPORTS_MODEL_HOLDERS_H
#define LSPORTS_MODEL_HOLDERS_H
#pragma once

#include <lsports/lsports.h>

/* holders_are_wanted() - is there a socket that can be held and whose cgroup has no path? */
bool holders_are_wanted(const struct lsp_snapshot *snapshot);

size_t holders_count(const struct lsp_snapshot *snapshot); /* processes, by index */

/* lsp_process.cgroups */
const char *holders_cgroups(const struct lsp_snapshot *snapshot, size_t process);

/* Unit and container of a process, NULL for none. Return: 0 or -ENOMEM. */
int holders_set_names(struct lsp_snapshot *snapshot, size_t process, const char *unit,
		      const char *container);

/*
 * holders_settle() - when all owners and names are there.
 * @unknown: sockets of which neither the unit is known nor that their cgroup has ended.
 * Return: 0 or -ENOMEM.
 */
int holders_settle(struct lsp_snapshot *snapshot, size_t *unknown);

#endif
