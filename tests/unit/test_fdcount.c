/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/fdcount: only what the kernel says to be empty is taken for empty. */
#include "support.h"

#include "host/fdcount.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void who_has_descriptors_is_never_skipped(void **state)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fdcount counts = fdcount_probe(proc, (uint32_t)getpid());
	char path[32];

	(void)state;
	assert_true(proc >= 0);
	snprintf(path, sizeof(path), "%d/fd", getpid());
	assert_false(fdcount_is_none(&counts, path));
	assert_false(fdcount_is_none(&counts, "no-such-process/fd"));
	close(proc);
}

/* A zombie has none, which kernels before 6.2 do not tell. */
static void a_zombie_has_none_where_that_is_known(void **state)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct fdcount counts = fdcount_probe(proc, (uint32_t)getpid());
	siginfo_t info;
	char path[32];
	pid_t child = fork();

	(void)state;
	if (child == 0)
		_exit(0);
	assert_true(proc >= 0 && child > 0);
	assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
	snprintf(path, sizeof(path), "%d/fd", child);
	assert_int_equal(fdcount_is_none(&counts, path), counts.is_known);
	/* On another mount than /proc, whatever its size. */
	counts.mount++;
	assert_false(fdcount_is_none(&counts, path));
	/* Of a kernel that says 0 of everybody nothing is believed. */
	counts = fdcount_probe(proc, (uint32_t)child);
	assert_false(counts.is_known);
	assert_false(fdcount_is_none(&counts, path));
	waitpid(child, NULL, 0);
	close(proc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_has_descriptors_is_never_skipped),
		cmocka_unit_test(a_zombie_has_none_where_that_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
