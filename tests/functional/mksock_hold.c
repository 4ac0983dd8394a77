// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The places where a socket can be held without a descriptor in /proc/PID/fd of a living main
 * thread. Makes no socket and prints nothing; system calls without a wrapper in the C library
 * are made by number.
 */
#include "mksock.h"

#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct thread_task {
	enum spec_holder holder;
	void (*body)(void *data);
	void *data;
};

/* Into a queue that nobody reads: the message alone keeps the socket alive. */
static void send_to_self(const struct made_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		union {
			struct cmsghdr header;
			char bytes[CMSG_SPACE(sizeof(int))];
		} control = {0};
		struct iovec data = {.iov_base = (char[]){'x'}, .iov_len = 1};
		struct msghdr message = {.msg_iov = &data,
					 .msg_iovlen = 1,
					 .msg_control = &control,
					 .msg_controllen = sizeof(control)};
		int pair[2];

		if (list->items[i].fd < 0)
			continue;
		if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
			spec_fail("socketpair");
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &list->items[i].fd, sizeof(int));
		if (sendmsg(pair[0], &message, 0) != 1)
			spec_fail("sendmsg");
		close(list->items[i].fd);
	}
}

/* Return: the ring. */
static int register_in_ring(const struct made_list *list)
{
	struct io_uring_params params = {0};
	int *fds = calloc(list->count, sizeof(*fds));
	long ring = syscall(SYS_io_uring_setup, 4, &params);

	if (fds == NULL)
		spec_fail("calloc");
	if (ring < 0)
		spec_fail("io_uring_setup");
	for (size_t i = 0; i < list->count; i++)
		fds[i] = list->items[i].fd;
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, fds, list->count) < 0)
		spec_fail("io_uring_register");
	for (size_t i = 0; i < list->count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(fds);
	return (int)ring;
}

/* The thread keeps the ring by a number of its own, and its descriptor is closed. */
static void hide_ring(int ring)
{
	struct io_uring_rsrc_update update = {.offset = UINT32_MAX, .data = (uint64_t)ring};

	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_RING_FDS, &update, 1) != 1)
		spec_fail("IORING_REGISTER_RING_FDS");
	close(ring);
}

void hold_take_descriptors(const struct spec *spec, struct made_list *list,
			   struct made_owners *owners)
{
	owners->has_fd = true;
	switch (spec->holder) {
	case SPEC_HOLDER_PROCESS:
	case SPEC_HOLDER_THREAD:
	case SPEC_HOLDER_LEADER:
		break;
	case SPEC_HOLDER_SCM:
		send_to_self(list);
		owners->has_fd = false;
		owners->count = 0;
		break;
	case SPEC_HOLDER_URING:
		register_in_ring(list);
		owners->has_fd = false;
		break;
	case SPEC_HOLDER_HIDDEN_RING:
		hide_ring(register_in_ring(list));
		owners->has_fd = false;
		owners->count = 0;
		break;
	}
}

static bool is_leader_gone(void)
{
	char text[512];
	char path[32];
	const char *after;
	size_t length;
	FILE *stat_file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)getpid());
	stat_file = fopen(path, "re");
	if (stat_file == NULL)
		spec_fail(path);
	length = fread(text, 1, sizeof(text) - 1, stat_file);
	fclose(stat_file);
	text[length] = '\0';
	after = strrchr(text, ')');
	return after != NULL && after[1] == ' ' && after[2] == 'Z';
}

static void *run_task(void *data)
{
	const struct thread_task *task = data;

	if (task->holder == SPEC_HOLDER_THREAD && unshare(CLONE_FILES) < 0)
		spec_fail("unshare");
	while (task->holder == SPEC_HOLDER_LEADER && !is_leader_gone())
		usleep(1000);
	task->body(task->data);
	for (;;)
		pause();
}

_Noreturn void hold_run_thread(enum spec_holder holder, void (*body)(void *data), void *data)
{
	/* On the heap: the main thread, and its stack with it, may be gone before it is read. */
	struct thread_task *task = malloc(sizeof(*task));
	pthread_t thread;

	if (task == NULL)
		spec_fail("malloc");
	*task = (struct thread_task){holder, body, data};
	if (pthread_create(&thread, NULL, run_task, task) != 0)
		spec_fail("pthread_create");
	if (holder == SPEC_HOLDER_LEADER)
		pthread_exit(NULL);
	for (;;)
		pause();
}
