/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of descriptors that are not the leader's: unshare(CLONE_FILES) gives a thread its own,
 * and the threads of a leader that left by pthread_exit(3) go on with theirs. Tables that are
 * shared, the usual case, are read once.
 */
#include "owners/procwalk.h"

#include "owners/procparse.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Tables of one process that are told apart; behind them each thread is read. */
#define MAX_TABLES 16

struct tables {
	uint32_t threads[MAX_TABLES]; /* one thread of each table that was read */
	size_t count;
};

/* Without kcmp(2), or the right to it, nothing is known to be shared. */
static bool is_read(const struct procwalk *walk, const struct tables *tables, uint32_t thread)
{
	if (!walk->is_own_proc)
		return false;
	for (size_t i = 0; i < tables->count; i++) {
		if (syscall(SYS_kcmp, (pid_t)tables->threads[i], (pid_t)thread, KCMP_FILES, 0ul,
			    0ul) == 0)
			return true;
	}
	return false;
}

/* The link count of /proc/PID/task is 2 and the number of threads (fs/proc/base.c). */
static bool has_one_thread(const struct procwalk *walk, const struct procwalk_process *process)
{
	struct stat status;

	return walk->root->is_machine &&
	       fstatat(process->dir, "task", &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_nlink == 3;
}

static int read_thread(struct procwalk *walk, struct procwalk_process *process, int task,
		       const char *name)
{
	cleanup(scope_close) int dir = dirscan_open(&walk->how, task, name, O_PATH | O_DIRECTORY);
	/* A thread that ended says nothing about its process. */
	bool was_gone = process->is_gone;
	int r = 0;

	if (dir < 0)
		procwalk_refuse(process, -dir);
	else
		r = procwalk_table(walk, process, dir);
	process->is_gone = was_gone;
	return r;
}

int threads_find(struct procwalk *walk, struct procwalk_process *process)
{
	cleanup(scope_close) int task = -1;
	struct tables tables = {.threads = {process->pid}, .count = 1};
	struct dirscan_entry entry;
	uint32_t thread;
	int more, r;

	if (has_one_thread(walk, process))
		return 0;
	task = dirscan_open(&walk->how, process->dir, "task", O_RDONLY | O_DIRECTORY);
	if (task < 0) {
		procwalk_refuse(process, -task);
		return 0;
	}
	/* It was the leader that ended, not the process. */
	process->is_gone = false;
	dirscan_begin(&walk->threads, task);
	while ((more = dirscan_next(&walk->threads, &entry)) > 0) {
		if (!procparse_number(entry.name, &thread) || thread == process->pid ||
		    is_read(walk, &tables, thread))
			continue;
		r = read_thread(walk, process, task, entry.name);
		if (r < 0)
			return r;
		if (tables.count < MAX_TABLES)
			tables.threads[tables.count++] = thread;
	}
	if (more < 0)
		procwalk_fail(process, -more);
	return 0;
}
