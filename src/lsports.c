/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facade: ties scope, collect and owners to one snapshot. It decides the order of the look
 * and what is looked up at all; how, the rooms know.
 */
#include "collect/collect.h"
#include "collect/netns.h"
#include "collect/netns_gaps.h"
#include "model/builder.h"
#include "model/holders.h"
#include "model/recheck.h"
#include "host/accounts.h"
#include "judge/judge.h"
#include "host/cgroup.h"
#include "owners/owners.h"
#include "deadline.h"
#include "intmap.h"
#include "host/portsysctl.h"
#include "host/service_names.h"
#include "host/services.h"
#include "select/selector.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWNER_LOOKUPS                                                                              \
	((unsigned)LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE | LSP_LOOKUP_CMDLINE | LSP_LOOKUP_STARTED)

/* Behind so many ports without owner all ports are asked for again. */
#define RECHECK_PORTS 8
/*
 * So often owners are looked up. Each search may read every descriptor of the machine, and against
 * a program that opens its socket anew all the time none of them helps.
 */
#define SEARCHES 2

/* Processes may end as fast as they are listed. */
#define NETNS_ROUNDS 4

struct collect_run {
	const struct lsp_query *query;
	struct root root;
	struct lsp_snapshot *snapshot;
	struct netns_list namespaces;
	struct owner_search search;
	int cgroup_failure;  /* why cgroups could not be looked up, a negative errno */
	struct error *error; /* why nothing could be read; borrowed */
};

static int collect_here(struct collect_run *run, uint32_t netns)
{
	struct collection collection;
	int r = collection_init(&collection, &run->root, run->query, run->snapshot, netns);

	if (r >= 0)
		r = collect_sockets(&collection, run->error);
	if (r >= 0)
		r = portsysctl_load(&run->root, netns, run->snapshot);
	collection_deinit(&collection);
	return r;
}

/* Item @index cannot be entered. Return: 0 to go on without it, or a negative errno. */
static int skip_netns(struct collect_run *run, size_t index, int error)
{
	struct netns *netns = netns_list_at(&run->namespaces, index);

	if (run->query->all_netns) {
		netns->is_lost = error == -ESRCH;
		return netns_gaps_add(run->snapshot, &run->root, NETNS_STEP_ENTER, error, NULL);
	}
	return error_add(run->error, error, "network namespace /%s: %s", netns->path,
			 error == -EPERM ? "CAP_SYS_ADMIN is needed to enter it"
					 : error_describe(error));
}

static int add_late_gap(struct collect_run *run, size_t count)
{
	return builder_add_gap(run->snapshot,
			       &(struct lsp_gap){.what = "network namespaces",
						 .why = "could not be entered: the time limit was "
							"reached",
						 .count = count,
						 .hides = true});
}

/* Those that are listed, from *next on. */
static int collect_listed(struct collect_run *run, size_t *next)
{
	int r = 0;

	while (r >= 0 && *next < run->namespaces.items.count) {
		size_t index = (*next)++;
		const struct netns *netns = netns_list_at(&run->namespaces, index);

		/* Of the first one it is said protocol by protocol. */
		if (index && deadline_is_over(run->query->deadline)) {
			*next = run->namespaces.items.count;
			return add_late_gap(run, *next - index);
		}
		r = netns_enter(&run->namespaces, index, &run->root);
		if (r < 0) {
			r = skip_netns(run, index, r);
			continue;
		}
		r = collect_here(run, netns->inode);
		if (netns->path || netns->fd >= 0) {
			int back = netns_leave(&run->namespaces);

			if (back < 0)
				error_add_errno(run->error, back,
						"the way back to our own network namespace");
			r = back < 0 ? back : r;
		}
	}
	return r;
}

