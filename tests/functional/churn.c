// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sockets and processes that come and go until standard input ends. The stable listener of a test
 * is made by another helper, before this one starts.
 *
 *   churn loop tcp|udp ADDRESS PORT COUNT   COUNT sockets that share one port are opened,
 *                                           then closed in reverse, again and again
 *   churn race RATE                         RATE processes a second start, listen and end
 *
 * Prints "ready", and at the end "rounds N" or "started N seconds S".
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NANOSECONDS 1000000000LL

struct target {
	struct sockaddr_storage address;
	socklen_t length;
	bool is_tcp;
};

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(1);
}

static bool is_input_ended(void)
{
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&input, 1, 0) > 0;
}

static void parse_target(char **words, struct target *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;

	*out = (struct target){.is_tcp = strcmp(words[0], "tcp") == 0};
	if (inet_pton(AF_INET, words[1], &v4->sin_addr) == 1) {
		out->address.ss_family = AF_INET;
		out->length = sizeof(*v4);
	} else if (inet_pton(AF_INET6, words[1], &v6->sin6_addr) == 1) {
		out->address.ss_family = AF_INET6;
		out->length = sizeof(*v6);
	} else {
		fail(words[1]);
	}
	/* sin_port and sin6_port have the same offset. */
	v4->sin_port = htons((uint16_t)atoi(words[2]));
}

static int open_socket(const struct target *target)
{
	int fd = socket(target->address.ss_family, target->is_tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	/* With SO_REUSEPORT the kernel puts IPv6 sockets at the end of a bucket, behind the stable
	 * one, where they do no harm (sk_add_node_rcu()). UDP can be shared without it. */
	bool is_late = !target->is_tcp && target->address.ss_family == AF_INET6;
	int option = is_late ? SO_REUSEADDR : SO_REUSEPORT;
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on)) < 0)
		fail("socket");
	if (bind(fd, (const struct sockaddr *)&target->address, target->length) < 0)
		fail("bind");
	if (target->is_tcp && listen(fd, 1) < 0)
		fail("listen");
	return fd;
}

/*
 * All sockets are opened before the first is closed: a dump that is resumed in the bucket then
 * skips as many sockets as were closed.
 */
static void run_loop(const struct target *target, size_t count)
{
	int *fds = calloc(count, sizeof(*fds));
	unsigned long rounds = 0;

	if (fds == NULL)
		fail("calloc");
	do {
		for (size_t i = 0; i < count; i++)
			fds[i] = open_socket(target);
		for (size_t i = count; i > 0; i--)
			close(fds[i - 1]);
		if (rounds++ == 0) {
			puts("ready");
			fflush(stdout);
		}
	} while (!is_input_ended());
	printf("rounds %lu\n", rounds);
	free(fds);
}

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NANOSECONDS + time.tv_nsec;
}

static void sleep_until(long long moment)
{
	struct timespec time = {.tv_sec = moment / NANOSECONDS, .tv_nsec = moment % NANOSECONDS};

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL);
}

/* One short life of 0 to 15 ms, so that some end while they are inspected. */
static _Noreturn void live(unsigned long number, pid_t parent)
{
	static const char *const addresses[] = {"127.0.0.1", "::1", "0.0.0.0", "::"};
	char protos[][4] = {"tcp", "udp"};
	char address[16];
	char port[] = "0";
	char *words[] = {protos[number % 2], address, port};
	struct target target;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	snprintf(address, sizeof(address), "%s", addresses[number / 2 % 4]);
	parse_target(words, &target);
	open_socket(&target);
	usleep((useconds_t)(number * 7919 % 16 * 1000));
	_exit(0);
}

static void run_race(long long rate)
{
	long long start = now();
	pid_t self = getpid();
	unsigned long started = 0;

	if (rate <= 0)
		fail("rate");
	/* The kernel then reaps the children itself. */
	signal(SIGCHLD, SIG_IGN);
	puts("ready");
	fflush(stdout);
	while (!is_input_ended()) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (pid == 0)
			live(started, self);
		started++;
		sleep_until(start + (long long)started * NANOSECONDS / rate);
	}
	printf("started %lu seconds %.3f\n", started, (double)(now() - start) / NANOSECONDS);
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	struct target target;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (argc == 6 && strcmp(argv[1], "loop") == 0) {
		parse_target(argv + 2, &target);
		run_loop(&target, strtoul(argv[5], NULL, 10));
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "race") == 0) {
		run_race(atoll(argv[2]));
		return 0;
	}
	fputs("usage: churn loop tcp|udp ADDRESS PORT COUNT | churn race RATE\n", stderr);
	return 2;
}
