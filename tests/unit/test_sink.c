/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/sink: all bytes arrive through a slow non-blocking pipe, and the first error is kept.
 */
#include "support.h"

#include "view/view.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOTAL 1000000u

/* Reads in odd pieces with pauses. Exits 0 if every byte arrived in order. */
static void read_slowly(int fd)
{
	unsigned char bytes[7919];
	unsigned at = 0;
	ssize_t size;

	while ((size = read(fd, bytes, sizeof(bytes))) > 0) {
		for (ssize_t i = 0; i < size; i++, at++)
			if (bytes[i] != (unsigned char)(at % 251))
				_exit(1);
		usleep(200);
	}
	_exit(at == TOTAL ? 0 : 2);
}

static void test_slow_pipe(void **state)
{
	struct sink sink;
	size_t most = 0;
	int fds[2], status;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, 0), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		close(fds[1]);
		read_slowly(fds[0]);
	}
	close(fds[0]);
	sink_init(&sink, fds[1]);
	for (unsigned i = 0; i < TOTAL; i++) {
		buf_append_char(&sink.buf, (char)(i % 251));
		sink_flush_some(&sink);
		if (sink.buf.size > most)
			most = sink.buf.size;
	}
	assert_int_equal(sink_flush(&sink), 0);
	/* Bytes are collected before they are written, but never all of them. */
	assert_true(most > 0 && most < TOTAL / 10);
	sink_deinit(&sink);
	close(fds[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_error_sticks(void **state)
{
	struct sink sink;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), fds[2];
	char byte;

	(void)state;
	assert_true(full >= 0);
	sink_init(&sink, full);
	buf_append_text(&sink.buf, "text");
	sink_flush_some(&sink); /* small: nothing is written yet */
	assert_int_equal(sink.error, 0);
	assert_int_equal(sink_flush(&sink), -ENOSPC);
	/* a descriptor that would take it is not tried again */
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	sink.fd = fds[1];
	buf_append_text(&sink.buf, "more");
	assert_int_equal(sink_flush(&sink), -ENOSPC);
	assert_int_equal(sink.buf.size, 0);
	assert_int_equal(read(fds[0], &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	sink_deinit(&sink);
	close(fds[0]);
	close(fds[1]);
	close(full);
}

static void test_closed(void **state)
{
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	assert_int_equal(sink_flush(&sink), 0); /* writing nothing is not an error */
	buf_append_text(&sink.buf, "text");
	assert_int_equal(sink_flush(&sink), -EBADF);
	sink_deinit(&sink);
	sink_deinit(NULL);
}

static void test_memory(void **state)
{
	struct sink sink;

	(void)state;
	sink_init(&sink, -1);
	sink.buf.error = -ENOMEM;
	sink_flush_some(&sink);
	assert_int_equal(sink.error, -ENOMEM);
	sink_deinit(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slow_pipe),
		cmocka_unit_test(test_error_sticks),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests_name("sink", tests, NULL, NULL);
}
