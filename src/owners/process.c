/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of descriptors of one process, that of its leader and those of its threads. Tables
 * that threads share, the usual case, are read once.
 */
#include "owners/process.h"

#include "cleanup.h"
#include "owners/fdtable.h"
#include "owners/iouring.h"
#include "owners/procparse.h"
#include "owners/threads.h"

#include <errno.h>
#include <stdio.h>

/* Return: 0, -ENOMEM, or 1 when the rest of the table need not be tried. */
static int add_descriptor(struct walk *walk, struct visit *visit, int dir,
			  const struct fdtable_entry *entry)
{
	uint32_t fd;

	switch (entry->kind) {
	case FDTABLE_SOCKET:
		return procparse_number(entry->name, &fd)
			       ? walk_add_owner(walk, visit, dir, entry->inode, (int32_t)fd)
			       : 0;
	case FDTABLE_RING:
		return walk->wanted.is_whole ? iouring_add_owners(walk, visit, dir, entry->name)
					     : 0;
	case FDTABLE_UNREADABLE:
		visit_note_refusal(visit, entry->error);
		/* The right to read links is one of the process: it fails for all or none. */
		return entry->error == EACCES || entry->error == EPERM || entry->error == ESRCH;
	}
	return 0;
}

/* @dir: the process or one of its threads */
static int read_table(struct walk *walk, struct visit *visit, int dir)
{
	struct fdtable table;
	struct fdtable_entry entry;
	int r = fdtable_open(&table, &walk->proc, dir, "fd"), more;

	if (r < 0) {
		visit_note_refusal(visit, -r);
		return 0;
	}
	while (r == 0 && visit_check_time(visit) && (more = fdtable_next(&table, &entry)) != 0) {
		if (more < 0) {
			visit_note_failure(visit, -more);
			break;
		}
		r = add_descriptor(walk, visit, dir, &entry);
	}
	fdtable_close(&table);
	return r < 0 ? r : 0;
}

static int read_thread(struct walk *walk, struct visit *visit, int task, const char *name)
{
	cleanup(cleanup_close) int dir = procfs_open_below(&walk->proc, task, name);
	/* A thread that ended says nothing about its process. */
	bool was_gone = visit->is_gone;
	int r = 0;

	if (dir < 0)
		visit_note_refusal(visit, -dir);
	else
		r = read_table(walk, visit, dir);
	visit->is_gone = was_gone;
	return r;
}

/* All threads but the leader. */
static int read_threads(struct walk *walk, struct visit *visit)
{
	struct threads threads;
	const char *name;
	int r, more;

	if (threads_is_single(&walk->proc, visit->dir, "task"))
		return 0;
	r = threads_open(&threads, &walk->proc, visit->dir, visit->pid);
	if (r < 0) {
		visit_note_refusal(visit, -r);
		return 0;
	}
	/* It was the leader that ended, not the process. */
	visit->is_gone = false;
	while (r == 0 && visit_check_time(visit) && (more = threads_next(&threads, &name)) != 0) {
		if (more < 0) {
			visit_note_failure(visit, -more);
			break;
		}
		r = read_thread(walk, visit, threads.fd, name);
	}
	threads_close(&threads);
	return r;
}

static int read_tables(struct walk *walk, struct visit *visit)
{
	int r = read_table(walk, visit, visit->dir);

	/* A leader that ended leaves an empty table or none, while its threads go on. */
	return r < 0 || visit->is_refused || !walk->wanted.is_whole ? r : read_threads(walk, visit);
}

bool process_is_empty(const struct procfs *proc, uint32_t pid, bool is_whole)
{
	char path[24];

	snprintf(path, sizeof(path), "%u/fd", pid);
	if (!fdcount_is_none(&proc->counts, path))
		return false;
	snprintf(path, sizeof(path), "%u/task", pid);
	return !is_whole || threads_is_single(proc, proc->fd, path);
}

int process_read(struct walk *walk, struct visit *visit)
{
	int r = read_tables(walk, visit);

	/* As in visit_begin(). */
	if (r >= 0 && visit->is_refused) {
		visit->is_refused = false;
		r = read_tables(walk, visit);
	}
	if (r < 0 || !visit->is_refused)
		return r;
	if (!procfacts_is_idle(&walk->proc, visit->dir))
		return intmap_put(&walk->refused, visit->pid, 0);
	visit->is_refused = false;
	/* It has no table, but may have threads. */
	return walk->wanted.is_whole ? read_threads(walk, visit) : 0;
}
