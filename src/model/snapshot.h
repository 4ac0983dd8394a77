/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a snapshot is made of: model/builder.c fills it in, model/snapshot.c frees it and reads it
 * when it is sealed.
 */
#ifndef LSPORTS_MODEL_SNAPSHOT_H
#define LSPORTS_MODEL_SNAPSHOT_H
#pragma once

#include "array.h"
#include "arena.h"
#include "intmap.h"
#include "model/owner_index.h"
#include "model/portranges.h"
#include "model/query_copy.h"
#include "model/snapshot_walk.h"
#include "model/socket_table.h"
#include "strpool.h"

#include <lsports/judgement.h>

struct cgroup_names {
	const char *path, *unit, *container; /* in strings, or NULL; without path it has ended */
};

/* What a port is registered as. */
struct port_name {
	const char *name; /* in strings */
	bool is_guess;
};

/* A network namespace that was looked into. */
struct netns_name {
	uint32_t netns;   /* inode number */
	const char *name; /* below /run/netns, in strings; NULL for none */
};

/* What the judge said. */
struct snapshot_verdict {
	uint8_t verdict;        /* enum lsp_verdict */
	uint8_t finding_count;  /* at most LSP_FINDING_COUNT: each id once */
	uint32_t first_finding; /* in findings */
	const char *rule;       /* "file:line", or NULL */
	const char *unknown;    /* facts that could not be read, or NULL */
};

struct snapshot_verdicts {
	struct snapshot_verdict *sockets; /* one a socket; NULL: nothing was judged */
	struct array findings;            /* struct lsp_finding */
	struct array missing;             /* struct lsp_missing */
	size_t unjudged;                  /* sockets with that verdict */
	size_t unchecked;                 /* required rules of which it cannot be told */
	size_t unread; /* likewise, since not all of a protocol was read */
};

#define SNAPSHOT_USER_UNKNOWN UINT32_MAX /* in users, instead of an index */

struct lsp_snapshot {
	struct query_copy asked; /* zeroed until builder_set_query() */
	struct strpool strings;  /* every text that can be read through the snapshot */
	struct arena records;    /* struct lsp_process */
	struct socket_table sockets;
	struct array autos;           /* struct socket_mark */
	struct array processes;       /* struct lsp_process *, in records */
	struct array found;           /* struct owner_found, until sealed */
	struct owner_index owners;    /* when sealed */
	struct intmap held_elsewhere; /* inode -> references that no owner explains */
	struct intmap cgroups;        /* id -> index in cgroup_names */
	struct array cgroup_names;    /* struct cgroup_names */
	struct intmap holders;        /* inode -> index in processes, see model/holders.c */
	struct intmap users;          /* uid -> index in user_names */
	struct array user_names;      /* const char *, in strings */
	struct intmap services;       /* proto << 16 | port -> index in port_names */
	struct array port_names;      /* struct port_name */
	struct intmap unprivileged;   /* netns -> first port */
	struct intmap local_ranges;   /* netns -> first port << 16 | last */
	struct portranges ephemeral, reserved;
	struct intmap netns_by_inode; /* -> index in netns */
	struct array netns;           /* struct netns_name, in the order in which they came */
	uint32_t own_netns;           /* when has_own_netns */
	bool has_own_netns;
	struct array gaps;  /* struct lsp_gap, texts in strings */
	struct array notes; /* const char *, in strings */
	struct snapshot_walk walk;
	struct snapshot_verdicts verdicts;
};

/* The key of a port in lsp_snapshot.services. */
static inline uint64_t snapshot_service_key(unsigned proto, uint16_t port)
{
	return (uint64_t)proto << 16 | port;
}

/* @index: in the order in which processes came. */
static inline struct lsp_process *snapshot_process(const struct lsp_snapshot *snapshot,
						   size_t index)
{
	return ((struct lsp_process *const *)snapshot->processes.data)[index];
}

/* References to a socket that no owner explains; 0 where there are none or nobody can tell. */
uint32_t snapshot_references_elsewhere(const struct lsp_snapshot *snapshot,
				       const struct lsp_socket *socket);

/* Was something mounted over a directory of /proc that the walk wanted? */
bool snapshot_is_overmounted(const struct lsp_snapshot *snapshot);

/* Have two sockets one local address and port, on one device of one network namespace? */
bool snapshot_same_local_endpoint(const struct lsp_snapshot *snapshot, size_t a, size_t b);

#endif
