/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner source that asks the kernel: a BPF program runs over all descriptors of all processes
 * (descriptors.bpf.c), and tells those that may matter in one pass. What a process is, /proc says.
 */
#include "owners/owners.h"

#include "num.h"
#include "owners/bpf_pass.h"
#include "owners/procparse.h"
#include "owners/procwalk.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Nanoseconds, as measured with two threads: a process and a descriptor that are walked over, and
 * what the program costs before it has looked at any, with a margin for files that nobody holds
 * open as a descriptor.
 */
#define WALK_PROCESS 6000
#define WALK_DESCRIPTOR 650
#define LOAD 2500000

#define FILE_NR_MAX 128

static bool has_privileges(const struct root *root)
{
	const uint64_t bpf = UINT64_C(1) << CAP_BPF | UINT64_C(1) << CAP_PERFMON;
	uint64_t effective = procgaps_capabilities(root);

	return (effective & bpf) == bpf || effective & UINT64_C(1) << CAP_SYS_ADMIN;
}

/* --- one process --------------------------------------------------------------------------- */

/* What is open while records of one thread come, one behind another. */
struct holder {
	struct procwalk_process process;
	uint32_t thread;
	int dir; /* that of the thread, borrowed where it is the process's */
};

static void leave_thread(struct holder *holder)
{
	if (holder->dir >= 0 && holder->dir != holder->process.dir)
		close(holder->dir);
	holder->dir = -1;
	holder->thread = 0;
}

static void leave_process(struct procwalk *walk, struct holder *holder)
{
	leave_thread(holder);
	if (holder->process.pid)
		procwalk_count(walk, &holder->process);
	if (holder->process.dir >= 0)
		close(holder->process.dir);
	holder->process = (struct procwalk_process){.dir = -1};
}

static void enter_process(struct procwalk *walk, struct holder *holder, uint32_t pid)
{
	char name[16];

	leave_process(walk, holder);
	snprintf(name, sizeof(name), "%u", pid);
	holder->process.pid = pid;
	holder->process.dir = dirscan_open(&walk->how, walk->proc, name, O_PATH | O_DIRECTORY);
	if (holder->process.dir < 0)
		procwalk_refuse(&holder->process, -holder->process.dir);
}

static void enter_thread(struct procwalk *walk, struct holder *holder, uint32_t thread)
{
	char name[32];

	leave_thread(holder);
	holder->thread = thread;
	holder->dir = holder->process.dir;
	if (thread == holder->process.pid || holder->dir < 0)
		return;
	snprintf(name, sizeof(name), "task/%u", thread);
	holder->dir = dirscan_open(&walk->how, holder->process.dir, name, O_PATH | O_DIRECTORY);
}

/*
 * A PID may be another process by now: the facts that follow are those of the one that holds the
 * socket. Where the link cannot be read the kernel's word stands.
 */
static bool is_held(const struct holder *holder, const struct descriptor *found)
{
	char name[16], link[64];
	uint32_t inode;
	ssize_t n;

	snprintf(name, sizeof(name), "fd/%d", found->fd);
	n = readlinkat(holder->dir, name, link, sizeof(link));
	if (n < 0)
		return errno != ENOENT && errno != ESRCH;
	return procparse_socket(link, (size_t)n, &inode) && inode == found->inode;
}

/* A ring is asked for what it holds by its fdinfo. */
static int take_ring(struct procwalk *walk, struct holder *holder, const struct descriptor *found)
{
	char name[16];

	if (holder->dir < 0)
		return 0;
	snprintf(name, sizeof(name), "%d", found->fd);
	return iouring_find(walk, &holder->process, holder->dir, name);
}

static int take_socket(struct procwalk *walk, struct holder *holder, const struct descriptor *found)
{
	if (holder->dir < 0 || (!holder->process.is_added && !is_held(holder, found)))
		return 0;
	return procwalk_own(walk, &holder->process, holder->dir, found->inode, found->fd);
}

/* Are the facts of its process there? Then nothing need be opened or checked for it. */
static bool is_known(const struct holder *holder, const struct descriptor *found)
{
	return holder->process.is_added && found->pid == holder->process.pid;
}

