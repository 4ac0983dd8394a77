/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Walks a path as the kernel would, one component at a time, and asks at each of them who could
 * change it. What is opened in the end is what was checked: every step begins at the descriptor of
 * the last one.
 */
#include "trusted.h"

#include "cleanup.h"
#include "privileges.h"
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>

#define RIGHTS (PRIVILEGE(CAP_DAC_READ_SEARCH) | PRIVILEGE(CAP_DAC_OVERRIDE))
#define LINKS_MAX 40        /* as in the kernel: MAXSYMLINKS, include/linux/namei.h */
#define OVERFLOW_UID 65534u /* overflowuid(5): stands for users without a number here */
#define FIRST_USER_NAMESPACE "user:[4026531837]" /* PROC_USER_INIT_INO, include/linux/proc_ns.h */
#define OPEN_DIRECTORY (O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define IS_DIRECTORY "is a directory: name a file in it"
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

struct way {
	const char *path;    /* as it was asked for */
	const char *decides; /* as in trusted_open() */
	struct error *error;
	int dir;            /* the directory that was reached */
	struct buf reached; /* its path */
	struct buf seen;    /* path of what is checked */
	char *left;         /* what follows; owned */
	uid_t builder;      /* owns "/" */
	unsigned links;
	bool is_list;     /* a directory is asked for */
	bool is_reported; /* @error has a line about it */
};

/* --- who could change it ------------------------------------------------------------------------
 */

static int refuse(struct way *way, const char *why)
{
	const char *at = buf_text(&way->seen);

	return at ? error_add(way->error, -EPERM, "%s: %s", at, why) : -ENOMEM;
}

/*
 * A right of the owner that @mode lacks. Root, whose capabilities pass over modes elsewhere, looks
 * for another reason first.
 */
static int refuse_mode(struct way *way, const struct buf *what, mode_t mode, mode_t right)
{
	struct buf text = BUF_INIT;
	int r = -ENOMEM;

	/* Otherwise it was not the mode. */
	if (geteuid() != 0 || mode & right)
		return -EACCES;
	buf_append(&text, what->data, what->size);
	if (!what->error && buf_text(&text))
		r = error_add(way->error, -EACCES,
			      "%s: %s (read without capabilities: chmod u+%c %s)", text.data,
			      error_describe(-EACCES), right == S_IRUSR ? 'r' : 'x', text.data);
	way->is_reported = r != -ENOMEM;
	buf_deinit(&text);
	return r;
}

/* The directory that was reached may not be read or searched. */
static int refuse_reached(struct way *way, mode_t right)
{
	struct stat st;

	return fstat(way->dir, &st) < 0 ? -EACCES
					: refuse_mode(way, &way->reached, st.st_mode, right);
}

/* @command: what mends it, to be followed by the path. */
static int refuse_others(struct way *way, const char *who, const char *command, bool is_on_the_way)
{
	const char *at = buf_text(&way->seen);

	if (!at)
		return -ENOMEM;
	if (is_on_the_way)
		return error_add(way->error, -EPERM,
				 "%s: %s, who could change %s: %s %s, or move %s to a directory "
				 "that only root can change",
				 at, who, way->decides, command, at, way->path);
	return error_add(way->error, -EPERM, "%s: %s, who could change %s: %s %s", at, who,
			 way->decides, command, at);
}

static bool is_in_user_namespace(void)
{
	char link[64];

	return root_readlink_at(AT_FDCWD, "/proc/self/ns/user", link, sizeof(link)) > 0 &&
	       strcmp(link, FIRST_USER_NAMESPACE) != 0;
}

static int refuse_owner(struct way *way, uid_t uid, bool is_on_the_way)
{
	char who[128];

	snprintf(who, sizeof(who), "belongs to user %u%s", uid,
		 uid == OVERFLOW_UID && is_in_user_namespace()
			 ? " (in a user namespace: any user without a number there)"
			 : "");
	return refuse_others(way, who, "chown root:", is_on_the_way);
}

static bool is_ours(uid_t uid)
{
	return uid == 0 || uid == geteuid();
}

/*
 * Whoever owns "/" can replace every path. In a user namespace this may be root outside of it, who
 * has no number there and owns "/tmp" and "/etc" too.
 */
static bool may_lead(const struct way *way, uid_t uid)
{
	return is_ours(uid) || uid == way->builder;
}

/* @is_end: it is the directory that was asked for, not one on the way. */
static int check_directory(struct way *way, const struct stat *st, bool is_end)
{
	if (!may_lead(way, st->st_uid))
		return refuse_owner(way, st->st_uid, !is_end);
	/* With the sticky bit, others add files, but neither rename nor remove ours. */
	if (st->st_mode & (S_IWGRP | S_IWOTH) && (is_end || !(st->st_mode & S_ISVTX)))
		return refuse_others(way, "can be written by others", "chmod go-w", !is_end);
	return 0;
}

static int check_file(struct way *way, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return refuse(way, IS_DIRECTORY);
	if (!S_ISREG(st->st_mode))
		return refuse(way, "is not a regular file");
	if (!is_ours(st->st_uid))
		return refuse_owner(way, st->st_uid, false);
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return refuse_others(way, "can be written by others", "chmod go-w", false);
	/* In a directory for all, another user may have given a name to another file of ours. */
	if (st->st_nlink > 1)
		return refuse(way, "has more than one hard link: name a file with one name, or "
				   "replace it by a copy");
	return 0;
}

/* --- the way ------------------------------------------------------------------------------------
 */

