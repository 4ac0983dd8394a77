/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which processes need no visit: threads read tables of descriptors side by side, and a process in
 * whose table nothing is wanted goes into walk->seen. Nothing else is decided here. Whoever holds a
 * wanted socket, or could not be read, is visited as if nobody had looked before, so the answer is
 * the same whatever the number of threads.
 */
#include "owners/procwalk.h"

#include "owners/procparse.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Below this a thread costs more than it saves: measured, half a millisecond. */
#define PROCESSES_MIN 128
#define THREADS_MAX 8
#define CHUNK 16 /* processes that a thread takes at once */
/* Where tables cannot be read, as by an ordinary user, each is tried in vain. */
#define FAILURES_MAX 16

struct prefilter {
	const struct procwalk *walk;
	struct buf pids; /* uint32_t */
	size_t count;
	bool *needs_visit;   /* of each of @pids */
	atomic_size_t next;  /* of @pids that nobody took */
	atomic_int failures; /* tables that could not be read */
};

static uint32_t pid_at(const struct prefilter *prefilter, size_t index)
{
	return ((const uint32_t *)(const void *)prefilter->pids.data)[index];
}

/* --- one process --------------------------------------------------------------------------- */

/* Return: 1 when something in the table is wanted, 0 when nothing is, or a negative errno. */
static int is_wanted(const struct procwalk *walk, struct dirscan *scan, int table)
{
	struct dirscan_entry entry;
	int more;

	dirscan_begin(scan, table);
	while ((more = dirscan_next(scan, &entry)) > 0) {
		char link[64];
		uint32_t inode;
		ssize_t n;

		if (entry.name[0] == '.')
			continue;
		n = readlinkat(table, entry.name, link, sizeof(link));
		if (n < 0 && errno != ENOENT)
			return -errno;
		if (n > 0 && procparse_socket(link, (size_t)n, &inode) &&
		    procwalk_wants(walk, inode))
			return 1;
	}
	return more;
}

static void look_at(struct prefilter *prefilter, struct dirscan *scan, size_t index)
{
	cleanup(scope_close) int table = -1;
	char name[24];
	int r;

	snprintf(name, sizeof(name), "%u/fd", pid_at(prefilter, index));
	table = dirscan_open(&prefilter->walk->how, prefilter->walk->proc, name,
			     O_RDONLY | O_DIRECTORY);
	r = table < 0 ? table : is_wanted(prefilter->walk, scan, table);
	if (r < 0)
		atomic_fetch_add(&prefilter->failures, 1);
	prefilter->needs_visit[index] = r != 0;
}

/* --- threads --------------------------------------------------------------------------------- */

static void *work(void *data)
{
	struct prefilter *prefilter = data;
	struct dirscan *scan = malloc(sizeof(*scan));
	size_t first;

	while (scan && atomic_load(&prefilter->failures) < FAILURES_MAX &&
	       (first = atomic_fetch_add(&prefilter->next, CHUNK)) < prefilter->count) {
		size_t end = first + CHUNK < prefilter->count ? first + CHUNK : prefilter->count;

		for (size_t i = first; i < end; i++)
			look_at(prefilter, scan, i);
	}
	free(scan);
	return NULL;
}

/* We are one of them. A thread that the system refuses leaves more to the others. */
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

static int list_pids(struct procwalk *walk, struct prefilter *prefilter)
{
	struct dirscan_entry entry;
	uint32_t pid;

	if (lseek(walk->proc, 0, SEEK_SET) < 0)
		return 0;
	dirscan_begin(&walk->pids, walk->proc);
	/* What cannot be listed is not left out: the visits come to it. */
	while (dirscan_next(&walk->pids, &entry) > 0) {
		if (procparse_number(entry.name, &pid))
			buf_append(&prefilter->pids, &pid, sizeof(pid));
	}
	prefilter->count = prefilter->pids.size / sizeof(pid);
	return prefilter->pids.error;
}

int prefilter_run(struct procwalk *walk)
{
	struct prefilter prefilter = {.walk = walk};
	unsigned threads = count_cpus();
	int r = threads > 1 ? list_pids(walk, &prefilter) : 0;

	if (r >= 0 && prefilter.count >= PROCESSES_MIN) {
		prefilter.needs_visit = malloc(prefilter.count);
		if (!prefilter.needs_visit)
			r = -ENOMEM;
		/* Nobody is left out whom no thread came to. */
		for (size_t i = 0; r >= 0 && i < prefilter.count; i++)
			prefilter.needs_visit[i] = true;
		if (r >= 0)
			run_threads(&prefilter, threads);
		for (size_t i = 0; r >= 0 && i < prefilter.count; i++) {
			if (!prefilter.needs_visit[i])
				r = intmap_put(&walk->seen, pid_at(&prefilter, i), 0);
		}
	}
	free(prefilter.needs_visit);
	buf_deinit(&prefilter.pids);
	return r;
}
