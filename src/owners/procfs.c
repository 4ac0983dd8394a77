/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening and reading below one mount of /proc. Knows what kind of file is where, and nothing of
 * what a walk looks for.
 */
#include "owners/procfs.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define STAT_SIZE 4096

/* kcmp(2) takes PIDs of our own namespace; /proc may show those of another one. */
static bool is_own(const struct root *root, int fd)
{
	char self[16];
	uint32_t pid;

	return root->is_machine && root_readlink_at(fd, "self", self, sizeof(self)) > 0 &&
	       procparse_number(self, &pid) && (pid_t)pid == getpid();
}

int procfs_open(struct procfs *proc, const struct root *root)
{
	*proc = (struct procfs){.root = root};
	proc->fd = root_open(root, "proc", O_RDONLY | O_DIRECTORY);
	if (proc->fd < 0) {
		int r = proc->fd;

		proc->fd = -1;
		return r;
	}
	proc->how = dirscan_probe(root, proc->fd);
	proc->is_own = is_own(root, proc->fd);
	if (proc->is_own)
		proc->counts = fdcount_probe(proc->fd, (uint32_t)getpid());
	return 0;
}

void procfs_close(struct procfs *proc)
{
	if (proc->fd >= 0)
		close(proc->fd);
	proc->fd = -1;
}

int procfs_open_below(const struct procfs *proc, int dir, const char *name)
{
	return dirscan_open(&proc->how, dir, name, O_PATH | O_DIRECTORY);
}

int procfs_open_list(const struct procfs *proc, int dir, const char *name)
{
	return dirscan_open(&proc->how, dir, name, O_RDONLY | O_DIRECTORY);
}

int procfs_open_file(const struct procfs *proc, int dir, const char *name)
{
	return dirscan_open(&proc->how, dir, name, O_RDONLY | O_NONBLOCK);
}

ssize_t procfs_read(const struct procfs *proc, int dir, const char *name, char *out, size_t size)
{
	cleanup(cleanup_close) int fd = procfs_open_file(proc, dir, name);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, out, size - 1);
	/* The file was there: of a process that ended meanwhile it says ESRCH. */
	if (n < 0)
		return errno == ENOENT ? -EIO : -errno;
	out[n] = '\0';
	return n;
}

int procfs_read_stat(const struct procfs *proc, int dir, struct procparse_stat *out)
{
	char text[STAT_SIZE];
	ssize_t n = procfs_read(proc, dir, "stat", text, sizeof(text));

	if (n < 0)
		return (int)n;
	return procparse_stat(text, (size_t)n, out) ? 0 : 1;
}
