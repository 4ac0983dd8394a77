/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From Linux 6.2 on the size of /proc/PID/fd is the number of descriptors (fs/proc/fd.c,
 * proc_fd_getattr()). Before it was 0, so our own table, which is never empty, is asked first.
 */
#include "host/fdcount.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

static bool read_count(int dir, const char *table, int flags, uint64_t *mount, uint64_t *count)
{
	struct statx status;

	if (statx(dir, table, flags, STATX_SIZE | STATX_MNT_ID, &status) < 0 ||
	    !(status.stx_mask & STATX_MNT_ID))
		return false;
	*mount = status.stx_mnt_id;
	*count = status.stx_size;
	return true;
}

struct fdcount fdcount_probe(int proc, uint32_t self)
{
	struct fdcount fdcount = {.proc = proc};
	uint64_t count, mount;
	char path[32];

	snprintf(path, sizeof(path), "%u/fd", self);
	fdcount.is_known = read_count(proc, "", AT_EMPTY_PATH, &fdcount.mount, &count) &&
			   read_count(proc, path, AT_SYMLINK_NOFOLLOW, &mount, &count) &&
			   mount == fdcount.mount && count;
	return fdcount;
}

bool fdcount_is_none(const struct fdcount *fdcount, const char *table)
{
	uint64_t mount, count;

	return fdcount->is_known &&
	       read_count(fdcount->proc, table, AT_SYMLINK_NOFOLLOW, &mount, &count) &&
	       mount == fdcount->mount && !count;
}
