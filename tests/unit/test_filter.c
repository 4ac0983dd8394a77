/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/filter: what is not listed ends the process, what only some runs may do ends the others, and
 * what any run needs goes on. Each row is a child of its own.
 */
#include "support.h"

#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what is tried: 0, or what the child leaves with ----------------------------------------- */

static int run_program(void)
{
	char *const words[] = {(char *)(uintptr_t) "true", NULL};

	return execv("/bin/true", words);
}

static int trace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0;
}

static int connect_somewhere(void)
{
	const struct sockaddr address = {.sa_family = AF_INET};

	return connect(0, &address, sizeof(address)) == 0;
}

static int open_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) < 0;
}

static int open_inet6(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0) < 0 && errno != EAFNOSUPPORT;
}

static int open_unix(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0) < 0;
}

static int open_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG) < 0;
}

static int enter_namespace(void)
{
	return setns(-1, CLONE_NEWNET) == 0 || errno != EBADF;
}

static int enter_mounts(void)
{
	return setns(-1, CLONE_NEWNS) == 0;
}

static int take_descriptor(void)
{
	return syscall(SYS_pidfd_getfd, -1, 0, 0) >= 0;
}

static int ask_bpf(void)
{
	return syscall(SYS_bpf, -1, NULL, 0) == 0;
}

static int map_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
	       MAP_FAILED;
}

static int map_data(void)
{
	void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return data == MAP_FAILED || mprotect(data, 4096, PROT_READ) < 0;
}

static int make_code(void)
{
	void *data = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return data == MAP_FAILED || mprotect(data, 4096, PROT_READ | PROT_EXEC) < 0;
}

static int type_for_user(void)
{
	char letter = 'x';

	return ioctl(0, TIOCSTI, &letter) == 0;
}

static int end_another(void)
{
	return kill(getppid(), SIGUSR1) < 0;
}

static int unshare_user(void)
{
	return unshare(CLONE_NEWUSER) < 0;
}

static int fork_into_namespace(void)
{
	return syscall(SYS_clone, (unsigned long)CLONE_NEWUSER | SIGCHLD, 0ul, 0ul, 0ul, 0ul) < 0;
}

static int fork_by_new_call(void)
{
	/* The C library does without. */
	return syscall(SYS_clone3, NULL, 0) == 0 || errno != ENOSYS;
}

static int write_memory(void)
{
	return syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0) < 0;
}

static int mount_something(void)
{
	return syscall(SYS_mount, NULL, NULL, NULL, 0, NULL) == 0;
}

static void *nothing(void *argument)
{
	return argument;
}

static int make_thread(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) || pthread_join(thread, NULL);
}

static int make_child(void)
{
	int status = 1;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return pid < 0 || waitpid(pid, &status, 0) != pid || status;
}

static int read_file(void)
{
	char byte;
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	return fd < 0 || read(fd, &byte, 1) != 1 || !filter_is_installed();
}

/* --- the tests ------------------------------------------------------------------------------- */

#define ALL (FILTER_NAMESPACES | FILTER_BPF | FILTER_BIND)

/* Status of a child that tries it, as of waitpid(2). */
static int run_filtered(unsigned rights, int (*function)(void))
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || filter_install(rights) < 0)
			_exit(2);
		_exit(function());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void what_is_not_listed_ends_the_process(void **state)
{
	static const struct {
		const char *what;
		int (*function)(void);
		unsigned rights; /* some that do not help */
		unsigned needed; /* with these it is let through; 0: never */
	} rows[] = {
		{"execve", run_program, ALL, 0},
		{"ptrace", trace, ALL, 0},
		{"connect", connect_somewhere, ALL, 0},
		{"mount", mount_something, ALL, 0},
		{"process_vm_writev", write_memory, ALL, 0},
		{"unshare", unshare_user, ALL, 0},
		{"clone into a namespace", fork_into_namespace, ALL, 0},
		{"setns to other mounts", enter_mounts, ALL, 0},
		{"TIOCSTI", type_for_user, ALL, 0},
		{"kill by another signal", end_another, ALL, 0},
		{"mmap of code", map_code, ALL, 0},
		{"mprotect of code", make_code, ALL, 0},
		{"a Unix socket", open_unix, ALL, 0},
		{"an IPv4 socket", open_inet, ALL & ~FILTER_BIND, FILTER_BIND},
		{"an IPv6 socket", open_inet6, ALL & ~FILTER_BIND, FILTER_BIND},
		{"setns", enter_namespace, ALL & ~FILTER_NAMESPACES, FILTER_NAMESPACES},
		{"pidfd_getfd", take_descriptor, ALL & ~FILTER_NAMESPACES, FILTER_NAMESPACES},
		{"bpf", ask_bpf, ALL & ~FILTER_BPF, FILTER_BPF},
	};

	(void)state;
	for (size_t i = 0; filter_is_built() && i < ROWS(rows); i++) {
		int status = run_filtered(0, rows[i].function);

		expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS, "%s: status %#x",
		       rows[i].what, (unsigned)status);
		status = run_filtered(rows[i].rights, rows[i].function);
		expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS,
		       "%s with other rights: status %#x", rows[i].what, (unsigned)status);
		if (!rows[i].needed)
			continue;
		status = run_filtered(rows[i].needed, rows[i].function);
		expect(status == 0, "%s with its right: status %#x", rows[i].what,
		       (unsigned)status);
	}
}

static void what_a_run_needs_goes_on(void **state)
{
	static const struct {
		const char *what;
		int (*function)(void);
	} rows[] = {
		{"read a file", read_file},   {"make a thread", make_thread},
		{"make a child", make_child}, {"open netlink", open_netlink},
		{"map memory", map_data},     {"clone3 is missing", fork_by_new_call},
	};

	(void)state;
	for (unsigned rights = 0; filter_is_built() && rights < FILTER_RIGHTS; rights++) {
		for (size_t i = 0; i < ROWS(rows); i++) {
			int status = run_filtered(rights, rows[i].function);

			expect(status == 0, "%s, rights %u: status %#x", rows[i].what, rights,
			       (unsigned)status);
		}
	}
}

/* With sanitizers, or without libseccomp. */
static void a_build_without_it_says_so(void **state)
{
	(void)state;
	if (!filter_is_built())
		assert_int_equal(filter_install(0), -EOPNOTSUPP);
	assert_int_equal(run_filtered(0, read_file) != 0, !filter_is_built());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_listed_ends_the_process),
		cmocka_unit_test(what_a_run_needs_goes_on),
		cmocka_unit_test(a_build_without_it_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
