/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of sockets: 24 bytes a socket. Everything that many sockets share (state, owner,
 * cgroup, device, queues, which are mostly empty) is interned as a kind, IPv6 addresses are
 * interned too.
 */
#ifndef LSPORTS_MODEL_SOCKETS_H
#define LSPORTS_MODEL_SOCKETS_H
#pragma once

#include "recpool.h"
#include "strpool.h"

#include <lsports/lsports.h>

struct packed_socket {
	uint32_t local, peer; /* IPv4: the address, host byte order; IPv6: index in addresses */
	uint16_t local_port, peer_port;
	uint32_t kind : 31;
	uint32_t is_auto : 1;
	uint32_t cookie_low; /* the upper half is in the kind */
	uint32_t inode;
};

/* 64-bit members first: no padding but the explicit one. */
struct socket_kind {
	uint64_t cgroup_id;
	uint32_t cookie_high;
	uint32_t netns;
	uint32_t uid;
	uint32_t recv_queue, send_queue, backlog;
	uint32_t interface; /* string id */
	uint8_t proto, family, state, v6only;
	uint8_t has_uid, has_cookie, has_cgroup, has_backlog;
	uint8_t auto_known; /* is_auto of the socket means something */
	uint8_t has_interface;
	uint8_t zero[2];
};

struct socket_table {
	struct packed_socket *sockets; /* owned */
	size_t count, capacity;
	struct recpool kinds;     /* struct socket_kind */
	struct recpool addresses; /* 16 bytes each */
};

void socket_table_init(struct socket_table *table);
void socket_table_deinit(struct socket_table *table);

/* @interface is a string id of the pool that is given to the functions below. */
int socket_table_add(struct socket_table *table, const struct lsp_socket *socket,
		     uint32_t interface);

/* A socket by its cookie: before Linux 5.8 two namespaces may have the same. */
struct socket_mark {
	uint64_t cookie;
	uint32_t netns;
};

/*
 * socket_table_unique() - keep one of each identity: cookie, else inode, in one netns.
 * @autos: the sockets whose port the kernel chose; sorted in place.
 * Return: 0 or -ENOMEM.
 */
int socket_table_unique(struct socket_table *table, struct socket_mark *autos, size_t auto_count);

/* socket_table_order() - the order of lsp_snapshot_count()'s comment. Return: 0 or -ENOMEM. */
int socket_table_order(struct socket_table *table, const struct strpool *strings);

static inline const struct socket_kind *socket_table_kind(const struct socket_table *table,
							  size_t index)
{
	return recpool_at(&table->kinds, table->sockets[index].kind);
}

/*
 * socket_table_is_one_place() - whether two sockets have one local address and port, on one device
 * of one network namespace.
 */
bool socket_table_is_one_place(const struct socket_table *table, const struct strpool *strings,
			       size_t a, size_t b);

/* All facts that the table holds; interface, cgroup, unit and container stay NULL. */
void socket_table_unpack(const struct socket_table *table, size_t index, struct lsp_socket *out);

#endif
