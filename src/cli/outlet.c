/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way out of the program. Owns that no write that failed goes unnoticed; what is written and
 * what is said about a failure is not decided here.
 */
#include "outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_MODE 0644 /* other services read it */

int outlet_settle_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* Read-only: a write to a closed standard output must not seem to work. */
		if (open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY) < 0)
			return -errno;
	}
	return 0;
}

int outlet_open(struct outlet *outlet, const char *path)
{
	int r;

	*outlet = (struct outlet){.path = path, .file = ATOMIC_INIT};
	if (path) {
		r = atomic_open(&outlet->file, path, FILE_MODE);
		if (r < 0) {
			atomic_deinit(&outlet->file);
			return r;
		}
	}
	sink_init(&outlet->sink, path ? outlet->file.fd : STDOUT_FILENO);
	return 0;
}

int outlet_close(struct outlet *outlet)
{
	int r = sink_flush(&outlet->sink);

	/* Some file systems tell only at the end that there was no room. */
	if (r == 0 && outlet->path)
		r = atomic_commit(&outlet->file);
	else if (r == 0 && close(STDOUT_FILENO) < 0)
		r = -errno;
	sink_deinit(&outlet->sink);
	atomic_deinit(&outlet->file);
	return r;
}
