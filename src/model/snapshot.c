/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filling a snapshot: it owns every socket, process, name and gap of one look. It looks nothing
 * up by itself, and what it answers once sealed stands in model/sealed.c.
 */
#include "model/snapshot_data.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *array_add(struct array *array, size_t element_size)
{
	if (array->count == array->capacity) {
		size_t capacity = array->capacity ? array->capacity * 2 : 16;
		void *data = realloc(array->data, capacity * element_size);

		if (!data)
			return NULL;
		array->data = data;
		array->capacity = capacity;
	}
	return (char *)array->data + array->count++ * element_size;
}

/* --- create ------------------------------------------------------------------------------ */

int snapshot_new(struct lsp_snapshot **out)
{
	struct lsp_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	*out = snapshot;
	if (!snapshot)
		return -ENOMEM;
	socket_table_init(&snapshot->sockets);
	return 0;
}

void lsp_snapshot_free(struct lsp_snapshot *snapshot)
{
	if (!snapshot)
		return;
	for (size_t i = 0; i < snapshot->gaps.count; i++) {
		struct lsp_gap *gap = (struct lsp_gap *)snapshot->gaps.data + i;

		/* Texts of a gap are ours, const for the reader only. */
		free((char *)(uintptr_t)gap->what);
		free((char *)(uintptr_t)gap->why);
	}
	for (size_t i = 0; i < snapshot->notes.count; i++)
		free(((char **)snapshot->notes.data)[i]);
	free(snapshot->gaps.data);
	free(snapshot->notes.data);
	free(snapshot->autos.data);
	free(snapshot->processes.data);
	free(snapshot->found.data);
	free(snapshot->owners);
	free(snapshot->owner_inodes);
	free(snapshot->owner_starts);
	free(snapshot->cgroup_names.data);
	free(snapshot->service_names.data);
	free(snapshot->netns.data);
	judged_deinit(&snapshot->judged);
	portranges_deinit(&snapshot->ephemeral);
	portranges_deinit(&snapshot->reserved);
	intmap_deinit(&snapshot->cgroups);
	intmap_deinit(&snapshot->users);
	intmap_deinit(&snapshot->services);
	intmap_deinit(&snapshot->unprivileged);
	intmap_deinit(&snapshot->local_ranges);
	intmap_deinit(&snapshot->netns_names);
	socket_table_deinit(&snapshot->sockets);
	strpool_deinit(&snapshot->strings);
	free(snapshot);
}

/* --- fill: sockets -------------------------------------------------------------------------- */

int snapshot_add_socket(struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	uint32_t interface;
	int r = strpool_add(&snapshot->strings, socket->interface, &interface);

	return r < 0 ? r : socket_table_add(&snapshot->sockets, socket, interface);
}

