/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of sockets: 24 bytes a socket. Everything that many sockets share (state, owner,
 * cgroup, device, queues, which are mostly empty) is interned as a kind, IPv6 addresses are
 * interned too.
 */
#ifndef LSPORTS_MODEL_SOCKET_TABLE_H
#define LSPORTS_MODEL_SOCKET_TABLE_H
#pragma once

#include "array.h"
#include "recpool.h"

#include <lsports/lsports.h>

#define SOCKET_TABLE_KIND_BITS 29

struct packed_socket {
	uint32_t local, peer; /* IPv4: the address, host byte order; IPv6: index in addresses */
	uint16_t local_port, peer_port;
	uint32_t kind : SOCKET_TABLE_KIND_BITS;
	uint32_t is_auto : 1;
	uint32_t still_open : 2; /* enum lsp_tristate */
	uint32_t cookie_low;     /* the upper half is in the kind */
	uint32_t inode;
};

/* 64-bit members first: no padding but the explicit one, since records are compared as bytes. */
struct socket_attrs {
	uint64_t cgroup_id;
	const char *zone; /* interned: equal texts have one address */
	uint32_t cookie_high;
	uint32_t netns;
	uint32_t uid;
	uint32_t recv_queue, send_queue, backlog;
	uint32_t zone_index;
	uint8_t proto, family, state, v6only;
	uint8_t has_uid, has_cookie, has_cgroup, has_backlog;
	uint8_t auto_known; /* is_auto of the socket means something */
	uint8_t has_interface;
	uint8_t is_packed; /* addresses are numbers in struct packed_socket, and not interned */
	uint8_t zero;
};

struct socket_table {
	struct array sockets;     /* struct packed_socket */
	struct recpool kinds;     /* struct socket_attrs */
	struct recpool addresses; /* 16 bytes each */
};

void socket_table_init(struct socket_table *table);
void socket_table_deinit(struct socket_table *table);

/*
 * socket_table_add() - @socket: its zone is borrowed for as long as the table lives, and two that
 * are equal have one address. Return: 0 or -ENOMEM.
 */
int socket_table_add(struct socket_table *table, const struct lsp_socket *socket);

static inline size_t socket_table_count(const struct socket_table *table)
{
	return table->sockets.count;
}

static inline const struct packed_socket *socket_table_at(const struct socket_table *table,
							  size_t index)
{
	return (const struct packed_socket *)table->sockets.data + index;
}

static inline const struct socket_attrs *socket_table_attrs(const struct socket_table *table,
							    size_t index)
{
	return recpool_at(&table->kinds, socket_table_at(table, index)->kind);
}

/* All facts that the table holds; cgroup, unit, container and the peer's zone stay NULL. */
void socket_table_unpack(const struct socket_table *table, size_t index, struct lsp_socket *out);

#endif
