/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshot while it is being filled. It is the one owner of all memory that a look needs.
 * The order of filling is fixed: sockets, builder_sort_dedup(), then owners and names,
 * builder_seal(). After that it is const.
 *
 * Every function returns 0 or a negative errno, -ENOMEM unless it says otherwise. Texts that
 * come in are copied.
 */
#ifndef LSPORTS_MODEL_BUILDER_H
#define LSPORTS_MODEL_BUILDER_H
#pragma once

#include "intmap.h"
#include "model/snapshot_walk.h"

#include <lsports/judgement.h>

/* --- create --- */
int builder_new(struct lsp_snapshot **out);

/* The question that is answered. It is copied whole, and replaces one that was set before. */
int builder_set_query(struct lsp_snapshot *snapshot, const struct lsp_query *query);

/* --- fill: sockets --- */

/*
 * socket->is_auto: LSP_NO where builder_add_auto() will tell of the ones that are,
 * LSP_UNKNOWN where nobody can tell.
 */
int builder_add_socket(struct lsp_snapshot *snapshot, const struct lsp_socket *socket);

/* A socket whose port the kernel chose. */
int builder_add_auto(struct lsp_snapshot *snapshot, uint32_t netns, uint64_t cookie);

/* All sockets that came after builder_mark() are forgotten by builder_rollback(). */
size_t builder_mark(const struct lsp_snapshot *snapshot);
void builder_rollback(struct lsp_snapshot *snapshot, size_t mark);

/* Ask while filling: the sockets so far, unordered. Names are not resolved. */
void builder_peek(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out);

/* First port that needs no privilege in a network namespace; 0 to 65536. */
int builder_set_unprivileged_start(struct lsp_snapshot *snapshot, uint32_t netns, uint32_t start);

/* The whole ip_local_port_range of a network namespace. */
int builder_set_local_range(struct lsp_snapshot *snapshot, uint32_t netns,
			    const struct lsp_port_range *range);

/* Ranges of ip_local_reserved_ports in ascending order. Not told where it could not be read. */
int builder_set_reserved(struct lsp_snapshot *snapshot, uint32_t netns,
			 const struct lsp_port_range *ranges, size_t count);

/*
 * Ports that the kernel hands out in a network namespace: ranges in ascending order, without those
 * that are reserved. Not told for a namespace where it could not be read.
 */
int builder_set_ephemeral(struct lsp_snapshot *snapshot, uint32_t netns,
			  const struct lsp_port_range *ranges, size_t count);

/* A namespace that is looked into. @name: below /run/netns, NULL for none. */
int builder_add_netns(struct lsp_snapshot *snapshot, uint32_t netns, const char *name, bool is_own);

/* A gap with the same what and why adds its count to the one that is there. */
int builder_add_gap(struct lsp_snapshot *snapshot, const struct lsp_gap *gap);
__attribute__((format(printf, 2, 3))) int builder_add_note(struct lsp_snapshot *snapshot,
							   const char *format, ...);

/* Doubles go, the order is made. */
int builder_sort_dedup(struct lsp_snapshot *snapshot);

/* --- fill: owners and names, after builder_sort_dedup() --- */
int builder_add_process(struct lsp_snapshot *snapshot, const struct lsp_process *process,
			uint32_t *index);
void builder_set_parent(struct lsp_snapshot *snapshot, uint32_t process, uint32_t parent);

/* The same process may be told for one inode more than once; the lowest descriptor is kept. */
int builder_add_owner(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t process, int32_t fd);

/* Is it @process that was added as @owner, counted from 0? Then the lower descriptor is kept. */
bool builder_is_owner_again(struct lsp_snapshot *snapshot, size_t owner, uint32_t process,
			    int32_t fd);

int builder_set_cmdline(struct lsp_snapshot *snapshot, uint32_t process, const char *cmdline);

/* So many references to a socket that no owner explains; 0 where nobody can tell, and before. */
int builder_set_held_elsewhere(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t references);

/*
 * All owners and processes that came after builder_mark_owners() are forgotten, and what
 * builder_set_held_elsewhere() said of any socket.
 */
struct builder_owners {
	size_t found, processes;
};
struct builder_owners builder_mark_owners(const struct lsp_snapshot *snapshot);
void builder_rollback_owners(struct lsp_snapshot *snapshot, struct builder_owners mark);

void builder_set_walk(struct lsp_snapshot *snapshot, const struct snapshot_walk *walk);

/* @path: NULL says that the cgroup has ended. */
int builder_set_cgroup(struct lsp_snapshot *snapshot, uint64_t id, const char *path,
		       const char *unit, const char *container);
int builder_set_user(struct lsp_snapshot *snapshot, uint32_t uid, const char *name);

/* Whether the uid has a name could not be learned. */
int builder_set_user_unknown(struct lsp_snapshot *snapshot, uint32_t uid);

/* The snapshot answers @lookups of its query too. */
void builder_add_lookups(struct lsp_snapshot *snapshot, unsigned lookups);

/* The first name of a port is kept. */
int builder_add_service(struct lsp_snapshot *snapshot, unsigned proto, uint16_t port,
			const char *name, bool is_guess);

/* lsp_socket.still_open of a socket, after builder_sort_dedup(). */
void builder_set_still_open(struct lsp_snapshot *snapshot, size_t index,
			    enum lsp_tristate still_open);

/* builder_drop() - sockets of which @is_gone says so are forgotten. */
void builder_drop(struct lsp_snapshot *snapshot, const bool *is_gone);

/* --- ask: what is still to be looked up --- */

/*
 * Inodes of sockets that have no owner yet and are not known to have closed, each with value 0.
 * Before owners are looked up these are all that have an inode.
 */
int builder_list_unowned(const struct lsp_snapshot *snapshot, struct intmap *inodes);

int builder_list_cgroups(const struct lsp_snapshot *snapshot, struct intmap *ids);
/* uids of sockets, and of processes */
int builder_list_uids(const struct lsp_snapshot *snapshot, struct intmap *uids);

/* --- seal --- */
int builder_seal(struct lsp_snapshot *snapshot);

#endif
