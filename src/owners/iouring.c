/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets that an io_uring holds as registered files: no descriptor shows them, only the fdinfo
 * of the ring does. Reads that text, and never touches the ring.
 */
#include "owners/iouring.h"

#include "cleanup.h"
#include "num.h"
#include "owners/procparse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define NAME_SIZE 32
#define TEXT_SIZE 16384

/* Readers of one ring shut each other out for some microseconds. */
#define TRIES 10
#define PAUSE_NSEC 200000

/*
 * Before Linux 6.14 fdinfo had the last component of a name, unquoted: never "socket:[N]" for a
 * socket, but any file that somebody calls so would have looked like one.
 */
static bool shows_paths(const struct root *root)
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
	if (!num_scan(&at, end, 10, UINT16_MAX, &major) || *at++ != '.' ||
	    !num_scan(&at, end, 10, UINT16_MAX, &minor))
		return false;
	return major > 6 || (major == 6 && minor >= 14);
}

/* The text of one ring while it is being read. */
struct ring_text {
	size_t kept; /* bytes of @lines: a line whose end was not read yet */
	bool is_cut; /* the line was longer than the buffer: its beginning is gone */
	enum procparse_ring section;
	char lines[TEXT_SIZE];
};

/* The complete lines among the first @size bytes; the rest moves to the beginning. */
static int scan_lines(struct walk *walk, struct visit *visit, int dir, struct ring_text *text,
		      size_t size)
{
	char *line = text->lines, *end = text->lines + size, *newline;
	uint32_t inode;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		if (!text->is_cut &&
		    procparse_ring_line(line, (size_t)(newline - line), &text->section, &inode)) {
			int r = walk_add_owner(walk, visit, dir, inode, -1);

			if (r)
				return r;
		}
		text->is_cut = false;
		line = newline + 1;
	}
	text->kept = (size_t)(end - line);
	memmove(text->lines, line, text->kept);
	if (text->kept == sizeof(text->lines)) {
		text->is_cut = true;
		text->kept = 0;
	}
	return 0;
}

/*
 * The text once. Return: as iouring_add_owners(), or -EAGAIN when it says nothing about files:
 * while another process holds the ring's lock the kernel leaves them out (io_uring/fdinfo.c).
 */
static int read_ring(struct walk *walk, struct visit *visit, int dir, const char *path)
{
	cleanup(cleanup_close) int fd = procfs_open_file(&walk->proc, dir, path);
	struct ring_text text;
	ssize_t n;

	if (fd < 0) {
		if (fd != -ENOENT)
			visit_note_refusal(visit, -fd);
		return 0;
	}
	text.kept = 0;
	text.is_cut = false;
	text.section = PROCPARSE_RING_START;
	while ((n = read(fd, text.lines + text.kept, sizeof(text.lines) - text.kept)) > 0) {
		if (!visit_check_time(visit))
			return 0;
		int r = scan_lines(walk, visit, dir, &text, text.kept + (size_t)n);

		if (r)
			return r;
	}
	/* A ring that is closed meanwhile, or a thread that ends, is no end of the process. */
	if (n < 0 && errno != ENOENT && errno != ESRCH)
		visit_note_failure(visit, errno);
	return n == 0 && text.section == PROCPARSE_RING_START ? -EAGAIN : 0;
}

int iouring_add_owners(struct walk *walk, struct visit *visit, int dir, const char *name)
{
	char path[NAME_SIZE];
	int r = -EAGAIN;

	if (!shows_paths(walk->proc.root))
		return 0;
	if ((size_t)snprintf(path, sizeof(path), "fdinfo/%s", name) >= sizeof(path))
		return 0;
	for (int i = 0; r == -EAGAIN && i < TRIES; i++) {
		if (i)
			nanosleep(&(struct timespec){.tv_nsec = PAUSE_NSEC}, NULL);
		r = read_ring(walk, visit, dir, path);
	}
	if (r == -EAGAIN) {
		visit_note_failure(visit, EBUSY);
		r = 0;
	}
	return r;
}
