/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Searches descriptors and mounts for namespaces that are not listed. All of it may block for ever:
 * whoever has a descriptor may put another file in its place while it is duplicated, and a file of
 * FUSE is asked when it is closed (fuse_flush()); a mount point may lie below such a file system.
 * That is why this is a process of its own, which uses nothing but what it inherits.
 */
#include "collect/netns_finder.h"

#include "buf.h"
#include "cleanup.h"
#include "host/fdcount.h"
#include "collect/netns_link.h"
#include "dirscan.h"
#include "host/mountinfo.h"
#include "num.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <linux/openat2.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MOUNTINFO_MAX (16u << 20)
/* <sys/pidfd.h> is younger than the system calls. Linux 6.9: a thread that is no leader. */
#define PIDFD_OF_THREAD O_EXCL
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71 /* Linux 5.14 */
#endif

struct finder {
	const struct netns_list *list;
	struct intmap sockets; /* those that need not be asked: known ones, and those that were */
	struct intmap found;   /* namespaces that were reported */
	struct dirscan_how how;
	int proc, out;
	struct fdcount counts;
	uint32_t self; /* our own PID */
	uint32_t pid;  /* of the process that is searched */
	int task;      /* pidfd of that process or thread, -1 while it is not needed */
};

/* --- reports --------------------------------------------------------------------------------- */

static void send_report(const struct finder *finder, const struct netns_found *report, int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec part = {(void *)(uintptr_t)report, sizeof(*report)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	struct cmsghdr *header;

	if (fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	/* What is not sent is missing when the other side waits for the last report. */
	if (sendmsg(finder->out, &message, MSG_NOSIGNAL) < 0)
		_exit(1);
}

/* @error: 0 for none. What is gone is no failure. */
static void report_failure(const struct finder *finder, enum netns_report kind, int fd, int error)
{
	if (error < 0 && error != -ENOENT && error != -ESRCH && error != -EBADF)
		send_report(finder, &(struct netns_found){kind, finder->pid, fd, error, 0}, -1);
}

static bool is_news(const struct finder *finder, uint32_t inode)
{
	return !netns_list_has(finder->list, inode) && !intmap_find(&finder->found, inode);
}

/* @netns: the namespace itself. Return: 0 or a negative errno. */
static int report_netns(struct finder *finder, int netns, int32_t fd)
{
	uint32_t inode;
	int r = netns_link_inode(netns, &inode);

	if (r < 0 || !is_news(finder, inode))
		return r;
	if (intmap_put(&finder->found, inode, 0) < 0)
		_exit(1);
	send_report(finder, &(struct netns_found){NETNS_REPORT_FOUND, finder->pid, fd, 0, inode},
		    netns);
	return 0;
}

/* Is the socket of a namespace that was entered? Unlike SIOCGSKNS this takes no privilege. */
static bool is_of_entered(const struct finder *finder, int fd)
{
	uint64_t cookie;
	socklen_t size = sizeof(cookie);

	return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) == 0 &&
	       intmap_find(&finder->list->cookies, cookie);
}

/* --- descriptors ----------------------------------------------------------------------------- */

/* Asks the file nothing unless it is a socket. Return: 0 or a negative errno, -ENOTSOCK. */
static int check_socket(int fd)
{
	socklen_t size = sizeof(int);
	int domain;

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) < 0 ? -errno : 0;
}