int snapshot_add_auto(struct lsp_snapshot *snapshot, uint32_t netns, uint64_t cookie)
{
	struct socket_mark *slot = array_add(&snapshot->autos, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = (struct socket_mark){.cookie = cookie, .netns = netns};
	return 0;
}

size_t snapshot_mark(const struct lsp_snapshot *snapshot)
{
	return snapshot->sockets.count;
}

void snapshot_rollback(struct lsp_snapshot *snapshot, size_t mark)
{
	snapshot->sockets.count = mark;
}

void snapshot_peek(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out)
{
	socket_table_unpack(&snapshot->sockets, index, out);
}

int snapshot_set_unprivileged_start(struct lsp_snapshot *snapshot, uint32_t netns, uint32_t start)
{
	return intmap_put(&snapshot->unprivileged, netns, start);
}

int snapshot_set_local_range(struct lsp_snapshot *snapshot, uint32_t netns,
			     const struct lsp_port_range *range)
{
	return intmap_put(&snapshot->local_ranges, netns,
			  (uint32_t)range->first << 16 | range->last);
}

int snapshot_set_reserved(struct lsp_snapshot *snapshot, uint32_t netns,
			  const struct lsp_port_range *ranges, size_t count)
{
	return portranges_set(&snapshot->reserved, netns, ranges, count);
}

int snapshot_set_ephemeral(struct lsp_snapshot *snapshot, uint32_t netns,
			   const struct lsp_port_range *ranges, size_t count)
{
	return portranges_set(&snapshot->ephemeral, netns, ranges, count);
}

int snapshot_add_netns(struct lsp_snapshot *snapshot, uint32_t netns, const char *name, bool is_own)
{
	uint32_t *slot = array_add(&snapshot->netns, sizeof(*slot)), id;
	int r = slot ? strpool_add(&snapshot->strings, name, &id) : -ENOMEM;

	if (slot)
		*slot = netns;
	if (is_own) {
		snapshot->own_netns = netns;
		snapshot->has_own_netns = true;
	}
	return r < 0 ? r : intmap_put(&snapshot->netns_names, netns, id);
}

int snapshot_add_gap(struct lsp_snapshot *snapshot, const struct lsp_gap *gap)
{
	struct lsp_gap copy = *gap, *slot;

	for (size_t i = 0; i < snapshot->gaps.count; i++) {
		slot = (struct lsp_gap *)snapshot->gaps.data + i;
		if (strcmp(slot->what, gap->what) == 0 && strcmp(slot->why, gap->why) == 0) {
			slot->count += gap->count;
			slot->hides |= gap->hides;
			slot->is_blind |= gap->is_blind;
			return 0;
		}
	}
	copy.what = strdup(gap->what);
	copy.why = strdup(gap->why);
	slot = copy.what && copy.why ? array_add(&snapshot->gaps, sizeof(*slot)) : NULL;
	if (!slot) {
		free((char *)(uintptr_t)copy.what);
		free((char *)(uintptr_t)copy.why);
		return -ENOMEM;
	}
	*slot = copy;
	return 0;
}

int snapshot_add_note(struct lsp_snapshot *snapshot, const char *format, ...)
{
	char *text = NULL, **slot;
	va_list args;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return -ENOMEM;
	slot = array_add(&snapshot->notes, sizeof(*slot));
	if (!slot) {
		free(text);
		return -ENOMEM;
	}
	*slot = text;
	return 0;
}

int snapshot_settle(struct lsp_snapshot *snapshot)
{
	struct array *autos = &snapshot->autos;
	int r = socket_table_unique(&snapshot->sockets, autos->data, autos->count);

	free(autos->data);
	*autos = (struct array){0};
	return r < 0 ? r : socket_table_order(&snapshot->sockets, &snapshot->strings);
}

/* --- fill: owners and names -------------------------------------------------------------- */

int snapshot_add_process(struct lsp_snapshot *snapshot, const struct lsp_process *process,
			 uint32_t *index)
{
	struct packed_process packed = {.process = *process}, *slot;
	int r = strpool_add(&snapshot->strings, process->comm, &packed.comm);

	if (r >= 0)
		r = strpool_add(&snapshot->strings, process->exe, &packed.exe);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, process->cmdline, &packed.cmdline);
	if (r < 0)
		return r;
	slot = array_add(&snapshot->processes, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = packed;
	*index = (uint32_t)(snapshot->processes.count - 1);
	return 0;
}

void snapshot_set_parent(struct lsp_snapshot *snapshot, uint32_t process, uint32_t parent)
{
	struct packed_process *processes = snapshot->processes.data;

	processes[process].parent = parent + 1;
}

int snapshot_add_owner(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t process, int32_t fd)
{
	struct packed_owner *slot = array_add(&snapshot->found, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = (struct packed_owner){inode, process, fd};
	return 0;
}

void snapshot_drop_owners(struct lsp_snapshot *snapshot)
{
	snapshot->found.count = 0;
	snapshot->processes.count = 0;
}

void snapshot_set_walk(struct lsp_snapshot *snapshot, const struct snapshot_walk *walk)
{
	snapshot->walk = *walk;
}

size_t snapshot_drop_gone(struct lsp_snapshot *snapshot, struct intmap *unowned,
			  const struct lsp_snapshot *again)
{
	struct packed_socket *sockets = snapshot->sockets.sockets;
	size_t kept = 0, count = snapshot->sockets.count;

	for (size_t i = 0; i < again->sockets.count; i++) {
		uint32_t *is_there = intmap_find(unowned, again->sockets.sockets[i].inode);

		if (is_there)
			*is_there = 1;
	}
	for (size_t i = 0; i < count; i++) {
		const uint32_t *is_there = intmap_find(unowned, sockets[i].inode);

		if (!is_there || *is_there)
			sockets[kept++] = sockets[i];
	}
	snapshot->sockets.count = kept;
	return count - kept;
}

int snapshot_set_cgroup(struct lsp_snapshot *snapshot, uint64_t id, const char *path,
			const char *unit, const char *container)
{
	struct cgroup_names *slot = array_add(&snapshot->cgroup_names, sizeof(*slot));
	int r;

	if (!slot)
		return -ENOMEM;
	r = strpool_add(&snapshot->strings, path, &slot->path);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, unit, &slot->unit);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, container, &slot->container);
	if (r >= 0)
		r = intmap_put(&snapshot->cgroups, id,
			       (uint32_t)(snapshot->cgroup_names.count - 1));
	return r;
}

