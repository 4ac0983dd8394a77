/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening and reading below one root. Never reads a path from the environment: a tool that
 * root runs must not be pointed elsewhere by a variable.
 */
#include "root.h"

#include "cleanup.h"
#include "num.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CHUNK 4096
#define NUMBERS_SIZE 128 /* six of the largest numbers */
/* What is found there may be a terminal, or a FIFO that nobody writes to. */
#define READ_FLAGS (O_RDONLY | O_NOCTTY | O_NONBLOCK)

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

static int open_below(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags,
		.resolve = RESOLVE_IN_ROOT,
	};
	long fd;

	/* RESOLVE_IN_ROOT (Linux 5.6) keeps the absolute links of a recorded tree inside it. */
	fd = root->is_machine ? openat(root->fd, path, flags)
			      : syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
	return fd < 0 ? -errno : (int)fd;
}

int root_open(const struct root *root, const char *path, int flags)
{
	const bool is_file = !(flags & (O_PATH | O_DIRECTORY));
	cleanup(cleanup_close) int fd =
		open_below(root, path, flags | O_CLOEXEC | (is_file ? READ_FLAGS : 0));
	struct stat st;

	if (fd < 0)
		return fd;
	if (is_file && fstat(fd, &st) < 0)
		return -errno;
	/* Namespaces are regular files too (fs/nsfs.c). */
	if (is_file && !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EMEDIUMTYPE;
	return cleanup_take_fd(&fd);
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
	cleanup(cleanup_close) int fd = openat(dir, path, READ_FLAGS | O_CLOEXEC);

	return fd < 0 ? -errno : root_read_fd(fd, out, max);
}

int root_read(const struct root *root, const char *path, struct buf *out, size_t max)
{
	cleanup(cleanup_close) int fd = root_open(root, path, O_RDONLY);

	return fd < 0 ? fd : root_read_fd(fd, out, max);
}

static int read_numbers(int fd, uint64_t max, uint64_t *out, size_t count)
{
	char text[NUMBERS_SIZE];
	ssize_t n;

	do {
		n = read(fd, text, sizeof(text));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	/* A text that fills all that was read may have been cut. */
	if (n == sizeof(text) || !num_parse_list(text, (size_t)n, max, out, count))
		return -EINVAL;
	return 0;
}

int root_read_numbers(const struct root *root, const char *path, uint64_t max, uint64_t *out,
		      size_t count)
{
	cleanup(cleanup_close) int fd = root_open(root, path, O_RDONLY);

	return fd < 0 ? fd : read_numbers(fd, max, out, count);
}

int root_read_numbers_at(int dir, const char *path, uint64_t max, uint64_t *out, size_t count)
{
	cleanup(cleanup_close) int fd = openat(dir, path, READ_FLAGS | O_CLOEXEC);

	return fd < 0 ? -errno : read_numbers(fd, max, out, count);
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
