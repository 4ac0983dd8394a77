/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an error of the kernel says about the process that is being read. Counts nothing. */
#include "owners/visit.h"

#include "deadline.h"

#include <errno.h>
#include <unistd.h>

/* A refusal would hide one of several owners: it is believed when it repeats. */
static int open_process(const struct procfs *proc, const char *name)
{
	int fd = procfs_open_below(proc, proc->fd, name);

	return fd == -EACCES || fd == -EPERM ? procfs_open_below(proc, proc->fd, name) : fd;
}

void visit_begin(struct visit *visit, const struct procfs *proc, const char *name, uint32_t pid)
{
	*visit = (struct visit){.pid = pid, .dir = open_process(proc, name)};
	if (visit->dir >= 0)
		return;
	visit_note_refusal(visit, -visit->dir);
	visit->dir = -1;
}

void visit_end(struct visit *visit)
{
	if (visit->dir >= 0)
		close(visit->dir);
	*visit = VISIT_NONE;
}

bool visit_check_time(struct visit *visit)
{
	visit->is_late |= deadline_is_over_at(visit->end, &visit->steps);
	return !visit->is_late;
}

void visit_note_refusal(struct visit *visit, int error)
{
	if (error == EACCES || error == EPERM)
		visit->is_refused = true;
	else if (error == EXDEV)
		visit->is_overmounted = true;
	else
		visit_note_failure(visit, error);
}

void visit_note_failure(struct visit *visit, int error)
{
	if (error == ENOENT || error == ESRCH)
		visit->is_gone = true;
	else
		visit->error = error;
}
