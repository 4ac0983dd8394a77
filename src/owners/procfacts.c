/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of one process that holds a wanted socket, read once, and only those that the query
 * asks for. A fact that cannot be read is unknown, which is no failure of the walk.
 */
#include "owners/procwalk.h"

#include "model/snapshot.h"
#include "owners/procparse.h"
#include "scope.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KERNEL_THREAD 0x00200000u /* PF_KTHREAD, include/linux/sched.h */
#define COMM_SIZE 256             /* threads of the kernel have names of up to 64 bytes */
#define CMDLINE_SIZE 4096

/* What a process is made of in memory; the texts that its struct lsp_process borrows. */
struct texts {
	char comm[COMM_SIZE];
	char exe[PATH_MAX + sizeof(" (deleted)")];
	char cmdline[CMDLINE_SIZE + 1];
};

bool procfacts_is_idle(struct procwalk *walk, const struct procwalk_process *process)
{
	struct procparse_stat stat;
	ssize_t n = procwalk_read(walk, process->dir, "stat", walk->text, sizeof(walk->text));

	if (n < 0 || !procparse_stat(walk->text, (size_t)n, &stat))
		return false;
	return stat.state == 'Z' || stat.state == 'X' || stat.flags & KERNEL_THREAD;
}

/*
 * A fact that cannot be read although it is there leaves the process half seen. In /proc all
 * files go with the process; a recorded tree may lack one.
 */
static void note(const struct procwalk *walk, struct procwalk_process *process, ssize_t n)
{
	if (n < 0 && (n != -ENOENT || walk->root->is_machine))
		procwalk_fail(process, (int)-n);
}

static int read_exe(const struct procwalk *walk, struct procwalk_process *process, int dir,
		    struct texts *texts, struct lsp_process *out)
{
	int from = process->dir, r = 0;
	ssize_t n = root_readlink_at(from, "exe", texts->exe, sizeof(texts->exe));

	/* A leader that ended has no program, its threads have. */
	if (n == -ENOENT && dir != process->dir) {
		from = dir;
		n = root_readlink_at(from, "exe", texts->exe, sizeof(texts->exe));
	}
	/* Threads of the kernel have none, and no path is longer than what was asked for. */
	if (n < 0 && n != -ENOENT && n != -ENAMETOOLONG)
		procwalk_fail(process, (int)-n);
	if (n <= 0)
		return 0;
	if (walk->query->facts & LSP_FACT_DOUBT)
		r = exedoubt_find(walk, from, texts->exe, &out->exe_doubt);
	out->exe_kind = procparse_exe(texts->exe);
	out->exe = texts->exe;
	return r;
}

static void read_cmdline(const struct procwalk *walk, struct procwalk_process *process, int dir,
			 struct texts *texts, struct lsp_process *out)
{
	/* One read: a process can make this file 64 GiB long. */
	ssize_t n = procwalk_read(walk, process->dir, "cmdline", texts->cmdline,
				  sizeof(texts->cmdline));

	if (n == 0 && dir != process->dir)
		n = procwalk_read(walk, dir, "cmdline", texts->cmdline, sizeof(texts->cmdline));
	note(walk, process, n);
	if (n > 0 && procparse_cmdline(texts->cmdline, (size_t)n))
		out->cmdline = texts->cmdline;
}

/* Once a walk. */
static int read_boot_time(struct procwalk *walk)
{
	struct buf text = BUF_INIT;
	int r = root_read_at(walk->proc, "stat", &text, 16u << 20);
	const char *error = strerrordesc_np(-r);
	char why[128];

	walk->is_boot_time_read = true;
	if (r == 0 && text.size)
		walk->has_boot_time = procparse_boot_time(text.data, text.size, &walk->boot_time);
	buf_deinit(&text);
	if (r == 0 || (r == -ENOENT && !walk->root->is_machine))
		return 0;
	snprintf(why, sizeof(why), "could not be read: /proc/stat: %s",
		 error ? error : "unknown error");
	return snapshot_add_gap(walk->snapshot,
				&(struct lsp_gap){.what = "start times", .why = why});
}

static int read_started(struct procwalk *walk, struct procwalk_process *process,
			struct lsp_process *out)
{
	long ticks = sysconf(_SC_CLK_TCK);
	struct procparse_stat stat;
	int r = walk->is_boot_time_read ? 0 : read_boot_time(walk);
	ssize_t n;

	if (r < 0 || !walk->has_boot_time || ticks <= 0)
		return r;
	n = procwalk_read(walk, process->dir, "stat", walk->text, sizeof(walk->text));
	note(walk, process, n);
	if (n >= 0 && procparse_stat(walk->text, (size_t)n, &stat))
		out->has_started = !__builtin_add_overflow(
			walk->boot_time, stat.started / (uint64_t)ticks, &out->started);
	return 0;
}

static void read_names(struct procwalk *walk, struct procwalk_process *process, struct texts *texts,
		       struct lsp_process *out)
{
	ssize_t n = procwalk_read(walk, process->dir, "comm", texts->comm, sizeof(texts->comm));

	note(walk, process, n);
	if (n >= 0) {
		procparse_comm(texts->comm, (size_t)n);
		out->comm = texts->comm;
	}
	n = procwalk_read(walk, process->dir, "status", walk->text, sizeof(walk->text));
	note(walk, process, n);
	if (n > 0)
		out->has_uid = procparse_uid(walk->text, (size_t)n, &out->uid);
}

int procfacts_add(struct procwalk *walk, struct procwalk_process *process, int dir)
{
	struct lsp_process facts = {.pid = process->pid};
	unsigned wanted = walk->query->facts;
	/* Of a thread that ended before, if it is set. */
	bool was_gone = process->is_gone;
	struct texts texts;
	int r = 0;

	process->is_gone = false;
	read_names(walk, process, &texts, &facts);
	if (!process->is_gone && wanted & LSP_FACT_EXE)
		r = read_exe(walk, process, dir, &texts, &facts);
	if (r >= 0 && !process->is_gone && wanted & LSP_FACT_CMDLINE)
		read_cmdline(walk, process, dir, &texts, &facts);
	if (r >= 0 && !process->is_gone && wanted & LSP_FACT_STARTED)
		r = read_started(walk, process, &facts);
	/* Half of a process that ended is none: the second pass tells who has its sockets now. */
	if (r < 0 || process->is_gone)
		return r < 0 ? r : 1;
	process->is_gone = was_gone;
	r = snapshot_add_process(walk->snapshot, &facts, &process->index);
	process->is_added = r >= 0;
	if (r >= 0 && wanted & LSP_FACT_PARENTS)
		r = parents_add(walk, process);
	return r < 0 ? r : 0;
}
