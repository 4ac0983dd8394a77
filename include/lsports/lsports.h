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
 * Functions that can fail return 0 or a negative errno.
 */
#ifndef LSPORTS_H
#define LSPORTS_H
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- nouns ---------------------------------------------------------------- */

enum lsp_proto { LSP_PROTO_TCP, LSP_PROTO_UDP };
#define LSP_PROTO_COUNT 2

enum lsp_family { LSP_FAMILY_IPV4, LSP_FAMILY_IPV6 };
#define LSP_FAMILY_COUNT 2

/*
 * The kernel's own numbers (include/net/tcp_states.h). UDP uses two of them:
 * ESTABLISHED with a peer, and CLOSE, which is shown as "unconnected", without one.
 */
enum lsp_state {
	LSP_STATE_UNKNOWN = 0,
	LSP_STATE_ESTABLISHED = 1,
	LSP_STATE_SYN_SENT = 2,
	LSP_STATE_SYN_RECV = 3,
	LSP_STATE_FIN_WAIT1 = 4,
	LSP_STATE_FIN_WAIT2 = 5,
	LSP_STATE_TIME_WAIT = 6,
	LSP_STATE_CLOSE = 7,
	LSP_STATE_CLOSE_WAIT = 8,
	LSP_STATE_LAST_ACK = 9,
	LSP_STATE_LISTEN = 10,
	LSP_STATE_CLOSING = 11,
	LSP_STATE_NEW_SYN_RECV = 12,
	LSP_STATE_BOUND_INACTIVE = 13,
};
#define LSP_STATE_COUNT 14

/* A fact that may not be known. Zero is "unknown", so a forgotten one never lies. */
enum lsp_known { LSP_KNOWN_NOT, LSP_KNOWN_NO, LSP_KNOWN_YES };

/* IANA's categories of port numbers (RFC 6335 section 6). */
enum lsp_category {
	LSP_CATEGORY_WELL_KNOWN, /* 0-1023 */
	LSP_CATEGORY_REGISTERED, /* 1024-49151 */
	LSP_CATEGORY_DYNAMIC,    /* 49152-65535 */
};
#define LSP_CATEGORY_COUNT 3

/* From where a bind address can be reached. */
enum lsp_scope {
	LSP_SCOPE_LOOPBACK, /* 127.0.0.0/8, ::1 */
	LSP_SCOPE_LINK,     /* 169.254.0.0/16, fe80::/10, link-local multicast */
	LSP_SCOPE_PRIVATE,  /* RFC 1918, RFC 6598, fc00::/7 */
	LSP_SCOPE_PUBLIC,   /* every other address */
	LSP_SCOPE_ANY,      /* the wildcard */
};
#define LSP_SCOPE_COUNT 5

/* Why no owner stands beside a socket. */
enum lsp_owner_gap {
	LSP_OWNER_GAP_NONE,       /* there are owners */
	LSP_OWNER_GAP_UNASKED,    /* no process was looked at */
	LSP_OWNER_GAP_PERMISSION, /* a process that could not be read may hold it */
	LSP_OWNER_GAP_KERNEL,     /* the kernel itself holds it; no process does */
	LSP_OWNER_GAP_NAMESPACE,  /* a process of another PID namespace may hold it */
	LSP_OWNER_GAP_UNKNOWN,    /* all processes were read: in flight between two, or gone */
};
#define LSP_OWNER_GAP_COUNT 6

/* What /proc/PID/exe says beyond a path. */
enum lsp_exe_kind {
	LSP_EXE_KIND_UNKNOWN, /* the link could not be read */
	LSP_EXE_KIND_FILE,
	LSP_EXE_KIND_DELETED, /* the file is gone from its path */
	LSP_EXE_KIND_MEMFD,   /* memfd_create(2): it never had a path */
};

/* Why /proc/PID/exe may name a program that does not run there (prctl(2), PR_SET_MM_MAP). */
enum lsp_exe_doubt {
	LSP_EXE_DOUBT_NONE,     /* none, or it was not looked for */
	LSP_EXE_DOUBT_USERNS,   /* the process lives in another user namespace than we do */
	LSP_EXE_DOUBT_UNMAPPED, /* no executable mapping of that file */
};

struct lsp_endpoint {
	uint8_t address[16]; /* network byte order; IPv4 fills the first four bytes */
	uint16_t port;       /* host byte order */
};

/*
 * One kernel socket. Strings are borrowed from the snapshot and NULL when unknown.
 * Facts that a source could not tell are said to be unknown, never 0.
 */
