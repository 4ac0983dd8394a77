/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the descriptors of one table are. Reads links only: what a descriptor points to is never
 * opened and never asked for its status, since it may lie on a file system that does not answer.
 */
#include "owners/fdtable.h"

#include "owners/procparse.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define RING "anon_inode:[io_uring]"

int fdtable_open(struct fdtable *table, const struct procfs *proc, int dir, const char *path)
{
	table->fd = procfs_open_list(proc, dir, path);
	if (table->fd < 0)
		return table->fd;
	dirscan_begin(&table->scan, table->fd);
	return 0;
}

void fdtable_close(struct fdtable *table)
{
	close(table->fd);
}

/* Return: false for a descriptor of another kind, or one that was closed meanwhile. */
static bool check_fd(int table, struct fdtable_entry *entry)
{
	char link[64];
	ssize_t n = readlinkat(table, entry->name, link, sizeof(link));

	if (n < 0) {
		entry->kind = FDTABLE_UNREADABLE;
		entry->error = errno;
		return errno != ENOENT;
	}
	if (procparse_socket(link, (size_t)n, &entry->inode)) {
		entry->kind = FDTABLE_SOCKET;
		return true;
	}
	entry->kind = FDTABLE_RING;
	return n == sizeof(RING) - 1 && memcmp(link, RING, sizeof(RING) - 1) == 0;
}

int fdtable_next(struct fdtable *table, struct fdtable_entry *entry)
{
	struct dirscan_entry found;
	int more;

	while ((more = dirscan_next(&table->scan, &found)) > 0) {
		entry->name = found.name;
		/* "." and ".." */
		if (found.name[0] != '.' && check_fd(table->fd, entry))
			return 1;
	}
	return more;
}
