/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of one process that owns a socket, read once, and only those that the query asks for. A
 * fact that cannot be read is unknown, and the walk goes on.
 */
#include "owners/procfacts.h"

#include "cleanup.h"
#include "error.h"
#include "model/builder.h"
#include "owners/parents.h"
#include "owners/procparse.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#define KERNEL_THREAD 0x00200000u /* PF_KTHREAD, include/linux/sched.h */
#define COMM_SIZE 256             /* threads of the kernel have names of up to 64 bytes */
#define STATUS_SIZE 4096
#define MAX_FILE (16u << 20)
/* A process may execute another program while its link is compared, hardly as often as that. */
#define EXE_TRIES 4

/* The texts that a struct lsp_process borrows. */
struct texts {
	char comm[COMM_SIZE];
	char exe[PATH_MAX + sizeof(" (deleted)")];
};

bool procfacts_is_idle(const struct procfs *proc, int dir)
{
	struct procparse_stat stat;

	if (procfs_read_stat(proc, dir, &stat) != 0)
		return false;
	return stat.state == 'Z' || stat.state == 'X' || stat.flags & KERNEL_THREAD;
}

/*
 * A fact that cannot be read although it is there leaves the process half seen. In /proc all
 * files go with the process; a recorded tree may lack one.
 */
static void note(const struct procfacts *facts, struct visit *visit, ssize_t n)
{
	if (n < 0 && (n != -ENOENT || facts->proc->root->is_machine))
		visit_note_failure(visit, (int)-n);
}

/* Return: the length of the link, or a negative errno. */
static ssize_t read_link(int dir, struct texts *texts)
{
	return root_readlink_at(dir, "exe", texts->exe, sizeof(texts->exe));
}

/* Return: as read_link(); the text is another one where the process executes another program. */
static ssize_t verify_exe(struct procfacts *facts, int dir, struct texts *texts,
			  struct exe_verdict *verdict)
{
	ssize_t n = 1;

	for (int i = 0; i < EXE_TRIES; i++) {
		int r = exe_verify_link(&facts->verify, facts->proc, dir, texts->exe, verdict);

		if (r <= 0)
			return r < 0 ? r : n;
		n = read_link(dir, texts);
		if (n <= 0)
			return n;
	}
	*verdict = (struct exe_verdict){LSP_EXE_UNVERIFIED_UNKNOWN, false};
	return n;
}

static void read_exe(struct procfacts *facts, struct visit *visit, int dir, struct texts *texts,
		     struct lsp_process *out)
{
	struct exe_verdict verdict = {LSP_EXE_VERIFIED, false};
	int from = visit->dir;
	ssize_t n = read_link(from, texts);

	/* A leader that ended has no program, its threads have. */
	if (n == -ENOENT && dir != visit->dir) {
		from = dir;
		n = read_link(from, texts);
	}
	/* Threads of the kernel have none, and no path is longer than what was asked for. */
	if (n == -ENOENT || n == -ENAMETOOLONG)
		return;
	if (n > 0 && facts->lookups & LSP_LOOKUP_VERIFY && facts->proc->root->is_machine)
		n = verify_exe(facts, from, texts, &verdict);
	if (n < 0)
		visit_note_failure(visit, (int)-n);
	if (n <= 0)
		return;
	out->exe_unverified = verdict.unverified;
	out->exe_kind = verdict.is_name ? LSP_EXE_KIND_FILE : procparse_exe(texts->exe);
	out->exe = texts->exe;
}

/* Once for all processes. */
static int read_boot_time(struct procfacts *facts)
{
	struct buf text = BUF_INIT;
	int r = root_read_at(facts->proc->fd, "stat", &text, MAX_FILE);
	char why[128];

	facts->is_boot_time_read = true;
	if (r == 0 && text.size)
		facts->has_boot_time = procparse_boot_time(text.data, text.size, &facts->boot_time);
	buf_deinit(&text);
	if (r == 0 || (r == -ENOENT && !facts->proc->root->is_machine))
		return 0;
	snprintf(why, sizeof(why), "could not be read: /proc/stat: %s", error_describe(r));
	return builder_add_gap(facts->snapshot,
			       &(struct lsp_gap){.what = "start times", .why = why});
}

