/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The walk over /proc/PID/fd. Reads links only: what a descriptor points to is never opened and
 * never asked for its status, since it may lie on a file system that does not answer.
 */
#include "owners/procwalk.h"

#include "model/snapshot.h"
#include "owners/procparse.h"
#include "scope.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RING "anon_inode:[io_uring]"

/* kcmp(2) takes PIDs of our own namespace; /proc may show those of another one. */
static bool is_own_proc(const struct root *root, int proc)
{
	char self[16];
	uint32_t pid;

	return root->is_machine && root_readlink_at(proc, "self", self, sizeof(self)) > 0 &&
	       procparse_number(self, &pid) && (pid_t)pid == getpid();
}

int procwalk_new(const struct root *root, const struct lsp_query *query,
		 struct lsp_snapshot *snapshot, struct procwalk **out)
{
	struct procwalk *walk = calloc(1, sizeof(*walk));
	uint32_t *none;
	int r;

	*out = walk;
	if (!walk)
		return -ENOMEM;
	walk->root = root;
	walk->query = query;
	walk->snapshot = snapshot;
	walk->proc = -1;
	r = snapshot_list_inodes(snapshot, &walk->wanted);
	if (r < 0)
		return r;
	walk->unowned = walk->wanted.count;
	/* Inode 0 stands for "none", and nobody holds that. */
	none = intmap_find(&walk->wanted, 0);
	if (none) {
		*none = UINT32_MAX;
		walk->unowned--;
	}
	return 0;
}

int procwalk_open(struct procwalk *walk)
{
	struct stat status;

	walk->proc = root_open(walk->root, "proc", O_RDONLY | O_DIRECTORY);
	if (walk->proc < 0)
		return walk->proc;
	walk->how = dirscan_probe(walk->root, walk->proc);
	walk->is_own_proc = is_own_proc(walk->root, walk->proc);
	walk->has_first = fstatat(walk->proc, "1", &status, AT_SYMLINK_NOFOLLOW) == 0;
	walk->shows_paths = iouring_shows_paths(walk->root);
	return 0;
}

void procwalk_free(struct procwalk *walk)
{
	if (!walk)
		return;
	intmap_deinit(&walk->wanted);
	intmap_deinit(&walk->seen);
	if (walk->proc >= 0)
		close(walk->proc);
	free(walk);
}

void procwalk_refuse(struct procwalk_process *process, int error)
{
	if (error == ENOENT || error == ESRCH)
		process->is_gone = true;
	else if (error == EACCES || error == EPERM)
		process->is_refused = true;
	else if (error == EXDEV)
		process->is_masked = true;
	else
		process->error = error;
}

void procwalk_fail(struct procwalk_process *process, int error)
{
	if (error == ENOENT || error == ESRCH)
		process->is_gone = true;
	else
		process->error = error;
}

ssize_t procwalk_read(const struct procwalk *walk, int dir, const char *name, char *out,
		      size_t size)
{
	cleanup(scope_close) int fd = dirscan_open(&walk->how, dir, name, O_RDONLY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, out, size - 1);
	/* The file was there: of a process that ended meanwhile it says ESRCH. */
	if (n < 0)
		return errno == ENOENT ? -EIO : -errno;
	out[n] = '\0';
	return n;
}

/*
 * The pass that found the first owner of a wanted inode, NULL for other inodes. The second pass
 * adds to what the first one left without owner, and to nothing else: a PID that was reused in
 * between must not stand beside itself.
 */
static uint32_t *find_wanted(const struct procwalk *walk, uint32_t inode)
{
	uint32_t *pass = intmap_find(&walk->wanted, inode);

	return pass && (!*pass || *pass == (uint32_t)walk->pass) ? pass : NULL;
}

bool procwalk_wants(const struct procwalk *walk, uint32_t inode)
{
	return find_wanted(walk, inode) != NULL;
}

int procwalk_own(struct procwalk *walk, struct procwalk_process *process, int dir, uint32_t inode,
		 int32_t fd)
{
	uint32_t *pass = find_wanted(walk, inode);

	if (!pass)
		return 0;
	if (!process->is_added) {
		int r = procfacts_add(walk, process, dir);

		if (r)
			return r;
	}
	if (!*pass) {
		*pass = walk->pass;
		walk->unowned--;
	}
	return snapshot_add_owner(walk->snapshot, inode, process->index, fd);
}

