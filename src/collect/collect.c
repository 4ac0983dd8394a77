/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of collectors and the rule of falling back: each protocol by the first that works,
 * the reason of each refusal kept. A collector that fails half-way leaves nothing behind.
 */
#include "collect/collector.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static const struct collector *const collectors[] = {&collector_netlink, &collector_proc};
#define COLLECTOR_COUNT (sizeof(collectors) / sizeof(collectors[0]))

int collection_init(struct collection *collection, const struct root *root,
		    const struct lsp_query *query, struct lsp_snapshot *snapshot, uint32_t netns)
{
	*collection = (struct collection){
		.root = root,
		.query = query,
		.snapshot = snapshot,
		.netns = netns,
	};
	return netlink_init(&collection->netlink, root);
}

void collection_deinit(struct collection *collection)
{
	netlink_deinit(&collection->netlink);
	intmap_deinit(&collection->interfaces);
	strpool_deinit(&collection->interface_names);
}

static bool is_wanted_port(const struct lsp_query *query, uint16_t port)
{
	for (size_t i = 0; i < query->port_count; i++) {
		if (port >= query->ports[i].first && port <= query->ports[i].last)
			return true;
	}
	return query->port_count == 0;
}

/* Name of a device in our network namespace; one that is gone is told by its number, as ss(8) does.
 */
static int find_interface(struct collection *collection, uint32_t ifindex, const char **name)
{
	const uint32_t *known = intmap_find(&collection->interfaces, ifindex);
	char text[IF_NAMESIZE];
	uint32_t id;
	int r;

	if (known) {
		*name = strpool_find(&collection->interface_names, *known);
		return 0;
	}
	if (!collection->root->is_machine || !if_indextoname(ifindex, text))
		snprintf(text, sizeof(text), "if%u", ifindex);
	r = strpool_add(&collection->interface_names, text, &id);
	if (r >= 0)
		r = intmap_put(&collection->interfaces, ifindex, id);
	*name = strpool_find(&collection->interface_names, id);
	return r;
}

int collection_add(struct collection *collection, struct lsp_snapshot *snapshot,
		   struct lsp_socket *socket, uint32_t ifindex)
{
	int r;

	if (!is_wanted_port(collection->query, socket->local.port))
		return 0;
	socket->netns = collection->netns;
	if (!(collection->query->facts & LSP_FACT_AUTO))
		socket->is_auto = LSP_KNOWN_NOT;
	if (ifindex) {
		r = find_interface(collection, ifindex, &socket->interface);
		if (r < 0)
			return r;
	}
	return snapshot_add_socket(snapshot, socket);
}

static int add_gap(struct collection *collection, enum lsp_proto proto, struct lsp_gap gap)
{
	char what[32];

	snprintf(what, sizeof(what), "%s sockets", lsp_proto_word(proto));
	gap.what = what;
	gap.hides = true;
	return snapshot_add_gap(collection->snapshot, &gap);
}

int collection_add_gap(struct collection *collection, enum lsp_proto proto, const char *why,
		       uint64_t count)
{
	return add_gap(collection, proto, (struct lsp_gap){.why = why, .count = count});
}

/* No source could read @proto: @lines says why, a line each. */
static int add_blind_gap(struct collection *collection, enum lsp_proto proto, struct buf *lines)
{
	struct buf why = BUF_INIT;
	int r = -ENOMEM;

	buf_printf(&why, "could not be read: %.*s", (int)lines->size - 1, lines->data);
	for (char *at = why.data; at && (at = strchr(at, '\n'));)
		*at = ';';
	if (buf_text(&why))
		r = add_gap(collection, proto,
			    (struct lsp_gap){.why = buf_text(&why), .is_blind = true});
	buf_deinit(&why);
	return r;
}

/* One protocol. Return: 0, -ENOMEM, or the errno of the last collector, with lines in @reason. */
static int collect_proto(struct collection *collection, enum lsp_proto proto, struct buf *reason)
{
	size_t mark = snapshot_mark(collection->snapshot);
	int r = -ENOENT;

	for (size_t i = 0; i < COLLECTOR_COUNT; i++) {
		const struct collector *collector = collectors[i];

		if (collection->query->source != LSP_SOURCE_AUTO &&
		    collection->query->source != collector->source)
			continue;
		r = collector->collect(collection, proto);
		if (r >= 0)
			return snapshot_add_note(collection->snapshot, "%s: read through %s",
						 lsp_proto_word(proto), collector->name);
		snapshot_rollback(collection->snapshot, mark);
		buf_printf(reason, "%s through %s: %s\n", lsp_proto_word(proto), collector->name,
			   strerror(-r));
		if (r == -ENOMEM)
			return r;
	}
	return r;
}

int collect_sockets(struct collection *collection, struct buf *reason)
{
	bool is_any = false;
	int r = 0, failed = 0;

	for (int p = 0; p < LSP_PROTO_COUNT; p++) {
		enum lsp_proto proto = (enum lsp_proto)p;
		struct buf lines = BUF_INIT;

		if (!(collection->query->protos & LSP_BIT(proto)))
			continue;
		r = collect_proto(collection, proto, &lines);
		if (r >= 0) {
			is_any = true;
			/* A refusal that was made good is still worth a word. */
			if (lines.size)
				r = snapshot_add_note(collection->snapshot, "%.*s",
						      (int)lines.size - 1, lines.data);
		} else {
			failed = r;
			buf_append(reason, lines.data, lines.size);
			r = lines.size ? add_blind_gap(collection, proto, &lines) : -ENOMEM;
		}
		buf_deinit(&lines);
		if (r < 0)
			return r;
	}
	return is_any || !failed ? 0 : failed;
}
