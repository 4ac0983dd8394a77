/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces that a socket, a descriptor or a mount keeps alive, and nothing else does. */
#ifndef LSPORTS_COLLECT_NETNS_HELD_H
#define LSPORTS_COLLECT_NETNS_HELD_H
#pragma once

#include "collect/netns_list.h"
#include "model/builder.h"
#include "root.h"

/*
 * netns_held_search() - adds those to @list that are in none of it. After netns_search(), whose
 * mount namespaces are read; of a recorded tree there are none.
 * @known: inodes of sockets whose namespace is listed.
 * What could not be read, or took too long, is a gap of @snapshot.
 * Return: 0 or -ENOMEM.
 */
int netns_held_search(struct netns_list *list, const struct root *root, const struct intmap *known,
		      struct lsp_snapshot *snapshot);

#endif
