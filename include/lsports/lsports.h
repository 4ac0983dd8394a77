/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract of the library: what a listener is, how one look at a machine is
 * asked for, and how its result is read.
 *
 * A look is one call of lsp_collect(), and one of lsp_judge() where verdicts are wanted.
 * From then on the snapshot is const: it owns everything that can be read through it, and
 * one lsp_snapshot_free() gives all of it back. Nothing here prints, exits, or reads argv or
 * the environment.
 *
 * Functions that can fail return 0 or a negative errno. What people need to know beyond the number
 * is written to a struct error, whose texts are not escaped.
 */
#ifndef LSPORTS_H
#define LSPORTS_H
#pragma once

#include <lsports/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

struct error; /* base/error.h; NULL where the number alone is of interest */

/* Why no owner stands beside a socket. */
enum lsp_owner_gap {
	LSP_OWNER_GAP_NONE,       /* there are owners */
	LSP_OWNER_GAP_UNASKED,    /* no process was looked at */
	LSP_OWNER_GAP_PERMISSION, /* a process that could not be read may hold it */
	LSP_OWNER_GAP_KERNEL,     /* the kernel itself holds it; no process does */
	LSP_OWNER_GAP_NAMESPACE,  /* a process of another PID namespace may hold it */
	LSP_OWNER_GAP_TIMEOUT,    /* a process that was not read in time may hold it */
	LSP_OWNER_GAP_UNKNOWN,    /* all processes were read: in flight between two */
	LSP_OWNER_GAP_CLOSED,     /* it closed before its owner was found */
};
#define LSP_OWNER_GAP_COUNT (LSP_OWNER_GAP_CLOSED + 1)

/* Something that could not be seen. */
struct lsp_gap {
	const char *what; /* "processes", "tcp sockets", ... */
	const char *why;  /* goes on with it: "could not be read: ...", and the way out, if any */
	uint64_t count;   /* how many, 0 when that cannot be told */
	bool hides;       /* a listener or an owner could be hidden behind it */
	bool is_blind;    /* of a whole protocol nothing could be read */
	unsigned unread;  /* LSP_BIT() of protocols of which nothing, or not all, was read */
	/* Of what @hides: only facts, and each socket that lacks one says that it is unknown. */
	bool is_in_facts;
};

/* --- asking ----------------------------------------------------------------- */

enum lsp_source { LSP_SOURCE_AUTO, LSP_SOURCE_NETLINK, LSP_SOURCE_PROC };
enum lsp_owners { LSP_OWNERS_AUTO, LSP_OWNERS_BPF, LSP_OWNERS_PROC, LSP_OWNERS_NONE };

/* What is shown decides what is looked up: facts that cost something, asked for one by one. */
enum lsp_lookup {
	LSP_LOOKUP_OWNERS = 1u << 0,   /* owners, and comm and uid of each */
	LSP_LOOKUP_EXE = 1u << 1,      /* exe of each owner */
	LSP_LOOKUP_CMDLINE = 1u << 2,  /* cmdline of each owner */
	LSP_LOOKUP_STARTED = 1u << 3,  /* start time of each owner */
	LSP_LOOKUP_CGROUP = 1u << 4,   /* cgroup path, unit, container */
	LSP_LOOKUP_AUTO = 1u << 5,     /* lsp_socket.is_auto */
	LSP_LOOKUP_SERVICES = 1u << 6, /* lsp_snapshot_service() */
	LSP_LOOKUP_USERS = 1u << 7,    /* lsp_snapshot_user() */
	LSP_LOOKUP_VERIFY = 1u << 8,   /* exe_unverified of each owner */
	LSP_LOOKUP_FINDINGS = 1u << 9, /* what lsp_judge() needs, but for users */
	LSP_LOOKUP_PARENTS = 1u << 10, /* parent of each owner, and so on up to the first */
	LSP_LOOKUP_REASONS = 1u << 11, /* rule and reasons of what lsp_judge() says */
};

struct lsp_names;

