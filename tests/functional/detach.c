// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detach [-b DIRECTORY] [-d] PATH PROGRAM [ARGUMENT]...: runs a copy of PROGRAM, and /proc calls it
 * PATH. Any user can do so: the copy lies in a mount of a namespace that has ended, and the path
 * begins there. The process itself never leaves its user and mount namespaces.
 *
 *   -b  the copy lies below DIRECTORY, and not in a file system in memory
 *   -d  it has no name any more, and /proc appends " (deleted)"
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PLACE "/mnt"

union control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void fail(const char *what)
{
	fprintf(stderr, "detach: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void write_map(const char *file, const char *text)
{
	FILE *out = fopen(file, "we");

	if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0)
		fail(file);
}

static void enter_namespaces(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof(users), "0 %u 1", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		fail("unshare");
	write_map("/proc/self/setgroups", "deny");
	write_map("/proc/self/uid_map", users);
	write_map("/proc/self/gid_map", groups);
}

static void make_directories(char *path)
{
	for (char *slash = path + sizeof(PLACE); (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(path, 0755) < 0 && errno != EEXIST)
			fail(path);
	}
}

/* The copy at @path below a mount that nobody else can reach. */
static int make_copy(const char *directory, const char *path, const char *program)
{
	int from = open(program, O_RDONLY | O_CLOEXEC), to, fd;
	char place[4096];
	struct stat status;

	if (from < 0 || fstat(from, &status) < 0)
		fail(program);
	enter_namespaces();
	if (directory != NULL ? mount(directory, PLACE, NULL, MS_BIND, NULL)
			      : mount("none", PLACE, "tmpfs", 0, NULL))
		fail(PLACE);
	snprintf(place, sizeof(place), PLACE "%s", path);
	make_directories(place);
	to = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	if (to < 0 || sendfile(to, from, NULL, (size_t)status.st_size) != status.st_size ||
	    fchmod(to, 0755) < 0 || close(to) < 0)
		fail(place);
	fd = open(place, O_PATH | O_CLOEXEC);
	if (fd < 0)
		fail(place);
	return fd;
}

static void send_fd(int to, int fd)
{
	struct iovec byte = {(char[1]){0}, 1};
	union control control = {.head = {.cmsg_len = CMSG_LEN(sizeof(fd)),
					  .cmsg_level = SOL_SOCKET,
					  .cmsg_type = SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &byte,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(to, &message, 0) != 1)
		fail("sendmsg");
}

static int receive_fd(int from)
{
	struct iovec byte = {(char[1]){0}, 1};
	union control control = {.bytes = {0}};
	struct msghdr message = {.msg_iov = &byte,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	int fd;

	if (recvmsg(from, &message, MSG_CMSG_CLOEXEC) != 1)
		fail("recvmsg");
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

int main(int argc, char **argv)
{
	const char *directory = NULL;
	bool is_deleted = false;
	int option, pair[2], fd;
	pid_t helper;

	while ((option = getopt(argc, argv, "+b:d")) != -1) {
		if (option == 'b')
			directory = optarg;
		else if (option == 'd')
			is_deleted = true;
		else
			return 2;
	}
	if (argc - optind < 2)
		return 2;
	argv += optind;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		fail("socketpair");
	helper = fork();
	if (helper == 0) {
		char place[4096];

		fd = make_copy(directory, argv[0], argv[1]);
		snprintf(place, sizeof(place), PLACE "%s", argv[0]);
		if (is_deleted && unlink(place) < 0)
			fail(place);
		send_fd(pair[1], fd);
		return 0;
	}
	close(pair[1]);
	fd = receive_fd(pair[0]);
	waitpid(helper, NULL, 0);
	close(pair[0]);
	fexecve(fd, argv + 1, environ);
	fail("fexecve");
	return 1;
}