/* Does this duplicate still have the kind that its link said? Only then may it be asked. */
static int ask_duplicate(struct finder *finder, int copy, bool was_socket, int32_t fd)
{
	cleanup(cleanup_close) int netns = -1;
	char name[32];
	uint32_t inode;
	int r;

	if (was_socket) {
		r = check_socket(copy);
		if (r < 0 || is_of_entered(finder, copy))
			return r == -ENOTSOCK ? 0 : r;
		netns = ioctl(copy, SIOCGSKNS);
		return netns < 0 ? -errno : report_netns(finder, netns, fd);
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", copy);
	r = netns_link_read(AT_FDCWD, name, "net", &inode);
	if (r < 0)
		return r == -EINVAL || r == -ENAMETOOLONG ? 0 : r;
	return report_netns(finder, copy, fd);
}

static int open_task(struct finder *finder, uint32_t thread)
{
	if (finder->task < 0)
		finder->task = (int)syscall(SYS_pidfd_open, thread,
					    thread == finder->pid ? 0 : PIDFD_OF_THREAD);
	return finder->task < 0 ? -errno : 0;
}

static void ask_descriptor(struct finder *finder, uint32_t thread, int32_t fd, bool was_socket)
{
	cleanup(cleanup_close) int copy = -1;
	int r = open_task(finder, thread);

	if (r >= 0) {
		copy = (int)syscall(SYS_pidfd_getfd, finder->task, fd, 0);
		r = copy < 0 ? -errno : ask_duplicate(finder, copy, was_socket, fd);
	}
	report_failure(finder, NETNS_REPORT_DESCRIPTOR, fd, r);
}

/*
 * A socket of another family has no port. Which one it has can be read without holding the socket
 * (net/socket.c, sockfs_xattr_get()).
 */
static bool has_ports(const char *path)
{
	char name[32];
	ssize_t n = getxattr(path, "system.sockprotoname", name, sizeof(name) - 1);

	if (n < 0)
		return errno != ENOENT && errno != ESRCH;
	name[n] = '\0';
	return strncmp(name, "TCP", 3) == 0 || strncmp(name, "UDP", 3) == 0 ||
	       strncmp(name, "MPTCP", 5) == 0;
}

/*
 * @table: "812/fd" or "812/task/813/fd". Return: 0, or a negative errno when no other descriptor of
 * the table can be read either.
 */
static int read_descriptor(struct finder *finder, int dir, const char *table, const char *name,
			   uint32_t thread)
{
	char link[64], path[96];
	uint32_t inode;
	uint64_t fd;
	ssize_t n;
	bool is_socket_link;

	if (!num_parse(name, INT32_MAX, &fd))
		return 0;
	n = root_readlink_at(dir, name, link, sizeof(link));
	/* It is asked of the process, whichever link is read (proc_fd_access_allowed()). */
	if (n == -EACCES || n == -EPERM)
		return (int)n;
	/* A longer link is the path of a file. */
	if (n < 0 && n != -ENAMETOOLONG)
		report_failure(finder, NETNS_REPORT_DESCRIPTOR, (int32_t)fd, (int)n);
	if (n < 0)
		return 0;
	is_socket_link = netns_link_parse(link, "socket", &inode);
	if (is_socket_link) {
		snprintf(path, sizeof(path), "/proc/%s/%s", table, name);
		if (intmap_find(&finder->sockets, inode))
			return 0;
		if (intmap_put(&finder->sockets, inode, 0) < 0)
			_exit(1);
		if (has_ports(path))
			ask_descriptor(finder, thread, (int32_t)fd, true);
	} else if (netns_link_parse(link, "net", &inode) && is_news(finder, inode)) {
		ask_descriptor(finder, thread, (int32_t)fd, false);
	}
	return 0;
}

static void read_table(struct finder *finder, const char *table, uint32_t thread)
{
	cleanup(cleanup_close) int dir = -1;
	struct dirscan_entry entry;
	struct dirscan scan;
	int r = 0, more;

	/* As for a whole process. */
	if (intmap_find(&finder->list->refused, thread) || fdcount_is_none(&finder->counts, table))
		return;
	more = dir = dirscan_open(&finder->how, finder->proc, table, O_RDONLY | O_DIRECTORY);
	if (dir >= 0) {
		dirscan_begin(&scan, dir);
		while (r >= 0 && (more = dirscan_next(&scan, &entry)) > 0)
			r = read_descriptor(finder, dir, table, entry.name, thread);
	}
	if (r < 0 || more < 0)
		report_failure(finder, NETNS_REPORT_PROCESS, -1, r < 0 ? r : more);
	cleanup_close(&finder->task);
	finder->task = -1;
}

/* Threads whose table is not that of their leader. Without kcmp(2) every one of them is read. */
static void read_threads(struct finder *finder)
{
	cleanup(cleanup_close) int dir = -1;
	struct dirscan_entry entry;
	struct dirscan scan;
	struct stat status;
	char path[64];
	uint64_t thread;
	int more;

	snprintf(path, sizeof(path), "%u/task", finder->pid);
	if (intmap_find(&finder->list->single, finder->pid))
		return;
	/* The link count is 2 and the number of threads (fs/proc/base.c). */
	if (fstatat(finder->proc, path, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_nlink == 3)
		return;
	dir = dirscan_open(&finder->how, finder->proc, path, O_RDONLY | O_DIRECTORY);
	if (dir < 0) {
		report_failure(finder, NETNS_REPORT_PROCESS, -1, dir);
		return;
	}
	dirscan_begin(&scan, dir);
	while ((more = dirscan_next(&scan, &entry)) > 0) {
		if (!num_parse(entry.name, INT32_MAX, &thread) || thread == finder->pid ||
		    syscall(SYS_kcmp, (pid_t)finder->pid, (pid_t)thread, KCMP_FILES, 0ul, 0ul) == 0)
			continue;
		snprintf(path, sizeof(path), "%u/task/%u/fd", finder->pid, (unsigned)thread);
		read_table(finder, path, (uint32_t)thread);
	}
	if (more < 0)
		report_failure(finder, NETNS_REPORT_PROCESS, -1, more);
}

static void read_processes(struct finder *finder)
{
	struct dirscan_entry entry;
	struct dirscan scan;
	char path[32];
	uint64_t pid;
	int more;

	dirscan_begin(&scan, finder->proc);
	while ((more = dirscan_next(&scan, &entry)) > 0) {
		if (!num_parse(entry.name, INT32_MAX, &pid) || pid == finder->self)
			continue;
		/* That is a gap already, and the kernel would refuse this like the link. */
		if (intmap_find(&finder->list->refused, pid))
			continue;
		finder->pid = (uint32_t)pid;
		snprintf(path, sizeof(path), "%u/fd", finder->pid);
		read_table(finder, path, finder->pid);
		read_threads(finder);
	}
	finder->pid = 0;
	if (more < 0)
		report_failure(finder, NETNS_REPORT_PROCESS, -1, more);
}

/* --- mounts ---------------------------------------------------------------------------------- */

/* Opens nothing but a namespace: what lies there may be a device. */
static int open_mounted(int root, const char *point, uint32_t inode)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	cleanup(cleanup_close) int place =
		(int)syscall(SYS_openat2, root, point, &how, sizeof(how));
	char name[32];
	uint32_t found;
	int fd;

	if (place < 0)
		return -errno;
	fd = netns_link_inode(place, &found);
	if (fd < 0 || found != inode)
		return fd < 0 && fd != -EINVAL ? fd : -EBUSY;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", place);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A line of the mounts that the process @finder->pid sees. */
static void read_mount(struct finder *finder, const struct mountinfo *mount)
{
	cleanup(cleanup_close) int root = -1, fd = -1;
	char path[32];
	uint32_t inode;
	int r;

	if (strcmp(mount->type, "nsfs") != 0 || !netns_link_parse(mount->root, "net", &inode) ||
	    !is_news(finder, inode))
		return;
	snprintf(path, sizeof(path), "%u/root", finder->pid);
	root = openat(finder->proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	fd = root < 0 ? -errno : open_mounted(root, mount->point, inode);
	r = fd < 0 ? fd : report_netns(finder, fd, -1);
	/* The line says that it is there: what covers it does not end it. */
	report_failure(finder, NETNS_REPORT_MOUNT, -1, r == -ENOENT ? -EBUSY : r);
}

static void read_mounts(struct finder *finder)
{
	struct buf text = BUF_INIT;
	struct mountinfo mount;
	char path[32];

	for (size_t i = 0; i < finder->list->mounts.capacity; i++) {
		const struct intmap_slot *slot = &finder->list->mounts.slots[i];
		char *cursor;
		int r;

		if (!slot->is_used)
			continue;
		finder->pid = slot->value;
		snprintf(path, sizeof(path), "%u/mountinfo", finder->pid);
		r = root_read_at(finder->proc, path, &text, MOUNTINFO_MAX);
		if (r >= 0 && !buf_text(&text))
			r = -ENOMEM;
		if (r < 0) {
			/* EINVAL: it ended, and has left its namespace (fs/proc_namespace.c). */
			report_failure(finder, NETNS_REPORT_MOUNT, -1, r == -EINVAL ? -ESRCH : r);
			continue;
		}
		cursor = text.data;
		while (mountinfo_parse(&cursor, &mount))
			read_mount(finder, &mount);
	}
	buf_deinit(&text);
}

void netns_finder_run(const struct netns_list *list, const struct intmap *known, int out)
{
	static const struct root root = {.fd = -1, .is_machine = true};
	struct finder finder = {
		.list = list,
		.sockets = *known,
		.self = (uint32_t)getpid(),
		.out = out,
		.task = -1,
	};

	finder.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (finder.proc < 0) {
		report_failure(&finder, NETNS_REPORT_PROCESS, -1, -EIO);
	} else {
		finder.how = dirscan_probe(&root, finder.proc);
		finder.counts = fdcount_probe(finder.proc, finder.self);
		read_processes(&finder);
		read_mounts(&finder);
	}
	send_report(&finder, &(struct netns_found){.report = NETNS_REPORT_DONE}, -1);
}
