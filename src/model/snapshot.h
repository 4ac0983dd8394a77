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

#include <lsports/judge.h>

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

/* First port that needs no privilege in a network namespace; 0 to 65536. */
int snapshot_set_unprivileged_start(struct lsp_snapshot *snapshot, uint32_t netns, uint32_t start);

/* The whole ip_local_port_range of a network namespace. */
int snapshot_set_local_range(struct lsp_snapshot *snapshot, uint32_t netns,
			     const struct lsp_port_range *range);

/* Ranges of ip_local_reserved_ports in ascending order. Not told where it could not be read. */
int snapshot_set_reserved(struct lsp_snapshot *snapshot, uint32_t netns,
			  const struct lsp_port_range *ranges, size_t count);

/*
 * Ports that the kernel hands out in a network namespace: ranges in ascending order, without those
 * that are reserved. Not told for a namespace where it could not be read.
 */
int snapshot_set_ephemeral(struct lsp_snapshot *snapshot, uint32_t netns,
			   const struct lsp_port_range *ranges, size_t count);

/* A namespace that is looked into. @name: below /run/netns, NULL for none. */
int snapshot_add_netns(struct lsp_snapshot *snapshot, uint32_t netns, const char *name,
		       bool is_own);

/* A gap with the same what and why adds its count to the one that is there. */
int snapshot_add_gap(struct lsp_snapshot *snapshot, const struct lsp_gap *gap);
__attribute__((format(printf, 2, 3))) int snapshot_add_note(struct lsp_snapshot *snapshot,
							    const char *format, ...);

/* Doubles go, the order is made. */
int snapshot_settle(struct lsp_snapshot *snapshot);

/* --- fill: owners and names, after snapshot_settle() --- */
int snapshot_add_process(struct lsp_snapshot *snapshot, const struct lsp_process *process,
			 uint32_t *index);
void snapshot_set_parent(struct lsp_snapshot *snapshot, uint32_t process, uint32_t parent);

/* The same process may be told for one inode many times; the lowest descriptor is kept. */
int snapshot_add_owner(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t process, int32_t fd);

/* All owners and processes so far are forgotten. */
void snapshot_drop_owners(struct lsp_snapshot *snapshot);

/* What the walk was able to see, for lsp_snapshot_owner_gap(). */
struct snapshot_walk {
	bool is_done;
	bool is_partial;       /* a process could not be read */
	bool is_masked;        /* something is mounted over one */
	bool is_pid_namespace; /* we are in a PID namespace that is not the first */
	bool has_cgroups;      /* PID 1 was moved: in the root cgroup are kernel threads alone */
	bool is_all_owned;     /* every socket has an owner */
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

/* --- judge: what is said about a sealed snapshot --- */

/* Was something mounted over a directory of /proc that the walk wanted? */
bool snapshot_is_masked(const struct lsp_snapshot *snapshot);

/* Have two sockets one local address and port, on one device of one network namespace? */
bool snapshot_is_one_place(const struct lsp_snapshot *snapshot, size_t a, size_t b);

/* @rule: "file:line", NULL for none. */
int snapshot_set_verdict(struct lsp_snapshot *snapshot, size_t index, enum lsp_verdict verdict,
			 const char *rule);

/* In ascending order of @index. @reason: NULL where none is asked for. */
int snapshot_add_finding(struct lsp_snapshot *snapshot, size_t index, enum lsp_finding_id id,
			 const char *reason);
int snapshot_add_missing(struct lsp_snapshot *snapshot, const struct lsp_missing *missing);

/* One required rule more of which it cannot be told. */
void snapshot_count_unasked(struct lsp_snapshot *snapshot);

/* Nothing is said from here on. */
int snapshot_seal_judgement(struct lsp_snapshot *snapshot);

#endif