/* Scope: what the kernel is asked for. Zero-initialised it asks for nothing. */
struct lsp_query {
	unsigned protos;   /* LSP_BIT(index of a protocol) */
	unsigned families; /* LSP_BIT(enum lsp_family) */
	bool listeners;    /* TCP in LISTEN and UDP without a peer */
	bool others;       /* every other state */
	/*
	 * Of the others only these, LSP_BIT(enum lsp_state). 0 is all but LSP_STATE_BOUND_INACTIVE,
	 * which is only told when it is named (Linux 6.8).
	 */
	unsigned states;
	unsigned lookups; /* enum lsp_lookup */
	enum lsp_source source;
	enum lsp_owners owners;
	/*
	 * Narrow dumps for every listener, whatever they cost, and a listener that closed before
	 * its owner was found is kept.
	 */
	bool strict;
	const struct lsp_port_range *ports; /* local ports wanted; NULL is all */
	size_t port_count;
	const char *const *netns; /* names below /run/netns, PIDs or paths; NULL is our own */
	size_t netns_count;
	bool all_netns;
	/* When to end with what is known: nanoseconds of CLOCK_MONOTONIC. 0: never. */
	int64_t deadline;
	const char *root; /* NULL is the machine; else a recorded tree (proc, sys, etc, netlink) */
	/*
	 * Who asks name services. NULL: they are not asked, and a user who does not stand in
	 * etc/passwd is unknown. Borrowed, and by the snapshot too.
	 */
	struct lsp_names *names;
};

struct lsp_snapshot;

/*
 * lsp_names_start() - makes the child that asks name services, for lsp_query.names: before the
 * caller limits what it may do itself, since these services may need anything. A child that cannot
 * be made is a gap of what it is needed for. Return: 0 or -ENOMEM, and then *@out is NULL.
 * lsp_names_free() - ends it. Takes NULL.
 */
int lsp_names_start(struct lsp_names **out);
void lsp_names_free(struct lsp_names *names);

/*
 * lsp_collect() - look once.
 * @snapshot: the result, owned by the caller.
 * @error: on failure why, one line for each source that failed; empty on success.
 *
 * A source that fails while another can stand in for it is a gap of the snapshot and no
 * failure.
 *
 * Return: 0; -EINVAL for a query that cannot be meant (no such namespace); otherwise the error
 * of the last source when nothing could be read. *snapshot is NULL unless 0 is returned.
 */
int lsp_collect(const struct lsp_query *query, struct lsp_snapshot **snapshot, struct error *error);

/*
 * lsp_resolve_users() - what LSP_LOOKUP_USERS would have looked up, later: for a snapshot of which
 * it was not known before whether a name would be needed. Before lsp_judge(), or after it for names
 * that are only shown. Return: 0 or a negative errno.
 */
int lsp_resolve_users(struct lsp_snapshot *snapshot);

void lsp_snapshot_free(struct lsp_snapshot *snapshot);

/* --- reading ------------------------------------------------------------------ */

/*
 * lsp_snapshot_query() - the query that the snapshot answers, with the lookups that were added to
 * it. A copy: nothing in it but names is borrowed from the query that lsp_collect() was given.
 * Borrowed.
 */
const struct lsp_query *lsp_snapshot_query(const struct lsp_snapshot *snapshot);

/*
 * Sockets stand in one order: local port, proto, family, local address, interface, peer
 * address, peer port, cookie.
 */
size_t lsp_snapshot_count(const struct lsp_snapshot *snapshot);

/* @index below lsp_snapshot_count(). */
void lsp_snapshot_socket(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out);

/* Owners of a socket by pid; *count is 0 without one. Borrowed. */
const struct lsp_owner *lsp_snapshot_owners(const struct lsp_snapshot *snapshot,
					    const struct lsp_socket *socket, size_t *count);

/* Why lsp_snapshot_owners() has nobody. */
enum lsp_owner_gap lsp_snapshot_owner_gap(const struct lsp_snapshot *snapshot,
					  const struct lsp_socket *socket);

const char *lsp_words_owner_gap(enum lsp_owner_gap gap); /* "permission"; NULL for none */

/* What could not be seen. Borrowed. */
const struct lsp_gap *lsp_snapshot_gaps(const struct lsp_snapshot *snapshot, size_t *count);