/* Of all namespaces also those that come up, or are found, only after others were entered. */
static int collect_all(struct collect_run *run)
{
	size_t next = 0;
	int r = collect_listed(run, &next), is_whole = !run->query->all_netns;

	for (unsigned i = 0; r >= 0 && !is_whole && i < NETNS_ROUNDS; i++) {
		struct intmap known = {0};

		r = builder_list_unowned(run->snapshot, &known); /* all: no owner is known yet */
		if (r >= 0)
			r = is_whole = netns_load_more(&run->namespaces, &run->root, &known,
						       run->snapshot);
		if (r >= 0)
			r = collect_listed(run, &next);
		intmap_deinit(&known);
	}
	if (r < 0 || is_whole)
		return r;
	return netns_gaps_add(run->snapshot, &run->root, NETNS_STEP_SEARCH_END, -EBUSY, NULL);
}

/* Local ports of the sockets in @inodes. Return: how many, 0 when there are more than @max. */
static size_t list_ports(const struct lsp_snapshot *snapshot, const struct intmap *inodes,
			 struct lsp_port_range *ports, size_t max)
{
	size_t count = 0;

	/* In order of ports: the same one stands in a row. */
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		builder_peek(snapshot, i, &socket);
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
static int look_again(struct collect_run *run, const struct intmap *unowned, bool is_last,
		      struct recheck_result *result)
{
	const struct recheck recheck = {.keeps_closed = run->query->strict, .is_last = is_last};
	struct lsp_port_range ports[RECHECK_PORTS];
	struct lsp_query query = *run->query;
	struct collect_run again = {
		.query = &query, .root = run->root, .namespaces = run->namespaces};
	size_t next = 0, count = list_ports(run->snapshot, unowned, ports, RECHECK_PORTS);
	int r = builder_new(&again.snapshot);

