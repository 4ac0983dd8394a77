/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/root: files are read whole, below the root, and a recorded tree cannot be left. */
#include "support.h"

#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_text(const struct root *root, const char *path, size_t max, struct buf *out)
{
	buf_append_text(out, "what was there before");
	return root_read(root, path, out, max);
}

static void a_root_is_a_directory_that_exists(void **state)
{
	const char *tree = *state;
	struct root root;
	char path[128];

	tree_write_text(tree, "file", "x");
	snprintf(path, sizeof(path), "%s/file", tree);
	assert_int_equal(root_init(&root, path), -ENOTDIR);
	root_deinit(&root);
	snprintf(path, sizeof(path), "%s/absent", tree);
	assert_int_equal(root_init(&root, path), -ENOENT);
	root_deinit(&root);
	root_deinit(NULL);
	assert_int_equal(root_init(&root, tree), 0);
	assert_false(root.is_machine);
	root_deinit(&root);
	assert_int_equal(root.fd, -1);
	root_deinit(&root);
}

static void without_a_path_it_is_the_machine(void **state)
{
	struct buf text = BUF_INIT;
	struct root root;

	(void)state;
	assert_int_equal(root_init(&root, NULL), 0);
	assert_true(root.is_machine);
	assert_int_equal(root_read(&root, "proc/self/comm", &text, 64), 0);
	assert_string_equal(buf_text(&text), "test_root\n");
	assert_int_equal(root_read(&root, "proc/self/absent", &text, 64), -ENOENT);
	root_deinit(&root);
	buf_deinit(&text);
}

static void a_file_is_read_whole_or_refused(void **state)
{
	static const struct {
		size_t size, max;
		int expected;
	} rows[] = {
		{0, 0, 0},           {0, 10, 0},
		{1, 0, -EFBIG},      {1, 1, 0},
		{4095, 4095, 0},     {4096, 4095, -EFBIG},
		{4096, 4096, 0},     {4097, 4096, -EFBIG},
		{100000, 100000, 0}, {100000, 99999, -EFBIG},
	};
	char *bytes = malloc(100000);
	struct root root;

	assert_int_equal(root_init(&root, *state), 0);
	for (size_t i = 0; i < 100000; i++)
		bytes[i] = (char)(i * 31 >> 3);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf text = BUF_INIT;
		int r;

		tree_write(*state, "dir/file", bytes, rows[i].size);
		r = read_text(&root, "dir/file", rows[i].max, &text);
		expect(r == rows[i].expected, "row %zu: %d", i, r);
		expect(r < 0 || (text.size == rows[i].size &&
				 memcmp(text.data, bytes, text.size) == 0),
		       "row %zu: bytes", i);
		buf_deinit(&text);
	}
	free(bytes);
	root_deinit(&root);
}

static void a_recorded_tree_is_never_left(void **state)
{
	static const char *const paths[] = {
		"absolute", "parents", "etc/../../../../../etc/hostname", "/etc/hostname", "chain",
	};
	struct root root;

	tree_write_text(*state, "etc/hostname", "recorded\n");
	tree_link(*state, "absolute", "/etc/hostname");
	tree_link(*state, "parents", "../../../../../../../../etc/hostname");
	tree_link(*state, "chain", "parents");
	tree_link(*state, "outside", "/proc/self/comm");
	assert_int_equal(root_init(&root, *state), 0);
	for (size_t i = 0; i < ROWS(paths); i++) {
		struct buf text = BUF_INIT;

		expect(read_text(&root, paths[i], 64, &text) == 0, "%s", paths[i]);
		expect(strcmp(buf_text(&text), "recorded\n") == 0, "%s", paths[i]);
		buf_deinit(&text);
	}
	assert_int_equal(root_open(&root, "outside", O_RDONLY), -ENOENT);
	root_deinit(&root);
}

static void what_is_no_file_is_an_error_and_no_hang(void **state)
{
	struct buf text = BUF_INIT;
	struct root root;
	char path[128];

	tree_mkdir(*state, "dir");
	tree_link(*state, "loop", "loop");
	snprintf(path, sizeof(path), "%s/fifo", (char *)*state);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(root_read(&root, "dir", &text, 64), -EISDIR);
	assert_int_equal(root_read(&root, "dir/x", &text, 64), -ENOENT);
	assert_int_equal(root_read(&root, "loop", &text, 64), -ELOOP);
	assert_int_equal(root_read(&root, "fifo", &text, 64), -EMEDIUMTYPE);
	assert_int_equal(root_open(&root, "fifo", O_RDONLY), -EMEDIUMTYPE);
	assert_int_equal(root_open(&root, "dir", O_RDONLY), -EISDIR);
	root_deinit(&root);
	buf_deinit(&text);
}

