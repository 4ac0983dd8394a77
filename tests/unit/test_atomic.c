/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/atomic: the new file is complete, or the old file is untouched and nothing else remains. */
#include "support.h"

#include "atomic.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void path_of(char out[256], void **state, const char *name)
{
	snprintf(out, 256, "%s/%s", (char *)*state, name);
}

static int replace(const char *path, const char *text, mode_t mode)
{
	struct atomic atomic;
	int r = atomic_open(&atomic, path, mode);

	if (r >= 0)
		r = atomic_write(&atomic, text, strlen(text));
	if (r >= 0)
		r = atomic_commit(&atomic);
	atomic_deinit(&atomic);
	return r;
}

static void expect_text(void **state, const char *name, const char *expected)
{
	char *text = tree_read_text(*state, name);

	assert_string_equal(text, expected);
	free(text);
}

static void a_file_is_made_and_replaced_whole(void **state)
{
	char path[256];

	path_of(path, state, "learned.rules");
	assert_int_equal(replace(path, "tcp/22\n", 0600), 0);
	expect_text(state, "learned.rules", "tcp/22\n");
	assert_int_equal(replace(path, "x", 0600), 0);
	expect_text(state, "learned.rules", "x");
	assert_int_equal(replace(path, "", 0600), 0);
	expect_text(state, "learned.rules", "");
	assert_int_equal(tree_count(*state, "."), 1);
}

static void the_mode_is_the_one_asked_for_whatever_the_umask(void **state)
{
	static const mode_t modes[] = {0600, 0644, 0666};
	static const mode_t masks[] = {0, 022, 077, 0777};
	struct stat st;
	char path[256];

	path_of(path, state, "file.prom");
	for (size_t m = 0; m < ROWS(modes); m++) {
		for (size_t u = 0; u < ROWS(masks); u++) {
			mode_t old = umask(masks[u]);
			int r = replace(path, "x", modes[m]);

			umask(old);
			assert_int_equal(r, 0);
			assert_int_equal(stat(path, &st), 0);
			expect((st.st_mode & 07777) == modes[m], "mode %o, umask %o: %o", modes[m],
			       masks[u], st.st_mode);
		}
	}
}

static void what_is_not_committed_never_was(void **state)
{
	struct atomic atomic;
	char path[256];

	tree_write_text(*state, "file", "old");
	path_of(path, state, "file");
	assert_int_equal(atomic_open(&atomic, path, 0644), 0);
	assert_int_equal(write(atomic.fd, "new", 3), 3);
	expect_text(state, "file", "old");
	assert_int_equal(tree_count(*state, "."), 2);
	atomic_deinit(&atomic);
	expect_text(state, "file", "old");
	assert_int_equal(tree_count(*state, "."), 1);
	assert_int_equal(atomic.fd, -1);
	atomic_deinit(&atomic);
	atomic_deinit(NULL);
}

static void ignore(int number)
{
	(void)number;
}

/* A pipe takes little at a time and signals interrupt the writes: every byte arrives. */
static void a_write_goes_on_until_all_is_written(void **state)
{
	static char bytes[300000], got[sizeof(bytes)];
	const struct sigaction action = {.sa_handler = ignore};
	struct itimerval often = {.it_interval.tv_usec = 1000, .it_value.tv_usec = 1000};
	const struct itimerval never = {0};
	struct atomic atomic = ATOMIC_INIT;
	size_t size = 0;
	int ends[2], status;
	pid_t child;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 % 251);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		atomic.fd = ends[1];
		if (sigaction(SIGALRM, &action, NULL) < 0 ||
		    setitimer(ITIMER_REAL, &often, NULL) < 0)
			_exit(1);
		status = atomic_write(&atomic, bytes, sizeof(bytes));
		setitimer(ITIMER_REAL, &never, NULL);
		_exit(status == 0 ? 0 : 2);
	}
	close(ends[1]);
	while (size < sizeof(got)) {
		ssize_t n;

		/* Slower than the signals: the writer sleeps in write(2) when they come. */
		nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
		n = read(ends[0], got + size,
			 sizeof(got) - size < 20000 ? sizeof(got) - size : 20000);
		assert_true(n > 0);
		size += (size_t)n;
	}
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_memory_equal(got, bytes, sizeof(bytes));
}

static void a_write_that_fails_says_why(void **state)
{
	struct atomic atomic = ATOMIC_INIT;

	(void)state;
	atomic.fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(atomic.fd >= 0);
	assert_int_equal(atomic_write(&atomic, "", 0), 0);
	assert_int_equal(atomic_write(&atomic, "x", 1), -ENOSPC);
	close(atomic.fd);
	atomic.fd = -1;
	assert_int_equal(atomic_write(&atomic, "x", 1), -EBADF);
}

