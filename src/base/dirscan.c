/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening and reading directories by descriptor. Knows nothing of processes or cgroups, follows
 * no symbolic link, and builds no path.
 */
#include "dirscan.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A signal may cut getdents64(2) short; one that always does must not hold us for ever. */
#define MAX_INTERRUPTS 16

/* What the kernel writes (fs/readdir.c, struct linux_dirent64); <dirent.h> has another name. */
struct entry64 {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int open_resolved(int dir, const char *name, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
		.resolve = resolve,
	};
	long fd = syscall(SYS_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

struct dirscan_how dirscan_probe(const struct root *root, int dir)
{
	struct dirscan_how how = {.resolve = RESOLVE_NO_SYMLINKS};
	int fd;

	/* A recorded tree may lie on any number of mounts. */
	if (root->is_machine)
		how.resolve |= RESOLVE_NO_XDEV;
	/* Before Linux 5.6 ENOSYS; EPERM from the seccomp filters of older container engines. */
	fd = open_resolved(dir, ".", O_PATH | O_DIRECTORY, how.resolve);
	how.has_openat2 = fd >= 0;
	if (fd >= 0)
		close(fd);
	return how;
}

int dirscan_open(const struct dirscan_how *how, int dir, const char *name, int flags)
{
	int fd;

	if (how->has_openat2)
		return open_resolved(dir, name, flags, how->resolve);
	fd = openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

void dirscan_begin(struct dirscan *scan, int fd)
{
	scan->fd = fd;
	scan->at = scan->filled = 0;
}

static int fill(struct dirscan *scan)
{
	for (int i = 0; i < MAX_INTERRUPTS; i++) {
		long n = syscall(SYS_getdents64, scan->fd, scan->bytes, sizeof(scan->bytes));

		if (n >= 0) {
			scan->at = 0;
			scan->filled = (size_t)n;
			return n > 0;
		}
		if (errno != EINTR)
			return -errno;
	}
	return -EINTR;
}

int dirscan_next(struct dirscan *scan, struct dirscan_entry *entry)
{
	const struct entry64 *at;

	if (scan->at >= scan->filled) {
		int r = fill(scan);

		if (r <= 0)
			return r;
	}
	at = (const struct entry64 *)(const void *)(scan->bytes + scan->at);
	scan->at += at->size;
	*entry = (struct dirscan_entry){at->name, at->inode, at->type};
	return 1;
}
