/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every network namespace that has a name, a process or a thread. */
#ifndef LSPORTS_COLLECT_NETNS_SEARCH_H
#define LSPORTS_COLLECT_NETNS_SEARCH_H
#pragma once

#include "collect/netns_list.h"
#include "model/builder.h"
#include "root.h"

#define NETNS_SEARCH_NAMED "run/netns"

/*
 * netns_search() - adds to @list. What could not be read, and did not just end, is a gap of
 * @snapshot. Return: 0 or -ENOMEM.
 */
int netns_search(struct netns_list *list, const struct root *root, struct lsp_snapshot *snapshot);

#endif
