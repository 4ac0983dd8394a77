/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sealed snapshot: the reading half of the contract. Nothing here changes it, and nothing
 * here looks outside of it.
 */
#include "model/snapshot.h"

#include "model/socket_order.h"

#include <errno.h>
#include <stdlib.h>

void lsp_snapshot_free(struct lsp_snapshot *snapshot)
{
	if (!snapshot)
		return;
	query_copy_deinit(&snapshot->asked);
	array_deinit(&snapshot->gaps);
	array_deinit(&snapshot->notes);
	array_deinit(&snapshot->autos);
	array_deinit(&snapshot->processes);
	array_deinit(&snapshot->found);
	owner_index_deinit(&snapshot->owners);
	array_deinit(&snapshot->cgroup_names);
	array_deinit(&snapshot->port_names);
	array_deinit(&snapshot->netns);
	free(snapshot->verdicts.sockets);
	array_deinit(&snapshot->verdicts.findings);
	array_deinit(&snapshot->verdicts.missing);
	portranges_deinit(&snapshot->ephemeral);
	portranges_deinit(&snapshot->reserved);
	intmap_deinit(&snapshot->held_elsewhere);
	intmap_deinit(&snapshot->cgroups);
	intmap_deinit(&snapshot->holders);
	intmap_deinit(&snapshot->users);
	intmap_deinit(&snapshot->services);
	intmap_deinit(&snapshot->unprivileged);
	intmap_deinit(&snapshot->local_ranges);
	intmap_deinit(&snapshot->netns_by_inode);
	array_deinit(&snapshot->user_names);
	socket_table_deinit(&snapshot->sockets);
	arena_deinit(&snapshot->records);
	strpool_deinit(&snapshot->strings);
	free(snapshot);
}

/* --- read ------------------------------------------------------------------------------------- */

const struct lsp_query *lsp_snapshot_query(const struct lsp_snapshot *snapshot)
{
	return &snapshot->asked.query;
}

size_t lsp_snapshot_count(const struct lsp_snapshot *snapshot)
{
	return socket_table_count(&snapshot->sockets);
}

/* A cgroup without path says nothing, but those who hold the socket may. */
static void set_unit_by_holder(const struct lsp_snapshot *snapshot, struct lsp_socket *out)
{
	const uint32_t *holder = intmap_find(&snapshot->holders, out->inode);
	const struct lsp_process *process;

	if (!holder)
		return;
	process = snapshot_process(snapshot, *holder);
	out->unit_state = LSP_UNIT_KNOWN;
	out->unit = process->unit;
	out->container = process->container;
}

void lsp_snapshot_socket(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out)
{
	const uint32_t *cgroup = NULL;

	socket_table_unpack(&snapshot->sockets, index, out);
	if (out->local.zone && lsp_endpoint_is_link_local(&out->peer)) {
		out->peer.zone = out->local.zone;
		out->peer.zone_index = out->local.zone_index;
	}
	if (out->has_cgroup)
		cgroup = intmap_find(&snapshot->cgroups, out->cgroup_id);
	if (cgroup) {
		const struct cgroup_names *names =
			(const struct cgroup_names *)snapshot->cgroup_names.data + *cgroup;

		out->cgroup = names->path;
		out->unit = names->unit;
		out->container = names->container;
		out->unit_state = names->path ? LSP_UNIT_KNOWN : LSP_UNIT_ENDED;
	}
	if (out->unit_state != LSP_UNIT_KNOWN)
		set_unit_by_holder(snapshot, out);
}

const struct lsp_owner *lsp_snapshot_owners(const struct lsp_snapshot *snapshot,
					    const struct lsp_socket *socket, size_t *count)
{
	return owner_index_find(&snapshot->owners, socket->inode, count);
}

