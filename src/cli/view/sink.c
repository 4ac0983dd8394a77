/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns bytes on their way to a descriptor. After the first error nothing more is tried, and what
 * would have been written is dropped, so that memory stays flat. SIGPIPE is left to main.
 */
#include "view/sink.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#define LARGE ((size_t)64 * 1024)

void sink_init(struct sink *sink, int fd)
{
	*sink = (struct sink){.fd = fd};
}

void sink_deinit(struct sink *sink)
{
	if (!sink)
		return;
	buf_deinit(&sink->buf);
	*sink = (struct sink){.fd = -1};
}

/* A descriptor that does not block was handed to us by somebody else: wait for it. */
static int wait_writable(int fd)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};

	/* An error or hang-up of the other side ends the wait too; write(2) then reports it. */
	return poll(&poll_fd, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(fd, bytes, size);

		if (written > 0) {
			bytes += written;
			size -= (size_t)written;
		} else if (!written) {
			return -EIO;
		} else if (errno == EAGAIN) {
			int error = wait_writable(fd);

			if (error < 0)
				return error;
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

int sink_flush(struct sink *sink)
{
	if (!sink->error)
		sink->error = sink->buf.error;
	if (!sink->error)
		sink->error = write_all(sink->fd, sink->buf.data, sink->buf.size);
	buf_reset(&sink->buf);
	return sink->error;
}

void sink_flush_some(struct sink *sink)
{
	if ((sink->fd >= 0 && sink->buf.size >= LARGE) || sink->buf.error)
		sink_flush(sink);
}