/* False where a gap could hide a listener or an owner. */
bool lsp_snapshot_is_complete(const struct lsp_snapshot *snapshot);

/* Are gaps that hide something only in facts? */
bool lsp_snapshot_lacks_facts_alone(const struct lsp_snapshot *snapshot);

/*
 * lsp_snapshot_is_judged() - once it was judged: is nothing hidden that could change a verdict? One
 * that depends on a fact that is hidden is LSP_VERDICT_UNJUDGED.
 */
bool lsp_snapshot_is_judged(const struct lsp_snapshot *snapshot);

/* True where no socket of a whole protocol could be read. */
bool lsp_snapshot_is_blind(const struct lsp_snapshot *snapshot);

/* LSP_BIT() of the protocols of which nothing, or not all, was read. */
unsigned lsp_snapshot_unread(const struct lsp_snapshot *snapshot);

/* What was used, one line each ("tcp: netlink, narrow dumps"), for --verbose. Borrowed. */
const char *const *lsp_snapshot_notes(const struct lsp_snapshot *snapshot, size_t *count);

/*
 * lsp_snapshot_user() - account name of a uid, NULL when there is none. Known for every uid of a
 * socket and an owner when LSP_LOOKUP_USERS was asked for.
 */
const char *lsp_snapshot_user(const struct lsp_snapshot *snapshot, uint32_t uid);

/*
 * lsp_snapshot_is_user_unknown() - that there is no name could not be learned: whoever knows the
 * accounts gave no answer, or was late.
 */
bool lsp_snapshot_is_user_unknown(const struct lsp_snapshot *snapshot, uint32_t uid);

/*
 * lsp_snapshot_service() - registered name of a port, NULL when there is none.
 * @is_guess: set when the name is not the admin's (/etc/services) but of the shipped list.
 */
const char *lsp_snapshot_service(const struct lsp_snapshot *snapshot, unsigned proto, uint16_t port,
				 bool *is_guess);

/* Below net.ipv4.ip_unprivileged_port_start of the socket's own network namespace. */
enum lsp_tristate lsp_snapshot_is_privileged(const struct lsp_snapshot *snapshot,
					     const struct lsp_socket *socket);

/* Inside net.ipv4.ip_local_port_range of its namespace and not reserved: the kernel may take it. */
enum lsp_tristate lsp_snapshot_is_ephemeral(const struct lsp_snapshot *snapshot,
					    const struct lsp_socket *socket);

/* What the sysctls of a network namespace (ip(7)) say about a port. */
struct lsp_port_policy {
	bool has_start, has_range;
	uint32_t start;                /* ip_unprivileged_port_start: first that is for everybody */
	struct lsp_port_range range;   /* ip_local_port_range */
	enum lsp_tristate is_reserved; /* ip_local_reserved_ports has it */
};
void lsp_snapshot_port_policy(const struct lsp_snapshot *snapshot, uint32_t netns, uint16_t port,
			      struct lsp_port_policy *out);

/* Network namespaces that were looked into, by inode number; 0 behind the last one. */
uint32_t lsp_snapshot_netns(const struct lsp_snapshot *snapshot, size_t index);

/* Name below /run/netns of a namespace that was looked into, NULL when it has none. Borrowed. */
const char *lsp_snapshot_netns_name(const struct lsp_snapshot *snapshot, uint32_t netns);
bool lsp_snapshot_is_own_netns(const struct lsp_snapshot *snapshot, uint32_t netns);

/* --- trying -------------------------------------------------------------------- */

/*
 * lsp_bind_try() - would bind(2) to the wildcard succeed, here and now? Where sysctl and
 * capabilities do not answer it is done, on a new socket without SO_REUSEADDR that is closed at
 * once and never listens.
 * @was_tried: bind(2) was called.
 * Return: 0, or a negative errno: -EACCES the port is privileged, -EADDRINUSE, -EAFNOSUPPORT the
 * kernel does not have the family, ...
 */
int lsp_bind_try(unsigned proto, enum lsp_family family, uint16_t port, bool *was_tried);

#ifdef __cplusplus
}
#endif

#endif
