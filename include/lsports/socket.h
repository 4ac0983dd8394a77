/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The nouns of the contract: protocols, endpoints, sockets, processes, and what they say by
 * themselves. Everything here is pure: no I/O, no state.
 */
#ifndef LSPORTS_SOCKET_H
#define LSPORTS_SOCKET_H
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Sets of protocols, families and states as bits. */
#define LSP_BIT(value) (1u << (unsigned)(value))

struct lsp_port_range {
	uint16_t first, last; /* both included */
};

enum lsp_family { LSP_FAMILY_IPV4, LSP_FAMILY_IPV6 };
#define LSP_FAMILY_COUNT (LSP_FAMILY_IPV6 + 1)

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
#define LSP_STATE_COUNT (LSP_STATE_BOUND_INACTIVE + 1)

/* A fact that may not be known. Zero is "unknown", so a forgotten one never lies. */
enum lsp_tristate { LSP_UNKNOWN, LSP_NO, LSP_YES };

/* IANA's categories of port numbers (RFC 6335 section 6). */
enum lsp_category {
	LSP_CATEGORY_WELL_KNOWN, /* 0-1023 */
	LSP_CATEGORY_REGISTERED, /* 1024-49151 */
	LSP_CATEGORY_DYNAMIC,    /* 49152-65535 */
};
#define LSP_CATEGORY_COUNT (LSP_CATEGORY_DYNAMIC + 1)

/* From where a bind address can be reached. */
enum lsp_scope {
	LSP_SCOPE_LOOPBACK, /* 127.0.0.0/8, ::1 */
	LSP_SCOPE_LINK,     /* 169.254.0.0/16, fe80::/10, link-local multicast */
	LSP_SCOPE_PRIVATE,  /* RFC 1918, RFC 6598, fc00::/7 */
	LSP_SCOPE_PUBLIC,   /* every other address */
	LSP_SCOPE_ANY,      /* the wildcard */
};
#define LSP_SCOPE_COUNT (LSP_SCOPE_ANY + 1)

/* What /proc/PID/exe says beyond a path. */
enum lsp_exe_kind {
	LSP_EXE_KIND_UNKNOWN, /* the link could not be read */
	LSP_EXE_KIND_FILE,
	LSP_EXE_KIND_DELETED, /* the file is gone from its path */
	LSP_EXE_KIND_MEMFD,   /* memfd_create(2): it never had a path */
};

/* Why the program that /proc/PID/exe names may be another one than the file at that path. */
enum lsp_exe_unverified {
	LSP_EXE_VERIFIED,             /* it is that file, or this was not asked */
	LSP_EXE_UNVERIFIED_USERNS,    /* the process could set the link (prctl(2), PR_SET_MM_MAP) */
	LSP_EXE_UNVERIFIED_FILE,      /* another file runs */
	LSP_EXE_UNVERIFIED_ELSEWHERE, /* the process has another root directory, as in a container
				       */
	LSP_EXE_UNVERIFIED_UNKNOWN,   /* the files could not be compared */
};

/* Bytes of a set of protocols: LSP_BIT(index of a row) for each. */
#define LSP_PROTOCOLS_MAX 8

/* A protocol that has ports: one row each in model/protocol.c, named by its index. */
struct lsp_protocol {
	const char *word;            /* "tcp", in lower case */
	const char *title;           /* "TCP": in headings, and in /proc/net/protocols */
	int number;                  /* IPPROTO_TCP */
	int socket_type;             /* SOCK_STREAM, SOCK_DGRAM */
	enum lsp_state listen_state; /* of a socket that waits for connections or datagrams */
	const char *listen_word;     /* how that state is called: "listen", "unconnected" */
	const char *proc_name;     /* of its tables in /proc/net, without the suffix of a family */
	const char *services_word; /* the protocol whose ports services(5) registers for it */
	char letter;               /* of its option, 0 for none */
};

/* One end of a socket. */
struct lsp_endpoint {
	enum lsp_family family;
	uint8_t address[16]; /* network byte order; IPv4 fills the first four bytes, the rest is 0
			      */
	uint16_t port;       /* host byte order */
	/*
	 * The device that the socket is bound to (SO_BINDTODEVICE, or the scope of a link-local
	 * address), as in "fe80::1%eth0"; borrowed, NULL for none or unknown.
	 */
	const char *zone;
	uint32_t zone_index; /* its number in the network namespace, 0 for none or unknown */
};

/*
 * One kernel socket. Strings are borrowed from the snapshot and NULL when unknown.
 * What a source could not tell is said to be unknown, never 0.
 */
/* What is known of the unit and the container of a socket. */
enum lsp_unit_state {
	LSP_UNIT_UNKNOWN,
	LSP_UNIT_KNOWN,
	LSP_UNIT_ENDED, /* the cgroup has ended, and the owners say nothing: the container is
			   unknown */
};

