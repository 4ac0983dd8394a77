/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The snapshot while it is being filled. It is the one owner of all memory that a look needs.
 * The order of filling is fixed: sockets, snapshot_settle(), then owners and names,
 * snapshot_seal(). After that it is const.
 *
 * Every function returns 0 or a negative errno, -ENOMEM unless it says otherwise. Texts that
 * come in are copied.
 */
#ifndef LSPORTS_MODEL_SNAPSHOT_H
#define LSPORTS_MODEL_SNAPSHOT_H
#pragma once

#include "intmap.h"

#include <lsports/lsports.h>

/* --- create --- */
int snapshot_new(struct lsp_snapshot **out);

/* --- fill: sockets --- */

/*
 * socket->is_auto: LSP_KNOWN_NO where snapshot_add_auto() will tell of the ones that are,
 * LSP_KNOWN_NOT where nobody can tell.
 */
int snapshot_add_socket(struct lsp_snapshot *snapshot, const struct lsp_socket *socket);

/* A socket whose port the kernel chose. */
int snapshot_add_auto(struct lsp_snapshot *snapshot, uint32_t netns, uint64_t cookie);

/* All sockets that came after snapshot_mark() are forgotten by snapshot_rollback(). */
size_t snapshot_mark(const struct lsp_snapshot *snapshot);
void snapshot_rollback(struct lsp_snapshot *snapshot, size_t mark);

/* Ask while filling: the sockets so far, unordered. Names are not resolved. */
void snapshot_peek(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out);

/* First port that needs no privilege in a network namespace; 0 to 65535. */
int snapshot_set_unprivileged_start(struct lsp_snapshot *snapshot, uint32_t netns, uint32_t start);

/* A gap with the same what and why adds its count to the one that is there. */
int snapshot_add_gap(struct lsp_snapshot *snapshot, const struct lsp_gap *gap);
__attribute__((format(printf, 2, 3))) int snapshot_add_note(struct lsp_snapshot *snapshot,
							    const char *format, ...);

/* Doubles go, the order is made. */
int snapshot_settle(struct lsp_snapshot *snapshot);

/* --- fill: owners and names, after snapshot_settle() --- */
int snapshot_add_process(struct lsp_snapshot *snapshot, const struct lsp_process *process,
			 uint32_t *index);

/* The same process may be told for one inode many times; the lowest descriptor is kept. */
int snapshot_add_owner(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t process, int32_t fd);

/* What the walk was able to see, for lsp_snapshot_owner_gap(). */
struct snapshot_walk {
	bool is_done;
	bool is_partial;       /* a process could not be read */
	bool is_pid_namespace; /* we are in a PID namespace that is not the first */
	bool has_cgroups;      /* PID 1 was moved: in the root cgroup are kernel threads alone */
};
void snapshot_set_walk(struct lsp_snapshot *snapshot, const struct snapshot_walk *walk);

int snapshot_set_cgroup(struct lsp_snapshot *snapshot, uint64_t id, const char *path,
			const char *unit, const char *container);
int snapshot_set_user(struct lsp_snapshot *snapshot, uint32_t uid, const char *name);

/* The first name of a port is kept. */
int snapshot_add_service(struct lsp_snapshot *snapshot, enum lsp_proto proto, uint16_t port,
			 const char *name, bool is_guess);

/*
 * Sockets of @unowned that a later look, @again, does not have are forgotten.
 * @unowned: as snapshot_list_unowned() gave it; its values are changed.
 * Return: how many.
 */
size_t snapshot_drop_gone(struct lsp_snapshot *snapshot, struct intmap *unowned,
			  const struct lsp_snapshot *again);

/* --- ask: what is still to be looked up --- */

/* Inodes of sockets for which a walk that was made found no owner, each with value 0. */
int snapshot_list_unowned(const struct lsp_snapshot *snapshot, struct intmap *inodes);

/* Inodes of all sockets, each with value 0. */
int snapshot_list_inodes(const struct lsp_snapshot *snapshot, struct intmap *inodes);
int snapshot_list_cgroups(const struct lsp_snapshot *snapshot, struct intmap *ids);
/* uids of sockets, and of processes */
int snapshot_list_uids(const struct lsp_snapshot *snapshot, struct intmap *uids);

/* --- seal --- */
int snapshot_seal(struct lsp_snapshot *snapshot);

#endif
