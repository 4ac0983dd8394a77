/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What leads to a namespace, as the inode number by which it is known. */
#ifndef LSPORTS_COLLECT_NETNS_LINK_H
#define LSPORTS_COLLECT_NETNS_LINK_H
#pragma once

#include "root.h"

#include <stdbool.h>
#include <stdint.h>

#define NETNS_LINK_OWN "proc/self/ns/net"

/* netns_link_parse() - pure: "net:[4026531840]", whole. @kind: "net", "mnt". */
bool netns_link_parse(const char *text, const char *kind, uint32_t *inode);

/* netns_link_read() - the link @name below @dir. Return: 0 or a negative errno. */
int netns_link_read(int dir, const char *name, const char *kind, uint32_t *inode);

/*
 * netns_link_find() - the network namespace that @path leads to: a link of /proc, or a file on
 * which one is mounted. Return: 0 or a negative errno, -EINVAL for any other file.
 */
int netns_link_find(const struct root *root, const char *path, uint32_t *inode);

/*
 * netns_link_inode() - of a descriptor that is a namespace. Return: 0 or a negative errno, -EINVAL
 * for any other file.
 */
int netns_link_inode(int fd, uint32_t *inode);

#endif
