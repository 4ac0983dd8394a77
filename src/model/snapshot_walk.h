/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of /proc the search for owners could see. */
#ifndef LSPORTS_MODEL_SNAPSHOT_WALK_H
#define LSPORTS_MODEL_SNAPSHOT_WALK_H
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* What the walk was able to see, for lsp_snapshot_owner_gap() and for a note. */
struct snapshot_walk {
	bool is_done;
	bool is_partial;       /* a process could not be read */
	bool is_late;          /* one was not read in time, or not all of it */
	bool is_overmounted;   /* something is mounted over one */
	bool is_pid_namespace; /* we are in a PID namespace that is not the first */
	bool has_cgroups;      /* PID 1 was moved: in the root cgroup are kernel threads alone */
	bool is_all_owned;     /* every socket has an owner */
	unsigned passes;
	uint64_t processes; /* that were read; 0: their number is not known */
};

#endif
