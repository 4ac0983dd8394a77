/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/threads: a table that threads share is listed once, and a table of its own always. */
#include "support.h"

#include "owners/threads.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In a recorded tree no table is known to be shared. */
static void every_recorded_thread_is_listed(void **state)
{
	static struct threads threads;
	unsigned seen = 0;
	struct procfs proc;
	struct root root;
	const char *name;
	int dir;

	for (unsigned thread = 10; thread < 40; thread++) {
		char path[64];

		snprintf(path, sizeof(path), "proc/10/task/%u", thread);
		tree_mkdir(*state, path);
	}
	tree_mkdir(*state, "proc/10/task/x");
	tree_mkdir(*state, "proc/11");
	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(procfs_open(&proc, &root), 0);
	dir = procfs_open_below(&proc, proc.fd, "11");
	assert_int_equal(threads_open(&threads, &proc, dir, 11), -ENOENT);
	close(dir);
	dir = procfs_open_below(&proc, proc.fd, "10");
	assert_false(threads_is_single(&proc, dir, "task"));
	assert_int_equal(threads_open(&threads, &proc, dir, 10), 0);
	while (threads_next(&threads, &name) > 0) {
		long thread = strtol(name, NULL, 10);

		assert_in_range(thread, 11, 39);
		seen++;
	}
	assert_int_equal(seen, 29);
	threads_close(&threads);
	close(dir);
	procfs_close(&proc);
	root_deinit(&root);
}

/* --- for real: threads of a child ------------------------------------------------------------ */

static pthread_barrier_t barrier;
static pid_t separate;

static void *share(void *data)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return data;
}

static void *part(void *data)
{
	separate = unshare(CLONE_FILES) == 0 ? (pid_t)syscall(SYS_gettid) : 0;
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return data;
}

/* How many threads of ours are listed. @only: by this name. */
static int count_listed(const struct procfs *proc, int dir, const char *only)
{
	static struct threads threads;
	const char *name;
	int count = 0;

	if (threads_open(&threads, proc, dir, (uint32_t)getpid()) < 0)
		return -1;
	while (threads_next(&threads, &name) > 0)
		count += !only || strcmp(name, only) == 0;
	threads_close(&threads);
	return count;
}

static int with_threads(void)
{
	pthread_t threads[3];
	struct procfs proc;
	struct root root;
	char name[16];
	int dir, r = 0;

	if (root_init(&root, NULL) < 0 || procfs_open(&proc, &root) < 0)
		return 1;
	snprintf(name, sizeof(name), "%d", getpid());
	dir = procfs_open_below(&proc, proc.fd, name);
	if (dir < 0 || !proc.is_own || !threads_is_single(&proc, dir, "task"))
		return 2;
	pthread_barrier_init(&barrier, NULL, 4);
	if (pthread_create(&threads[0], NULL, share, NULL) != 0 ||
	    pthread_create(&threads[1], NULL, part, NULL) != 0 ||
	    pthread_create(&threads[2], NULL, share, NULL) != 0)
		return 3;
	pthread_barrier_wait(&barrier);
	snprintf(name, sizeof(name), "%d", separate);
	if (!separate || threads_is_single(&proc, dir, "task"))
		r = 4;
	else if (count_listed(&proc, dir, NULL) != 1 || count_listed(&proc, dir, name) != 1)
		r = 5;
	pthread_barrier_wait(&barrier);
	for (size_t i = 0; i < ROWS(threads); i++)
		pthread_join(threads[i], NULL);
	close(dir);
	procfs_close(&proc);
	root_deinit(&root);
	return r;
}

static void only_a_real_thread_with_its_own_table_is_listed(void **state)
{
	(void)state;
	expect_child(with_threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(every_recorded_thread_is_listed),
		cmocka_unit_test(only_a_real_thread_with_its_own_table_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