	query.lookups &= LSP_LOOKUP_AUTO;
	if (count) {
		query.ports = ports;
		query.port_count = count;
	}
	if (r >= 0)
		r = collect_listed(&again, &next);
	if (r >= 0)
		r = builder_sort_dedup(again.snapshot);
	if (r >= 0)
		r = recheck_apply(&recheck, run->snapshot, unowned, again.snapshot, result);
	if (r >= 0 && result->closed)
		r = builder_add_note(run->snapshot, "%zu socket%s closed before an owner was found",
				     result->closed, result->closed == 1 ? "" : "s");
	lsp_snapshot_free(again.snapshot);
	return r == -ENOMEM ? r : 0;
}

static int search_again(struct collect_run *run, const struct lsp_query *query)
{
	struct array gaps;
	int r = 0, merged;

	recheck_begin_search(run->snapshot, &gaps);
	if (run->query->lookups & LSP_LOOKUP_CGROUP)
		r = cgroup_resolve(&run->root, run->snapshot, &run->cgroup_failure);
	if (r >= 0)
		r = owners_find(&run->search, &run->root, query, run->snapshot);
	merged = recheck_end_search(run->snapshot, &gaps);
	return r < 0 ? r : merged;
}

/*
 * A socket without owner may have closed between the dump and the search. If another one listens on
 * its port by now, that one's owner is looked up too.
 */
static int find_owners(struct collect_run *run, const struct lsp_query *query)
{
	int r = owners_find(&run->search, &run->root, query, run->snapshot);

	for (int i = 1;
	     r >= 0 && run->root.is_machine && i <= SEARCHES && !deadline_is_over(query->deadline);
	     i++) {
		struct recheck_result result = {0};
		struct intmap unowned = {0};

		r = builder_list_unowned(run->snapshot, &unowned);
		if (r >= 0 && unowned.count)
			r = look_again(run, &unowned, i == SEARCHES, &result);
		intmap_deinit(&unowned);
		if (r < 0 || !result.added)
			break;
		r = search_again(run, query);
	}
	return r;
}

/*
 * Owners and names: only what the query asks for. Owners come late: they may be looked for beside
 * all else. Users are those of processes too.
 */
static int resolve_names(struct collect_run *run)
{
	const struct lsp_query *query = run->query;
	struct lsp_query of_owners = *query;
	int r = 0;

	if (query->lookups & LSP_LOOKUP_CGROUP)
		r = cgroup_resolve(&run->root, run->snapshot, &run->cgroup_failure);
	/* Of a socket whose cgroup has no path the owners say the unit, and otherwise not. */
	if (query->lookups & LSP_LOOKUP_CGROUP && holders_are_wanted(run->snapshot))
		of_owners.lookups |= LSP_LOOKUP_OWNERS;
	else
		of_owners.lookups &= ~(unsigned)LSP_LOOKUP_CGROUP;
	if (r >= 0 && query->lookups & LSP_LOOKUP_SERVICES)
		r = services_resolve(&run->root, run->snapshot);
	if (r >= 0 && of_owners.lookups & OWNER_LOOKUPS && query->owners != LSP_OWNERS_NONE)
		r = find_owners(run, &of_owners);
	if (r >= 0 && query->lookups & LSP_LOOKUP_CGROUP)
		r = cgroup_settle(&run->root, run->snapshot, run->cgroup_failure);
	if (r >= 0 && query->lookups & LSP_LOOKUP_USERS)
		r = accounts_resolve(&run->root, run->snapshot);
	return r;
}

static int collect_once(struct collect_run *run)
{
	int r = root_init(&run->root, run->query->root);

	if (r < 0)
		return error_set_errno(run->error, r, run->query->root ? run->query->root : "/");
	r = builder_new(&run->snapshot);
	if (r >= 0)
		r = builder_set_query(run->snapshot, run->query);
	if (r >= 0)
		r = netns_load(&run->namespaces, &run->root, run->query, run->snapshot, run->error);
	if (r >= 0) {
		owners_prepare(&run->search, &run->root, run->query);
		r = collect_all(run);
	}
	if (r >= 0)
		r = builder_sort_dedup(run->snapshot);
	if (r >= 0)
		r = resolve_names(run);
	return r < 0 ? r : builder_seal(run->snapshot);
}

int lsp_collect(const struct lsp_query *query, struct lsp_snapshot **snapshot, struct error *error)
{
	struct lsp_query whole = *query;
	struct collect_run run = {
		.query = &whole, .root.fd = -1, .namespaces = NETNS_LIST_INIT, .error = error};
	int r;

	if (whole.lookups & LSP_LOOKUP_FINDINGS)
		whole.lookups |= JUDGE_LOOKUPS;
	error_reset(error);
	r = collect_once(&run);
	if (r < 0) {
		lsp_snapshot_free(run.snapshot);
		error_note(error, r);
	} else {
		/* What one protocol could not be read through is a gap now. */
		error_reset(error);
	}
	*snapshot = r < 0 ? NULL : run.snapshot;
	owners_discard(&run.search);
	netns_list_deinit(&run.namespaces);
	root_deinit(&run.root);
	return r;
}

int lsp_resolve_users(struct lsp_snapshot *snapshot)
{
	const struct lsp_query *query = lsp_snapshot_query(snapshot);
	struct root root;
	int r;

	if (query->lookups & LSP_LOOKUP_USERS)
		return 0;
	r = root_init(&root, query->root);
	if (r >= 0)
		r = accounts_resolve(&root, snapshot);
	if (r >= 0)
		builder_add_lookups(snapshot, LSP_LOOKUP_USERS);
	root_deinit(&root);
	return r;
}

int lsp_selector_parse(const char *const *texts, size_t count, const char *root,
		       struct lsp_selector **out, struct error *error)
{
	struct root opened = {.fd = -1};
	struct service_names names = {.root = &opened};
	const struct selector_names lookup = {service_names_find, service_names_offer, &names,
					      NULL};
	int r = root_init(&opened, root);

	*out = NULL;
	if (r < 0)
		r = error_set_errno(error, r, root ? root : "/");
	else
		r = selector_new(texts, count, &lookup, out, error);
	error_note(error, r);
	service_names_deinit(&names);
	root_deinit(&opened);
	return r;
}
