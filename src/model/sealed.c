/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sealed snapshot: the reading half of the contract. Nothing here changes it, and nothing
 * here looks outside of it.
 */
#include "model/snapshot_data.h"

#include "radix.h"

#include <errno.h>
#include <stdlib.h>

#define OWNERS_A_BUCKET 4

/* --- seal ----------------------------------------------------------------------------------- */

static uint32_t pid_of(const struct lsp_snapshot *snapshot, const struct packed_owner *owner)
{
	const struct packed_process *processes = snapshot->processes.data;

	return processes[owner->process].process.pid;
}

/* Of one inode: by PID, then as processes were told; what is held by no descriptor (-1) is last. */
static int compare_owners(const void *a, const void *b, void *data)
{
	const struct packed_owner *x = a, *y = b;
	uint32_t x_pid = pid_of(data, x), y_pid = pid_of(data, y);

	if (x_pid != y_pid)
		return x_pid < y_pid ? -1 : 1;
	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return ((uint32_t)x->fd > (uint32_t)y->fd) - ((uint32_t)x->fd < (uint32_t)y->fd);
}

/* @order: for the caller to free; those of one inode stand together. */
static int order_owners(const struct lsp_snapshot *snapshot, struct radix_item **order)
{
	const struct packed_owner *found = snapshot->found.data;
	size_t count = snapshot->found.count;

	*order = malloc(count * sizeof(**order));
	if (!*order)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		(*order)[i] = (struct radix_item){found[i].inode, (uint32_t)i};
	return radix_sort(*order, count);
}

/* The owners of one inode, each process once with its lowest descriptor. Changes the order of
 * @group. */
static void add_owners(struct lsp_snapshot *snapshot, struct packed_owner *group, size_t count)
{
	struct packed_process *processes = snapshot->processes.data;

	if (count > 1)
		qsort_r(group, count, sizeof(*group), compare_owners, snapshot);
	for (size_t i = 0; i < count; i++) {
		if (i && group[i].process == group[i - 1].process)
			continue;
		snapshot->owner_inodes[snapshot->owner_count] = group[i].inode;
		snapshot->owners[snapshot->owner_count++] = (struct lsp_owner){
			.process = &processes[group[i].process].process,
			.fd = group[i].fd,
		};
	}
}

static int group_owners(struct lsp_snapshot *snapshot, const struct radix_item *order)
{
	const struct packed_owner *found = snapshot->found.data;
	size_t count = snapshot->found.count, size = 0;
	struct packed_owner *group = NULL;

	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && order[end].key == order[i].key; end++)
			;
		if (end - i > size) {
			free(group);
			size = 2 * (end - i);
			group = malloc(size * sizeof(*group));
			if (!group)
				return -ENOMEM;
		}
		for (size_t at = i; at < end; at++)
			group[at - i] = found[order[at].value];
		add_owners(snapshot, group, end - i);
	}
	free(group);
	return 0;
}

/* Inodes of sockets count up: a few of their high bits tell nearly where one stands. */
static size_t bucket_of(const struct lsp_snapshot *snapshot, uint32_t inode)
{
	return (uint64_t)(inode - snapshot->owner_inodes[0]) >> snapshot->owner_shift;
}

static int index_owners(struct lsp_snapshot *snapshot)
{
	const uint32_t *inodes = snapshot->owner_inodes;
	size_t count = snapshot->owner_count, bucket = 0;

	while (bucket_of(snapshot, inodes[count - 1]) > count / OWNERS_A_BUCKET)
		snapshot->owner_shift++;
	snapshot->owner_buckets = bucket_of(snapshot, inodes[count - 1]) + 1;
	snapshot->owner_starts = malloc((snapshot->owner_buckets + 1) * sizeof(uint32_t));
	if (!snapshot->owner_starts)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		while (bucket <= bucket_of(snapshot, inodes[i]))
			snapshot->owner_starts[bucket++] = (uint32_t)i;
	}
	snapshot->owner_starts[bucket] = (uint32_t)count;
	return 0;
}

static int seal_owners(struct lsp_snapshot *snapshot)
{
	size_t count = snapshot->found.count;
	struct radix_item *order = NULL;
	int r;

	if (!count)
		return 0;
	r = order_owners(snapshot, &order);
	snapshot->owners = calloc(count, sizeof(*snapshot->owners));
	snapshot->owner_inodes = calloc(count, sizeof(*snapshot->owner_inodes));
	if (!snapshot->owners || !snapshot->owner_inodes)
		r = -ENOMEM;
	if (r >= 0)
		r = group_owners(snapshot, order);
	free(order);
	free(snapshot->found.data);
	snapshot->found = (struct array){0};
	return r < 0 ? r : index_owners(snapshot);
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
	const uint32_t *inodes = snapshot->owner_inodes;
	size_t bucket = bucket_of(snapshot, inode), low, high;

	if (inode < inodes[0] || bucket >= snapshot->owner_buckets)
		return snapshot->owner_count;
	low = snapshot->owner_starts[bucket];
	high = snapshot->owner_starts[bucket + 1];
	/* Whoever chose inodes that all lie in one bucket has made it a binary search. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (inodes[middle] < inode)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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
