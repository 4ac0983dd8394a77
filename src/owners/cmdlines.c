/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Collects descriptors, has a child read from them, and knows when it is late. A command line that
 * is late costs its process alone: the child is given up, and the next one goes on behind it.
 */
#include "owners/cmdlines.h"

#include "deadline.h"
#include "error.h"
#include "model/builder.h"
#include "owners/procparse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Of one process, and of all of them. */
#define LATE_NSEC INT64_C(200000000)
#define TOTAL_NSEC INT64_C(1000000000)

#define ENOUGH_DESCRIPTORS 256

/* A process can make the file 64 GiB long. */
#define TEXT_SIZE 4096

/* In the child. */
static ssize_t read_text(void *context, const void *question, size_t size, int fd, void *answer)
{
	ssize_t n = read(fd, answer, TEXT_SIZE);

	(void)context;
	(void)question;
	(void)size;
	return n < 0 ? -errno : n;
}

void cmdlines_init(struct cmdlines *cmdlines, struct lsp_snapshot *snapshot, int64_t deadline)
{
	*cmdlines = (struct cmdlines){
		.snapshot = snapshot,
		.worker = WORKER_INIT(read_text),
		.most = WORKER_FDS,
		.left = TOTAL_NSEC,
		.deadline = deadline,
	};
}

void cmdlines_prepare(struct cmdlines *cmdlines)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= ENOUGH_DESCRIPTORS)
		return;
	cmdlines->most = 1;
	/* A question starts it too, and says why that fails. */
	worker_start(&cmdlines->worker);
}

static void close_one(struct cmdline *opened)
{
	close(opened->fd);
	if (opened->thread_fd >= 0)
		close(opened->thread_fd);
}

void cmdlines_deinit(struct cmdlines *cmdlines)
{
	for (size_t i = 0; i < cmdlines->count; i++)
		close_one(&cmdlines->opened[i]);
	cmdlines->count = 0;
	worker_deinit(&cmdlines->worker);
}

/* --- answers ---------------------------------------------------------------------------------- */

/* @n: bytes of @text, or a negative errno. */
static int set_text(struct cmdlines *cmdlines, const struct cmdline *opened, char *text, ssize_t n)
{
	if (n == -ETIMEDOUT && !cmdlines->late++)
		cmdlines->late_pid = opened->pid;
	/* A process that has ended by now has no command line, and others still know it. */
	if (n < 0 && n != -ETIMEDOUT && n != -ESRCH && n != -ENOENT) {
		cmdlines->failed++;
		cmdlines->error = (int)n;
	}
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return procparse_cmdline(text, (size_t)n)
		       ? builder_set_cmdline(cmdlines->snapshot, opened->process, text)
		       : 0;
}

/* How long to wait for an answer. */
struct wait {
	int64_t start, end;
	bool is_cut; /* by the deadline of the run: whoever is late then is not to blame */
};

static struct wait begin_wait(const struct cmdlines *cmdlines)
{
	int64_t start = deadline_now();
	int64_t end = start + (cmdlines->left < LATE_NSEC ? cmdlines->left : LATE_NSEC);
	int64_t first = deadline_first(end, cmdlines->deadline);

	return (struct wait){start, first, first < end};
}

static ssize_t end_wait(struct cmdlines *cmdlines, const struct wait *wait, ssize_t n)
{
	cmdlines->left -= deadline_now() - wait->start;
	return n == -ETIMEDOUT && wait->is_cut ? -ETIME : n;
}

/* The answer that comes next, and what is left of the time. */
static ssize_t receive(struct cmdlines *cmdlines, char *text)
{
	const struct wait wait = begin_wait(cmdlines);

	return end_wait(cmdlines, &wait,
			worker_receive(&cmdlines->worker, text, deadline_left_msec(wait.end)));
}

/* That of the thread, where the leader has none. */
static ssize_t ask_thread(struct cmdlines *cmdlines, int fd, char *text)
{
	const struct wait wait = begin_wait(cmdlines);

	return end_wait(
		cmdlines, &wait,
		worker_ask(&cmdlines->worker, NULL, 0, fd, text, deadline_left_msec(wait.end)));
}

static int send_some(struct cmdlines *cmdlines, const int *fds, size_t count)
{
	if (deadline_is_over(cmdlines->deadline))
		return -ETIME;
	return cmdlines->left > 0 ? worker_send(&cmdlines->worker, NULL, 0, fds, count)
				  : -ETIMEDOUT;
}

