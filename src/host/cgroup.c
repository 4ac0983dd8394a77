/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units and containers of a snapshot's sockets. Where a cgroup is, host/cgroupfs.c finds; what its
 * path says, host/unit.c and host/container.c. This file only brings them together.
 */
#include "host/cgroup.h"

#include "error.h"
#include "host/cgroupfs.h"
#include "host/container.h"
#include "host/unit.h"
#include "model/builder.h"
#include "model/holders.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names {
	char unit[UNIT_SIZE], container[CONTAINER_SIZE];
	bool has_unit, has_container;
};

struct search {
	struct cgroup_mount mount;
	struct lsp_snapshot *snapshot;
};

static void parse(struct cgroup_mount *mount, const char *path, struct names *out)
{
	size_t given = cgroup_mount_given(mount, path);

	out->has_unit = unit_parse(path, given, out->unit) > 0;
	out->has_container = container_parse(path, given, out->container) > 0;
}

/* --- cgroups of sockets ---------------------------------------------------------------------- */

static int set_names(void *data, uint64_t id, const char *path)
{
	struct search *search = data;
	struct names names;

	parse(&search->mount, path, &names);
	return builder_set_cgroup(search->snapshot, id, path, names.has_unit ? names.unit : NULL,
				  names.has_container ? names.container : NULL);
}

static int set_ended(struct lsp_snapshot *snapshot, const struct intmap *ids)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ids->capacity; i++) {
		const struct intmap_slot *slot = &ids->slots[i];

		if (slot->is_used && slot->value == CGROUPFS_ENDED)
			r = builder_set_cgroup(snapshot, slot->key, NULL, NULL, NULL);
	}
	return r;
}

int cgroup_resolve(const struct root *root, struct lsp_snapshot *snapshot, int *failure)
{
	struct search search = {.snapshot = snapshot, .mount.fd = -1};
	struct intmap ids = {0};
	int r = builder_list_cgroups(snapshot, &ids);

	*failure = 0;
	if (r >= 0 && ids.count)
		*failure = cgroup_mount_init(&search.mount, root);
	if (*failure == -ENOMEM)
		r = -ENOMEM;
	if (r >= 0 && ids.count && !*failure)
		r = cgroupfs_find(&search.mount, &ids, lsp_snapshot_query(snapshot)->deadline,
				  set_names, &search, failure);
	if (r >= 0)
		r = set_ended(snapshot, &ids);
	cgroup_mount_deinit(&search.mount);
	intmap_deinit(&ids);
	return r;
}

/* --- cgroups of those who hold them ------------------------------------------------------------
 */

/* The paths in a terminated /proc/PID/cgroup (cgroups(7)), in place: NULL for none. */
static void find_paths(char *text, const char **v2, const char **systemd_v1)
{
	static const char systemd[] = ":name=systemd:";
	char *line;

	*v2 = *systemd_v1 = NULL;
	while ((line = strsep(&text, "\n"))) {
		const char *at = strstr(line, systemd);

		if (strncmp(line, "0::", 3) == 0)
			*v2 = line + 3;
		else if (at && strspn(line, "0123456789") == (size_t)(at - line))
			*systemd_v1 = at + strlen(systemd);
	}
}

/* Outside of our cgroup namespace, or of a process that has ended: nothing that could be checked.
 */
static bool is_place(const char *path)
{
	const char *deleted = " (deleted)";
	size_t size = strlen(path), end = strlen(deleted);

	return *path == '/' && strncmp(path, "/..", 3) != 0 &&
	       (size < end || strcmp(path + size - end, deleted) != 0);
}

static int name_process(struct search *search, size_t process)
{
	const char *found = holders_cgroups(search->snapshot, process);
	char *text = found ? strdup(found) : NULL;
	const char *path, *systemd_v1;
	struct names names;
	int r = found && !text ? -ENOMEM : 0;

	find_paths(text, &path, &systemd_v1);
	/* Where systemd runs on version 1, its own hierarchy is the one that says something. */
	if (path && strcmp(path, "/") == 0 && search->mount.fd < 0 && systemd_v1)
		path = systemd_v1;
	if (path && is_place(path)) {
		parse(&search->mount, path, &names);
		r = holders_set_names(search->snapshot, process, names.has_unit ? names.unit : NULL,
				      names.has_container ? names.container : NULL);
	}
	free(text);
	return r;
}

static int add_gap(struct lsp_snapshot *snapshot, int failure, size_t count)
{
	char why[128];

	snprintf(why, sizeof(why), "could not be looked up: %s",
		 failure == -ENODEV ? "no cgroup v2 file system is mounted here"
		 : failure          ? error_describe(failure)
				    : "their cgroups are not below the one that is mounted here");
	return builder_add_gap(snapshot, &(struct lsp_gap){
						 .what = "units",
						 .why = why,
						 .count = count,
						 .hides = true,
						 .is_in_facts = true,
					 });
}

int cgroup_settle(const struct root *root, struct lsp_snapshot *snapshot, int failure)
{
	struct search search = {.snapshot = snapshot};
	size_t unknown = 0;
	int r;

	if (!holders_are_wanted(snapshot))
		return 0;
	r = cgroup_mount_init(&search.mount, root);
	r = r == -ENOMEM ? r : 0;
	for (size_t i = 0; r >= 0 && i < holders_count(snapshot); i++)
		r = name_process(&search, i);
	cgroup_mount_deinit(&search.mount);
	if (r >= 0)
		r = holders_settle(snapshot, &unknown);
	return r >= 0 && unknown ? add_gap(snapshot, failure, unknown) : r;
}
