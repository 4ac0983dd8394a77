/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cgroup id -> path -> unit and container. */
#ifndef LSPORTS_OWNERS_CGROUP_H
#define LSPORTS_OWNERS_CGROUP_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>
#include <stddef.h>

/*
 * cgroup_resolve() - path, unit and container of every cgroup id in a settled snapshot. Needs no
 * privilege. A host without cgroup2, or a cgroup that is gone, leaves them unknown.
 * Return: 0 or -ENOMEM.
 */
int cgroup_resolve(const struct root *root, struct lsp_snapshot *snapshot);

#define CGROUP_NAME_SIZE 256

/*
 * Pure: what a cgroup path says. Both return the length of what was written to @out, 0 when the
 * path names none.
 * unit: the component that names a service, scope or socket of the system or of a user's manager,
 * without the "_" that systemd puts before names of the kernel's; "\xNN" is part of the name.
 * container: docker, podman (libpod), containerd/CRI-O (kubepods), LXC, systemd-nspawn.
 */
size_t cgroup_parse_unit(const char *path, char out[CGROUP_NAME_SIZE]);
size_t cgroup_parse_container(const char *path, char out[CGROUP_NAME_SIZE]);

#endif