/*
 * Those from *next on, up to the first for which the child was given up: the answers behind it are
 * lost with it.
 */
static int read_some(struct cmdlines *cmdlines, size_t *next)
{
	int fds[WORKER_FDS], r;
	bool is_empty[WORKER_FDS];
	size_t first = *next, count = cmdlines->count - first;
	char text[WORKER_MAX + 1];
	ssize_t n;

	for (size_t i = 0; i < count; i++)
		fds[i] = cmdlines->opened[first + i].fd;
	r = send_some(cmdlines, fds, count);
	if (r == -EPIPE)
		worker_deinit(&cmdlines->worker);
	if (r < 0)
		return set_text(cmdlines, &cmdlines->opened[(*next)++], text, r);
	do {
		n = receive(cmdlines, text);
		is_empty[*next - first] = n == 0;
		r = set_text(cmdlines, &cmdlines->opened[(*next)++], text, n);
	} while (r >= 0 && n != -ETIMEDOUT && n != -ETIME && n != -EPIPE &&
		 *next < cmdlines->count);
	for (size_t i = first; r >= 0 && i < *next; i++) {
		struct cmdline *opened = &cmdlines->opened[i];

		if (is_empty[i - first] && opened->thread_fd >= 0)
			r = set_text(cmdlines, opened, text,
				     ask_thread(cmdlines, opened->thread_fd, text));
	}
	return r;
}

static int flush(struct cmdlines *cmdlines)
{
	size_t next = 0;
	int r = 0;

	while (r >= 0 && next < cmdlines->count)
		r = read_some(cmdlines, &next);
	for (size_t i = 0; i < cmdlines->count; i++)
		close_one(&cmdlines->opened[i]);
	cmdlines->count = 0;
	return r;
}

/* --- questions -------------------------------------------------------------------------------- */

static int add_gap(struct cmdlines *cmdlines, uint64_t count, const char *why)
{
	return builder_add_gap(
		cmdlines->snapshot,
		&(struct lsp_gap){.what = "command lines", .why = why, .count = count});
}

int cmdlines_end(struct cmdlines *cmdlines)
{
	char why[128];
	int r = flush(cmdlines);

	worker_deinit(&cmdlines->worker);
	if (r >= 0 && cmdlines->late) {
		snprintf(why, sizeof(why),
			 "could not be read in time: process %" PRIu32
			 " holds up whoever reads its memory",
			 cmdlines->late_pid);
		r = add_gap(cmdlines, cmdlines->late, why);
	}
	if (r >= 0 && cmdlines->failed) {
		snprintf(why, sizeof(why), "could not be read: %s",
			 error_describe(cmdlines->error));
		r = add_gap(cmdlines, cmdlines->failed, why);
	}
	cmdlines->late = cmdlines->failed = 0;
	return r;
}

/* A file of a recorded tree makes nobody wait. */
static int add_recorded(struct cmdlines *cmdlines, const struct procfs *proc, int dir, int thread,
			const struct cmdline *opened)
{
	char text[TEXT_SIZE + 1];
	ssize_t n = procfs_read(proc, dir, "cmdline", text, sizeof(text));

	if (n == 0 && thread != dir)
		n = procfs_read(proc, thread, "cmdline", text, sizeof(text));
	return set_text(cmdlines, opened, text, n);
}

/* Where descriptors are short those that are open make room. */
static int open_one(struct cmdlines *cmdlines, const struct procfs *proc, int dir, int *fd)
{
	int r = 0;

	*fd = procfs_open_file(proc, dir, "cmdline");
	if (*fd == -EMFILE && cmdlines->count) {
		r = flush(cmdlines);
		*fd = procfs_open_file(proc, dir, "cmdline");
	}
	return r;
}

int cmdlines_add(struct cmdlines *cmdlines, const struct procfs *proc, int dir, int thread,
		 uint32_t pid, uint32_t index)
{
	struct cmdline opened = {.pid = pid, .process = index, .thread_fd = -1};
	int r;

	if (!proc->root->is_machine)
		return add_recorded(cmdlines, proc, dir, thread, &opened);
	r = open_one(cmdlines, proc, dir, &opened.fd);
	if (r < 0 || opened.fd < 0)
		return r < 0 ? r : set_text(cmdlines, &opened, NULL, opened.fd);
	if (thread != dir)
		r = open_one(cmdlines, proc, thread, &opened.thread_fd);
	cmdlines->opened[cmdlines->count++] = opened;
	return r >= 0 && cmdlines->count >= cmdlines->most ? flush(cmdlines) : r;
}
