/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The netlink collector: which dumps a query needs. LISTEN is always asked for alone, since any
 * other state makes the kernel walk its table of connections.
 */
#include "collect/collector.h"
#include "collect/sweep.h"

#include <errno.h>

/* TCP states that a listing of connections shows: all but LISTEN and the unknown. */
#define TCP_OTHERS (0x1ffeu & ~LSP_BIT(LSP_STATE_LISTEN))
#define UDP_OTHERS (0x1ffeu & ~LSP_BIT(LSP_STATE_CLOSE))
/* Bound and not listening: a walk of another table, so only where it is named (Linux 6.8). */
#define TCP_BOUND LSP_BIT(LSP_STATE_BOUND_INACTIVE)

/* Above so many ranges one dump of all ports is cheaper than one each. */
#define RANGES_MAX 8

/* Cookies of listeners whose port the kernel chose; they go to the snapshot as marks. */
static int collect_autos(struct collection *collection, struct diag_request *request)
{
	struct lsp_snapshot *autos = NULL;
	int r = snapshot_new(&autos);

	request->only_auto = true;
	if (r >= 0)
		r = sweep_listeners(collection, request, autos);
	for (size_t i = 0; r >= 0 && i < snapshot_mark(autos); i++) {
		struct lsp_socket socket;

		snapshot_peek(autos, i, &socket);
		r = snapshot_add_auto(collection->snapshot, socket.netns, socket.cookie);
	}
	request->only_auto = false;
	lsp_snapshot_free(autos);
	return r;
}

static int collect_range(struct collection *collection, struct diag_request *request)
{
	const struct lsp_query *query = collection->query;
	bool is_udp = request->proto == LSP_PROTO_UDP;
	unsigned others = query->states
				  ? query->states & (is_udp ? UDP_OTHERS : TCP_OTHERS | TCP_BOUND)
			  : is_udp ? UDP_OTHERS
				   : TCP_OTHERS;
	size_t mark = snapshot_mark(collection->snapshot);
	struct dump_result result;
	int r = 0;

	if (query->listeners) {
		request->states = LSP_BIT(is_udp ? LSP_STATE_CLOSE : LSP_STATE_LISTEN);
		r = sweep_listeners(collection, request, collection->snapshot);
		/* Of no sockets none has a port that the kernel chose. */
		if (r >= 0 && query->facts & LSP_FACT_AUTO &&
		    snapshot_mark(collection->snapshot) > mark)
			r = collect_autos(collection, request);
	}
	if (r >= 0 && query->others && others) {
		request->states = others;
		r = sweep_wide(collection, request, collection->snapshot, &result);
	}
	return r;
}

static int collect_family(struct collection *collection, enum lsp_proto proto,
			  enum lsp_family family)
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

static int collect(struct collection *collection, enum lsp_proto proto)
{
	int r = 0;

	for (int f = 0; r >= 0 && f < LSP_FAMILY_COUNT; f++) {
		if (collection->query->families & LSP_BIT(f))
			r = collect_family(collection, proto, (enum lsp_family)f);
	}
	return r;
}

const struct collector collector_netlink = {
	.name = "netlink",
	.source = LSP_SOURCE_NETLINK,
	.collect = collect,
};