struct lsp_socket {
	uint32_t netns; /* inode number of its network namespace, 0 unknown */
	unsigned proto; /* index of its struct lsp_protocol */
	enum lsp_state state;
	struct lsp_endpoint local;
	struct lsp_endpoint peer;  /* all zero but its family without a peer */
	bool has_interface;        /* it is known whether the socket is bound to a device */
	enum lsp_tristate v6only;  /* known for IPv6 listeners and unconnected UDP alone */
	enum lsp_tristate is_auto; /* the kernel chose the local port */
	/* It had no owner, and this is what the kernel said when it was asked again. */
	enum lsp_tristate still_open;
	bool has_uid; /* false where the kernel keeps no uid (TIME_WAIT, requests) */
	bool has_cookie;
	bool has_cgroup;  /* cgroup_id is known */
	bool has_backlog; /* backlog is known */
	uint32_t uid;
	uint32_t inode;      /* 0: the socket has none, so nobody can hold it */
	uint64_t cookie;     /* sock_gen_cookie(), unique in its network namespace */
	uint64_t cgroup_id;  /* of the cgroup v2 where the socket was made */
	uint32_t recv_queue; /* bytes; for a TCP listener connections waiting in accept(2) */
	uint32_t send_queue; /* bytes; always 0 for a TCP listener */
	uint32_t backlog;    /* limit of a TCP listener's accept queue, connections */
	const char *cgroup;  /* path below the cgroup2 mount, NULL unknown or ended */
	/*
	 * Of that path, or, where there is none, those in which all owners are: the systemd unit,
	 * and the id or name of the container. NULL with LSP_UNIT_KNOWN: there is none.
	 */
	enum lsp_unit_state unit_state;
	const char *unit, *container;
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
	enum lsp_exe_unverified exe_unverified;
	bool has_uid;
	bool has_started;
	uint32_t uid;                     /* effective uid */
	int64_t started;                  /* seconds since the epoch */
	const struct lsp_process *parent; /* NULL unknown, or none that can be seen */
	/* Only where the cgroup of a socket has no path. */
	const char *cgroups;          /* the text of /proc/PID/cgroup, NULL unknown */
	bool has_unit;                /* unit and container are known */
	const char *unit, *container; /* of its own cgroup, NULL for none */
};

struct lsp_owner {
	const struct lsp_process *process;
	int32_t fd; /* lowest descriptor, -1 when held by no descriptor (io_uring) */
};

/* --- protocols: pure -------------------------------------------------------------- */

/* The row @index, NULL behind the last. */
const struct lsp_protocol *lsp_protocol_at(size_t index);
size_t lsp_protocol_count(void);
unsigned lsp_protocol_all(void); /* the set of all: LSP_BIT() of each index */

/* By word, in any case. Return: its index, lsp_protocol_count() for none. */
size_t lsp_protocol_find(const char *word, size_t size);

const char *lsp_protocol_word(unsigned proto); /* "tcp" */

/* lsp_protocol_listeners() - the set of protocols whose listeners are in @state. */
unsigned lsp_protocol_listeners(enum lsp_state state);

/* --- sockets: pure ------------------------------------------------------------------ */

bool lsp_socket_is_listener(const struct lsp_socket *socket);
bool lsp_socket_has_peer(const struct lsp_socket *socket);

/* Is it a wildcard that takes the traffic of the other family too? Neither 0.0.0.0 nor [::]. */
bool lsp_socket_is_dual_stack(const struct lsp_socket *socket);

/* Is the accept queue of a TCP listener full, so that new connections wait or fail? */
bool lsp_socket_is_queue_full(const struct lsp_socket *socket);

/* The kernel's name of a state as ss(8) writes it, in lower case: "close". */
const char *lsp_socket_state_name(enum lsp_state state);

/* The same, but what listens in CLOSE is "unconnected". */
const char *lsp_socket_state_word(unsigned proto, enum lsp_state state);

/* --- processes: pure ---------------------------------------------------------------- */

/*
 * lsp_process_name() - as a person knows it: what it calls itself (comm), or the name of its
 * program file where the kernel has cut that at 15 bytes. NULL unknown.
 */
const char *lsp_process_name(const struct lsp_process *process);

/* The other one of comm and the name of the file; NULL unknown. */
const char *lsp_process_alias(const struct lsp_process *process);

#define LSP_PROCESS_SIZE 288

/* lsp_process_format() - "sshd(812)", "?" for an unknown name; not escaped. Return: its length. */
size_t lsp_process_format(const struct lsp_process *process, char out[LSP_PROCESS_SIZE]);

/* --- endpoints: pure ---------------------------------------------------------------- */

#define LSP_ADDRESS_SIZE 48

/*
 * lsp_endpoint_format_address() - as inet_ntop(3) writes it, without brackets or zone.
 * Return: its length. @out is always terminated.
 */
size_t lsp_endpoint_format_address(const struct lsp_endpoint *endpoint, char out[LSP_ADDRESS_SIZE]);
size_t lsp_endpoint_address_width(const struct lsp_endpoint *endpoint); /* that length alone */

/* Does its text need brackets in front of a port? */
bool lsp_endpoint_has_colons(const struct lsp_endpoint *endpoint);

bool lsp_endpoint_is_wildcard(const struct lsp_endpoint *endpoint);
bool lsp_endpoint_is_link_local(const struct lsp_endpoint *endpoint);
enum lsp_scope lsp_endpoint_scope(const struct lsp_endpoint *endpoint);

/* By family, then address; neither zone nor port count. */
int lsp_endpoint_compare_address(const struct lsp_endpoint *a, const struct lsp_endpoint *b);

/* ::ffff:a.b.c.d becomes IPv4 (RFC 4291, section 2.5.5.2). */
void lsp_endpoint_unmap(struct lsp_endpoint *endpoint);

const char *lsp_endpoint_family_word(enum lsp_family family);     /* "ipv4" */
const char *lsp_endpoint_family_title(enum lsp_family family);    /* "IPv4" */
const char *lsp_endpoint_family_wildcard(enum lsp_family family); /* "0.0.0.0" */

/* --- ports and words: pure ---------------------------------------------------------- */

enum lsp_category lsp_port_category(uint16_t port);

const char *lsp_words_category(enum lsp_category category); /* "well-known" */
const char *lsp_words_scope(enum lsp_scope scope);          /* "loopback" */

#ifdef __cplusplus
}
#endif

#endif