int snapshot_set_user(struct lsp_snapshot *snapshot, uint32_t uid, const char *name)
{
	uint32_t id;
	int r = strpool_add(&snapshot->strings, name, &id);

	return r < 0 ? r : intmap_put(&snapshot->users, uid, id);
}

int snapshot_add_service(struct lsp_snapshot *snapshot, enum lsp_proto proto, uint16_t port,
			 const char *name, bool is_guess)
{
	uint64_t key = snapshot_service_key(proto, port);
	struct service_name *slot;
	int r;

	if (intmap_find(&snapshot->services, key))
		return 0;
	slot = array_add(&snapshot->service_names, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	slot->is_guess = is_guess;
	r = strpool_add(&snapshot->strings, name, &slot->name);
	if (r < 0)
		return r;
	return intmap_put(&snapshot->services, key, (uint32_t)(snapshot->service_names.count - 1));
}

/* --- ask: what is still to be looked up -------------------------------------------------- */

int snapshot_list_inodes(const struct lsp_snapshot *snapshot, struct intmap *inodes)
{
	int r = intmap_reserve(inodes, snapshot->sockets.count);

	for (size_t i = 0; r >= 0 && i < snapshot->sockets.count; i++) {
		if (snapshot->sockets.sockets[i].inode)
			r = intmap_put(inodes, snapshot->sockets.sockets[i].inode, 0);
	}
	return r;
}

int snapshot_list_unowned(const struct lsp_snapshot *snapshot, struct intmap *inodes)
{
	const struct packed_owner *found = snapshot->found.data;
	struct intmap owned = {0};
	int r = 0;

	if (!snapshot->walk.is_done || snapshot->walk.is_all_owned)
		return 0;
	for (size_t i = 0; r >= 0 && i < snapshot->found.count; i++)
		r = intmap_put(&owned, found[i].inode, 0);
	for (size_t i = 0; r >= 0 && i < snapshot->sockets.count; i++) {
		uint32_t inode = snapshot->sockets.sockets[i].inode;

		if (inode && !intmap_find(&owned, inode))
			r = intmap_put(inodes, inode, 0);
	}
	intmap_deinit(&owned);
	return r;
}

int snapshot_list_cgroups(const struct lsp_snapshot *snapshot, struct intmap *ids)
{
	const struct recpool *kinds = &snapshot->sockets.kinds;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < recpool_count(kinds); i++) {
		const struct socket_kind *kind = recpool_at(kinds, (uint32_t)i);

		if (kind->has_cgroup)
			r = intmap_put(ids, kind->cgroup_id, 0);
	}
	return r;
}

int snapshot_list_uids(const struct lsp_snapshot *snapshot, struct intmap *uids)
{
	const struct recpool *kinds = &snapshot->sockets.kinds;
	const struct packed_process *processes = snapshot->processes.data;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < recpool_count(kinds); i++) {
		const struct socket_kind *kind = recpool_at(kinds, (uint32_t)i);

		if (kind->has_uid)
			r = intmap_put(uids, kind->uid, 0);
	}
	for (size_t i = 0; r >= 0 && i < snapshot->processes.count; i++) {
		if (processes[i].process.has_uid)
			r = intmap_put(uids, processes[i].process.uid, 0);
	}
	return r;
}
