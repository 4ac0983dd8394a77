/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Atomic replacement of a file. The temporary name begins with a dot and ends in ".tmp", so that
 * a directory that is read by suffix (node_exporter reads *.prom) never sees a half file.
 */
#include "atomic.h"

#include "cleanup.h"
#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define TRIES 16

static int open_temporary(struct atomic *atomic, mode_t mode)
{
	for (int i = 0; i < TRIES; i++) {
		uint32_t random;

		if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random))
			return -errno;
		if (asprintf(&atomic->temporary, ".%s.%08x.tmp", atomic->name, random) < 0) {
			atomic->temporary = NULL;
			return -ENOMEM;
		}
		atomic->fd = openat(atomic->dir, atomic->temporary,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (atomic->fd >= 0)
			/* The mode asked for, whatever the umask: others read this file. */
			return fchmod(atomic->fd, mode) < 0 ? -errno : 0;
		free(atomic->temporary);
		atomic->temporary = NULL;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* The directory that @path lies in, and its name there. */
static int open_parent(struct atomic *atomic, const char *path)
{
	const char *slash = strrchr(path, '/');
	cleanup(cleanup_free) char *parent = NULL;
	uint64_t lowered;
	int r;

	*atomic = ATOMIC_INIT;
	parent = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
	atomic->name = strdup(slash ? slash + 1 : path);
	if (!parent || !atomic->name)
		return -ENOMEM;
	if (!*atomic->name)
		return -EISDIR;
	r = privileges_lower(PRIVILEGE(CAP_DAC_READ_SEARCH), &lowered);
	if (r < 0)
		return r;
	atomic->dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	privileges_raise(lowered);
	return atomic->dir < 0 ? -errno : 0;
}

/* ".NAME.0123abcd.tmp" */
static bool is_temporary(const char *entry, const char *name)
{
	size_t size = strlen(name);

	return entry[0] == '.' && strncmp(entry + 1, name, size) == 0 && entry[size + 1] == '.' &&
	       strspn(entry + size + 2, "0123456789abcdef") == 8 &&
	       strcmp(entry + size + 10, ".tmp") == 0;
}

int atomic_clean(const char *path)
{
	struct atomic atomic;
	int r = open_parent(&atomic, path);
	cleanup(cleanup_closedir) DIR *dir = r < 0 ? NULL : fdopendir(atomic.dir);
	const struct dirent *entry;

	/* The directory is the stream's now. */
	if (dir)
		atomic.dir = -1;
	else if (r >= 0)
		r = -errno;
	while (dir && (entry = readdir(dir))) {
		if (is_temporary(entry->d_name, atomic.name))
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	atomic_deinit(&atomic);
	return r;
}

int atomic_open(struct atomic *atomic, const char *path, mode_t mode)
{
	struct stat st;
	int r = open_parent(atomic, path);

	if (r < 0)
		return r;
	if (fstatat(atomic->dir, atomic->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EMEDIUMTYPE;
	return open_temporary(atomic, mode);
}

int atomic_write(struct atomic *atomic, const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t n = write(atomic->fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

int atomic_commit(struct atomic *atomic)
{
	int fd;

	if (fsync(atomic->fd) < 0)
		return -errno;
	fd = cleanup_take_fd(&atomic->fd);
	if (close(fd) < 0)
		return -errno;
	if (renameat(atomic->dir, atomic->temporary, atomic->dir, atomic->name) < 0)
		return -errno;
	free(atomic->temporary);
	atomic->temporary = NULL;
	return fsync(atomic->dir) < 0 ? -errno : 0;
}

void atomic_deinit(struct atomic *atomic)
{
	if (!atomic)
		return;
	if (atomic->temporary)
		unlinkat(atomic->dir, atomic->temporary, 0);
	cleanup_close(&atomic->fd);
	cleanup_close(&atomic->dir);
	free(atomic->temporary);
	free(atomic->name);
	*atomic = ATOMIC_INIT;
}