struct lsp_socket {
	uint32_t netns; /* inode number of its network namespace, 0 unknown */
	enum lsp_proto proto;
	enum lsp_family family;
	enum lsp_state state;
	struct lsp_endpoint local;
	struct lsp_endpoint peer; /* all zero without a peer */
	const char *interface;    /* bound device (SO_BINDTODEVICE), NULL for none or unknown */
	bool has_interface;       /* it is known whether there is one */
	enum lsp_known v6only;    /* known for IPv6 listeners and unconnected UDP alone */
	enum lsp_known is_auto;   /* the kernel chose the local port */
	bool has_uid;             /* false where the kernel keeps no uid (TIME_WAIT, requests) */
	bool has_cookie;
	bool has_cgroup;  /* cgroup_id is known */
	bool has_backlog; /* backlog is known */
	uint32_t uid;
	uint32_t inode;        /* 0: the socket has none, so nobody can hold it */
	uint64_t cookie;       /* sock_gen_cookie(), unique in its network namespace */
	uint64_t cgroup_id;    /* of the cgroup v2 where the socket was made */
	uint32_t recv_queue;   /* bytes; for a TCP listener connections waiting in accept(2) */
	uint32_t send_queue;   /* bytes; always 0 for a TCP listener */
	uint32_t backlog;      /* limit of a TCP listener's accept queue, connections */
	const char *cgroup;    /* path below the cgroup2 mount */
	const char *unit;      /* systemd unit of that path */
	const char *container; /* container id or name of that path */
};

/*
 * A process as one walk of /proc saw it. comm and exe are bytes that it chose itself. What is
 * another's parent and no owner has only pid, comm and parent.
 */
struct lsp_process {
	uint32_t pid;
	const char *comm;    /* NULL unknown; any bytes but NUL */
	const char *exe;     /* target of /proc/PID/exe without " (deleted)", NULL unknown */
	const char *cmdline; /* arguments joined by blanks, cut at 4096 bytes, NULL unknown */
	enum lsp_exe_kind exe_kind;
	enum lsp_exe_doubt exe_doubt;
	bool has_uid;
	bool has_started;
	uint32_t uid;                     /* effective uid */
	int64_t started;                  /* seconds since the epoch */
	const struct lsp_process *parent; /* NULL unknown, or none that can be seen */
};

struct lsp_owner {
	const struct lsp_process *process;
	int32_t fd; /* lowest descriptor, -1 when held by no descriptor (io_uring) */
};

/* Something that could not be seen. */
struct lsp_gap {
	const char *what; /* "processes", "tcp sockets", ... */
	const char *why;  /* a sentence for people, with the way out where there is one */
	uint64_t count;   /* how many, 0 when that cannot be told */
	bool hides;       /* a listener or an owner could be hidden behind it */
	bool is_blind;    /* of a whole protocol nothing could be read */
};

/* Sets of proto, family and state as bits. */
#define LSP_BIT(value) (1u << (unsigned)(value))

struct lsp_port_range {
	uint16_t first, last; /* both included */
};

/* --- asking ----------------------------------------------------------------- */

enum lsp_source { LSP_SOURCE_AUTO, LSP_SOURCE_NETLINK, LSP_SOURCE_PROC };
enum lsp_owners { LSP_OWNERS_AUTO, LSP_OWNERS_BPF, LSP_OWNERS_PROC, LSP_OWNERS_NONE };

/* What is shown decides what is looked up: facts that cost something, asked for one by one. */
enum lsp_fact {
	LSP_FACT_OWNERS = 1u << 0,   /* owners, and comm and uid of each */
	LSP_FACT_EXE = 1u << 1,      /* exe of each owner */
	LSP_FACT_CMDLINE = 1u << 2,  /* cmdline of each owner */
	LSP_FACT_STARTED = 1u << 3,  /* start time of each owner */
	LSP_FACT_CGROUP = 1u << 4,   /* cgroup path, unit, container */
	LSP_FACT_AUTO = 1u << 5,     /* lsp_socket.is_auto */
	LSP_FACT_SERVICES = 1u << 6, /* lsp_service_name() */
	LSP_FACT_USERS = 1u << 7,    /* lsp_user_name() */
	LSP_FACT_DOUBT = 1u << 8,    /* exe_doubt of each owner */
	LSP_FACT_FINDINGS = 1u << 9, /* whatever lsp_judge() needs */
	LSP_FACT_PARENTS = 1u << 10, /* parent of each owner, and so on up to the first */
	LSP_FACT_REASONS = 1u << 11, /* rule and reasons of what lsp_judge() says */
};

struct lsp_rules; /* <lsports/judge.h> */

/* Scope: what the kernel is asked for. Zero-initialised it asks for nothing. */
struct lsp_query {
	unsigned protos;   /* LSP_BIT(enum lsp_proto) */
	unsigned families; /* LSP_BIT(enum lsp_family) */
	bool listeners;    /* TCP in LISTEN and UDP without a peer */
	bool others;       /* every other state */
	/*
	 * Of the others only these, LSP_BIT(enum lsp_state). 0 is all but LSP_STATE_BOUND_INACTIVE,
	 * which is only told when it is named (Linux 6.8).
	 */
	unsigned states;
	unsigned facts; /* enum lsp_fact */
	enum lsp_source source;
	enum lsp_owners owners;
	bool strict; /* narrow dumps for every listener, whatever they cost */
	const struct lsp_port_range *ports; /* local ports wanted; NULL is all */
	size_t port_count;
	const char *const *netns; /* names below /run/netns, PIDs or paths; NULL is our own */
	size_t netns_count;
	bool all_netns;
	const char *root; /* NULL is the machine; else a recorded tree (proc, sys, etc, netlink) */
	const struct lsp_rules *rules; /* what is expected: only lsp_judge() asks */
	bool judges_all; /* "unexpected" is said of every listener, not of low ports alone */
};

