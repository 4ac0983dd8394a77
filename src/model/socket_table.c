/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket table: packs and unpacks. It resolves no name, and orders nothing:
 * model/socket_order.c does.
 */
#include "model/socket_table.h"

#include "model/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct packed_socket) == 24, "a socket costs 24 bytes");
_Static_assert(sizeof(struct socket_attrs) % 8 == 0, "hashed in words of 8 bytes");

void socket_table_init(struct socket_table *table)
{
	*table = (struct socket_table){
		.kinds.record_size = sizeof(struct socket_attrs),
		.addresses.record_size = 16,
	};
}

void socket_table_deinit(struct socket_table *table)
{
	array_deinit(&table->sockets);
	recpool_deinit(&table->kinds);
	recpool_deinit(&table->addresses);
}

static int pack_address(struct socket_table *table, bool is_packed, const uint8_t address[16],
			uint32_t *packed)
{
	if (!is_packed)
		return recpool_add(&table->addresses, address, packed);
	memcpy(packed, address, sizeof(*packed));
	*packed = ntohl(*packed);
	return 0;
}

static void unpack_address(const struct socket_table *table, bool is_packed, uint32_t packed,
			   uint8_t address[16])
{
	if (!is_packed) {
		memcpy(address, recpool_at(&table->addresses, packed), 16);
		return;
	}
	packed = htonl(packed);
	memset(address, 0, 16);
	memcpy(address, &packed, sizeof(packed));
}

int socket_table_add(struct socket_table *table, const struct lsp_socket *socket)
{
	struct socket_attrs kind = {
		.cgroup_id = socket->cgroup_id,
		.zone = socket->local.zone,
		.cookie_high = (uint32_t)(socket->cookie >> 32),
		.netns = socket->netns,
		.zone_index = socket->local.zone_index,
		.uid = socket->uid,
		.recv_queue = socket->recv_queue,
		.send_queue = socket->send_queue,
		.backlog = socket->backlog,
		.proto = (uint8_t)socket->proto,
		.family = (uint8_t)socket->local.family,
		.state = (uint8_t)socket->state,
		.v6only = (uint8_t)socket->v6only,
		.has_interface = socket->has_interface,
		.is_packed = endpoint_size(socket->local.family) <= sizeof(uint32_t),
		.has_uid = socket->has_uid,
		.has_cookie = socket->has_cookie,
		.has_cgroup = socket->has_cgroup,
		.has_backlog = socket->has_backlog,
		.auto_known = socket->is_auto != LSP_UNKNOWN,
	};
	struct packed_socket packed = {
		.local_port = socket->local.port,
		.peer_port = socket->peer.port,
		.is_auto = socket->is_auto == LSP_YES,
		.still_open = (unsigned)socket->still_open & 3u,
		.cookie_low = (uint32_t)socket->cookie,
		.inode = socket->inode,
	};
	struct packed_socket *slot;
	uint32_t index;
	int r;

	r = pack_address(table, kind.is_packed, socket->local.address, &packed.local);
	if (r >= 0)
		r = pack_address(table, kind.is_packed, socket->peer.address, &packed.peer);
	if (r >= 0)
		r = recpool_add(&table->kinds, &kind, &index);
	if (r < 0)
		return r;
	slot = array_add(&table->sockets, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	packed.kind = index & ((1u << SOCKET_TABLE_KIND_BITS) - 1);
	*slot = packed;
	return 0;
}

void socket_table_unpack(const struct socket_table *table, size_t index, struct lsp_socket *out)
{
	const struct packed_socket *packed = socket_table_at(table, index);
	const struct socket_attrs *kind = socket_table_attrs(table, index);
	enum lsp_family family = (enum lsp_family)kind->family;

	*out = (struct lsp_socket){
		.netns = kind->netns,
		.proto = kind->proto,
		.local.family = family,
		.local.zone = kind->zone,
		.local.zone_index = kind->zone_index,
		.peer.family = family,
		.state = (enum lsp_state)kind->state,
		.local.port = packed->local_port,
		.peer.port = packed->peer_port,
		.v6only = (enum lsp_tristate)kind->v6only,
		.is_auto = !kind->auto_known ? LSP_UNKNOWN
			   : packed->is_auto ? LSP_YES
					     : LSP_NO,
		.still_open = (enum lsp_tristate)packed->still_open,
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
	unpack_address(table, kind->is_packed, packed->local, out->local.address);
	unpack_address(table, kind->is_packed, packed->peer, out->peer.address);
}