static void the_temporary_name_is_hidden_and_of_no_known_suffix(void **state)
{
	struct atomic atomic;
	char path[256];
	struct stat st;

	path_of(path, state, "lsports.prom");
	assert_int_equal(atomic_open(&atomic, path, 0644), 0);
	assert_int_equal(atomic.temporary[0], '.');
	assert_string_equal(atomic.temporary + strlen(atomic.temporary) - 4, ".tmp");
	assert_int_equal(fstatat(atomic.dir, atomic.temporary, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(fcntl(atomic.fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(atomic.dir, F_GETFD) & FD_CLOEXEC);
	atomic_deinit(&atomic);
}

/* Nodes of our own: nothing of the machine is named here. */
static void what_is_no_regular_file_is_refused_and_stays(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
	} nodes[] = {{"fifo", S_IFIFO | 0600}, {"socket", S_IFSOCK | 0600}};
	static const char *const links[] = {"target", "absent", "link1"};
	char path[256], name[16];
	struct stat st;

	for (size_t i = 0; i < ROWS(nodes); i++) {
		path_of(path, state, nodes[i].name);
		assert_int_equal(mknod(path, nodes[i].mode, 0), 0);
		expect(replace(path, "x", 0644) == -EMEDIUMTYPE, "%s", path);
		assert_int_equal(lstat(path, &st), 0);
		expect(st.st_mode == nodes[i].mode, "%s: mode %o", path, st.st_mode);
	}
	tree_write_text(*state, "target", "untouched");
	for (size_t i = 0; i < ROWS(links); i++) {
		snprintf(name, sizeof(name), "link%zu", i);
		tree_link(*state, name, links[i]);
		path_of(path, state, name);
		expect(replace(path, "x", 0644) == -EMEDIUMTYPE, "%s", path);
		assert_int_equal(lstat(path, &st), 0);
		expect(S_ISLNK(st.st_mode), "%s: mode %o", path, st.st_mode);
	}
	expect_text(state, "target", "untouched");
	assert_int_equal(tree_count(*state, "."), ROWS(nodes) + 1 + ROWS(links));
}

static void what_cannot_be_a_file_is_refused(void **state)
{
	static const struct {
		const char *name;
		int expected;
	} rows[] = {
		{"dir", -EISDIR},         {"dir/", -EISDIR},        {"", -EISDIR},
		{"absent/file", -ENOENT}, {"file/below", -ENOTDIR},
	};

	tree_mkdir(*state, "dir");
	tree_write_text(*state, "file", "old");
	for (size_t i = 0; i < ROWS(rows); i++) {
		char path[256];

		path_of(path, state, rows[i].name);
		expect(replace(path, "x", 0600) == rows[i].expected, "%s", path);
	}
	assert_int_equal(replace("", "x", 0600), -EISDIR);
	assert_int_equal(tree_count(*state, "."), 2);
	assert_int_equal(tree_count(*state, "dir"), 0);
}

static void a_name_without_room_for_the_temporary_is_refused(void **state)
{
	char name[256], path[512];

	memset(name, 'n', 255);
	name[255] = '\0';
	snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
	assert_int_equal(replace(path, "x", 0600), -ENAMETOOLONG);
	assert_int_equal(tree_count(*state, "."), 0);
}

static void a_bare_name_is_of_the_working_directory(void **state)
{
	int home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	assert_int_equal(chdir(*state), 0);
	assert_int_equal(replace("bare", "x", 0600), 0);
	assert_int_equal(fchdir(home), 0);
	close(home);
	expect_text(state, "bare", "x");
}

static void a_directory_in_the_way_at_the_end_leaves_nothing(void **state)
{
	struct atomic atomic;
	char path[256];

	path_of(path, state, "late");
	assert_int_equal(atomic_open(&atomic, path, 0600), 0);
	tree_mkdir(*state, "late");
	assert_int_equal(atomic_commit(&atomic), -EISDIR);
	atomic_deinit(&atomic);
	assert_int_equal(tree_count(*state, "."), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_file_is_made_and_replaced_whole),
		TREE_TEST(the_mode_is_the_one_asked_for_whatever_the_umask),
		TREE_TEST(what_is_not_committed_never_was),
		cmocka_unit_test(a_write_goes_on_until_all_is_written),
		cmocka_unit_test(a_write_that_fails_says_why),
		TREE_TEST(the_temporary_name_is_hidden_and_of_no_known_suffix),
		TREE_TEST(what_is_no_regular_file_is_refused_and_stays),
		TREE_TEST(what_cannot_be_a_file_is_refused),
		TREE_TEST(a_name_without_room_for_the_temporary_is_refused),
		TREE_TEST(a_bare_name_is_of_the_working_directory),
		TREE_TEST(a_directory_in_the_way_at_the_end_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
