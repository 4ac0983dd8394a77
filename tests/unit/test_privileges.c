/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * base/privileges: what is given up does not come back, what is put aside does. Each test runs in a
 * child, whose rights are its own; without privileges nothing is held, and that stays so.
 */
#include "support.h"

#include "privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT (PRIVILEGE(CAP_SYS_PTRACE) | PRIVILEGE(CAP_DAC_READ_SEARCH))
#define MODES (PRIVILEGE(CAP_DAC_READ_SEARCH) | PRIVILEGE(CAP_DAC_OVERRIDE))

/* In the child: leaves with the line that is wrong. */
#define need(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			_exit(__LINE__ & 255 ? __LINE__ & 255 : 1);                                \
	} while (0)

/* @path: for the child. */
static void in_child(void (*function)(const char *path), const char *path)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (!pid) {
		function(path);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d, line %d (modulo 256)",
	       status, WEXITSTATUS(status));
}

static uint64_t held(void)
{
	uint64_t set;

	need(privileges_held(&set) == 0);
	return set;
}

static void check_limit(const char *path)
{
	uint64_t before = held();

	(void)path;
	need(privileges_limit(before) == 0 && held() == before);
	need(privileges_limit(KEPT) == 0 && held() == (before & KEPT));
	/* What is given up cannot be asked for again. */
	privileges_raise(before);
	need(held() == (before & KEPT));
	need(privileges_limit(0) == 0 && held() == 0);
}

static void what_is_given_up_does_not_come_back(void **state)
{
	(void)state;
	in_child(check_limit, NULL);
}

static void check_lower(const char *path)
{
	uint64_t before = held(), lowered;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool can_pass = fd >= 0;

	close(fd);
	need(privileges_lower(MODES, &lowered) == 0);
	need(lowered == (can_pass ? before & MODES : lowered));
	need(open(path, O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
	need(held() == before);
	errno = ENOTTY;
	privileges_raise(lowered);
	need(errno == ENOTTY);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	need((fd >= 0) == can_pass);
	/* Nothing is lowered, and nothing raised. */
	need(privileges_lower(0, &lowered) == 0 && !lowered);
}

static void what_is_put_aside_comes_back(void **state)
{
	char path[128];

	tree_write_text(*state, "closed", "x");
	snprintf(path, sizeof(path), "%s/closed", (const char *)*state);
	assert_int_equal(chmod(path, 0), 0);
	in_child(check_lower, path);
}

static void check_begin(const char *path)
{
	uint64_t before = held();

	(void)path;
	need(!privileges_are_lent());
	need(privileges_begin() == 0);
	need(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	need(held() == before);
}

static void nothing_is_gained_afterwards(void **state)
{
	(void)state;
	in_child(check_begin, NULL);
}

static void check_filter(const char *path)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_capset, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = ROWS(filter), .filter = filter};
	uint64_t before = held(), lowered;

	(void)path;
	need(privileges_begin() == 0);
	need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0);
	need(privileges_limit(0) == 0 && held() == before);
	need(privileges_lower(MODES, &lowered) == 0);
	privileges_raise(lowered);
	need(held() == before);
}

static void a_filter_that_refuses_is_no_failure(void **state)
{
	(void)state;
	in_child(check_filter, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_given_up_does_not_come_back),
		TREE_TEST(what_is_put_aside_comes_back),
		cmocka_unit_test(nothing_is_gained_afterwards),
		cmocka_unit_test(a_filter_that_refuses_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
