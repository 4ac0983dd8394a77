/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening and reading below one root. Never reads a path from the environment: a tool that
 * root runs must not be pointed elsewhere by a variable.
 */
#include "root.h"

#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK 4096

int root_init(struct root *root, const char *path)
{
	root->is_machine = !path;
	root->fd = open(path ? path : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root->fd < 0 ? -errno : 0;
}

void root_deinit(struct root *root)
{
	if (root && root->fd >= 0)
		close(root->fd);
	if (root)
		root->fd = -1;
}

int root_open(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};
	long fd;

	if (root->is_machine) {
		fd = openat(root->fd, path, flags | O_CLOEXEC);
		return fd < 0 ? -errno : (int)fd;
	}
	/* RESOLVE_IN_ROOT (Linux 5.6) keeps the absolute links of a recorded tree inside it. */
	fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

int root_read_fd(int fd, struct buf *out, size_t max)
{
	buf_reset(out);
	for (;;) {
		ssize_t n;

		if (buf_reserve(out, CHUNK) < 0)
			return out->error;
		n = read(fd, out->data + out->size, out->capacity - out->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		out->size += (size_t)n;
		if (out->size > max)
			return -EFBIG;
	}
}

int root_read_at(int dir, const char *path, struct buf *out, size_t max)
{
	cleanup(scope_close) int fd =
		openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	return fd < 0 ? -errno : root_read_fd(fd, out, max);
}

int root_read(const struct root *root, const char *path, struct buf *out, size_t max)
{
	cleanup(scope_close) int fd = root_open(root, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);

	return fd < 0 ? fd : root_read_fd(fd, out, max);
}

ssize_t root_readlink_at(int dir, const char *path, char *out, size_t size)
{
	ssize_t n = readlinkat(dir, path, out, size);

	if (n < 0)
		return -errno;
	if ((size_t)n >= size)
		return -ENAMETOOLONG;
	out[n] = '\0';
	return n;
}
