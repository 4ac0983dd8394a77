/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel -> sockets: what a collector is, and the table that is tried in order. */
#ifndef LSPORTS_COLLECT_COLLECTOR_H
#define LSPORTS_COLLECT_COLLECTOR_H
#pragma once

#include "collect/netlink.h"
#include "intmap.h"
#include "model/snapshot.h"
#include "root.h"
#include "strpool.h"

#include <lsports/lsports.h>

/* Collecting in one network namespace, which is the one that we are in. */
struct collection {
	const struct root *root;       /* borrowed */
	const struct lsp_query *query; /* borrowed */
	struct lsp_snapshot *snapshot; /* borrowed; what is collected goes here */
	struct netlink netlink;
	uint32_t netns;           /* its inode number, 0 unknown */
	struct intmap interfaces; /* ifindex -> string id in interface_names */
	struct strpool interface_names;
};

int collection_init(struct collection *collection, const struct root *root,
		    const struct lsp_query *query, struct lsp_snapshot *snapshot, uint32_t netns);
void collection_deinit(struct collection *collection);

/*
 * collection_add() - one socket into @snapshot, with netns and interface name filled in; one
 * outside of the query's ports is passed over. Return: 0 or -ENOMEM.
 */
int collection_add(struct collection *collection, struct lsp_snapshot *snapshot,
		   struct lsp_socket *socket, uint32_t ifindex);

/* A gap of this namespace's sockets of @proto that hides some. Return: 0 or -ENOMEM. */
int collection_add_gap(struct collection *collection, enum lsp_proto proto, const char *why,
		       uint64_t count);

struct collector {
	const char *name;
	enum lsp_source source;
	/*
	 * All wanted sockets of one protocol. On failure what was added is taken back by the
	 * caller. Return: 0 or a negative errno.
	 */
	int (*collect)(struct collection *collection, enum lsp_proto proto);
};

extern const struct collector collector_netlink;
extern const struct collector collector_proc;

/*
 * collect_sockets() - every wanted protocol, each by the first collector of the table that can.
 * @reason: appended to, one line for every collector that failed where none could stand in.
 *
 * Return: 0 when at least one protocol could be read (each other is a gap that is_blind), else the
 * errno of the last collector.
 */
int collect_sockets(struct collection *collection, struct buf *reason);

#endif
