/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filling a snapshot: it owns every socket, process, name and gap of one look. It looks nothing
 * up by itself; model/snapshot.c answers what it holds once it is sealed.
 */
#include "model/builder.h"

#include "model/snapshot.h"
#include "model/socket_order.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- create ------------------------------------------------------------------------------ */

int builder_new(struct lsp_snapshot **out)
{
	struct lsp_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	*out = snapshot;
	if (!snapshot)
		return -ENOMEM;
	socket_table_init(&snapshot->sockets);
	return 0;
}

int builder_set_query(struct lsp_snapshot *snapshot, const struct lsp_query *query)
{
	query_copy_deinit(&snapshot->asked);
	return query_copy_init(&snapshot->asked, query);
}

/* --- fill: sockets -------------------------------------------------------------------------- */

int builder_add_socket(struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	struct lsp_socket copy;
	int r;

	if (!socket->local.zone)
		return socket_table_add(&snapshot->sockets, socket);
	copy = *socket;
	r = strpool_add(&snapshot->strings, socket->local.zone, &copy.local.zone);
	return r < 0 ? r : socket_table_add(&snapshot->sockets, &copy);
}

int builder_add_auto(struct lsp_snapshot *snapshot, uint32_t netns, uint64_t cookie)
{
	struct socket_mark *slot = array_add(&snapshot->autos, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = (struct socket_mark){.cookie = cookie, .netns = netns};
	return 0;
}

size_t builder_mark(const struct lsp_snapshot *snapshot)
{
	return socket_table_count(&snapshot->sockets);
}

void builder_rollback(struct lsp_snapshot *snapshot, size_t mark)
{
	snapshot->sockets.sockets.count = mark;
}

void builder_peek(const struct lsp_snapshot *snapshot, size_t index, struct lsp_socket *out)
{
	socket_table_unpack(&snapshot->sockets, index, out);
}

int builder_set_unprivileged_start(struct lsp_snapshot *snapshot, uint32_t netns, uint32_t start)
{
	return intmap_put(&snapshot->unprivileged, netns, start);
}

int builder_set_local_range(struct lsp_snapshot *snapshot, uint32_t netns,
			    const struct lsp_port_range *range)
{
	return intmap_put(&snapshot->local_ranges, netns,
			  (uint32_t)range->first << 16 | range->last);
}

int builder_set_reserved(struct lsp_snapshot *snapshot, uint32_t netns,
			 const struct lsp_port_range *ranges, size_t count)
{
	return portranges_set(&snapshot->reserved, netns, ranges, count);
}

int builder_set_ephemeral(struct lsp_snapshot *snapshot, uint32_t netns,
			  const struct lsp_port_range *ranges, size_t count)
{
	return portranges_set(&snapshot->ephemeral, netns, ranges, count);
}

int builder_add_netns(struct lsp_snapshot *snapshot, uint32_t netns, const char *name, bool is_own)
{
	uint32_t index = (uint32_t)snapshot->netns.count;
	struct netns_name *slot = array_add(&snapshot->netns, sizeof(*slot));
	int r;

	if (!slot)
		return -ENOMEM;
	slot->netns = netns;
	r = strpool_add(&snapshot->strings, name, &slot->name);
	if (is_own) {
		snapshot->own_netns = netns;
		snapshot->has_own_netns = true;
	}
	return r < 0 ? r : intmap_put(&snapshot->netns_by_inode, netns, index);
}

int builder_add_gap(struct lsp_snapshot *snapshot, const struct lsp_gap *gap)
{
	struct lsp_gap copy = *gap, *slot;
	int r = strpool_add(&snapshot->strings, gap->what, &copy.what);

	if (r >= 0)
		r = strpool_add(&snapshot->strings, gap->why, &copy.why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < snapshot->gaps.count; i++) {
		slot = (struct lsp_gap *)snapshot->gaps.data + i;
		if (slot->what == copy.what && slot->why == copy.why) {
			slot->count += gap->count;
			slot->hides |= gap->hides;
			slot->is_in_facts &= gap->is_in_facts;
			slot->is_blind |= gap->is_blind;
			slot->unread |= gap->unread;
			return 0;
		}
	}
	slot = array_add(&snapshot->gaps, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = copy;
	return 0;
}

int builder_add_note(struct lsp_snapshot *snapshot, const char *format, ...)
{
	const char *note, **slot;
	char *text;
	va_list args;
	int r = -ENOMEM;

	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0) {
		r = strpool_add(&snapshot->strings, text, &note);
		free(text);
	}
	va_end(args);
	/* Not before there is a text: who cannot add a note may go on another way. */
	slot = r < 0 ? NULL : array_add(&snapshot->notes, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	*slot = note;
	return 0;
}

int builder_sort_dedup(struct lsp_snapshot *snapshot)
{
	struct array *autos = &snapshot->autos;
	int r = socket_order_dedup(&snapshot->sockets, autos->data, autos->count);

	array_deinit(autos);
	return r < 0 ? r : socket_order_sort(&snapshot->sockets);
}

/* --- fill: owners and names -------------------------------------------------------------- */

int builder_add_process(struct lsp_snapshot *snapshot, const struct lsp_process *process,
			uint32_t *index)
{
	struct lsp_process **slot = array_add(&snapshot->processes, sizeof(*slot)), *copy;
	int r;

	if (!slot)
		return -ENOMEM;
	*slot = copy = arena_add(&snapshot->records, sizeof(*copy), _Alignof(struct lsp_process));
	if (!copy) {
		snapshot->processes.count--;
		return -ENOMEM;
	}
	*copy = *process;
	copy->parent = NULL;
	r = strpool_add(&snapshot->strings, process->comm, &copy->comm);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, process->exe, &copy->exe);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, process->cmdline, &copy->cmdline);
	if (r >= 0)
		r = strpool_add(&snapshot->strings, process->cgroups, &copy->cgroups);
	*index = (uint32_t)(snapshot->processes.count - 1);
	return r;
}

