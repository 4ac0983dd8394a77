/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts the sockets of one port: states, peers, holders. Owns what is named and in which order;
 * looks at nothing but the snapshot, and has no words.
 */
#include "view/explanation.h"

#include "array.h"

#include <errno.h>
#include <stdlib.h>

/* A growing list of one kind, sorted and counted when it is whole. */
struct tally {
	struct array peers;   /* struct explanation_peer */
	struct array holders; /* struct explanation_holder */
};

static void tally_deinit(struct tally *tally)
{
	array_deinit(&tally->peers);
	array_deinit(&tally->holders);
}

static int add_peer(struct tally *tally, const struct lsp_socket *socket)
{
	struct explanation_peer peer = {.endpoint = socket->peer, .count = 1};
	struct explanation_peer *slot = array_add(&tally->peers, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	lsp_endpoint_unmap(&peer.endpoint);
	*slot = peer;
	return 0;
}

static int add_holders(struct tally *tally, const struct lsp_snapshot *snapshot,
		       const struct lsp_socket *socket)
{
	size_t count;
	const struct lsp_owner *owners = lsp_snapshot_owners(snapshot, socket, &count);

	for (size_t i = 0; i < count; i++) {
		struct explanation_holder *slot = array_add(&tally->holders, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		*slot = (struct explanation_holder){owners[i].process, 1};
	}
	return 0;
}

/* --- order ------------------------------------------------------------------------------ */

static int compare_addresses(const void *a, const void *b)
{
	const struct explanation_peer *x = a, *y = b;

	return lsp_endpoint_compare_address(&x->endpoint, &y->endpoint);
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
	struct explanation_peer *peers = tally->peers.data;
	size_t kept = 0;

	if (!tally->peers.count)
		return;
	qsort(peers, tally->peers.count, sizeof(*peers), compare_addresses);
	for (size_t i = 1; i < tally->peers.count; i++) {
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
	struct explanation_holder *holders = tally->holders.data;
	size_t kept = 0;

	if (!tally->holders.count)
		return;
	qsort(holders, tally->holders.count, sizeof(*holders), compare_pids);
	for (size_t i = 1; i < tally->holders.count; i++) {
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

	if (lsp_socket_is_listener(socket)) {
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

static int count_proto(struct explanation *explanation, unsigned proto, const struct view *view,
		       const struct lsp_snapshot *snapshot)
{
	struct explanation_port *port = &explanation->ports[proto];
	struct tally tally = {0};
	int r = 0;

	port->service = lsp_snapshot_service(snapshot, proto, explanation->port, &port->is_guess);
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

/*
 * A protocol that has the ports of another one, as UDP-Lite has those of UDP (RFC 3828), is told
 * where there is something to tell, or where nobody asked for the other.
 */
static void drop_empty(struct explanation *explanation)
{
	for (unsigned i = 0; i < lsp_protocol_count(); i++) {
		struct explanation_port *port = &explanation->ports[i];
		const char *word = lsp_protocol_at(i)->services_word;
		size_t relative = lsp_protocol_find(word, strlen(word));

		if (relative < lsp_protocol_count() && relative != i &&
		    explanation->ports[relative].is_asked && !port->listener_count &&
		    !port->other_count)
			port->is_asked = false;
	}
}

int explanation_count(struct explanation *explanation, const struct view *view,
		      const struct lsp_snapshot *snapshot)
{
	int r = 0;

	lsp_snapshot_port_policy(snapshot, explanation->netns, explanation->port,
				 &explanation->policy);
	for (unsigned i = 0; r >= 0 && i < lsp_protocol_count(); i++)
		if (explanation->ports[i].is_asked)
			r = count_proto(explanation, i, view, snapshot);
	drop_empty(explanation);
	return r;
}

bool explanation_has_listener(const struct explanation *explanation)
{
	for (unsigned i = 0; i < lsp_protocol_count(); i++)
		if (explanation->ports[i].listener_count)
			return true;
	return false;
}
