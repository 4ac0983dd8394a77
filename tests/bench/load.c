// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * load NAME [COUNT]: puts a load on the machine in a network namespace of its own, prints "ready"
 * and holds it until standard input ends. Every process stays below 20,000 descriptors, so large
 * loads are spread over processes. Measures nothing.
 *
 *   idle       only the twenty listeners that every load has
 *   fds        200 processes with 2,000 descriptors each
 *   procs      3,000 processes
 *   listeners  15,000 listeners
 *   conns      100,000 connections over loopback, 200,000 sockets
 *
 * COUNT is the number of all descriptors (fds), listeners, or sockets (conns).
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define DESCRIPTORS_NEEDED 18000
#define PORT 7000

struct load {
	const char *name;
	unsigned processes;
	unsigned descriptors; /* in each process */
	unsigned listeners;   /* in each process */
	unsigned connections; /* in each process */
};

static const struct load loads[] = {
	{"idle", 0, 0, 0, 0},          {"fds", 200, 2000, 0, 0},  {"procs", 3000, 0, 0, 0},
	{"listeners", 1, 0, 15000, 0}, {"conns", 20, 0, 0, 5000},
};

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void bring_up_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		fail("lo");
	request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		fail("lo");
	close(fd);
}

static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		fail("getrlimit");
	if (limit.rlim_max < DESCRIPTORS_NEEDED) {
		fprintf(stderr, "load: RLIMIT_NOFILE is below %d\n", DESCRIPTORS_NEEDED);
		exit(1);
	}
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		fail("setrlimit");
}

static struct sockaddr_in loopback(unsigned host, unsigned port)
{
	return (struct sockaddr_in){.sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK + host)};
}

static int open_listener(int type, const struct sockaddr_in *address)
{
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
		fail("bind");
	if (type == SOCK_STREAM && listen(fd, 4096) < 0)
		fail("listen");
	return fd;
}

static void open_descriptors(unsigned count)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* Half of them pipes: what a descriptor points to decides how long its link is. */
	for (unsigned i = 0; i + 3 <= count; i += 4) {
		int pair[2];

		if (pipe(pair) < 0 || dup(null) < 0 || dup(null) < 0)
			fail("pipe");
	}
}

/* Each process connects to an address of its own, so that ports do not run out. */
static void open_connections(unsigned host, unsigned count)
{
	struct sockaddr_in to = loopback(host, PORT);
	int listener;

	if (count == 0)
		return;
	listener = open_listener(SOCK_STREAM, &to);
	for (unsigned i = 0; i < count; i++) {
		int client = socket(AF_INET, SOCK_STREAM, 0);

		if (client < 0 || connect(client, (struct sockaddr *)&to, sizeof(to)) < 0)
			fail("connect");
		if (accept(listener, NULL, NULL) < 0)
			fail("accept");
	}
}

static void start_process(const struct load *load, unsigned number, int ready)
{
	pid_t self = getpid();
	pid_t pid = fork();
	struct sockaddr_in address;

	if (pid < 0)
		fail("fork");
	if (pid > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != self)
		_exit(1);
	open_descriptors(load->descriptors);
	for (unsigned i = 0; i < load->listeners; i++) {
		address = loopback(number, PORT + 1 + i);
		open_listener(SOCK_STREAM, &address);
	}
	open_connections(number, load->connections);
	if (write(ready, "", 1) != 1)
		_exit(1);
	close(ready);
	for (;;)
		pause();
}

static void open_usual_listeners(void)
{
	for (unsigned i = 0; i < 20; i++) {
		struct sockaddr_in address = loopback(250, 8000 + i);

		open_listener(i % 4 == 3 ? SOCK_DGRAM : SOCK_STREAM, &address);
	}
}

static void run_load(const struct load *load)
{
	int ready[2];
	char byte;

	if (pipe(ready) < 0)
		fail("pipe");
	for (unsigned i = 0; i < load->processes; i++)
		start_process(load, i + 1, ready[1]);
	close(ready[1]);
	for (unsigned i = 0; i < load->processes; i++)
		if (read(ready[0], &byte, 1) != 1) {
			fputs("load: a process of the load failed\n", stderr);
			exit(1);
		}
	close(ready[0]);
	open_usual_listeners();
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	/* Whoever waits for us may measure the next load, and closing is work too. */
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0)
		continue;
}

/* As many in each process as make @count in all. */
static bool resize(struct load *load, const char *count)
{
	char *end;
	unsigned long number = strtoul(count, &end, 10);

	if (*end || !number)
		return false;
	if (load->descriptors)
		load->descriptors = (unsigned)(number / load->processes);
	else if (load->listeners)
		load->listeners = (unsigned)(number / load->processes);
	else if (load->connections)
		load->connections = (unsigned)(number / 2 / load->processes);
	else
		return false;
	return load->descriptors + load->listeners + 2 * load->connections < DESCRIPTORS_NEEDED;
}

int main(int argc, char **argv)
{
	struct load load = {.name = NULL};

	for (size_t i = 0; argc > 1 && i < sizeof(loads) / sizeof(loads[0]); i++)
		if (strcmp(loads[i].name, argv[1]) == 0)
			load = loads[i];
	if (!load.name || argc > 3 || (argc == 3 && !resize(&load, argv[2]))) {
		fputs("usage: load idle|fds|procs|listeners|conns [COUNT]\n", stderr);
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	raise_descriptor_limit();
	/* A process group of our own, so that nothing else is killed with it. */
	if (setpgid(0, 0) < 0)
		fail("setpgid");
	if (unshare(CLONE_NEWNET) < 0)
		fail("unshare");
	bring_up_loopback();
	run_load(&load);
	return 0;
}
