/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of the cgroups of a snapshot. Where a cgroup stands is found in owners/cgroupfs.c, what
 * its path says in owners/unit.c; this file only brings them together.
 */
#include "owners/cgroup.h"

#include "model/snapshot.h"
#include "owners/cgroupfs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int set_names(void *data, uint64_t id, const char *path)
{
	struct lsp_snapshot *snapshot = data;
	char unit[CGROUP_NAME_SIZE], container[CGROUP_NAME_SIZE];
	bool has_unit = cgroup_parse_unit(path, unit) > 0;
	bool has_container = cgroup_parse_container(path, container) > 0;

	return snapshot_set_cgroup(snapshot, id, path, has_unit ? unit : NULL,
				   has_container ? container : NULL);
}

static int tell_failure(struct lsp_snapshot *snapshot, int error)
{
	const char *text = error == -ENODEV ? "no cgroup v2 file system is mounted here"
					    : strerrordesc_np(-error);
	char why[128];

	snprintf(why, sizeof(why), "could not be looked up: %s", text ? text : "unknown error");
	return snapshot_add_gap(snapshot, &(struct lsp_gap){.what = "units", .why = why});
}

int cgroup_resolve(const struct root *root, struct lsp_snapshot *snapshot)
{
	struct intmap ids = {0};
	int failure = 0, r = snapshot_list_cgroups(snapshot, &ids);

	if (r >= 0)
		r = cgroupfs_find(root, &ids, set_names, snapshot, &failure);
	if (r >= 0 && failure)
		r = tell_failure(snapshot, failure);
	intmap_deinit(&ids);
	return r;
}
