/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network namespaces: which the query asks for, and going into one and back. */
#ifndef LSPORTS_COLLECT_NETNS_H
#define LSPORTS_COLLECT_NETNS_H
#pragma once

#include "collect/netns_list.h"
#include "error.h"
#include "model/builder.h"
#include "root.h"

/*
 * netns_load() - what the query asks for: our own, named ones, or every one that has a name, a
 * process or a thread. Each is added to @snapshot; what could not be read is a gap of it.
 * Return: 0, or a negative errno with one line in @error; then @list is to be freed too.
 */
int netns_load(struct netns_list *list, const struct root *root, const struct lsp_query *query,
	       struct lsp_snapshot *snapshot, struct error *error);

/*
 * netns_load_more() - with all_netns, after those of @list were entered. Where some of them led
 * nowhere, what a name, a process or a thread leads to now; and else what only a descriptor or a
 * mount leads to.
 * @known: inodes of the sockets that were collected.
 * Return: 1 when there is nothing left to ask for, 0 when there may be, or -ENOMEM.
 */
int netns_load_more(struct netns_list *list, const struct root *root, const struct intmap *known,
		    struct lsp_snapshot *snapshot);

/*
 * netns_enter() - item @index. Return: 0 or a negative errno, and then we are still where we were;
 * -ESRCH when the path leads nowhere any more, or elsewhere.
 */
int netns_enter(struct netns_list *list, size_t index, const struct root *root);

/* netns_leave() - 0 or a negative errno; nothing that is read after a failure may be shown. */
int netns_leave(const struct netns_list *list);

#endif