enum lsp_owner_gap lsp_snapshot_owner_gap(const struct lsp_snapshot *snapshot,
					  const struct lsp_socket *socket)
{
	const struct snapshot_walk *walk = &snapshot->walk;
	size_t count;

	/* TIME_WAIT and request sockets belong to the kernel alone. */
	if (!socket->inode)
		return LSP_OWNER_GAP_KERNEL;
	if (!walk->is_done)
		return LSP_OWNER_GAP_UNASKED;
	if (lsp_snapshot_owners(snapshot, socket, &count))
		return LSP_OWNER_GAP_NONE;
	if (socket->still_open == LSP_NO)
		return LSP_OWNER_GAP_CLOSED;
	if (walk->is_partial)
		return LSP_OWNER_GAP_PERMISSION;
	if (walk->is_late)
		return LSP_OWNER_GAP_TIMEOUT;
	if (walk->is_pid_namespace)
		return LSP_OWNER_GAP_NAMESPACE;
	/* Kernel threads live in the root cgroup, whose id is 1 (fs/kernfs/mount.c), as uid 0. */
	if (walk->has_cgroups && socket->has_cgroup && socket->cgroup_id == 1 && socket->has_uid &&
	    socket->uid == 0)
		return LSP_OWNER_GAP_KERNEL;
	return LSP_OWNER_GAP_UNKNOWN;
}

const struct lsp_gap *lsp_snapshot_gaps(const struct lsp_snapshot *snapshot, size_t *count)
{
	*count = snapshot->gaps.count;
	return snapshot->gaps.data;
}

bool lsp_snapshot_is_complete(const struct lsp_snapshot *snapshot)
{
	const struct lsp_gap *gaps = snapshot->gaps.data;

	for (size_t i = 0; i < snapshot->gaps.count; i++)
		if (gaps[i].hides)
			return false;
	return true;
}

bool lsp_snapshot_lacks_facts_alone(const struct lsp_snapshot *snapshot)
{
	const struct lsp_gap *gaps = snapshot->gaps.data;

	for (size_t i = 0; i < snapshot->gaps.count; i++)
		if (gaps[i].hides && !gaps[i].is_in_facts)
			return false;
	return true;
}

bool lsp_snapshot_is_judged(const struct lsp_snapshot *snapshot)
{
	return snapshot->verdicts.unjudged ? lsp_snapshot_is_complete(snapshot)
					   : lsp_snapshot_lacks_facts_alone(snapshot);
}

bool lsp_snapshot_is_blind(const struct lsp_snapshot *snapshot)
{
	const struct lsp_gap *gaps = snapshot->gaps.data;

	for (size_t i = 0; i < snapshot->gaps.count; i++)
		if (gaps[i].is_blind)
			return true;
	return false;
}

unsigned lsp_snapshot_unread(const struct lsp_snapshot *snapshot)
{
	const struct lsp_gap *gaps = snapshot->gaps.data;
	unsigned unread = 0;

	for (size_t i = 0; i < snapshot->gaps.count; i++)
		unread |= gaps[i].unread;
	return unread;
}

const char *const *lsp_snapshot_notes(const struct lsp_snapshot *snapshot, size_t *count)
{
	*count = snapshot->notes.count;
	return snapshot->notes.data;
}

const char *lsp_snapshot_user(const struct lsp_snapshot *snapshot, uint32_t uid)
{
	const char *const *names = snapshot->user_names.data;
	const uint32_t *index = intmap_find(&snapshot->users, uid);

	return index && *index != SNAPSHOT_USER_UNKNOWN ? names[*index] : NULL;
}

bool lsp_snapshot_is_user_unknown(const struct lsp_snapshot *snapshot, uint32_t uid)
{
	const uint32_t *index = intmap_find(&snapshot->users, uid);

	return index && *index == SNAPSHOT_USER_UNKNOWN;
}

const char *lsp_snapshot_service(const struct lsp_snapshot *snapshot, unsigned proto, uint16_t port,
				 bool *is_guess)
{
	const uint32_t *index = intmap_find(&snapshot->services, snapshot_service_key(proto, port));
	const struct port_name *names = snapshot->port_names.data;

	*is_guess = index && names[*index].is_guess;
	return index ? names[*index].name : NULL;
}

