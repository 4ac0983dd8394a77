/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces: which there are, and going into one and back. */
#ifndef LSPORTS_COLLECT_NETNS_H
#define LSPORTS_COLLECT_NETNS_H
#pragma once

#include "model/snapshot.h"
#include "root.h"

struct netns {
	uint32_t inode; /* of the namespace, 0 unknown */
	char *path;     /* relative to the root; NULL: the one that we are in */
};

struct netns_list {
	struct netns *items;
	size_t count;
	int home; /* descriptor of the one that we started in, -1 while no other is listed */
};

/*
 * netns_list_load() - what the query asks for: our own, named ones, or every one that a process
 * or a name below run/netns holds. @snapshot is told of each; what could not be looked at is a
 * gap of it.
 * Return: 0, or a negative errno with one line in @reason.
 */
int netns_list_load(struct netns_list *list, const struct root *root, const struct lsp_query *query,
		    struct lsp_snapshot *snapshot, struct buf *reason);
void netns_list_deinit(struct netns_list *list); /* takes a zeroed one too */

/* netns_enter() - 0 or a negative errno, and then we are still where we were. */
int netns_enter(const struct netns *netns, const struct root *root);

/* netns_leave() - 0 or a negative errno; nothing that is read after a failure may be shown. */
int netns_leave(const struct netns_list *list);

#endif
