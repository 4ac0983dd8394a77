/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/trusted: who else could change a file, and every directory and link on the way to it. */
#include "support.h"

#include "trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHER 65533 /* somebody else than whoever runs the test */

static void path_of(char out[512], void **state, const char *name)
{
	snprintf(out, 512, "%s/%s", (char *)*state, name);
}

/* @text: part of the message; NULL: it is opened, or there is no message. */
static void expect_open(void **state, const char *name, int flags, int expected, const char *text)
{
	struct error error = ERROR_INIT;
	char path[512];
	int fd;

	path_of(path, state, name);
	fd = trusted_open(path, flags, "what is expected", &error);
	expect(expected ? fd == expected : fd >= 0, "%s: %d %s", path, fd, error_text(&error));
	if (text)
		expect(strstr(error_text(&error), text), "%s: %s", path, error_text(&error));
	else
		expect(!error.text.size, "%s: %s", path, error_text(&error));
	expect(fd < 0 || fcntl(fd, F_GETFD) & FD_CLOEXEC, "%s: outlives exec", path);
	if (fd >= 0)
		close(fd);
	error_deinit(&error);
}

static void set_mode(void **state, const char *name, mode_t mode)
{
	char path[512];

	path_of(path, state, name);
	assert_int_equal(chmod(path, mode), 0);
}

/* Return: false for an ordinary user, who can give nothing away. */
static bool give_away(void **state, const char *name)
{
	char path[512];

	path_of(path, state, name);
	if (geteuid() != 0) {
		print_message("not root: %s stays ours\n", name);
		return false;
	}
	assert_int_equal(lchown(path, OTHER, OTHER), 0);
	return true;
}

static void ours_is_opened(void **state)
{
	tree_write_text(*state, "a/b/file", "text");
	expect_open(state, "a/b/file", 0, 0, NULL);
	expect_open(state, "a//./b/../b/file", 0, 0, NULL);
	expect_open(state, "a/b", O_DIRECTORY, 0, NULL);
	expect_open(state, "a/b/", O_DIRECTORY, 0, NULL);
	expect_open(state, "a/b/none", 0, -ENOENT, NULL);
	expect_open(state, "a/none/file", 0, -ENOENT, NULL);
	expect_open(state, "a/b/file/more", 0, -ENOTDIR, "a/b/file/more: Not a directory");
	expect_open(state, "a/b/file", O_DIRECTORY, -ENOTDIR, "a/b/file: Not a directory");
}

static void a_path_may_begin_where_we_are(void **state)
{
	struct error error = ERROR_INIT;
	int here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), fd;

	assert_true(here >= 0);
	tree_write_text(*state, "dir/file", "");
	assert_int_equal(chdir(*state), 0);
	fd = trusted_open("dir/file", 0, "what is expected", &error);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(chmod("dir/file", 0620), 0);
	assert_int_equal(trusted_open("dir/file", 0, "what is expected", &error), -EPERM);
	assert_string_equal(error_text(&error), "dir/file: can be written by others, who could "
						"change what is expected: chmod go-w dir/file");
	error_deinit(&error);
	assert_int_equal(fchdir(here), 0);
	close(here);
}

/* Its capabilities would pass over the mode, and it must learn why they do not. */
static void root_learns_which_mode_is_missing(void **state)
{
	const bool is_root = geteuid() == 0;

	tree_write_text(*state, "dir/file", "");
	set_mode(state, "dir/file", 0);
	expect_open(state, "dir/file", 0, -EACCES,
		    is_root ? "dir/file: Permission denied (read without capabilities: chmod u+r /"
			    : "dir/file: Permission denied");
	set_mode(state, "dir", 0300);
	expect_open(state, "dir", O_DIRECTORY, -EACCES,
		    is_root ? "dir: Permission denied (read without capabilities: chmod u+r /"
			    : "dir: Permission denied");
	set_mode(state, "dir", 0600);
	expect_open(state, "dir/file", 0, -EACCES,
		    is_root ? "dir: Permission denied (read without capabilities: chmod u+x /"
			    : "dir/file: Permission denied");
	expect_open(state, "dir/more/file", 0, -EACCES, is_root ? "chmod u+x /" : "dir/more/file");
	set_mode(state, "dir", 0700);
}

static void a_mode_for_others_is_refused(void **state)
{
	static const mode_t modes[] = {0620, 0602, 0666};

	tree_write_text(*state, "dir/file", "");
	for (size_t i = 0; i < ROWS(modes); i++) {
		set_mode(state, "dir/file", modes[i]);
		expect_open(state, "dir/file", 0, -EPERM, "dir/file: can be written by others");
	}
	set_mode(state, "dir/file", 0644);
	for (size_t i = 0; i < ROWS(modes); i++) {
		set_mode(state, "dir", modes[i] | 0111);
		expect_open(state, "dir/file", 0, -EPERM, "dir: can be written by others");
		expect_open(state, "dir/none", 0, -EPERM, "chmod go-w");
		expect_open(state, "dir", O_DIRECTORY, -EPERM, "dir: can be written by others");
	}
	/* Others add files to it, which do not belong to us. */
	set_mode(state, "dir", 01777);
	expect_open(state, "dir/file", 0, 0, NULL);
	expect_open(state, "dir/../dir/file", 0, 0, NULL);
	expect_open(state, "dir", O_DIRECTORY, -EPERM, "chmod go-w");
}

