/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The container that a cgroup path names. */
#ifndef LSPORTS_HOST_CONTAINER_H
#define LSPORTS_HOST_CONTAINER_H
#pragma once

#include "span.h"

#define CONTAINER_NAME_SIZE 256
#define CONTAINER_SIZE (2 * CONTAINER_NAME_SIZE) /* of one within another: two names */

/*
 * container_parse() - name or short id of the container of a path: docker, podman (libpod),
 * containerd and CRI-O (kubepods), LXC, systemd-nspawn. One of a user's own engine stands behind
 * that user ("1000/0123456789ab"), one within another container behind that ("web/0123456789ab").
 * @given: how many bytes of @path, from its beginning, are names that root gave.
 * Return: length of what was written to @out, 0 when the path names none.
 */
size_t container_parse(const char *path, size_t given, char out[CONTAINER_SIZE]);

/* container_begins() - does a container begin at @component, which stands below @parent? Its name,
 * or an empty text, is written to @name. */
bool container_begins(struct span parent, struct span component, char name[CONTAINER_NAME_SIZE]);

/* container_strip_engine() - without the "docker-" of docker-ID.scope. Return: as
 * span_strip_prefix(). */
bool container_strip_engine(struct span *name);

#endif