/* @fd: taken. */
static int enter(struct way *way, int fd, bool is_end)
{
	struct stat st;
	int r = fstat(fd, &st) < 0 ? -errno : check_directory(way, &st, is_end);

	if (r < 0) {
		close(fd);
		return r;
	}
	cleanup_close(&way->dir);
	way->dir = fd;
	buf_reset(&way->reached);
	buf_append(&way->reached, way->seen.data, way->seen.size);
	/* What could not be seen whole is empty. */
	return way->seen.error ? way->seen.error : way->reached.error;
}

/* From "/", or from the working directory. */
static int begin(struct way *way, const char *path)
{
	const char *start = *path == '/' ? "/" : ".";
	bool is_end = way->is_list && !path[strspn(path, "/.")];
	int fd = open(start, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	buf_reset(&way->seen);
	buf_append_text(&way->seen, start);
	return enter(way, fd, is_end);
}

static void see(struct way *way, const char *name)
{
	const struct buf *reached = &way->reached;
	const bool is_start = reached->size == 1 && *reached->data == '.';

	buf_reset(&way->seen);
	if (!is_start)
		buf_append(&way->seen, reached->data, reached->size);
	if (!is_start && reached->data[reached->size - 1] != '/')
		buf_append_char(&way->seen, '/');
	buf_append_text(&way->seen, name);
}

/* What is left is the target of the link, and what followed the link. */
static int follow(struct way *way, const char *name)
{
	char target[PATH_MAX];
	struct buf left = BUF_INIT;
	struct stat st;
	ssize_t size;

	if (fstatat(way->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISLNK(st.st_mode))
		return -ENOTDIR;
	if (++way->links > LINKS_MAX)
		return -ELOOP;
	if (!may_lead(way, st.st_uid))
		return refuse_owner(way, st.st_uid, true);
	size = root_readlink_at(way->dir, name, target, sizeof(target));
	if (size < 0)
		return (int)size;
	buf_printf(&left, "%s/%s", target, way->left);
	if (!buf_text(&left))
		return -ENOMEM;
	free(way->left);
	way->left = left.data;
	return *target == '/' ? begin(way, way->left) : 0;
}

static int step(struct way *way, const char *name, bool is_end)
{
	int fd;

	see(way, name);
	fd = openat(way->dir, name, OPEN_DIRECTORY);
	if (fd >= 0)
		return enter(way, fd, is_end);
	if (errno == EACCES)
		return refuse_reached(way, S_IXUSR);
	/* open(2) has both for a link, depending on the order of its checks. */
	return errno == ENOTDIR || errno == ELOOP ? follow(way, name) : -errno;
}

/* What an open directory is read by. */
static int open_directory(struct way *way)
{
	int fd = openat(way->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == EACCES)
		return refuse_reached(way, S_IRUSR);
	return fd < 0 ? -errno : fd;
}

static int open_file(struct way *way, const char *name)
{
	cleanup(cleanup_close) int fd = -1;
	struct stat st;
	int r;

	see(way, name);
	fd = openat(way->dir, name, OPEN_FILE);
	if (fd < 0 && errno == ELOOP)
		return refuse(way, "is a symbolic link: name the file itself, or put it there");
	/* A socket, or a device without driver */
	if (fd < 0 && errno == ENXIO)
		return refuse(way, "is not a regular file");
	if (fd < 0 && errno == EACCES) {
		if (fstatat(way->dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return refuse_reached(way, S_IXUSR);
		/* Whose it is says more than that it cannot be read. */
		r = check_file(way, &st);
		return r < 0 ? r : refuse_mode(way, &way->seen, st.st_mode, S_IRUSR);
	}
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	r = check_file(way, &st);
	return r < 0 ? r : cleanup_take_fd(&fd);
}

static int go(struct way *way)
{
	int r = begin(way, way->left);

	while (r >= 0) {
		char *at = way->left + strspn(way->left, "/");
		size_t size = strcspn(at, "/");
		bool is_end = !at[size + strspn(at + size, "/")];
		cleanup(cleanup_free) char *name = strndup(at, size);

		if (!name)
			return -ENOMEM;
		if (!size)
			return way->is_list ? open_directory(way) : refuse(way, IS_DIRECTORY);
		if (is_end && !way->is_list)
			return open_file(way, name);
		memmove(way->left, at + size, strlen(at + size) + 1);
		r = step(way, name, is_end);
	}
	return r;
}

int trusted_open(const char *path, int flags, const char *decides, struct error *error)
{
	struct way way = {.path = path,
			  .decides = decides,
			  .error = error,
			  .dir = -1,
			  .is_list = flags & O_DIRECTORY};
	uint64_t lowered;
	struct stat st;
	int r = privileges_lower(RIGHTS, &lowered);

	if (r < 0)
		return error_set_errno(error, r, "could not put capabilities aside");
	way.left = strdup(path);
	way.builder = stat("/", &st) < 0 ? 0 : st.st_uid;
	r = way.left ? go(&way) : -ENOMEM;
	privileges_raise(lowered);
	if (r < 0 && r != -ENOENT && r != -ENOMEM && r != -EPERM && !way.is_reported)
		error_add_errno(error, r, path);
	cleanup_close(&way.dir);
	buf_deinit(&way.seen);
	buf_deinit(&way.reached);
	free(way.left);
	return r;
}

int trusted_check(const char *path, const char *decides, struct error *error)
{
	cleanup(cleanup_close) int fd = trusted_open(path, 0, decides, error);

	return fd < 0 && fd != -ENOENT ? error_note(error, fd) : 0;
}