static void another_owner_is_refused(void **state)
{
	tree_write_text(*state, "dir/file", "");
	tree_write_text(*state, "other/file", "");
	tree_link(*state, "link", "dir");
	if (!give_away(state, "dir/file") || !give_away(state, "other") ||
	    !give_away(state, "link"))
		return;
	expect_open(state, "dir/file", 0, -EPERM, "dir/file: belongs to user 65533, who could");
	expect_open(state, "dir/file", 0, -EPERM, ": chown root: ");
	expect_open(state, "other/file", 0, -EPERM, "other: belongs to user 65533");
	expect_open(state, "other/file", 0, -EPERM, "or move ");
	expect_open(state, "other/none", 0, -EPERM, "other: belongs to user 65533");
	expect_open(state, "other/../dir/none", 0, -EPERM, "other: belongs to user 65533");
	expect_open(state, "other", O_DIRECTORY, -EPERM, "other: belongs to user 65533");
	expect_open(state, "link/none", 0, -EPERM, "link: belongs to user 65533");
}

/* Only in a user namespace it stands for others. */
static void nobody_is_a_user(void **state)
{
	char path[512], link[64] = "";

	if (geteuid() != 0 || readlink("/proc/self/ns/user", link, sizeof(link) - 1) < 0)
		return;
	tree_write_text(*state, "dir/file", "");
	path_of(path, state, "dir/file");
	if (lchown(path, 65534, 65534) < 0)
		return;
	expect_open(state, "dir/file", 0, -EPERM,
		    strcmp(link, "user:[4026531837]") == 0
			    ? "belongs to user 65534, who could change what is expected"
			    : "belongs to user 65534 (in a user namespace: any user without a "
			      "number there), who could change what is expected");
}

static void links_lead_but_are_not_the_end(void **state)
{
	char target[512];

	tree_write_text(*state, "dir/sub/file", "");
	tree_mkdir(*state, "open");
	set_mode(state, "open", 0777);
	tree_link(*state, "relative", "dir/sub");
	tree_link(*state, "dir/up", "../relative");
	path_of(target, state, "dir");
	tree_link(*state, "absolute", target);
	tree_link(*state, "open/in", "../dir");
	tree_link(*state, "out", "open");
	tree_link(*state, "dir/file", "sub/file");
	tree_link(*state, "loop", "loop");
	tree_link(*state, "nowhere", "none");
	expect_open(state, "relative/file", 0, 0, NULL);
	expect_open(state, "relative", O_DIRECTORY, 0, NULL);
	expect_open(state, "dir/up/file", 0, 0, NULL);
	expect_open(state, "absolute/sub/file", 0, 0, NULL);
	expect_open(state, "nowhere/file", 0, -ENOENT, NULL);
	expect_open(state, "nowhere", 0, -EPERM, "nowhere: is a symbolic link");
	expect_open(state, "open/in/sub/file", 0, -EPERM, "open: can be written by others");
	expect_open(state, "out", O_DIRECTORY, -EPERM, "open: can be written by others");
	expect_open(state, "dir/file", 0, -EPERM, "dir/file: is a symbolic link");
	expect_open(state, "loop", 0, -EPERM, "loop: is a symbolic link");
	expect_open(state, "loop/file", 0, -ELOOP, "loop/file: ");
}

static void only_a_plain_file_with_one_name(void **state)
{
	char path[512], other[512];

	path_of(path, state, "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_open(state, "fifo", 0, -EPERM, "fifo: is not a regular file");
	tree_mkdir(*state, "dir");
	expect_open(state, "dir", 0, -EPERM, "dir: is a directory");
	expect_open(state, "dir/", 0, -EPERM, "dir: is a directory");
	tree_write_text(*state, "file", "");
	path_of(path, state, "file");
	path_of(other, state, "other");
	assert_int_equal(link(path, other), 0);
	expect_open(state, "file", 0, -EPERM, "file: has more than one hard link");
}

static void nothing_is_opened_for_a_check(void **state)
{
	struct error error = ERROR_INIT;
	char path[512];

	path_of(path, state, "file");
	assert_int_equal(trusted_check(path, "what is expected", &error), 0);
	tree_write_text(*state, "file", "");
	assert_int_equal(trusted_check(path, "what is expected", &error), 0);
	set_mode(state, "file", 0666);
	assert_int_equal(trusted_check(path, "what is expected", &error), -EPERM);
	error_deinit(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(ours_is_opened),
		TREE_TEST(a_path_may_begin_where_we_are),
		TREE_TEST(root_learns_which_mode_is_missing),
		TREE_TEST(a_mode_for_others_is_refused),
		TREE_TEST(another_owner_is_refused),
		TREE_TEST(nobody_is_a_user),
		TREE_TEST(links_lead_but_are_not_the_end),
		TREE_TEST(only_a_plain_file_with_one_name),
		TREE_TEST(nothing_is_opened_for_a_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
