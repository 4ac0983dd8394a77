/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facade: ties scope, collect and owners to one snapshot. It decides the order of the look
 * and what is looked up at all; how, the rooms know.
 */
#include "collect/collector.h"
#include "collect/netns.h"
#include "model/snapshot.h"
#include "owners/accounts.h"
#include "judge/judge.h"
#include "owners/cgroup.h"
#include "owners/owners.h"
#include "intmap.h"
#include "portsysctl.h"
#include "services.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER_FACTS ((unsigned)LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_CMDLINE | LSP_FACT_STARTED)

/* Behind so many ports without owner all ports are asked for again. */
#define RECHECK_PORTS 8

struct look {
	const struct lsp_query *query;
	struct root root;
	struct lsp_snapshot *snapshot;
	struct netns_list namespaces;
	struct owner_search search;
	struct buf reason;
};

static int collect_here(struct look *look, uint32_t netns)
{
	struct collection collection;
	int r = collection_init(&collection, &look->root, look->query, look->snapshot, netns);

	if (r >= 0)
		r = collect_sockets(&collection, &look->reason);
	if (r >= 0)
		r = portsysctl_load(&look->root, netns, look->snapshot);
	collection_deinit(&collection);
	return r;
}

static int add_netns_gap(struct look *look, int error)
{
	struct lsp_gap gap = {.what = "network namespaces", .count = 1, .hides = true};
	char why[96];

	/* It ended between being listed and being entered. */
	if (error == -ESRCH || error == -ENOENT)
		return 0;
	if (error == -EPERM)
		gap.why = "could not be entered: CAP_SYS_ADMIN is needed";
	else
		snprintf(why, sizeof(why), "could not be entered: %s", strerror(-error));
	gap.why = gap.why ? gap.why : why;
	return snapshot_add_gap(look->snapshot, &gap);
}

static int collect_all(struct look *look)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < look->namespaces.count; i++) {
		const struct netns *netns = &look->namespaces.items[i];

		r = netns_enter(netns, &look->root);
		if (r < 0 && look->query->all_netns) {
			r = add_netns_gap(look, r);
			continue;
		}
		if (r < 0) {
			buf_printf(&look->reason, "network namespace /%s: %s\n", netns->path,
				   r == -EPERM ? "CAP_SYS_ADMIN is needed to enter it"
					       : strerror(-r));
			break;
		}
		r = collect_here(look, netns->inode);
		if (netns->path) {
			int back = netns_leave(&look->namespaces);

			if (back < 0)
				buf_printf(&look->reason,
					   "the way back to our own network namespace: %s\n",
					   strerror(-back));
			r = back < 0 ? back : r;
		}
	}
	return r;
}

/* Local ports of the sockets in @inodes. Return: how many, 0 when there are more than @max. */
static size_t list_ports(const struct lsp_snapshot *snapshot, const struct intmap *inodes,
			 struct lsp_port_range *ports, size_t max)
{
	size_t count = 0;

	/* In order of ports: the same one stands in a row. */
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		snapshot_peek(snapshot, i, &socket);
		if (!socket.inode || !intmap_find(inodes, socket.inode) ||
		    (count && ports[count - 1].first == socket.local.port))
			continue;
		if (count == max)
			return 0;
		ports[count++] = (struct lsp_port_range){socket.local.port, socket.local.port};
	}
	return count;
}

/* The sockets in @unowned are asked for once more; what failed there proves nothing. */
static int drop_gone(struct look *look, struct intmap *unowned)
{
	struct lsp_port_range ports[RECHECK_PORTS];
	struct lsp_query query = *look->query;
	struct look again = {.query = &query, .root = look->root, .namespaces = look->namespaces};
	size_t gaps, dropped, count = list_ports(look->snapshot, unowned, ports, RECHECK_PORTS);
	int r = snapshot_new(&again.snapshot);

	query.facts = 0;
	if (count) {
		query.ports = ports;
		query.port_count = count;
	}
	if (r >= 0)
		r = collect_all(&again);
	if (r >= 0 && !lsp_snapshot_gaps(again.snapshot, &gaps)) {
		dropped = snapshot_drop_gone(look->snapshot, unowned, again.snapshot);
		if (dropped)
			r = snapshot_add_note(look->snapshot,
					      "%zu sockets were closed before their owner was seen",
					      dropped);
	}
	lsp_snapshot_free(again.snapshot);
	buf_deinit(&again.reason);
	return r == -ENOMEM ? r : 0;
}

/* A socket without owner may only have been closed between the dump and the walk. */
static int find_owners(struct look *look)
{
	struct intmap unowned = {0};
	int r = owners_find(&look->search, &look->root, look->query, look->snapshot);

	owners_end(&look->search);
	if (r >= 0)
		r = snapshot_list_unowned(look->snapshot, &unowned);
	if (r >= 0 && unowned.count && look->root.is_machine)
		r = drop_gone(look, &unowned);
	intmap_deinit(&unowned);
	return r;
}

/*
 * Owners and names: only what the query asks for. Owners come late: they may be looked for beside
 * all else. Users are those of processes too.
 */
static int look_up(struct look *look)
{
	const struct lsp_query *query = look->query;
	int r = 0;

	if (query->facts & LSP_FACT_CGROUP)
		r = cgroup_resolve(&look->root, look->snapshot);
	if (r >= 0 && query->facts & LSP_FACT_SERVICES)
		r = services_resolve(&look->root, look->snapshot);
	if (r >= 0 && query->facts & OWNER_FACTS && query->owners != LSP_OWNERS_NONE)
		r = find_owners(look);
	if (r >= 0 && query->facts & LSP_FACT_USERS)
		r = accounts_resolve(&look->root, look->snapshot);
	return r;
}

static int look_once(struct look *look)
{
	int r = root_init(&look->root, look->query->root);

	if (r < 0) {
		buf_printf(&look->reason, "%s: %s\n", look->query->root ? look->query->root : "/",
			   strerror(-r));
		return r;
	}
	r = snapshot_new(&look->snapshot);
	if (r >= 0)
		r = netns_list_load(&look->namespaces, &look->root, look->query, look->snapshot,
				    &look->reason);
	if (r >= 0) {
		owners_begin(&look->search, &look->root, look->query);
		r = collect_all(look);
	}
	if (r >= 0)
		r = snapshot_settle(look->snapshot);
	if (r >= 0)
		r = look_up(look);
	return r < 0 ? r : snapshot_seal(look->snapshot);
}

int lsp_collect(const struct lsp_query *query, struct lsp_snapshot **snapshot, char **reason)
{
	struct lsp_query whole = *query;
	struct look look = {.query = &whole, .root.fd = -1, .namespaces.home = -1};
	int r;

	if (whole.facts & LSP_FACT_FINDINGS)
		whole.facts |= JUDGE_FACTS;
	r = look_once(&look);

	*snapshot = NULL;
	*reason = NULL;
	if (r < 0) {
		lsp_snapshot_free(look.snapshot);
		*reason = buf_take_text(&look.reason);
	} else {
		*snapshot = look.snapshot;
	}
	buf_deinit(&look.reason);
	owners_end(&look.search);
	netns_list_deinit(&look.namespaces);
	root_deinit(&look.root);
	return r;
}
