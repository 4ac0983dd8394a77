/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket table: packs and unpacks. It resolves no name, and orders nothing:
 * model/socket_order.c does.
 */
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256

_Static_assert(sizeof(struct packed_socket) == 24, "a socket costs 24 bytes");
_Static_assert(sizeof(struct socket_kind) % 8 == 0, "hashed in words of 8 bytes");

void socket_table_init(struct socket_table *table)
{
	*table = (struct socket_table){
		.kinds.record_size = sizeof(struct socket_kind),
		.addresses.record_size = 16,
	};
}

void socket_table_deinit(struct socket_table *table)
{
	free(table->sockets);
	recpool_deinit(&table->kinds);
	recpool_deinit(&table->addresses);
}

static int pack_address(struct socket_table *table, enum lsp_family family,
			const uint8_t address[16], uint32_t *packed)
{
	if (family == LSP_FAMILY_IPV6)
		return recpool_add(&table->addresses, address, packed);
	memcpy(packed, address, sizeof(*packed));
	*packed = ntohl(*packed);
	return 0;
}

static void unpack_address(const struct socket_table *table, enum lsp_family family,
			   uint32_t packed, uint8_t address[16])
{
	if (family == LSP_FAMILY_IPV6) {
		memcpy(address, recpool_at(&table->addresses, packed), 16);
		return;
	}
	packed = htonl(packed);
	memset(address, 0, 16);
	memcpy(address, &packed, sizeof(packed));
}

static int make_room(struct socket_table *table)
{
	size_t capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY;
	struct packed_socket *sockets;

	if (table->count < table->capacity)
		return 0;
	/* Large blocks move by mremap(2): no second copy, and what is unused is never touched. */
	sockets = realloc(table->sockets, capacity * sizeof(*sockets));
	if (!sockets)
		return -ENOMEM;
	table->sockets = sockets;
	table->capacity = capacity;
	return 0;
}

int socket_table_add(struct socket_table *table, const struct lsp_socket *socket,
		     uint32_t interface)
{
	struct socket_kind kind = {
		.cgroup_id = socket->cgroup_id,
		.cookie_high = (uint32_t)(socket->cookie >> 32),
		.netns = socket->netns,
		.uid = socket->uid,
		.recv_queue = socket->recv_queue,
		.send_queue = socket->send_queue,
		.backlog = socket->backlog,
		.interface = interface,
		.proto = (uint8_t)socket->proto,
		.family = (uint8_t)socket->family,
		.state = (uint8_t)socket->state,
		.v6only = (uint8_t)socket->v6only,
		.has_interface = socket->has_interface,
		.has_uid = socket->has_uid,
		.has_cookie = socket->has_cookie,
		.has_cgroup = socket->has_cgroup,
		.has_backlog = socket->has_backlog,
		.auto_known = socket->is_auto != LSP_KNOWN_NOT,
	};
	struct packed_socket packed = {
		.local_port = socket->local.port,
		.peer_port = socket->peer.port,
		.is_auto = socket->is_auto == LSP_KNOWN_YES,
		.cookie_low = (uint32_t)socket->cookie,
		.inode = socket->inode,
	};
	uint32_t index;
	int r;

	r = pack_address(table, socket->family, socket->local.address, &packed.local);
	if (r >= 0)
		r = pack_address(table, socket->family, socket->peer.address, &packed.peer);
	if (r >= 0)
		r = recpool_add(&table->kinds, &kind, &index);
	if (r >= 0)
		r = make_room(table);
	if (r < 0)
		return r;
	packed.kind = index & INT32_MAX;
	table->sockets[table->count++] = packed;
	return 0;
}

void socket_table_unpack(const struct socket_table *table, size_t index, struct lsp_socket *out)
{
	const struct packed_socket *packed = &table->sockets[index];
	const struct socket_kind *kind = socket_table_kind(table, index);
	enum lsp_family family = (enum lsp_family)kind->family;

	*out = (struct lsp_socket){
		.netns = kind->netns,
		.proto = (enum lsp_proto)kind->proto,
		.family = family,
		.state = (enum lsp_state)kind->state,
		.local.port = packed->local_port,
		.peer.port = packed->peer_port,
		.v6only = (enum lsp_known)kind->v6only,
		.is_auto = !kind->auto_known ? LSP_KNOWN_NOT
			   : packed->is_auto ? LSP_KNOWN_YES
					     : LSP_KNOWN_NO,
		.has_interface = kind->has_interface,
		.has_uid = kind->has_uid,
		.has_cookie = kind->has_cookie,
		.has_cgroup = kind->has_cgroup,
		.has_backlog = kind->has_backlog,
		.uid = kind->uid,
		.inode = packed->inode,
		.cookie = (uint64_t)kind->cookie_high << 32 | packed->cookie_low,
		.cgroup_id = kind->cgroup_id,
		.recv_queue = kind->recv_queue,
		.send_queue = kind->send_queue,
		.backlog = kind->backlog,
	};
	unpack_address(table, family, packed->local, out->local.address);
	unpack_address(table, family, packed->peer, out->peer.address);
}
