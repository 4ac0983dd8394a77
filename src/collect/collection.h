/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is collected in one network namespace, and what a collector is. */
#ifndef LSPORTS_COLLECT_COLLECTION_H
#define LSPORTS_COLLECT_COLLECTION_H
#pragma once

#include "array.h"
#include "collect/netlink.h"
#include "intmap.h"
#include "model/builder.h"
#include "root.h"
#include "strpool.h"

#include <lsports/lsports.h>

/* Collecting in one network namespace, which is the one that we are in. */
struct collection {
	const struct root *root;       /* borrowed */
	const struct lsp_query *query; /* borrowed */
	struct lsp_snapshot *snapshot; /* borrowed; what is collected goes here */
	struct netlink netlink;
	uint32_t netns;               /* its inode number, 0 unknown */
	struct intmap interfaces;     /* ifindex -> index in interface_names */
	struct array interface_names; /* const char *, in texts */
	struct strpool texts;
	bool is_late;         /* a dump was cut by the deadline of the run */
	struct array crowded; /* uint16_t: ports that not all sockets may have been reported of */
};

int collection_init(struct collection *collection, const struct root *root,
		    const struct lsp_query *query, struct lsp_snapshot *snapshot, uint32_t netns);
void collection_deinit(struct collection *collection);

/*
 * collection_add() - one socket into @snapshot, with netns and interface name filled in; one
 * outside of the query's ports is passed over. Return: 0 or -ENOMEM.
 */
int collection_add(struct collection *collection, struct lsp_snapshot *snapshot,
		   struct lsp_socket *socket);

/* A gap of this namespace's sockets of @proto that hides some. Return: 0 or -ENOMEM. */
int collection_add_gap(struct collection *collection, unsigned proto, const char *why,
		       uint64_t count);

/* None of them could be read. Return: 0 or -ENOMEM. */
int collection_add_blind_gap(struct collection *collection, unsigned proto, const char *why);

/* Reading them ended early. Return: 0 or -ENOMEM. */
int collection_add_cut_gap(struct collection *collection, unsigned proto, const char *why);

/* Likewise at the deadline of the run, where collection->is_late. It is forgotten. */
int collection_add_late_gap(struct collection *collection, unsigned proto);

/*
 * More sockets of one protocol share @port, and all else that the kernel can be asked by, than it
 * reports at once. collection_add_crowded_gap() says so once for all such ports, and forgets them.
 * Return: 0 or -ENOMEM.
 */
int collection_note_crowded(struct collection *collection, uint16_t port);
int collection_add_crowded_gap(struct collection *collection, unsigned proto);

#define COLLECTION_WHY_LATE "may be missing: the time limit was reached before all were read"

struct collector {
	const char *name;
	enum lsp_source source;
	/*
	 * All wanted sockets of one protocol. On failure what was added is taken back by the
	 * caller. Return: 0 or a negative errno.
	 */
	int (*collect)(struct collection *collection, unsigned proto);
};

#endif
