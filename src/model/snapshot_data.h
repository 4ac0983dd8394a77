/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a snapshot is made of; for model/snapshot.c that fills it and model/sealed.c that reads it.
 */
#ifndef LSPORTS_MODEL_SNAPSHOT_DATA_H
#define LSPORTS_MODEL_SNAPSHOT_DATA_H
#pragma once

#include "model/judged.h"
#include "model/portranges.h"
#include "model/snapshot.h"
#include "model/sockets.h"
#include "strpool.h"

struct packed_process {
	struct lsp_process process; /* its strings are set when sealed */
	uint32_t comm, exe, cmdline;
	uint32_t parent; /* index of its process and 1, 0 for none */
};

struct packed_owner {
	uint32_t inode, process;
	int32_t fd;
};

struct cgroup_names {
	uint32_t path, unit, container; /* string ids */
};

struct service_name {
	uint32_t name; /* string id */
	bool is_guess;
};

/* A growing array of one element type, named where it is declared. */
struct array {
	void *data;
	size_t count, capacity;
};

struct lsp_snapshot {
	struct strpool strings;
	struct socket_table sockets;
	struct array autos;       /* struct socket_mark */
	struct array processes;   /* struct packed_process */
	struct array found;       /* struct packed_owner, until sealed */
	struct lsp_owner *owners; /* by inode and pid, when sealed */
	uint32_t *owner_inodes;   /* the inode of each owner, ascending */
	size_t owner_count;
	/* Where the owners of inodes begin whose distance from the first has the same high bits. */
	uint32_t *owner_starts;
	size_t owner_buckets;
	unsigned owner_shift;
	struct intmap cgroups; /* id -> index in cgroup_names */
	struct array cgroup_names;
	struct intmap users;    /* uid -> string id */
	struct intmap services; /* proto << 16 | port -> index in service_names */
	struct array service_names;
	struct intmap unprivileged; /* netns -> first port */
	struct intmap local_ranges; /* netns -> first port << 16 | last */
	struct portranges ephemeral, reserved;
	struct intmap netns_names; /* netns -> string id */
	struct array netns;        /* uint32_t, as they were told */
	uint32_t own_netns;        /* when has_own_netns */
	bool has_own_netns;
	struct array gaps;  /* struct lsp_gap, texts owned */
	struct array notes; /* char *, owned */
	struct snapshot_walk walk;
	struct judged judged;
};

/* The key of a port in lsp_snapshot.services. */
static inline uint64_t snapshot_service_key(enum lsp_proto proto, uint16_t port)
{
	return (uint64_t)proto << 16 | port;
}

#endif
