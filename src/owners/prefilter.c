/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which processes need no visit: threads read tables of descriptors side by side and find those in
 * which nothing is wanted. Nothing else is decided here. A process that holds a wanted socket, or
 * could not be read, is visited as if it had never been read, so the answer is the same whatever
 * the number of threads.
 */
#include "owners/prefilter.h"

#include "buf.h"
#include "deadline.h"
#include "dirscan.h"
#include "owners/fdtable.h"
#include "owners/process.h"
#include "owners/procparse.h"
#include "owners/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Below this a thread costs more than it saves: measured, half a millisecond. */
#define PROCESSES_MIN 128
#define THREADS_MAX 8
#define CHUNK 16 /* processes that a thread is given at once */
/* An ordinary user can read few tables: after so many failures the visits do it alone. */
#define FAILURES_MAX 16

struct prefilter {
	const struct procfs *proc;
	const struct wanted *wanted;
	int64_t deadline, budget;
	struct buf pids; /* uint32_t */
	size_t count;
	bool *needs_visit;   /* of each of @pids */
	atomic_size_t next;  /* the first of @pids that no thread was given */
	atomic_int failures; /* tables that could not be read */
};

static uint32_t pid_at(const struct prefilter *prefilter, size_t index)
{
	return ((const uint32_t *)(const void *)prefilter->pids.data)[index];
}

/* --- one process --------------------------------------------------------------------------- */

/*
 * Return: 1 when something in the table is wanted or the time is over, 0 when nothing is, or a
 * negative errno.
 */
static int has_wanted(const struct wanted *wanted, struct fdtable *table, int64_t end)
{
	struct fdtable_entry entry;
	unsigned step = 0;
	int more;

	while ((more = fdtable_next(table, &entry)) > 0) {
		if (entry.kind == FDTABLE_UNREADABLE)
			return -entry.error;
		if (entry.kind == FDTABLE_SOCKET ? wanted_find(wanted, entry.inode) != NULL
						 : wanted->is_whole)
			return 1;
		if (deadline_is_over_at(end, &step))
			return 1;
	}
	return more;
}

static void check_process(struct prefilter *prefilter, struct fdtable *table, size_t index)
{
	int64_t end = deadline_in(prefilter->budget);
	char path[24];
	int r;

	if (process_is_empty(prefilter->proc, pid_at(prefilter, index),
			     prefilter->wanted->is_whole)) {
		prefilter->needs_visit[index] = false;
		return;
	}
	snprintf(path, sizeof(path), "%u/task", pid_at(prefilter, index));
	if (prefilter->wanted->is_whole &&
	    !threads_is_single(prefilter->proc, prefilter->proc->fd, path))
		return;
	snprintf(path, sizeof(path), "%u/fd", pid_at(prefilter, index));
	r = fdtable_open(table, prefilter->proc, prefilter->proc->fd, path);
	if (r >= 0) {
		r = has_wanted(prefilter->wanted, table, end);
		fdtable_close(table);
	}
	if (r < 0)
		atomic_fetch_add(&prefilter->failures, 1);
	prefilter->needs_visit[index] = r != 0;
}

/* --- threads --------------------------------------------------------------------------------- */

static void *work(void *data)
{
	struct prefilter *prefilter = data;
	struct fdtable *table = malloc(sizeof(*table));
	size_t first;

	while (table && atomic_load(&prefilter->failures) < FAILURES_MAX &&
	       (first = atomic_fetch_add(&prefilter->next, CHUNK)) < prefilter->count) {
		size_t end = first + CHUNK < prefilter->count ? first + CHUNK : prefilter->count;

		for (size_t i = first; i < end && !deadline_is_over(prefilter->deadline); i++)
			check_process(prefilter, table, i);
	}
	free(table);
	return NULL;
}

/* The caller is one of them. A thread that cannot be started leaves more to the others. */
static void run_threads(struct prefilter *prefilter, unsigned count)
{
	pthread_t threads[THREADS_MAX];
	unsigned started = 0;

	while (started + 1 < count && pthread_create(&threads[started], NULL, work, prefilter) == 0)
		started++;
	work(prefilter);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

static unsigned count_cpus(void)
{
	cpu_set_t set;
	int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

	return count > THREADS_MAX ? THREADS_MAX : (unsigned)count;
}

static int list_pids(struct prefilter *prefilter)
{
	int proc = prefilter->proc->fd;
	struct dirscan scan;
	struct dirscan_entry entry;
	uint32_t pid;

	if (lseek(proc, 0, SEEK_SET) < 0)
		return 0;
	dirscan_begin(&scan, proc);
	/* A process that cannot be listed here is not left out: the visits come to it. */
	while (dirscan_next(&scan, &entry) > 0) {
		if (procparse_number(entry.name, &pid))
			buf_append(&prefilter->pids, &pid, sizeof(pid));
	}
	prefilter->count = prefilter->pids.size / sizeof(pid);
	return prefilter->pids.error;
}

int prefilter_run(const struct procfs *proc, const struct wanted *wanted, int64_t deadline,
		  int64_t budget, struct intmap *checked)
{
	struct prefilter prefilter = {
		.proc = proc,
		.wanted = wanted,
		.deadline = deadline,
		.budget = budget,
	};
	unsigned threads = count_cpus();
	int r = threads > 1 ? list_pids(&prefilter) : 0;

	if (r >= 0 && prefilter.count >= PROCESSES_MIN) {
		prefilter.needs_visit = malloc(prefilter.count);
		if (!prefilter.needs_visit)
			r = -ENOMEM;
		/* A process that no thread comes to is visited. */
		for (size_t i = 0; r >= 0 && i < prefilter.count; i++)
			prefilter.needs_visit[i] = true;
		if (r >= 0)
			run_threads(&prefilter, threads);
		for (size_t i = 0; r >= 0 && i < prefilter.count; i++) {
			if (!prefilter.needs_visit[i])
				r = intmap_put(checked, pid_at(&prefilter, i), 0);
		}
	}
	free(prefilter.needs_visit);
	buf_deinit(&prefilter.pids);
	return r;
}
