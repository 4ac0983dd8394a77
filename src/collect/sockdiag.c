/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The netlink collector: which dumps a query needs. LISTEN is always asked for alone, since any
 * other state makes the kernel walk its table of connections.
 */
#include "collect/sockdiag.h"

#include "collect/dump.h"
#include "cleanup.h"
#include "collect/sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

/* What a listing of connections shows: all states but that of listeners and the unknown. */
#define USUAL_STATES 0x1ffeu
/* Bound and not listening: a walk of another table, so only where it is named (Linux 6.8). */
#define BOUND LSP_BIT(LSP_STATE_BOUND_INACTIVE)

/* Above so many ranges one dump of all ports is cheaper than one each. */
#define RANGES_MAX 8

/* Cookies of listeners whose port the kernel chose; they go to the snapshot as marks. */
static int collect_autos(struct collection *collection, struct diag_request *request)
{
	struct lsp_snapshot *autos = NULL;
	int r = builder_new(&autos);

	request->only_auto = true;
	if (r >= 0)
		r = sweep_listeners(collection, request, autos);
	for (size_t i = 0; r >= 0 && i < builder_mark(autos); i++) {
		struct lsp_socket socket;

		builder_peek(autos, i, &socket);
		r = builder_add_auto(collection->snapshot, socket.netns, socket.cookie);
	}
	request->only_auto = false;
	lsp_snapshot_free(autos);
	return r;
}

/* Of no listener since @mark can it be told who chose its port. */
static int forget_autos(struct collection *collection, size_t mark)
{
	struct lsp_snapshot *snapshot = collection->snapshot;
	size_t count = builder_mark(snapshot) - mark;
	cleanup(cleanup_free) struct lsp_socket *sockets = calloc(count + 1, sizeof(*sockets));
	int r = sockets ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < count; i++)
		builder_peek(snapshot, mark + i, &sockets[i]);
	if (r >= 0)
		builder_rollback(snapshot, mark);
	for (size_t i = 0; r >= 0 && i < count; i++) {
		sockets[i].is_auto = LSP_UNKNOWN;
		r = builder_add_socket(snapshot, &sockets[i]);
	}
	return r;
}

static int collect_range(struct collection *collection, struct diag_request *request)
{
	const struct lsp_query *query = collection->query;
	const struct lsp_protocol *protocol = lsp_protocol_at(request->proto);
	unsigned listen_state = LSP_BIT(protocol->listen_state);
	unsigned bound = protocol->socket_type == SOCK_STREAM ? BOUND : 0;
	unsigned others = query->states ? query->states & (USUAL_STATES | bound) : USUAL_STATES;
	size_t mark = builder_mark(collection->snapshot);
	struct dump_result result;
	int r = 0;

	others &= ~listen_state;
	if (query->listeners) {
		request->states = listen_state;
		r = sweep_listeners(collection, request, collection->snapshot);
		/* Of no sockets none has a port that the kernel chose. */
		if (r >= 0 && query->lookups & LSP_LOOKUP_AUTO &&
		    builder_mark(collection->snapshot) > mark)
			r = collect_autos(collection, request);
		if (r >= 0 && collection->is_late)
			r = forget_autos(collection, mark);
	}
	if (r >= 0 && query->others && others) {
		request->states = others;
		r = dump_wide(collection, request, collection->snapshot, &result);
	}
	return r;
}

static int collect_family(struct collection *collection, unsigned proto, enum lsp_family family)
{
	static const struct lsp_port_range all = {0, UINT16_MAX};
	const struct lsp_query *query = collection->query;
	bool is_narrow = query->port_count && query->port_count <= RANGES_MAX;
	const struct lsp_port_range *ranges = is_narrow ? query->ports : &all;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < (is_narrow ? query->port_count : 1); i++) {
		struct diag_request request = {
			.proto = proto,
			.family = family,
			.ports = ranges[i],
		};

		r = collect_range(collection, &request);
	}
	return r;
}

static int collect(struct collection *collection, unsigned proto)
{
	int r = 0;

	for (int f = 0; r >= 0 && f < LSP_FAMILY_COUNT; f++) {
		if (collection->query->families & LSP_BIT(f))
			r = collect_family(collection, proto, (enum lsp_family)f);
	}
	if (r >= 0)
		r = collection_add_late_gap(collection, proto);
	return r < 0 ? r : collection_add_crowded_gap(collection, proto);
}

const struct collector sockdiag_collector = {
	.name = "netlink",
	.source = LSP_SOURCE_NETLINK,
	.collect = collect,
};
