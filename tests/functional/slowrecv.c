// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Preloaded into a program: waits 2 ms before every receive, as on a busy machine. Does not change
 * the data.
 */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Not those of <sys/socket.h>: in glibc recvfrom(2) takes a union that only gcc lets one define. */
struct msghdr;
struct sockaddr;
ssize_t recvmsg(int fd, struct msghdr *message, int flags);
ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from,
		 unsigned *length);
ssize_t recv(int fd, void *data, size_t size, int flags);

static void wait_a_little(void)
{
	const struct timespec pause = {.tv_nsec = 2000000};

	nanosleep(&pause, NULL);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	wait_a_little();
	return syscall(SYS_recvmsg, fd, message, flags);
}

ssize_t recvfrom(int fd, void *data, size_t size, int flags, struct sockaddr *from,
		 unsigned *length)
{
	wait_a_little();
	return syscall(SYS_recvfrom, fd, data, size, flags, from, length);
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
	return recvfrom(fd, data, size, flags, NULL, NULL);
}