static void descriptors_do_not_pass_exec(void **state)
{
	struct root roots[2];

	tree_write_text(*state, "etc/passwd", "");
	assert_int_equal(root_init(&roots[0], *state), 0);
	assert_int_equal(root_init(&roots[1], NULL), 0);
	for (size_t i = 0; i < ROWS(roots); i++) {
		int fd = root_open(&roots[i], "etc/passwd", O_RDONLY);

		assert_true(fd >= 0);
		assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
		assert_true(fcntl(roots[i].fd, F_GETFD) & FD_CLOEXEC);
		close(fd);
		root_deinit(&roots[i]);
	}
}

static void a_link_is_read_whole_or_refused(void **state)
{
	static const struct {
		const char *path;
		size_t size;
		ssize_t expected;
	} rows[] = {
		{"link", 64, 10},           {"link", 11, 10},      {"link", 10, -ENAMETOOLONG},
		{"link", 1, -ENAMETOOLONG}, {"file", 64, -EINVAL}, {"absent", 64, -ENOENT},
	};
	char out[64];
	int dir;

	tree_link(*state, "link", "socket:[7]");
	tree_write_text(*state, "file", "");
	dir = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_true(dir >= 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		ssize_t n;

		memset(out, 'x', sizeof(out));
		n = root_readlink_at(dir, rows[i].path, out, rows[i].size);
		expect(n == rows[i].expected, "row %zu: %zd", i, n);
		expect(n < 0 || strcmp(out, "socket:[7]") == 0, "row %zu: %.64s", i, out);
	}
	close(dir);
}

static void a_file_is_read_below_any_directory(void **state)
{
	struct buf text = BUF_INIT;
	int dir;

	tree_write_text(*state, "stat", "1 (a)");
	dir = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(root_read_at(dir, "stat", &text, 5), 0);
	assert_string_equal(buf_text(&text), "1 (a)");
	assert_int_equal(root_read_at(dir, "stat", &text, 4), -EFBIG);
	assert_int_equal(root_read_at(dir, "absent", &text, 4), -ENOENT);
	assert_int_equal(root_read_at(-1, "stat", &text, 4), -EBADF);
	close(dir);
	buf_deinit(&text);
}

static void numbers_are_the_whole_file(void **state)
{
	static const char digits[] = "00000000000000000000000000000000000000000000000000000000000";
	/* NULL: there is no such file. */
	static const struct {
		const char *text;
		uint64_t max;
		size_t count;
		int expected;
		uint64_t last;
	} rows[] = {
		{"1024\n", 65536, 1, 0, 1024},
		{"65537\n", 65536, 1, -EINVAL, 0},
		{"12345\t0\t9223372036854775807\n", UINT64_MAX, 3, 0, INT64_MAX},
		{"12345\t0\t9223372036854775807\n", UINT64_MAX, 1, -EINVAL, 0},
		{"1024 \n", 65536, 1, -EINVAL, 0},
		{"", 65536, 1, -EINVAL, 0},
		{NULL, 65536, 1, -ENOENT, 0},
	};
	struct root root;
	uint64_t numbers[3];
	char text[256];
	int dir;

	assert_int_equal(root_init(&root, *state), 0);
	dir = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ROWS(rows); i++) {
		tree_remove(*state, "numbers");
		if (rows[i].text)
			tree_write_text(*state, "numbers", rows[i].text);
		for (int is_at = 0; is_at < 2; is_at++) {
			int r = is_at ? root_read_numbers_at(dir, "numbers", rows[i].max, numbers,
							     rows[i].count)
				      : root_read_numbers(&root, "numbers", rows[i].max, numbers,
							  rows[i].count);

			expect(r == rows[i].expected, "row %zu: %d", i, r);
			expect(r < 0 || numbers[rows[i].count - 1] == rows[i].last, "row %zu", i);
		}
	}
	/* What is longer than all that is read has been cut. */
	snprintf(text, sizeof(text), "%s%s 0000000\n", digits, digits);
	tree_write_text(*state, "numbers", text);
	assert_int_equal(root_read_numbers(&root, "numbers", 1, numbers, 2), 0);
	snprintf(text, sizeof(text), "%s%s 00000001\n", digits, digits);
	tree_write_text(*state, "numbers", text);
	assert_int_equal(root_read_numbers(&root, "numbers", 1, numbers, 2), -EINVAL);
	tree_mkdir(*state, "directory");
	assert_int_equal(root_read_numbers(&root, "directory", 1, numbers, 1), -EISDIR);
	assert_int_equal(root_read_numbers_at(-1, "numbers", 1, numbers, 1), -EBADF);
	close(dir);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_root_is_a_directory_that_exists),
		cmocka_unit_test(without_a_path_it_is_the_machine),
		TREE_TEST(a_file_is_read_whole_or_refused),
		TREE_TEST(a_recorded_tree_is_never_left),
		TREE_TEST(what_is_no_file_is_an_error_and_no_hang),
		TREE_TEST(descriptors_do_not_pass_exec),
		TREE_TEST(a_link_is_read_whole_or_refused),
		TREE_TEST(a_file_is_read_below_any_directory),
		TREE_TEST(numbers_are_the_whole_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
