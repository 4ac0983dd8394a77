/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sealed snapshot: the reading half of the contract. Nothing here changes it, and nothing
 * here looks outside of it.
 */
#include "model/snapshot_data.h"

#include <errno.h>
#include <stdlib.h>

/* --- seal ----------------------------------------------------------------------------------- */

static int compare_owners(const void *a, const void *b, void *data)
{
	const struct packed_process *processes = data;
	const struct packed_owner *x = a, *y = b;
	uint32_t x_pid = processes[x->process].process.pid;
	uint32_t y_pid = processes[y->process].process.pid;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	if (x_pid != y_pid)
		return x_pid < y_pid ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	/* -1 (held by no descriptor) stands behind every descriptor. */
	return ((uint32_t)x->fd > (uint32_t)y->fd) - ((uint32_t)x->fd < (uint32_t)y->fd);
}

static int seal_owners(struct lsp_snapshot *snapshot)
{
	struct packed_process *processes = snapshot->processes.data;
	struct packed_owner *found = snapshot->found.data;
	size_t count = snapshot->found.count, kept = 0;

	if (!count)
		return 0;
	qsort_r(found, count, sizeof(*found), compare_owners, processes);
	snapshot->owners = calloc(count, sizeof(*snapshot->owners));
	snapshot->owner_inodes = calloc(count, sizeof(*snapshot->owner_inodes));
	if (!snapshot->owners || !snapshot->owner_inodes)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		if (i && found[i].inode == found[i - 1].inode &&
		    found[i].process == found[i - 1].process)
			continue;
		snapshot->owner_inodes[kept] = found[i].inode;
		snapshot->owners[kept++] = (struct lsp_owner){
			.process = &processes[found[i].process].process,
			.fd = found[i].fd,
		};
	}
	snapshot->owner_count = kept;
	free(found);
	snapshot->found = (struct array){0};
	return 0;
}

int snapshot_seal(struct lsp_snapshot *snapshot)
{
	struct packed_process *processes = snapshot->processes.data;

	/* No string is added from here on, so pointers into the pool stay. */
	for (size_t i = 0; i < snapshot->processes.count; i++) {
		struct packed_process *packed = &processes[i];

		packed->process.comm = strpool_find(&snapshot->strings, packed->comm);
		packed->process.exe = strpool_find(&snapshot->strings, packed->exe);
		packed->process.cmdline = strpool_find(&snapshot->strings, packed->cmdline);
		packed->process.parent =
			packed->parent ? &processes[packed->parent - 1].process : NULL;
	}
	return seal_owners(snapshot);
}

/* --- read ------------------------------------------------------------------------------------- */

size_t lsp_snapshot_count(const struct lsp_snapshot *snapshot)
{
	return snapshot->sockets.count;
}

void lsp_snapshot_socket(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out)
{
	const uint32_t *cgroup = NULL;

	socket_table_unpack(&snapshot->sockets, index, out);
	out->interface = strpool_find(&snapshot->strings,
				      socket_table_kind(&snapshot->sockets, index)->interface);
	if (out->has_cgroup)
		cgroup = intmap_find(&snapshot->cgroups, out->cgroup_id);
	if (cgroup) {
		const struct cgroup_names *names = snapshot->cgroup_names.data;

		out->cgroup = strpool_find(&snapshot->strings, names[*cgroup].path);
		out->unit = strpool_find(&snapshot->strings, names[*cgroup].unit);
		out->container = strpool_find(&snapshot->strings, names[*cgroup].container);
	}
}

/* Index of the first owner of @inode, or where it would stand. */
static size_t find_first_owner(const struct lsp_snapshot *snapshot, uint32_t inode)
{
	const uint32_t *inodes = snapshot->owner_inodes, *first = inodes;

	/* Without a branch that a processor could guess wrong, which half the guesses would be. */
	for (size_t left = snapshot->owner_count; left; left -= (left + 1) / 2)
		first += first[left / 2] < inode ? (left + 1) / 2 : 0;
	return (size_t)(first - inodes);
}

const struct lsp_owner *lsp_snapshot_owners(const struct lsp_snapshot *snapshot,
					    const struct lsp_socket *socket, size_t *count)
{
	size_t first, end;

	*count = 0;
	if (!socket->inode || !snapshot->owner_count)
		return NULL;
	first = end = find_first_owner(snapshot, socket->inode);
	while (end < snapshot->owner_count && snapshot->owner_inodes[end] == socket->inode)
		end++;
	*count = end - first;
	return *count ? &snapshot->owners[first] : NULL;
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
	if (walk->is_partial)
		return LSP_OWNER_GAP_PERMISSION;
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

const char *const *lsp_snapshot_notes(const struct lsp_snapshot *snapshot, size_t *count)
{
	*count = snapshot->notes.count;
	return snapshot->notes.data;
}

const char *lsp_user_name(const struct lsp_snapshot *snapshot, uint32_t uid)
{
	const uint32_t *name = intmap_find(&snapshot->users, uid);

	return name ? strpool_find(&snapshot->strings, *name) : NULL;
}

const char *lsp_service_name(const struct lsp_snapshot *snapshot, enum lsp_proto proto,
			     uint16_t port, bool *is_guess)
{
	const uint32_t *index = intmap_find(&snapshot->services, snapshot_service_key(proto, port));
	const struct service_name *names = snapshot->service_names.data;

	*is_guess = index && names[*index].is_guess;
	return index ? strpool_find(&snapshot->strings, names[*index].name) : NULL;
}

enum lsp_known lsp_is_privileged(const struct lsp_snapshot *snapshot,
				 const struct lsp_socket *socket)
{
	const uint32_t *start = intmap_find(&snapshot->unprivileged, socket->netns);

	if (!start)
		return LSP_KNOWN_NOT;
	return socket->local.port < *start ? LSP_KNOWN_YES : LSP_KNOWN_NO;
}

enum lsp_known lsp_is_ephemeral(const struct lsp_snapshot *snapshot,
				const struct lsp_socket *socket)
{
	return portranges_has(&snapshot->ephemeral, socket->netns, socket->local.port);
}

void lsp_port_policy_of(const struct lsp_snapshot *snapshot, uint32_t netns, uint16_t port,
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

const char *lsp_netns_name(const struct lsp_snapshot *snapshot, uint32_t netns)
{
	const uint32_t *name = intmap_find(&snapshot->netns_names, netns);

	return name ? strpool_find(&snapshot->strings, *name) : NULL;
}

bool lsp_netns_is_own(const struct lsp_snapshot *snapshot, uint32_t netns)
{
	return snapshot->has_own_netns && snapshot->own_netns == netns;
}
