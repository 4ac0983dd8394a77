/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of processes, each visited once. What is read of a process is owners/process.c's. */
#include "owners/pass.h"

#include "dirscan.h"
#include "owners/process.h"
#include "owners/procparse.h"

#include <errno.h>
#include <unistd.h>

static int visit_process(struct walk *walk, const char *name, uint32_t pid)
{
	struct visit visit;
	int r = 0;

	walk->tally.processes++;
	if (intmap_find(&walk->refused, pid)) {
		visit = (struct visit){.pid = pid, .dir = -1, .is_refused = true};
		tally_add(&walk->tally, &visit);
		return 0;
	}
	if (process_is_empty(&walk->proc, pid, walk->wanted.is_whole))
		return 0;
	visit_begin(&visit, &walk->proc, name, pid);
	if (visit.dir >= 0 && !walk_check_time(walk, &visit)) {
		visit_end(&visit);
		return 0;
	}
	if (visit.dir >= 0)
		r = process_read(walk, &visit);
	tally_add(&walk->tally, &visit);
	visit_end(&visit);
	return r;
}

int pass_run(struct walk *walk)
{
	struct dirscan scan;
	struct dirscan_entry entry;
	uint32_t pid;
	int more, r;

	if (lseek(walk->proc.fd, 0, SEEK_SET) < 0) {
		tally_add_error(&walk->tally, errno, 0);
		return 0;
	}
	dirscan_begin(&scan, walk->proc.fd);
	while ((more = dirscan_next(&scan, &entry)) > 0) {
		if (!procparse_number(entry.name, &pid) || intmap_find(&walk->checked, pid))
			continue;
		r = visit_process(walk, entry.name, pid);
		if (r < 0)
			return r;
	}
	/* How many processes were not listed is unknown. */
	if (more < 0)
		tally_add_error(&walk->tally, -more, 0);
	return 0;
}
