/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which threads have a table of descriptors of their own: unshare(CLONE_FILES) gives a thread one,
 * and the threads of a leader that left by pthread_exit(3) go on with theirs. Reads no table.
 */
#include "owners/threads.h"

#include "owners/procparse.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The link count of /proc/PID/task is 2 and the number of threads (fs/proc/base.c). */
bool threads_is_single(const struct procfs *proc, int dir, const char *path)
{
	struct stat status;

	return proc->root->is_machine && fstatat(dir, path, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_nlink == 3;
}

int threads_open(struct threads *threads, const struct procfs *proc, int dir, uint32_t leader)
{
	threads->proc = proc;
	threads->leader = leader;
	threads->tables[0] = leader;
	threads->table_count = 1;
	threads->fd = procfs_open_list(proc, dir, "task");
	if (threads->fd < 0)
		return threads->fd;
	dirscan_begin(&threads->scan, threads->fd);
	return 0;
}

void threads_close(struct threads *threads)
{
	close(threads->fd);
}

/* Without kcmp(2), or the right to it, nothing is known to be shared. */
static bool is_listed(const struct threads *threads, uint32_t thread)
{
	if (!threads->proc->is_own)
		return false;
	for (size_t i = 0; i < threads->table_count; i++) {
		if (syscall(SYS_kcmp, (pid_t)threads->tables[i], (pid_t)thread, KCMP_FILES, 0ul,
			    0ul) == 0)
			return true;
	}
	return false;
}

int threads_next(struct threads *threads, const char **name)
{
	struct dirscan_entry entry;
	uint32_t thread;
	int more;

	while ((more = dirscan_next(&threads->scan, &entry)) > 0) {
		if (!procparse_number(entry.name, &thread) || thread == threads->leader ||
		    is_listed(threads, thread))
			continue;
		if (threads->table_count < THREADS_TABLES_MAX)
			threads->tables[threads->table_count++] = thread;
		*name = entry.name;
		return 1;
	}
	return more;
}