struct lsp_snapshot;

/*
 * lsp_collect() - look once.
 * @snapshot: the result, owned by the caller.
 * @reason: on failure a text for people, one line a source that failed; the caller frees it. It
 *          may be NULL when memory is short.
 *
 * A source that fails while another can stand in for it is a gap of the snapshot and no
 * failure.
 *
 * Return: 0; -EINVAL for a query that cannot be meant (no such namespace); otherwise the error
 * of the last source when nothing could be read. *snapshot is NULL unless 0 is returned.
 */
int lsp_collect(const struct lsp_query *query, struct lsp_snapshot **snapshot, char **reason);

void lsp_snapshot_free(struct lsp_snapshot *snapshot);

/* --- reading ------------------------------------------------------------------ */

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

/* What could not be seen. Borrowed. */
const struct lsp_gap *lsp_snapshot_gaps(const struct lsp_snapshot *snapshot, size_t *count);

/* What was used, one line each ("tcp: netlink, narrow dumps"), for --verbose. Borrowed. */
const char *const *lsp_snapshot_notes(const struct lsp_snapshot *snapshot, size_t *count);

/*
 * lsp_user_name() - account name of a uid, NULL when there is none. Known for every uid of a
 * socket and an owner when LSP_FACT_USERS was asked for.
 */
const char *lsp_user_name(const struct lsp_snapshot *snapshot, uint32_t uid);

/*
 * lsp_service_name() - registered name of a port, NULL when there is none.
 * @is_guess: set when the name is not the admin's (/etc/services) but of the shipped list.
 */
const char *lsp_service_name(const struct lsp_snapshot *snapshot, enum lsp_proto proto,
			     uint16_t port, bool *is_guess);

/* Below net.ipv4.ip_unprivileged_port_start of the socket's own network namespace. */
enum lsp_known lsp_is_privileged(const struct lsp_snapshot *snapshot,
				 const struct lsp_socket *socket);

/* Inside net.ipv4.ip_local_port_range of its namespace and not reserved: the kernel may take it. */
enum lsp_known lsp_is_ephemeral(const struct lsp_snapshot *snapshot,
				const struct lsp_socket *socket);

/* What the sysctls of a network namespace (ip(7)) say about a port. */
struct lsp_port_policy {
	bool has_start, has_range;
	uint32_t start;              /* ip_unprivileged_port_start: first that is for everybody */
	struct lsp_port_range range; /* ip_local_port_range */
	enum lsp_known is_reserved;  /* ip_local_reserved_ports has it */
};
void lsp_port_policy_of(const struct lsp_snapshot *snapshot, uint32_t netns, uint16_t port,
			struct lsp_port_policy *out);

/* Network namespaces that were looked into, by inode number; 0 behind the last one. */
uint32_t lsp_netns_at(const struct lsp_snapshot *snapshot, size_t index);

/* Name below /run/netns of a namespace that was looked into, NULL when it has none. Borrowed. */
const char *lsp_netns_name(const struct lsp_snapshot *snapshot, uint32_t netns);
bool lsp_netns_is_own(const struct lsp_snapshot *snapshot, uint32_t netns);

/* --- trying -------------------------------------------------------------------- */

/*
 * lsp_bind_try() - would bind(2) to the wildcard succeed, here and now? Where sysctl and
 * capabilities do not answer it is done, on a new socket without SO_REUSEADDR that is closed at
 * once and never listens.
 * @was_tried: bind(2) was called.
 * Return: 0, or a negative errno: -EACCES the port is privileged, -EADDRINUSE, -EAFNOSUPPORT the
 * kernel does not have the family, ...
 */
int lsp_bind_try(enum lsp_proto proto, enum lsp_family family, uint16_t port, bool *was_tried);

/* --- judging one fact: pure ------------------------------------------------------ */

enum lsp_category lsp_category_of(uint16_t port);
enum lsp_scope lsp_scope_of(enum lsp_family family, const uint8_t address[16]);
bool lsp_is_listener(const struct lsp_socket *socket);

/* --- words ------------------------------------------------------------------------ */

const char *lsp_proto_word(enum lsp_proto proto);            /* "tcp" */
const char *lsp_family_word(enum lsp_family family);         /* "ipv4" */
const char *lsp_state_word(const struct lsp_socket *socket); /* "listen", "unconnected" */
const char *lsp_category_word(enum lsp_category category);   /* "well-known" */
const char *lsp_scope_word(enum lsp_scope scope);            /* "loopback" */
const char *lsp_owner_gap_word(enum lsp_owner_gap gap);      /* "permission"; NULL for none */

#define LSP_ADDRESS_SIZE 48

/*
 * lsp_address_format() - an address as inet_ntop(3) writes it, without brackets or scope.
 * Return: its length. @out is always terminated.
 */
size_t lsp_address_format(enum lsp_family family, const uint8_t address[16],
			  char out[LSP_ADDRESS_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
