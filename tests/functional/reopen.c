// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A listener that is opened anew again and again, each time before the last socket is closed: its
 * port is open all the time, and no socket of it for long.
 *
 *   reopen tcp|udp PORT MICROSECONDS   the time that each socket lives
 *   reopen hold COUNT                  COUNT descriptors, so that whoever reads them takes long
 *
 * Prints "ready" and ends with standard input.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static bool is_input_ended(int milliseconds)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&input, 1, milliseconds) > 0;
}

static void say_ready(void)
{
	puts("ready");
	fflush(stdout);
}

static int open_listener(bool is_tcp, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0), on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		fail("socket");
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		fail("bind");
	if (is_tcp && listen(fd, 16) < 0)
		fail("listen");
	return fd;
}

static void reopen(bool is_tcp, uint16_t port, useconds_t life)
{
	int fd = open_listener(is_tcp, port);

	say_ready();
	while (!is_input_ended((int)(life / 1000))) {
		int next = open_listener(is_tcp, port);

		close(fd);
		fd = next;
		usleep(life % 1000);
	}
}

static void hold(unsigned long count)
{
	struct rlimit limit;
	int fd = open("/dev/null", O_RDONLY);

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	for (unsigned long i = 0; i < count; i++)
		if (fd < 0 || dup(fd) < 0)
			fail("dup");
	say_ready();
	while (!is_input_ended(-1))
		;
}

int main(int argc, char **argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc == 3 && strcmp(argv[1], "hold") == 0) {
		hold(strtoul(argv[2], NULL, 10));
	} else if (argc == 4) {
		reopen(strcmp(argv[1], "tcp") == 0, (uint16_t)atoi(argv[2]),
		       (useconds_t)atoi(argv[3]));
	} else {
		fputs("usage: reopen tcp|udp PORT MICROSECONDS\n"
		      "       reopen hold COUNT\n",
		      stderr);
		return 2;
	}
	return 0;
}
