/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/inode: a file is found as stat(2) finds it, and no other file system is asked. */
#include "support.h"

#include "inode.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_same(const struct inode *found, const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	assert_true(found->device == status.st_dev);
	assert_true(found->number == status.st_ino);
	assert_int_equal(found->uid, status.st_uid);
	assert_int_equal(found->links, status.st_nlink);
	assert_int_equal(found->mode, status.st_mode);
}

static int find(const struct root *root, const char *tree, const char *path, struct inode *out)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s%s", tree, path);
	return inode_find(root, whole, out);
}

static void files_are_found_on_the_machine(void **state)
{
	const char *tree = *state;
	struct inode out, other;
	char path[PATH_MAX];
	struct root root;

	assert_int_equal(root_init(&root, NULL), 0);
	tree_write_text(tree, "d/x", "x");
	tree_write_text(tree, "d/y", "x");
	tree_link(tree, "l", "d");
	snprintf(path, sizeof(path), "%s/d/x", tree);
	assert_int_equal(find(&root, tree, "/d/x", &out), 0);
	expect_same(&out, path);
	assert_int_equal(find(&root, tree, "//d///x", &other), 0);
	assert_true(inode_is_same(&out, &other));
	assert_int_equal(find(&root, tree, "/l/x", &other), -ELOOP);
	assert_int_equal(find(&root, tree, "/l", &other), -ELOOP);
	assert_int_equal(find(&root, tree, "/d/y", &other), 0);
	assert_false(inode_is_same(&out, &other));
	assert_int_equal(inode_find(&root, "/", &out), 0);
	expect_same(&out, "/");
	assert_int_equal(inode_find(&root, "", &out), 0);
	expect_same(&out, "/");
	root_deinit(&root);
}

static void what_is_not_there_is_not_found(void **state)
{
	char name[NAME_MAX + 3];
	struct inode out;
	struct root root;
	int r;

	assert_int_equal(root_init(&root, NULL), 0);
	tree_write_text(*state, "x", "x");
	assert_int_equal(find(&root, *state, "/x/y", &out), -ENOTDIR);
	memset(name, 'a', sizeof(name) - 1);
	name[0] = '/';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(find(&root, *state, name, &out), -ENAMETOOLONG);
	/* Nobody has asked for it before: on a file system of its own it is not asked for now. */
	r = find(&root, *state, "/d/none", &out);
	expect(r == -ENOENT || r == -EAGAIN, "%d", r);
	/* The root directory's own is asked. */
	assert_int_equal(inode_find(&root, "/lsports-none/none", &out), -ENOENT);
	root_deinit(&root);
}

static void no_other_file_system_is_asked(void **state)
{
	struct inode out;
	struct root root;

	(void)state;
	assert_int_equal(root_init(&root, NULL), 0);
	/* PIDs that nobody can have asked for: larger than the largest one. */
	assert_int_equal(inode_find(&root, "/proc/4194305/exe", &out), -EAGAIN);
	root_deinit(&root);
}

static void a_recorded_tree_is_not_left(void **state)
{
	struct inode out, inside;
	struct root root;

	assert_int_equal(root_init(&root, *state), 0);
	tree_write_text(*state, "d/x", "x");
	tree_link(*state, "l", "/d");
	assert_int_equal(inode_find(&root, "/d/x", &inside), 0);
	assert_int_equal(inode_find(&root, "/l/x", &out), 0);
	assert_true(inode_is_same(&out, &inside));
	assert_int_equal(inode_find(&root, "/../d/x", &out), 0);
	assert_true(inode_is_same(&out, &inside));
	root_deinit(&root);
}

static void links_of_proc_are_followed(void **state)
{
	int dir = open("/proc/self", O_PATH | O_CLOEXEC);
	struct inode out;

	(void)state;
	assert_true(dir >= 0);
	assert_int_equal(inode_read(dir, "exe", &out), 0);
	expect_same(&out, "/proc/self/exe");
	assert_int_equal(inode_read(dir, "root", &out), 0);
	expect_same(&out, "/");
	assert_int_equal(inode_read(dir, "", &out), 0);
	expect_same(&out, "/proc/self");
	assert_int_equal(inode_read(dir, "none", &out), -ENOENT);
	close(dir);
}

static void a_file_without_a_name_has_no_links(void **state)
{
	char path[PATH_MAX];
	struct inode out;
	int fd;

	snprintf(path, sizeof(path), "%s/x", (const char *)*state);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(inode_read(fd, "", &out), 0);
	assert_int_equal(out.links, 1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(inode_read(fd, "", &out), 0);
	assert_int_equal(out.links, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(files_are_found_on_the_machine),
		TREE_TEST(what_is_not_there_is_not_found),
		cmocka_unit_test(no_other_file_system_is_asked),
		TREE_TEST(a_recorded_tree_is_not_left),
		cmocka_unit_test(links_of_proc_are_followed),
		TREE_TEST(a_file_without_a_name_has_no_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
