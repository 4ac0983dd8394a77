/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts the process that searches, and takes what it reports until it is done or late. One that
 * hangs in the kernel cannot be ended, so it is never waited for, and holds nothing of ours.
 */
#include "collect/netns_held.h"

#include "cleanup.h"
#include "deadline.h"
#include "collect/netns_finder.h"
#include "collect/netns_gaps.h"
#include "collect/netns_link.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A million descriptors take about a second. */
#define SEARCH_MAX_NSEC INT64_C(4000000000)
/* Each of them is a descriptor of ours until the end. */
#define HELD_MAX 256
/* We have few files open, and the kernel gives the lowest numbers. */
#define OPEN_MAX_GUESS 1024

/* Failures of one kind, whose number whoever makes them chooses: one gap names the first. */
struct failures {
	struct netns_found first;
	uint64_t count;
};

struct held {
	struct netns_list *list;
	const struct root *root;
	struct lsp_snapshot *snapshot;
	struct failures descriptors, mounts;
	size_t count;
	bool is_done;
};

static int count_failure(struct failures *failures, const struct netns_found *found)
{
	if (!failures->count++)
		failures->first = *found;
	return 0;
}

static int add_failure(struct held *held, const struct netns_found *found)
{
	/* Whoever may not be asked for a namespace may not be searched either: one gap is enough.
	 */
	bool is_known =
		(found->error == -EACCES || found->error == -EPERM) && held->list->refused.count;

	switch ((enum netns_report)found->report) {
	case NETNS_REPORT_PROCESS:
		return is_known ? 0
				: netns_gaps_add(held->snapshot, held->root, NETNS_STEP_SEARCH,
						 found->error, NULL);
	case NETNS_REPORT_DESCRIPTOR:
		return count_failure(&held->descriptors, found);
	case NETNS_REPORT_MOUNT:
		return count_failure(&held->mounts, found);
	case NETNS_REPORT_FOUND:
	case NETNS_REPORT_DONE:
		break;
	}
	held->is_done = true;
	return 0;
}

static int add_failures(const struct held *held, enum netns_step step,
			const struct failures *failures)
{
	const struct netns_found *first = &failures->first;
	char where[96], descriptor[32] = "", more[48] = "";

	if (!failures->count)
		return 0;
	/* Before Linux 5.6 a descriptor of another process cannot be asked at all. */
	if (first->error == -ENOSYS)
		return builder_add_note(
			held->snapshot,
			"network namespaces: this kernel cannot tell which ones are "
			"only held by a socket");
	if (first->fd >= 0)
		snprintf(descriptor, sizeof(descriptor), "descriptor %d of ", first->fd);
	if (failures->count > 1)
		snprintf(more, sizeof(more), ", and %" PRIu64 " more", failures->count - 1);
	snprintf(where, sizeof(where), "%sPID %u%s", descriptor, first->pid, more);
	return netns_gaps_add(held->snapshot, held->root, step, first->error, where);
}

/* @fd: taken. */
static int add_report(struct held *held, const struct netns_found *found, int fd)
{
	if (found->report == NETNS_REPORT_FOUND && fd >= 0 && held->count++ < HELD_MAX)
		return netns_list_add(held->list, found->inode, NULL, fd);
	if (fd >= 0)
		close(fd);
	if (found->report != NETNS_REPORT_FOUND)
		return add_failure(held, found);
	/* Its descriptor could not be taken, or was one too many. */
	return netns_gaps_add(held->snapshot, held->root, NETNS_STEP_ENTER, -EMFILE, NULL);
}

/* Return: 1 after a report, 0 at the end, or a negative errno. */
static int read_report(struct held *held, int in)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct netns_found found;
	struct iovec part = {&found, sizeof(found)};
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const struct cmsghdr *header;
	int fd = -1, r;
	ssize_t n = recvmsg(in, &message, MSG_CMSG_CLOEXEC);

	if (n < 0)
		return errno == EINTR ? 1 : -errno;
	header = n ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	if (n != sizeof(found))
		return 0;
	r = add_report(held, &found, fd);
	return r < 0 ? r : !held->is_done;
}

static int read_reports(struct held *held, int in)
{
	int64_t end = deadline_first(deadline_in(SEARCH_MAX_NSEC), held->list->deadline);
	int r = 1;

	while (r > 0 && !deadline_is_over(end)) {
		struct pollfd wait = {.fd = in, .events = POLLIN};

		if (poll(&wait, 1, deadline_left_msec(end)) > 0)
			r = read_report(held, in);
	}
	if (r == -ENOMEM)
		return r;
	r = add_failures(held, NETNS_STEP_DESCRIPTOR, &held->descriptors);
	if (r >= 0)
		r = add_failures(held, NETNS_STEP_MOUNTS, &held->mounts);
	if (r < 0 || held->is_done)
		return r;
	return netns_gaps_add(held->snapshot, held->root, NETNS_STEP_SEARCH_END,
			      deadline_is_over(end) ? -ETIME : -EIO, NULL);
}

/* It may outlive us in the kernel: no pipe, lock or file of ours stays open in it. */
static _Noreturn void be_finder(const struct netns_list *list, const struct intmap *known, int out)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (dup2(out, 0) < 0)
		_exit(1);
	/* Linux 5.9, and refused by filters that are older. */
	if (syscall(SYS_close_range, 1u, ~0u, 0u) < 0)
		for (int fd = 1; fd < OPEN_MAX_GUESS; fd++)
			close(fd);
	netns_finder_run(list, known, 0);
	_exit(0);
}

int netns_held_search(struct netns_list *list, const struct root *root, const struct intmap *known,
		      struct lsp_snapshot *snapshot)
{
	struct held held = {.list = list, .root = root, .snapshot = snapshot};
	int pair[2], r;
	pid_t pid;

	if (!root->is_machine)
		return 0;
	netns_list_end_finder(list);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return netns_gaps_add(snapshot, root, NETNS_STEP_SEARCH_END, -errno, NULL);
	pid = fork();
	if (pid == 0)
		be_finder(list, known, pair[1]);
	r = pid < 0 ? netns_gaps_add(snapshot, root, NETNS_STEP_SEARCH_END, -errno, NULL) : 0;
	close(pair[1]);
	if (pid > 0) {
		r = read_reports(&held, pair[0]);
		kill(pid, SIGKILL);
		/* Its memory is taken down beside all else that is to be done. */
		if (held.is_done)
			list->finder = pid;
		else
			waitpid(pid, NULL, WNOHANG);
	}
	close(pair[0]);
	return r;
}