/* One descriptor. Return: 0, -ENOMEM, or 1 when the rest of the table need not be tried. */
static int look_at(struct procwalk *walk, struct procwalk_process *process, int dir, int table,
		   const char *name)
{
	char link[64];
	uint32_t fd, inode;
	ssize_t n = readlinkat(table, name, link, sizeof(link));

	if (n < 0) {
		/* Closed meanwhile. */
		if (errno == ENOENT)
			return 0;
		procwalk_refuse(process, errno);
		/* The right to read links is one of the process: it fails for all or none. */
		return errno == EACCES || errno == EPERM || errno == ESRCH;
	}
	if (procparse_socket(link, (size_t)n, &inode)) {
		if (!procparse_number(name, &fd))
			return 0;
		return procwalk_own(walk, process, dir, inode, (int32_t)fd);
	}
	if (walk->pass == PROCWALK_SECOND && n == sizeof(RING) - 1 &&
	    memcmp(link, RING, sizeof(RING) - 1) == 0)
		return iouring_find(walk, process, dir, name);
	return 0;
}

int procwalk_table(struct procwalk *walk, struct procwalk_process *process, int dir)
{
	cleanup(scope_close) int table =
		dirscan_open(&walk->how, dir, "fd", O_RDONLY | O_DIRECTORY);
	struct dirscan_entry entry;
	int more, r;

	if (table < 0) {
		procwalk_refuse(process, -table);
		return 0;
	}
	dirscan_begin(&walk->descriptors, table);
	while ((more = dirscan_next(&walk->descriptors, &entry)) > 0) {
		if (entry.name[0] == '.')
			continue;
		r = look_at(walk, process, dir, table, entry.name);
		if (r)
			return r < 0 ? r : 0;
	}
	if (more < 0)
		procwalk_fail(process, -more);
	return 0;
}

static int read_process(struct procwalk *walk, struct procwalk_process *process)
{
	int r = procwalk_table(walk, process, process->dir);

	if (r < 0 || walk->pass == PROCWALK_FIRST)
		return r;
	if (process->is_refused && procfacts_is_idle(walk, process))
		process->is_refused = false;
	/* A leader that ended leaves an empty table or none, while its threads go on. */
	return process->is_refused ? 0 : threads_find(walk, process);
}

static void count_error(struct procwalk *walk, int error, uint64_t count)
{
	for (size_t i = 0; i < PROCWALK_ERRORS; i++) {
		struct procwalk_error *slot = &walk->errors[i];

		/* The last slot takes what has no slot of its own: better misnamed than lost. */
		if (!slot->error || i == PROCWALK_ERRORS - 1)
			slot->error = error;
		if (slot->error == error) {
			slot->count += count;
			return;
		}
	}
}

void procwalk_count(struct procwalk *walk, const struct procwalk_process *process)
{
	walk->ended += process->is_gone;
	if (process->is_refused && !process->is_gone) {
		walk->unreadable++;
		walk->refused = process->pid;
	}
	walk->masked += process->is_masked;
	if (process->error)
		count_error(walk, process->error, 1);
}

static int visit(struct procwalk *walk, const char *name, uint32_t pid)
{
	cleanup(scope_close) int dir =
		dirscan_open(&walk->how, walk->proc, name, O_PATH | O_DIRECTORY);
	struct procwalk_process process = {.pid = pid, .dir = dir};
	int r = 0;

	walk->processes++;
	if (dir < 0)
		procwalk_refuse(&process, -dir);
	else
		r = read_process(walk, &process);
	procwalk_count(walk, &process);
	return r;
}

void procwalk_begin(struct procwalk *walk, enum procwalk_pass pass)
{
	walk->pass = pass;
	walk->processes = walk->unreadable = walk->masked = 0;
	memcpy(walk->earlier, walk->errors, sizeof(walk->earlier));
	memset(walk->errors, 0, sizeof(walk->errors));
}

int procwalk_run(struct procwalk *walk)
{
	struct dirscan_entry entry;
	uint32_t pid;
	int more, r;

	if (lseek(walk->proc, 0, SEEK_SET) < 0) {
		count_error(walk, errno, 0);
		return 0;
	}
	dirscan_begin(&walk->pids, walk->proc);
	while ((more = dirscan_next(&walk->pids, &entry)) > 0) {
		if (!procparse_number(entry.name, &pid) || intmap_find(&walk->seen, pid))
			continue;
		r = visit(walk, entry.name, pid);
		if (r < 0)
			return r;
	}
	/* How many were not listed cannot be told. */
	if (more < 0)
		count_error(walk, -more, 0);
	return 0;
}