void builder_set_parent(struct lsp_snapshot *snapshot, uint32_t process, uint32_t parent)
{
	snapshot_process(snapshot, process)->parent = snapshot_process(snapshot, parent);
}

int builder_add_owner(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t process, int32_t fd)
{
	struct owner_found *slot = array_add(&snapshot->found, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = (struct owner_found){inode, process, fd};
	return 0;
}

bool builder_is_owner_again(struct lsp_snapshot *snapshot, size_t owner, uint32_t process,
			    int32_t fd)
{
	struct owner_found *found = (struct owner_found *)snapshot->found.data + owner;

	/* -1, none, is above all others. */
	if (found->process == process && (uint32_t)fd < (uint32_t)found->fd)
		found->fd = fd;
	return found->process == process;
}

int builder_set_cmdline(struct lsp_snapshot *snapshot, uint32_t process, const char *cmdline)
{
	struct lsp_process *slot = snapshot_process(snapshot, process);

	return strpool_add(&snapshot->strings, cmdline, &slot->cmdline);
}

int builder_set_held_elsewhere(struct lsp_snapshot *snapshot, uint32_t inode, uint32_t references)
{
	return intmap_put(&snapshot->held_elsewhere, inode, references);
}

struct builder_owners builder_mark_owners(const struct lsp_snapshot *snapshot)
{
	return (struct builder_owners){snapshot->found.count, snapshot->processes.count};
}

void builder_rollback_owners(struct lsp_snapshot *snapshot, struct builder_owners mark)
{
	intmap_deinit(&snapshot->held_elsewhere);
	snapshot->found.count = mark.found;
	snapshot->processes.count = mark.processes;
}

void builder_set_walk(struct lsp_snapshot *snapshot, const struct snapshot_walk *walk)
{
	snapshot->walk = *walk;
}

void builder_set_still_open(struct lsp_snapshot *snapshot, size_t index,
			    enum lsp_tristate still_open)
{
	struct packed_socket *sockets = snapshot->sockets.sockets.data;

	sockets[index].still_open = (unsigned)still_open & 3u;
}

void builder_drop(struct lsp_snapshot *snapshot, const bool *is_gone)
{
	struct packed_socket *sockets = snapshot->sockets.sockets.data;
	size_t kept = 0, count = socket_table_count(&snapshot->sockets);

	for (size_t i = 0; i < count; i++)
		if (!is_gone[i])
			sockets[kept++] = sockets[i];
	snapshot->sockets.sockets.count = kept;
}

int builder_set_cgroup(struct lsp_snapshot *snapshot, uint64_t id, const char *path,
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

int builder_set_user(struct lsp_snapshot *snapshot, uint32_t uid, const char *name)
{
	uint32_t index = (uint32_t)snapshot->user_names.count;
	const char **slot = array_add(&snapshot->user_names, sizeof(*slot));
	int r = slot ? strpool_add(&snapshot->strings, name, slot) : -ENOMEM;

	return r < 0 ? r : intmap_put(&snapshot->users, uid, index);
}

int builder_set_user_unknown(struct lsp_snapshot *snapshot, uint32_t uid)
{
	return intmap_put(&snapshot->users, uid, SNAPSHOT_USER_UNKNOWN);
}

void builder_add_lookups(struct lsp_snapshot *snapshot, unsigned lookups)
{
	snapshot->asked.query.lookups |= lookups;
}

int builder_add_service(struct lsp_snapshot *snapshot, unsigned proto, uint16_t port,
			const char *name, bool is_guess)
{
	uint64_t key = snapshot_service_key(proto, port);
	struct port_name *slot;
	int r;

	if (intmap_find(&snapshot->services, key))
		return 0;
	slot = array_add(&snapshot->port_names, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	slot->is_guess = is_guess;
	r = strpool_add(&snapshot->strings, name, &slot->name);
	if (r < 0)
		return r;
	return intmap_put(&snapshot->services, key, (uint32_t)(snapshot->port_names.count - 1));
}

/* --- ask: what is still to be looked up -------------------------------------------------- */

int builder_list_unowned(const struct lsp_snapshot *snapshot, struct intmap *inodes)
{
	const struct packed_socket *sockets = snapshot->sockets.sockets.data;
	const struct owner_found *found = snapshot->found.data;
	size_t count = socket_table_count(&snapshot->sockets);
	struct intmap owned = {0};
	int r = 0;

	if (snapshot->walk.is_all_owned)
		return 0;
	if (!snapshot->found.count)
		r = intmap_reserve(inodes, count);
	for (size_t i = 0; r >= 0 && i < snapshot->found.count; i++)
		r = intmap_put(&owned, found[i].inode, 0);
	for (size_t i = 0; r >= 0 && i < count; i++) {
		uint32_t inode = sockets[i].inode;

		if (inode && sockets[i].still_open != LSP_NO && !intmap_find(&owned, inode))
			r = intmap_put(inodes, inode, 0);
	}
	intmap_deinit(&owned);
	return r;
}

int builder_list_cgroups(const struct lsp_snapshot *snapshot, struct intmap *ids)
{
	const struct recpool *kinds = &snapshot->sockets.kinds;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < recpool_count(kinds); i++) {
		const struct socket_attrs *kind = recpool_at(kinds, (uint32_t)i);

		if (kind->has_cgroup)
			r = intmap_put(ids, kind->cgroup_id, 0);
	}
	return r;
}

int builder_list_uids(const struct lsp_snapshot *snapshot, struct intmap *uids)
{
	const struct recpool *kinds = &snapshot->sockets.kinds;
	struct lsp_process *const *processes = snapshot->processes.data;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < recpool_count(kinds); i++) {
		const struct socket_attrs *kind = recpool_at(kinds, (uint32_t)i);

		if (kind->has_uid)
			r = intmap_put(uids, kind->uid, 0);
	}
	for (size_t i = 0; r >= 0 && i < snapshot->processes.count; i++) {
		if (processes[i]->has_uid)
			r = intmap_put(uids, processes[i]->uid, 0);
	}
	return r;
}

/* --- seal ------------------------------------------------------------------------------- */

int builder_seal(struct lsp_snapshot *snapshot)
{
	struct array *found = &snapshot->found;
	int r = owner_index_init(&snapshot->owners, found->data, found->count,
				 snapshot->processes.data);

	array_deinit(found);
	return r;
}
