/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts, asks and ends the child. Knows nothing about the questions. */
#include "worker.h"

#include "cleanup.h"
#include "deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_FD 3
#define OTHER_FDS 1024 /* closed one by one where close_range(2) is missing, before Linux 5.9 */

/* A child that can be killed dies within microseconds. */
#define REAP_MSEC 20

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int) * WORKER_FDS)];
};

/* --- the child -------------------------------------------------------------------------------- */

static void reset_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		sigaction(i, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * A child that is stuck must hold nothing that others wait for: neither a lock nor the pipe that
 * our output goes to. Of a descriptor with O_PATH every read and write fails with EBADF.
 */
static void keep_only(int fd)
{
	int nowhere;

	if (fd != CHILD_FD)
		dup2(fd, CHILD_FD);
	if (syscall(SYS_close_range, CHILD_FD + 1, ~0u, 0) < 0) {
		for (int i = CHILD_FD + 1; i < OTHER_FDS; i++)
			close(i);
	}
	nowhere = open("/", O_PATH | O_CLOEXEC);
	for (int i = 0; i < CHILD_FD; i++) {
		if (nowhere < 0)
			close(i);
		else
			dup2(nowhere, i);
	}
	if (nowhere > CHILD_FD)
		close(nowhere);
}

/* Return: as recvmsg(2). @fds: *count descriptors that came with the question. */
static ssize_t receive_question(char *question, int *fds, size_t *count)
{
	union control control;
	struct iovec part = {question, WORKER_MAX};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	const struct cmsghdr *header;
	ssize_t n;

	*count = 0;
	do {
		n = recvmsg(CHILD_FD, &message, MSG_CMSG_CLOEXEC);
	} while (n < 0 && errno == EINTR);
	header = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_type == SCM_RIGHTS) {
		*count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(*fds);
		memcpy(fds, CMSG_DATA(header), *count * sizeof(*fds));
	}
	return n;
}

/* Return: as writev(2). */
static ssize_t answer_one(const struct worker *worker, const char *question, size_t size, int fd)
{
	char answer[WORKER_MAX];
	ssize_t n = worker->function(worker->context, question, size, fd, answer);
	int64_t status = n < 0 ? n : 0;
	struct iovec parts[] = {{&status, sizeof(status)}, {answer, n < 0 ? 0 : (size_t)n}};

	if (fd >= 0)
		close(fd);
	return writev(CHILD_FD, parts, 2);
}

__attribute__((noreturn)) static void serve(const struct worker *worker, int fd, pid_t parent)
{
	char question[WORKER_MAX];
	int fds[WORKER_FDS];
	size_t count;
	ssize_t n, r = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	reset_signals();
	keep_only(fd);
	while (r >= 0 && getppid() == parent && (n = receive_question(question, fds, &count)) > 0) {
		size_t i = 0;

		do {
			r = answer_one(worker, question + 1, (size_t)n - 1, count ? fds[i] : -1);
		} while (r >= 0 && ++i < count);
	}
	_exit(0);
}

/* --- start and end ---------------------------------------------------------------------------- */

int worker_start(struct worker *worker)
{
	pid_t parent = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	worker->pid = fork();
	if (worker->pid < 0) {
		int error = errno;

		worker->pid = 0;
		close(pair[0]);
		close(pair[1]);
		return -error;
	}
	if (!worker->pid)
		serve(worker, pair[1], parent);
	close(pair[1]);
	worker->fd = pair[0];
	return 0;
}

/* A child that the kernel does not let die is left to whoever inherits it. */
static void reap(pid_t pid)
{
	cleanup(cleanup_close) int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = {.fd = fd, .events = POLLIN};

	/* Before Linux 5.3 there is no descriptor to wait for. */
	for (int i = 0; waitpid(pid, NULL, WNOHANG) == 0 && i < REAP_MSEC; i++)
		poll(&end, 1, 1);
}

void worker_deinit(struct worker *worker)
{
	if (!worker->pid)
		return;
	kill(worker->pid, SIGKILL);
	close(worker->fd);
	reap(worker->pid);
	worker->pid = 0;
}

/* --- questions -------------------------------------------------------------------------------- */

int worker_send(struct worker *worker, const void *question, size_t size, const int *fds,
		size_t count)
{
	/* A message without a byte would be the end of the stream. */
	char first = 0;
	union control control = {.header = {.cmsg_len = CMSG_LEN(sizeof(*fds) * count),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS}};
	/* sendmsg(2) writes to neither. */
	struct iovec parts[] = {{&first, 1}, {(void *)(uintptr_t)question, size}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	int r;

	if (size >= WORKER_MAX || count > WORKER_FDS)
		return -EMSGSIZE;
	r = worker->pid ? 0 : worker_start(worker);
	if (r < 0)
		return r;
	if (count) {
		memcpy(CMSG_DATA(&control.header), fds, sizeof(*fds) * count);
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(*fds) * count);
	}
	if (sendmsg(worker->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return 0;
	return errno == ECONNRESET ? -EPIPE : -errno;
}

/* Return: 1, 0 when it is late, or a negative errno. */
static int wait_for_answer(int fd, int timeout_msec)
{
	struct pollfd answer = {.fd = fd, .events = POLLIN};
	int64_t end = deadline_in(timeout_msec * DEADLINE_NSEC_PER_MSEC);
	int r;

	while ((r = poll(&answer, 1, timeout_msec)) < 0 && errno == EINTR)
		timeout_msec = deadline_left_msec(end);
	return r < 0 ? -errno : r;
}

ssize_t worker_receive(struct worker *worker, void *answer, int timeout_msec)
{
	int64_t status = 0;
	struct iovec parts[] = {{&status, sizeof(status)}, {answer, WORKER_MAX}};
	ssize_t n = worker->pid ? wait_for_answer(worker->fd, timeout_msec) : -EPIPE;

	if (n > 0) {
		n = readv(worker->fd, parts, 2);
		/* It died with questions unread: the kernel says so before it hands out answers. */
		if (n < 0 && errno == ECONNRESET)
			n = readv(worker->fd, parts, 2);
		if (n >= (ssize_t)sizeof(status))
			return status < 0 ? (ssize_t)status : n - (ssize_t)sizeof(status);
		n = -EPIPE;
	} else if (n == 0) {
		n = -ETIMEDOUT;
	}
	worker_deinit(worker);
	return n;
}

ssize_t worker_ask(struct worker *worker, const void *question, size_t size, int fd, void *answer,
		   int timeout_msec)
{
	size_t count = fd >= 0;
	int r = worker_send(worker, question, size, &fd, count);

	/* It died since the last question. */
	if (r == -EPIPE) {
		worker_deinit(worker);
		r = worker_send(worker, question, size, &fd, count);
	}
	return r < 0 ? r : worker_receive(worker, answer, timeout_msec);
}
