/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets have their unit from their owners. Parses no path, and looks nothing up. */
#include "model/holders.h"

#include "model/snapshot.h"

#include <errno.h>

/* Values of a map of inodes while owners are compared: the index of a process, or one of these. */
#define NOBODY UINT32_MAX
#define NOT_ALIKE (UINT32_MAX - 1)

/* What is known of a cgroup, NULL where nothing is. */
static const struct cgroup_names *find_names(const struct lsp_snapshot *snapshot,
					     const struct socket_attrs *kind)
{
	const uint32_t *index =
		kind->has_cgroup ? intmap_find(&snapshot->cgroups, kind->cgroup_id) : NULL;

	return index ? (const struct cgroup_names *)snapshot->cgroup_names.data + *index : NULL;
}

static bool has_path(const struct lsp_snapshot *snapshot, const struct socket_attrs *kind)
{
	const struct cgroup_names *names = find_names(snapshot, kind);

	return names && names->path;
}

/* Nobody can hold a socket without inode. */
static bool is_wanted(const struct lsp_snapshot *snapshot, size_t index)
{
	return socket_table_at(&snapshot->sockets, index)->inode &&
	       !has_path(snapshot, socket_table_attrs(&snapshot->sockets, index));
}

bool holders_are_wanted(const struct lsp_snapshot *snapshot)
{
	const struct recpool *kinds = &snapshot->sockets.kinds;
	size_t count = socket_table_count(&snapshot->sockets);
	bool is_possible = false;

	/* There are few kinds, and as a rule each has a path. */
	for (size_t i = 0; !is_possible && i < recpool_count(kinds); i++)
		is_possible = !has_path(snapshot, recpool_at(kinds, (uint32_t)i));
	for (size_t i = 0; is_possible && i < count; i++)
		if (is_wanted(snapshot, i))
			return true;
	return false;
}

size_t holders_count(const struct lsp_snapshot *snapshot)
{
	return snapshot->processes.count;
}

const char *holders_cgroups(const struct lsp_snapshot *snapshot, size_t process)
{
	return snapshot_process(snapshot, process)->cgroups;
}

int holders_set_names(struct lsp_snapshot *snapshot, size_t process, const char *unit,
		      const char *container)
{
	struct lsp_process *slot = snapshot_process(snapshot, process);
	int r = strpool_add(&snapshot->strings, unit, &slot->unit);

	if (r >= 0)
		r = strpool_add(&snapshot->strings, container, &slot->container);
	slot->has_unit = r >= 0;
	return r;
}

/* Equal texts have one address. */
static bool is_alike(const struct lsp_process *a, const struct lsp_process *b)
{
	return a->has_unit && b->has_unit && a->unit == b->unit && a->container == b->container;
}

static void compare_owners(const struct lsp_snapshot *snapshot, struct intmap *holders)
{
	const struct owner_found *found = snapshot->found.data;

	for (size_t i = 0; i < snapshot->found.count; i++) {
		uint32_t *holder = intmap_find(holders, found[i].inode);
		const struct lsp_process *process = snapshot_process(snapshot, found[i].process);

		if (!holder || *holder == NOT_ALIKE)
			continue;
		if (*holder == NOBODY)
			*holder = found[i].process;
		if (!is_alike(process, snapshot_process(snapshot, *holder)))
			*holder = NOT_ALIKE;
	}
}

/* Each inode that is wanted, with NOBODY. */
static int list_wanted(const struct lsp_snapshot *snapshot, struct intmap *out)
{
	size_t count = socket_table_count(&snapshot->sockets);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++)
		if (is_wanted(snapshot, i))
			r = intmap_put(out, socket_table_at(&snapshot->sockets, i)->inode, NOBODY);
	return r;
}

/* A source that tells no cgroup at all is a gap of its own. */
static bool is_unknown(const struct lsp_snapshot *snapshot, size_t index)
{
	const struct socket_attrs *kind = socket_table_attrs(&snapshot->sockets, index);
	uint32_t inode = socket_table_at(&snapshot->sockets, index)->inode;

	return is_wanted(snapshot, index) && kind->has_cgroup && !find_names(snapshot, kind) &&
	       !intmap_find(&snapshot->holders, inode);
}

int holders_settle(struct lsp_snapshot *snapshot, size_t *unknown)
{
	size_t count = socket_table_count(&snapshot->sockets);
	struct intmap found = {0};
	int r = list_wanted(snapshot, &found);

	*unknown = 0;
	if (r >= 0)
		compare_owners(snapshot, &found);
	for (size_t i = 0; r >= 0 && i < found.capacity; i++) {
		const struct intmap_slot *slot = &found.slots[i];

		/* Who holds it besides may be in another unit. */
		if (slot->is_used && slot->value < NOT_ALIKE &&
		    !intmap_find(&snapshot->held_elsewhere, slot->key))
			r = intmap_put(&snapshot->holders, slot->key, slot->value);
	}
	for (size_t i = 0; r >= 0 && i < count; i++)
		*unknown += is_unknown(snapshot, i);
	intmap_deinit(&found);
	return r;
}