enum lsp_tristate lsp_snapshot_is_privileged(const struct lsp_snapshot *snapshot,
					     const struct lsp_socket *socket)
{
	const uint32_t *start = intmap_find(&snapshot->unprivileged, socket->netns);

	if (!start)
		return LSP_UNKNOWN;
	return socket->local.port < *start ? LSP_YES : LSP_NO;
}

enum lsp_tristate lsp_snapshot_is_ephemeral(const struct lsp_snapshot *snapshot,
					    const struct lsp_socket *socket)
{
	return portranges_has(&snapshot->ephemeral, socket->netns, socket->local.port);
}

void lsp_snapshot_port_policy(const struct lsp_snapshot *snapshot, uint32_t netns, uint16_t port,
			      struct lsp_port_policy *out)
{
	const uint32_t *start = intmap_find(&snapshot->unprivileged, netns);
	const uint32_t *range = intmap_find(&snapshot->local_ranges, netns);

	*out = (struct lsp_port_policy){
		.has_start = start,
		.has_range = range,
		.is_reserved = portranges_has(&snapshot->reserved, netns, port),
	};
	if (start)
		out->start = *start;
	if (range)
		out->range = (struct lsp_port_range){(uint16_t)(*range >> 16), (uint16_t)*range};
}

const char *lsp_snapshot_netns_name(const struct lsp_snapshot *snapshot, uint32_t netns)
{
	const uint32_t *index = intmap_find(&snapshot->netns_by_inode, netns);
	const struct netns_name *names = snapshot->netns.data;

	return index ? names[*index].name : NULL;
}

bool lsp_snapshot_is_own_netns(const struct lsp_snapshot *snapshot, uint32_t netns)
{
	return snapshot->has_own_netns && snapshot->own_netns == netns;
}

uint32_t lsp_snapshot_netns(const struct lsp_snapshot *snapshot, size_t index)
{
	const struct netns_name *netns = snapshot->netns.data;

	return index < snapshot->netns.count ? netns[index].netns : 0;
}

bool snapshot_same_local_endpoint(const struct lsp_snapshot *snapshot, size_t a, size_t b)
{
	return socket_order_same_local_endpoint(&snapshot->sockets, a, b);
}

uint32_t snapshot_references_elsewhere(const struct lsp_snapshot *snapshot,
				       const struct lsp_socket *socket)
{
	const uint32_t *references = intmap_find(&snapshot->held_elsewhere, socket->inode);

	return references ? *references : 0;
}

bool snapshot_is_overmounted(const struct lsp_snapshot *snapshot)
{
	return snapshot->walk.is_overmounted;
}

void lsp_snapshot_judgement(const struct lsp_snapshot *snapshot, size_t index,
			    struct lsp_judgement *out)
{
	const struct snapshot_verdicts *verdicts = &snapshot->verdicts;
	const struct snapshot_verdict *socket;

	*out = (struct lsp_judgement){0};
	if (!verdicts->sockets)
		return;
	socket = &verdicts->sockets[index];
	out->verdict = (enum lsp_verdict)socket->verdict;
	out->rule = socket->rule;
	out->unknown = socket->unknown;
	out->finding_count = socket->finding_count;
	if (socket->finding_count)
		out->findings =
			(const struct lsp_finding *)verdicts->findings.data + socket->first_finding;
}

const struct lsp_missing *lsp_snapshot_missing(const struct lsp_snapshot *snapshot, size_t *count)
{
	*count = snapshot->verdicts.missing.count;
	return snapshot->verdicts.missing.data;
}

size_t lsp_snapshot_unjudged(const struct lsp_snapshot *snapshot)
{
	return snapshot->verdicts.unjudged;
}

size_t lsp_snapshot_unchecked(const struct lsp_snapshot *snapshot)
{
	return snapshot->verdicts.unchecked;
}

size_t lsp_snapshot_unread_rules(const struct lsp_snapshot *snapshot)
{
	return snapshot->verdicts.unread;
}
