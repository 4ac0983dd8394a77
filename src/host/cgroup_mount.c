/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opens the cgroup2 tree, and asks whose its directories are. Finds no cgroup, and knows nothing of
 * units.
 */
#include "host/cgroup_mount.h"

#include "cleanup.h"
#include "host/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define MAX_FILE (16u << 20)

static int open_mount(const struct root *root, const struct mountinfo *mount)
{
	cleanup(cleanup_close) int fd = -1;
	const char *path = mount->point + strspn(mount->point, "/");
	struct statfs status;

	fd = root_open(root, *path ? path : ".", O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return fd;
	/* Another file system may be mounted over it. */
	if (root->is_machine && (fstatfs(fd, &status) < 0 || status.f_type != CGROUP2_SUPER_MAGIC))
		return -ENODEV;
	return cleanup_take_fd(&fd);
}

/* Return: 1 when nothing better can follow, 0, or why it could not be opened. */
static int try_mount(struct cgroup_mount *out, const struct mountinfo *mount)
{
	bool is_whole = strcmp(mount->root, "/") == 0;
	int fd;

	if (out->fd >= 0 && !is_whole)
		return 0;
	fd = open_mount(out->root, mount);
	if (fd < 0)
		return fd;
	if (out->fd >= 0)
		close(out->fd);
	out->fd = fd;
	buf_reset(&out->prefix);
	/* "/.." stands for directories above the cgroup namespace: no path from here. */
	if (!is_whole && strncmp(mount->root, "/..", 3) != 0)
		buf_append_text(&out->prefix, mount->root);
	return is_whole;
}

int cgroup_mount_init(struct cgroup_mount *mount, const struct root *root)
{
	struct buf text = BUF_INIT;
	struct mountinfo line;
	struct stat status;
	char *cursor;
	int r, failure = -ENODEV;

	*mount = (struct cgroup_mount){.root = root, .fd = -1};
	r = root_read(root, "proc/self/mountinfo", &text, MAX_FILE);
	if (r == 0 && !buf_text(&text))
		r = -ENOMEM;
	cursor = r < 0 ? NULL : text.data;
	while (cursor && r == 0 && mountinfo_parse(&cursor, &line)) {
		if (strcmp(line.type, "cgroup2") != 0)
			continue;
		r = try_mount(mount, &line);
		failure = r < 0 ? r : failure;
		r = r < 0 ? 0 : r;
	}
	buf_deinit(&text);
	if (r < 0 || mount->fd < 0)
		return r < 0 ? r : failure;
	if (fstat(mount->fd, &status) == 0)
		mount->owner = status.st_uid;
	return mount->prefix.error;
}

void cgroup_mount_deinit(struct cgroup_mount *mount)
{
	buf_deinit(&mount->prefix);
	strpool_deinit(&mount->safe);
	if (mount->fd >= 0)
		close(mount->fd);
	mount->fd = -1;
}

/*
 * The first @size bytes of @path: a directory. Its owner is root where he is the one of the mounted
 * directory too: a user namespace may have no number for the machine's root.
 */
static bool is_safe(struct cgroup_mount *mount, const char *path, size_t size)
{
	size_t above = mount->prefix.size;
	char below[PATH_MAX];
	struct stat status;

	if (strpool_find(&mount->safe, path, size))
		return true;
	if (size - above >= sizeof(below))
		return false;
	if (size == above)
		memcpy(below, ".", 2);
	else
		snprintf(below, sizeof(below), "%.*s", (int)(size - above - 1), path + above + 1);
	if (fstatat(mount->fd, below, &status, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0 ||
	    (status.st_uid != 0 && status.st_uid != mount->owner) || status.st_mode & S_IWOTH ||
	    (status.st_gid != 0 && status.st_mode & S_IWGRP))
		return false;
	/* Without memory it is asked again. */
	(void)strpool_insert(&mount->safe, path, size);
	return true;
}

size_t cgroup_mount_given(struct cgroup_mount *mount, const char *path)
{
	size_t above = mount->prefix.size;
	const char *at = path + above;

	/* A recorded tree is of whoever copied it. */
	if (mount->fd < 0 || !mount->root->is_machine || strlen(path) < above ||
	    (above && memcmp(path, mount->prefix.data, above) != 0))
		return strlen(path);
	for (; (at = strchr(at, '/')) && at[1]; at++)
		if (!is_safe(mount, path, (size_t)(at - path)))
			return (size_t)(at - path);
	return strlen(path);
}
