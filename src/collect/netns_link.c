/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads links and looks at files; enters no namespace. */
#include "collect/netns_link.h"

#include "cleanup.h"
#include "num.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>

bool netns_link_parse(const char *text, const char *kind, uint32_t *inode)
{
	size_t size = strlen(kind);
	const char *at = text + size + 2, *end = text + strlen(text);
	uint64_t number;

	/* fs/nsfs.c, ns_get_name() */
	if (strncmp(text, kind, size) != 0 || strncmp(text + size, ":[", 2) != 0 ||
	    !num_scan(&at, end, 10, UINT32_MAX, &number) || strcmp(at, "]") != 0)
		return false;
	*inode = (uint32_t)number;
	return true;
}

int netns_link_read(int dir, const char *name, const char *kind, uint32_t *inode)
{
	char link[64];
	ssize_t n = root_readlink_at(dir, name, link, sizeof(link));

	if (n < 0)
		return (int)n;
	return netns_link_parse(link, kind, inode) ? 0 : -EINVAL;
}

int netns_link_inode(int fd, uint32_t *inode)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != NSFS_MAGIC)
		return -EINVAL;
	if (fstat(fd, &st) < 0)
		return -errno;
	*inode = (uint32_t)st.st_ino;
	return 0;
}

int netns_link_find(const struct root *root, const char *path, uint32_t *inode)
{
	cleanup(cleanup_close) int fd = root_open(root, path, O_PATH | O_NOFOLLOW);
	char link[64];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return fd;
	n = root_readlink_at(fd, "", link, sizeof(link));
	if (n >= 0)
		return netns_link_parse(link, "net", inode) ? 0 : -EINVAL;
	/* No link: a file below run/netns on which the namespace is mounted. */
	if (n != -ENOENT && n != -EINVAL)
		return n == -ENAMETOOLONG ? -EINVAL : (int)n;
	/* Where none is mounted the file says nothing; in a recorded tree nothing can be mounted.
	 */
	if (root->is_machine)
		return netns_link_inode(fd, inode);
	if (fstat(fd, &st) < 0)
		return -errno;
	*inode = (uint32_t)st.st_ino;
	return 0;
}