static int read_started(struct procfacts *facts, struct visit *visit, struct lsp_process *out)
{
	long ticks = sysconf(_SC_CLK_TCK);
	struct procparse_stat stat;
	int r = facts->is_boot_time_read ? 0 : read_boot_time(facts);

	if (r < 0 || !facts->has_boot_time || ticks <= 0)
		return r;
	r = procfs_read_stat(facts->proc, visit->dir, &stat);
	note(facts, visit, r);
	if (r == 0)
		out->has_started = !__builtin_add_overflow(
			facts->boot_time, stat.started / (uint64_t)ticks, &out->started);
	return 0;
}

/* The whole text, which is one for each hierarchy; host/cgroup.c reads it. */
static int read_cgroups(const struct procfacts *facts, struct visit *visit, struct buf *text,
			struct lsp_process *out)
{
	int r = root_read_at(visit->dir, "cgroup", text, MAX_FILE);

	if (r == -ENOMEM || (r == 0 && !buf_text(text)))
		return -ENOMEM;
	note(facts, visit, r);
	if (r == 0)
		out->cgroups = text->data;
	return 0;
}

static void read_names(const struct procfacts *facts, struct visit *visit, struct texts *texts,
		       struct lsp_process *out)
{
	char status[STATUS_SIZE];
	ssize_t n = procfs_read(facts->proc, visit->dir, "comm", texts->comm, sizeof(texts->comm));

	note(facts, visit, n);
	if (n >= 0) {
		procparse_comm(texts->comm, (size_t)n);
		out->comm = texts->comm;
	}
	n = procfs_read(facts->proc, visit->dir, "status", status, sizeof(status));
	note(facts, visit, n);
	if (n > 0)
		out->has_uid = procparse_uid(status, (size_t)n, &out->uid);
}

/* Return: as readlink(2). A refusal is believed when it repeats. */
static ssize_t read_descriptor(int dir, int32_t fd, char *link, size_t size)
{
	char name[16];
	ssize_t n;

	snprintf(name, sizeof(name), "fd/%d", fd);
	n = readlinkat(dir, name, link, size);
	return n < 0 && (errno == EACCES || errno == EPERM) ? readlinkat(dir, name, link, size) : n;
}

/* Where the link cannot be read the word of whoever found the descriptor stands. */
static bool is_held(int dir, uint32_t inode, int32_t fd)
{
	char link[64];
	uint32_t found;
	ssize_t n;

	if (fd < 0)
		return true;
	n = read_descriptor(dir, fd, link, sizeof(link));
	if (n < 0)
		return errno != ENOENT && errno != ESRCH;
	return procparse_socket(link, (size_t)n, &found) && found == inode;
}

int procfacts_add(struct procfacts *facts, struct visit *visit, int dir, uint32_t inode, int32_t fd)
{
	struct lsp_process process = {.pid = visit->pid};
	/* Of a thread that ended before, if it is set. */
	bool was_gone = visit->is_gone;
	cleanup(buf_deinit) struct buf cgroups = BUF_INIT;
	struct texts texts;
	int r = 0;

	visit->is_gone = false;
	read_names(facts, visit, &texts, &process);
	if (!visit->is_gone && facts->lookups & LSP_LOOKUP_EXE)
		read_exe(facts, visit, dir, &texts, &process);
	if (!visit->is_gone && facts->lookups & LSP_LOOKUP_STARTED)
		r = read_started(facts, visit, &process);
	if (r >= 0 && !visit->is_gone && facts->lookups & LSP_LOOKUP_CGROUP)
		r = read_cgroups(facts, visit, &cgroups, &process);
	/* Half of a process that ended is none: the second pass finds who has its sockets now. */
	if (r < 0 || visit->is_gone)
		return r < 0 ? r : 1;
	visit->is_gone = was_gone;
	if (!is_held(dir, inode, fd))
		return 0;
	r = builder_add_process(facts->snapshot, &process, &visit->index);
	visit->is_added = r >= 0;
	if (r >= 0 && facts->lookups & LSP_LOOKUP_CMDLINE)
		r = cmdlines_add(&facts->cmdlines, facts->proc, visit->dir, dir, visit->pid,
				 visit->index);
	if (r >= 0 && facts->lookups & LSP_LOOKUP_PARENTS)
		r = parents_add(facts->proc, facts->snapshot, visit->dir, visit->index);
	return r < 0 ? r : 0;
}
