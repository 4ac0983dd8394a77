/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that an io_uring holds as registered files: no descriptor shows them, only the fdinfo
 * of the ring does. Reads that text, and never touches the ring.
 */
#include "owners/procwalk.h"

#include "num.h"
#include "owners/procparse.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define NAME_SIZE 32

/* Readers of one ring shut each other out for some microseconds. */
#define TRIES 10
#define PAUSE_NSEC 200000

/*
 * Before Linux 6.14 fdinfo had the last component of a name, unquoted: never "socket:[N]" for a
 * socket, but any file that somebody calls so would have looked like one.
 */
bool iouring_shows_paths(const struct root *root)
{
	struct utsname name;
	const char *at = name.release, *end;
	uint64_t major, minor;

	if (!root->is_machine)
		return true;
	/* Better a file that calls itself a socket than a socket without owner. */
	if (uname(&name) < 0)
		return true;
	end = at + strlen(at);
	if (!num_take(&at, end, 10, UINT16_MAX, &major) || *at++ != '.' ||
	    !num_take(&at, end, 10, UINT16_MAX, &minor))
		return false;
	return major > 6 || (major == 6 && minor >= 14);
}

/* What is known between two reads of one text. */
struct progress {
	size_t kept; /* bytes of walk->lines: a line whose end was not read yet */
	bool is_cut; /* the line was longer than the buffer: its beginning is gone */
	enum procparse_ring section;
};

/* The complete lines of walk->lines; the rest moves to its beginning. */
static int take_lines(struct procwalk *walk, struct procwalk_process *process, int dir, size_t size,
		      struct progress *progress)
{
	char *line = walk->lines, *end = walk->lines + size, *newline;
	uint32_t inode;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		if (!progress->is_cut && procparse_ring_line(line, (size_t)(newline - line),
							     &progress->section, &inode)) {
			int r = procwalk_own(walk, process, dir, inode, -1);

			if (r)
				return r;
		}
		progress->is_cut = false;
		line = newline + 1;
	}
	progress->kept = (size_t)(end - line);
	memmove(walk->lines, line, progress->kept);
	if (progress->kept == sizeof(walk->lines)) {
		progress->is_cut = true;
		progress->kept = 0;
	}
	return 0;
}

/*
 * The text once. Return: as iouring_find(), or -EAGAIN when it says nothing about files: while
 * another one holds the ring's lock the kernel leaves them out (io_uring/fdinfo.c).
 */
static int read_ring(struct procwalk *walk, struct procwalk_process *process, int dir,
		     const char *path)
{
	cleanup(scope_close) int fd = dirscan_open(&walk->how, dir, path, O_RDONLY | O_NONBLOCK);
	struct progress progress = {0};
	ssize_t n;

	if (fd < 0) {
		if (fd != -ENOENT)
			procwalk_refuse(process, -fd);
		return 0;
	}
	while ((n = read(fd, walk->lines + progress.kept, sizeof(walk->lines) - progress.kept)) >
	       0) {
		int r = take_lines(walk, process, dir, progress.kept + (size_t)n, &progress);

		if (r)
			return r;
	}
	/* A ring that is closed meanwhile, or a thread that ends, is no end of the process. */
	if (n < 0 && errno != ENOENT && errno != ESRCH)
		procwalk_fail(process, errno);
	return n == 0 && progress.section == PROCPARSE_RING_START ? -EAGAIN : 0;
}

int iouring_find(struct procwalk *walk, struct procwalk_process *process, int dir, const char *name)
{
	char path[NAME_SIZE];
	int r = -EAGAIN;

	if (!walk->shows_paths)
		return 0;
	if ((size_t)snprintf(path, sizeof(path), "fdinfo/%s", name) >= sizeof(path))
		return 0;
	for (int i = 0; r == -EAGAIN && i < TRIES; i++) {
		if (i)
			nanosleep(&(struct timespec){.tv_nsec = PAUSE_NSEC}, NULL);
		r = read_ring(walk, process, dir, path);
	}
	if (r == -EAGAIN) {
		procwalk_fail(process, EBUSY);
		r = 0;
	}
	return r;
}
