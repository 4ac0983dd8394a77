/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists /run/netns and the links of processes and threads. A thread may be in another network
 * namespace than its leader (setns(2), unshare(2)); that a process has no other thread is told by
 * one stat(2), so that most processes cost no more than their leader.
 */
#include "collect/netns_search.h"

#include "cleanup.h"
#include "collect/netns_gaps.h"
#include "collect/netns_link.h"
#include "deadline.h"
#include "dirscan.h"
#include "num.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

struct search {
	struct netns_list *list;
	const struct root *root;
	struct lsp_snapshot *snapshot;
	struct dirscan_how how;
	int proc;
	bool is_late; /* the deadline of the run came before the end */
};

static int add_gap(const struct search *search, enum netns_step step, int error)
{
	return netns_gaps_add(search->snapshot, search->root, step, error, NULL);
}

static bool has_time(struct search *search)
{
	search->is_late |= deadline_is_over(search->list->deadline);
	return !search->is_late;
}

/* --- names --------------------------------------------------------------------------------- */

static int add_name(struct search *search, const char *name)
{
	char path[PATH_MAX];
	uint32_t inode;
	int r;

	snprintf(path, sizeof(path), NETNS_SEARCH_NAMED "/%s", name);
	r = netns_link_find(search->root, path, &inode);
	/* A file that was left behind when its namespace was unmounted. */
	if (r == -EINVAL)
		return 0;
	return r < 0 ? add_gap(search, NETNS_STEP_NAMES, r)
		     : netns_list_add(search->list, inode, path, -1);
}

static int add_names(struct search *search)
{
	cleanup(cleanup_close) int fd =
		root_open(search->root, NETNS_SEARCH_NAMED, O_RDONLY | O_DIRECTORY);
	struct dirscan_entry entry;
	struct dirscan scan;
	int r = 0, more;

	if (fd < 0)
		return add_gap(search, NETNS_STEP_NAMES, fd);
	dirscan_begin(&scan, fd);
	while ((more = dirscan_next(&scan, &entry)) > 0 && r >= 0 && has_time(search)) {
		if (entry.name[0] != '.')
			r = add_name(search, entry.name);
	}
	return r >= 0 && more < 0 ? add_gap(search, NETNS_STEP_NAMES, more) : r;
}

/* --- processes and threads ------------------------------------------------------------------- */

/*
 * The link @kind of a process or thread, whose directory is @name below @dir, and @path. That
 * nothing is mounted over it is seen when its descriptors are searched.
 */
static int read_link(const struct search *search, int dir, const char *name, const char *path,
		     const char *kind, uint32_t *inode)
{
	char link[80];

	if (search->root->is_machine) {
		snprintf(link, sizeof(link), "%s/ns/%s", name, kind);
		return netns_link_read(dir, link, kind, inode);
	}
	snprintf(link, sizeof(link), "%s/ns/%s", path, kind);
	return netns_link_find(search->root, link, inode);
}

/* Return: 0, -ENOMEM, or 1 when the kernel refuses it. */
static int add_failure(const struct search *search, uint32_t task, int error)
{
	bool is_refused = error == -EACCES || error == -EPERM;
	int r = add_gap(search, NETNS_STEP_PROCESSES, error);

	if (r >= 0 && is_refused)
		r = intmap_put(&search->list->refused, task, 0);
	return r < 0 ? r : is_refused;
}

/* @task: a thread of @pid, or its leader. As read_link() and add_failure(). */
static int add_task(struct search *search, int dir, const char *name, const char *path,
		    uint32_t task, uint32_t pid)
{
	char link[80];
	uint32_t inode;
	int r = read_link(search, dir, name, path, "net", &inode);

	if (r < 0)
		return add_failure(search, task, r);
	snprintf(link, sizeof(link), "%s/ns/net", path);
	r = netns_list_add(search->list, inode, link, -1);
	if (r < 0 || !search->root->is_machine)
		return r;
	r = read_link(search, dir, name, path, "mnt", &inode);
	if (r < 0)
		return add_failure(search, task, r);
	return intmap_find(&search->list->mounts, inode)
		       ? 0
		       : intmap_put(&search->list->mounts, inode, pid);
}

/* The link count of /proc/PID/task is 2 and the number of threads (fs/proc/base.c). */
static bool is_single(const struct search *search, const char *task)
{
	struct stat status;

	return search->root->is_machine &&
	       fstatat(search->proc, task, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       status.st_nlink == 3;
}

static int add_threads(struct search *search, uint32_t pid)
{
	cleanup(cleanup_close) int fd = -1;
	struct dirscan_entry entry;
	struct dirscan scan;
	char path[64];
	uint64_t thread;
	int r = 0, more;

	snprintf(path, sizeof(path), "%u/task", pid);
	if (is_single(search, path))
		return intmap_put(&search->list->single, pid, 0);
	fd = dirscan_open(&search->how, search->proc, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0)
		return add_gap(search, NETNS_STEP_PROCESSES, fd);
	dirscan_begin(&scan, fd);
	while ((more = dirscan_next(&scan, &entry)) > 0 && r >= 0 && has_time(search)) {
		if (!num_parse(entry.name, INT32_MAX, &thread) || thread == pid)
			continue;
		snprintf(path, sizeof(path), "proc/%u/task/%u", pid, (unsigned)thread);
		r = add_task(search, fd, entry.name, path, (uint32_t)thread, pid);
	}
	if (r >= 0 && more < 0)
		r = add_gap(search, NETNS_STEP_PROCESSES, more);
	return r < 0 ? r : 0;
}

static int add_processes(struct search *search)
{
	struct dirscan_entry entry;
	struct dirscan scan;
	char path[32];
	uint64_t pid;
	int r = 0, more;

	dirscan_begin(&scan, search->proc);
	while ((more = dirscan_next(&scan, &entry)) > 0 && r >= 0 && has_time(search)) {
		if (!num_parse(entry.name, INT32_MAX, &pid))
			continue;
		snprintf(path, sizeof(path), "proc/%u", (unsigned)pid);
		r = add_task(search, search->proc, entry.name, path, (uint32_t)pid, (uint32_t)pid);
		/* Its threads would be refused like it, and are counted as one with it. */
		if (r == 0)
			r = add_threads(search, (uint32_t)pid);
	}
	if (r >= 0 && more < 0)
		r = add_gap(search, NETNS_STEP_PROCESSES, more);
	return r < 0 ? r : 0;
}

int netns_search(struct netns_list *list, const struct root *root, struct lsp_snapshot *snapshot)
{
	cleanup(cleanup_close) int proc = root_open(root, "proc", O_RDONLY | O_DIRECTORY);
	struct search search = {.list = list, .root = root, .snapshot = snapshot, .proc = proc};
	int r = add_names(&search);

	if (r < 0)
		return r;
	/* Without any /proc nothing is known of processes either. */
	if (proc < 0)
		return add_gap(&search, NETNS_STEP_PROCESSES, proc == -ENOENT ? -EIO : proc);
	search.how = dirscan_probe(root, proc);
	r = add_processes(&search);
	return r >= 0 && search.is_late ? add_gap(&search, NETNS_STEP_LIST_END, -ETIME) : r;
}