static int take(struct procwalk *walk, struct holder *holder, const struct descriptor *found)
{
	bool is_socket = found->inode, is_mark = !is_socket && found->fd < 0;

	if (is_mark)
		return intmap_put(&walk->seen, found->pid, 0);
	/* No process is entered in vain; procwalk_own() asks again of one whose facts are there. */
	if (is_socket ? !is_known(holder, found) && !procwalk_wants(walk, found->inode)
		      : walk->pass == PROCWALK_FIRST)
		return 0;
	if (found->pid != holder->process.pid)
		enter_process(walk, holder, found->pid);
	if (found->thread != holder->thread)
		enter_thread(walk, holder, found->thread);
	return is_socket ? take_socket(walk, holder, found) : take_ring(walk, holder, found);
}

static int take_all(struct procwalk *walk, const struct descriptor *records, size_t count,
		    enum procwalk_pass pass)
{
	struct holder holder = {.process.dir = -1, .dir = -1};
	int r = 0;

	procwalk_begin(walk, pass);
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = take(walk, &holder, &records[i]);
	leave_process(walk, &holder);
	return r;
}

/* --- the source ------------------------------------------------------------------------------ */

/*
 * Loading the program costs as much as walking over a hundred processes or so. Both numbers are
 * those of the whole machine: behind a PID namespace there is less to walk over.
 */
static bool is_worth(const struct root *root)
{
	struct buf text = BUF_INIT;
	uint64_t files = 0, processes = 0;
	const char *at, *end;
	struct stat status;

	if (!root->is_machine)
		return false;
	if (fstatat(root->fd, "proc", &status, 0) == 0)
		processes = status.st_nlink;
	/* "allocated free maximum", proc_sys_fs(5) */
	if (root_read(root, "proc/sys/fs/file-nr", &text, FILE_NR_MAX) == 0 && text.size) {
		at = text.data;
		end = at + text.size;
		if (!num_take(&at, end, 10, UINT32_MAX, &files))
			files = 0;
	}
	buf_deinit(&text);
	return processes * WALK_PROCESS + files * WALK_DESCRIPTOR > LOAD;
}

static void *begin(const struct root *root, const struct lsp_query *query)
{
	return root->is_machine ? bpf_pass_new(query, true) : NULL;
}

static void end(void *begun)
{
	bpf_pass_free(begun);
}

static void free_walk(struct procwalk **walk)
{
	procwalk_free(*walk);
}

static void free_pass(struct bpf_pass **pass)
{
	bpf_pass_free(*pass);
}

/* @begun: NULL where the first pass is still to be made. */
static int find_by_pass(struct procwalk *walk, struct bpf_pass *begun, struct buf *why)
{
	cleanup(free_pass) struct bpf_pass *own = begun ? NULL : bpf_pass_new(walk->query, false);
	struct bpf_pass *pass = begun ? begun : own;
	const struct descriptor *records;
	size_t count;
	int r = pass ? bpf_pass_wait(pass, &records, &count) : -ENOMEM;

	if (r < 0 && r != -ENOMEM && !has_privileges(walk->root))
		buf_append_text(why, "CAP_BPF and CAP_PERFMON are needed");
	if (r >= 0)
		r = take_all(walk, records, count, PROCWALK_FIRST);
	/* Rings are asked, and processes that took a socket over, only where something is left. */
	if (r < 0 || !walk->unowned)
		return r;
	r = bpf_pass_whole(pass, &records, &count);
	return r < 0 ? r : take_all(walk, records, count, PROCWALK_SECOND);
}

static int find_by_bpf(const struct root *root, const struct lsp_query *query,
		       struct lsp_snapshot *snapshot, void *begun, struct buf *why)
{
	cleanup(free_walk) struct procwalk *walk = NULL;
	int r;

	if (!root->is_machine) {
		buf_append_text(why, "a recorded machine has no kernel to ask");
		return -EOPNOTSUPP;
	}
	r = procwalk_new(root, query, snapshot, &walk);
	if (r < 0 || !walk->unowned)
		return r;
	r = procwalk_open(walk);
	if (r >= 0 && !walk->is_own_proc) {
		buf_append_text(why, "/proc is that of another PID namespace");
		return -EXDEV;
	}
	if (r >= 0)
		r = find_by_pass(walk, begun, why);
	/* Behind it may be one that the kernel does not tell BPF about, or that came meanwhile. */
	if (r >= 0 && walk->unowned)
		r = procwalk_run(walk);
	walk->processes += walk->seen.count;
	walk->is_asked = true;
	return r < 0 ? r : procgaps_tell(walk);
}

const struct owner_source owner_source_bpf = {
	.name = "bpf",
	.id = LSP_OWNERS_BPF,
	.is_worth = is_worth,
	.begin = begin,
	.find = find_by_bpf,
	.end = end,
};
