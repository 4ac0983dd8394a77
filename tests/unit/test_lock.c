/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/lock: one holder at a time, a wait with an end, and nothing left of a process that died. */
#include "support.h"

#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void path_of(char out[256], void **state, const char *name)
{
	snprintf(out, 256, "%s/%s", (char *)*state, name);
}

static void the_file_is_made_private_and_stays(void **state)
{
	mode_t old = umask(0);
	char path[256];
	struct stat st;
	int fd;

	path_of(path, state, "rules.lock");
	fd = lock_take(path, 0);
	umask(old);
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	close(fd);
	assert_int_equal(stat(path, &st), 0);
}

/* Even in one process: the lock belongs to the open file. */
static void a_second_one_waits_for_its_time_and_no_longer(void **state)
{
	struct timespec start, end;
	char path[256];
	int first, second;
	double waited;

	path_of(path, state, "lock");
	first = lock_take(path, 0);
	assert_true(first >= 0);
	assert_int_equal(lock_take(path, 0), -EBUSY);
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(lock_take(path, 1), -EBUSY);
	clock_gettime(CLOCK_MONOTONIC, &end);
	waited = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
	expect(waited >= 0.9, "waited %f s", waited);
	close(first);
	second = lock_take(path, 0);
	assert_true(second >= 0);
	close(second);
}

/* Takes the lock, says so, and holds it until it is killed. */
static pid_t hold(const char *path)
{
	int ready[2];
	pid_t child;
	char byte;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		if (lock_take(path, 0) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

static void it_ends_with_the_process(void **state)
{
	char path[256];
	pid_t child;
	int status, fd;

	path_of(path, state, "lock");
	child = hold(path);
	assert_int_equal(lock_take(path, 0), -EBUSY);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	fd = lock_take(path, 0);
	assert_true(fd >= 0);
	close(fd);
}

/* A waiter gets the lock as soon as it is released. */
static void it_is_handed_on_in_time(void **state)
{
	char path[256];
	pid_t child;
	int fd, status;

	path_of(path, state, "lock");
	fd = lock_take(path, 0);
	assert_true(fd >= 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		/* A lock lasts as long as any copy of its descriptor. */
		close(fd);
		_exit(lock_take(path, 60) < 0);
	}
	nanosleep(&(struct timespec){.tv_nsec = 120000000}, NULL);
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void what_cannot_be_a_lock_is_refused(void **state)
{
	char path[256];
	struct stat st;

	tree_link(*state, "link", "target");
	path_of(path, state, "link");
	assert_int_equal(lock_take(path, 0), -ELOOP);
	path_of(path, state, "target");
	assert_int_equal(stat(path, &st), -1);
	tree_mkdir(*state, "dir");
	path_of(path, state, "dir");
	assert_int_equal(lock_take(path, 0), -EISDIR);
	path_of(path, state, "absent/lock");
	assert_int_equal(lock_take(path, 0), -ENOENT);
	assert_int_equal(lock_take("", 0), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(the_file_is_made_private_and_stays),
		TREE_TEST(a_second_one_waits_for_its_time_and_no_longer),
		TREE_TEST(it_ends_with_the_process),
		TREE_TEST(it_is_handed_on_in_time),
		TREE_TEST(what_cannot_be_a_lock_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
