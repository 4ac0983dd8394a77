/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Standard output, or a file. Owns that no failed write goes unnoticed; what is written, and what
 * is said about a failure, is not decided here.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define FILE_MODE 0644 /* other services read it */

int output_sanitize_std_fds(void)
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

int output_open(struct output *output, const char *path)
{
	int r;

	*output = (struct output){.path = path, .file = ATOMIC_INIT};
	if (path) {
		r = atomic_open(&output->file, path, FILE_MODE);
		if (r < 0) {
			atomic_deinit(&output->file);
			return r;
		}
	}
	sink_init(&output->sink, path ? output->file.fd : STDOUT_FILENO);
	return 0;
}

int output_close(struct output *output)
{
	int r = sink_flush(&output->sink);

	/* Some file systems report only at the end that there was no room. */
	if (r == 0 && output->path)
		r = atomic_commit(&output->file);
	else if (r == 0 && close(STDOUT_FILENO) < 0)
		r = -errno;
	sink_deinit(&output->sink);
	atomic_deinit(&output->file);
	return r;
}
