/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the sockets of one port: states, peers, holders. Owns what is named and in which order;
 * looks at nothing but the snapshot, and has no words.
 */
#include "view/explanation.h"

#include <errno.h>
#include <stdlib.h>

/* A growing list of one kind, sorted and counted when it is whole. */
struct tally {
	struct explanation_peer *peers;
	struct explanation_holder *holders;
	size_t peer_count, peer_capacity, holder_count, holder_capacity;
};

static void tally_deinit(struct tally *tally)
{
	free(tally->peers);
	free(tally->holders);
}

/* @items with room for one more of @size bytes; NULL when memory ran out, @items is then kept. */
static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 64;
	void *grown;

	if (count < *capacity)
		return items;
	grown = reallocarray(items, more, size);
	if (grown)
		*capacity = more;
	return grown;
}

static int add_peer(struct tally *tally, const struct lsp_socket *socket)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct explanation_peer peer = {.family = socket->family, .count = 1};
	bool is_mapped = socket->family == LSP_FAMILY_IPV6 &&
			 memcmp(socket->peer.address, mapped, sizeof(mapped)) == 0;
	struct explanation_peer *peers =
		grow(tally->peers, tally->peer_count, &tally->peer_capacity, sizeof(peer));

	if (!peers)
		return -ENOMEM;
	tally->peers = peers;
	if (is_mapped) {
		peer.family = LSP_FAMILY_IPV4;
		memcpy(peer.address, socket->peer.address + sizeof(mapped), 4);
	} else {
		memcpy(peer.address, socket->peer.address, sizeof(peer.address));
	}
	tally->peers[tally->peer_count++] = peer;
	return 0;
}

static int add_holders(struct tally *tally, const struct lsp_snapshot *snapshot,
		       const struct lsp_socket *socket)
{
	size_t count;
	const struct lsp_owner *owners = lsp_snapshot_owners(snapshot, socket, &count);

	for (size_t i = 0; i < count; i++) {
		struct explanation_holder *holders =
			grow(tally->holders, tally->holder_count, &tally->holder_capacity,
			     sizeof(*holders));

		if (!holders)
			return -ENOMEM;
		tally->holders = holders;
		holders[tally->holder_count++] = (struct explanation_holder){owners[i].process, 1};
	}
	return 0;
}

/* --- order ------------------------------------------------------------------------------ */

static int compare_addresses(const void *a, const void *b)
{
	const struct explanation_peer *x = a, *y = b;

	if (x->family != y->family)
		return x->family < y->family ? -1 : 1;
	return memcmp(x->address, y->address, sizeof(x->address));
}

static int compare_peers(const void *a, const void *b)
{
	const struct explanation_peer *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_addresses(a, b);
}

static int compare_pids(const void *a, const void *b)
{
	const struct explanation_holder *x = a, *y = b;

	return (x->process->pid > y->process->pid) - (x->process->pid < y->process->pid);
}

static int compare_holders(const void *a, const void *b)
{
	const struct explanation_holder *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare_pids(a, b);
}

static size_t at_most(size_t count)
{
	return count < EXPLANATION_MOST ? count : EXPLANATION_MOST;
}

static void name_peers(struct explanation_port *port, const struct tally *tally)
{
	struct explanation_peer *peers = tally->peers;
	size_t kept = 0;

	if (!tally->peer_count)
		return;
	qsort(peers, tally->peer_count, sizeof(*peers), compare_addresses);
	for (size_t i = 1; i < tally->peer_count; i++) {
		if (compare_addresses(&peers[kept], &peers[i]) == 0)
			peers[kept].count++;
		else
			peers[++kept] = peers[i];
	}
	port->peer_count = kept + 1;
	qsort(peers, port->peer_count, sizeof(*peers), compare_peers);
	memcpy(port->peers, peers, at_most(port->peer_count) * sizeof(*peers));
}

static void name_holders(struct explanation_port *port, const struct tally *tally)
{
	struct explanation_holder *holders = tally->holders;
	size_t kept = 0;

	if (!tally->holder_count)
		return;
	qsort(holders, tally->holder_count, sizeof(*holders), compare_pids);
	for (size_t i = 1; i < tally->holder_count; i++) {
		if (compare_pids(&holders[kept], &holders[i]) == 0)
			holders[kept].count++;
		else
			holders[++kept] = holders[i];
	}
	port->holder_count = kept + 1;
	qsort(holders, port->holder_count, sizeof(*holders), compare_holders);
	memcpy(port->holders, holders, at_most(port->holder_count) * sizeof(*holders));
}

/* --- the whole -------------------------------------------------------------------------- */

static int count_socket(struct explanation_port *port, struct tally *tally,
			const struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	int r;

	if (lsp_is_listener(socket)) {
		port->listener_count++;
		return 0;
	}
	port->other_count++;
	/* Both are a handshake that goes on; the kernel keeps two kinds. */
	port->states[socket->state == LSP_STATE_NEW_SYN_RECV ? LSP_STATE_SYN_RECV
							     : socket->state]++;
	r = add_holders(tally, snapshot, socket);
	return r >= 0 && socket->peer.port ? add_peer(tally, socket) : r;
}

static int count_proto(struct explanation *explanation, enum lsp_proto proto,
		       const struct view *view, const struct lsp_snapshot *snapshot)
{
	struct explanation_port *port = &explanation->ports[proto];
	struct tally tally = {0};
	int r = 0;

	port->service = lsp_service_name(snapshot, proto, explanation->port, &port->is_guess);
	for (size_t i = 0; r >= 0 && i < view->row_count; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, view->rows[i], &socket);
		if (socket.proto == proto)
			r = count_socket(port, &tally, snapshot, &socket);
	}
	if (r >= 0) {
		name_peers(port, &tally);
		name_holders(port, &tally);
	}
	tally_deinit(&tally);
	return r;
}

int explanation_count(struct explanation *explanation, const struct view *view,
		      const struct lsp_snapshot *snapshot)
{
	int r = 0;

	lsp_port_policy_of(snapshot, explanation->netns, explanation->port, &explanation->policy);
	for (unsigned i = 0; r >= 0 && i < LSP_PROTO_COUNT; i++)
		if (explanation->ports[i].is_asked)
			r = count_proto(explanation, (enum lsp_proto)i, view, snapshot);
	return r;
}

bool explanation_has_listener(const struct explanation *explanation)
{
	for (unsigned i = 0; i < LSP_PROTO_COUNT; i++)
		if (explanation->ports[i].listener_count)
			return true;
	return false;
}
