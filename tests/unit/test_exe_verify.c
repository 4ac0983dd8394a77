/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * owners/exe_verify: a program is verified when the file at its path is the one that runs. Each
 * process here is a copy of this program, or a child of it.
 */
#include "proctree.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY "LSPORTS_TEST_READY" /* the descriptor on which a copy says that it runs */

/* --- processes ------------------------------------------------------------------------------- */

struct running {
	pid_t pid;
	uint32_t inode; /* of the socket that it alone holds */
};

static void join(char out[PATH_MAX], const char *tree, const char *name)
{
	assert_true((size_t)snprintf(out, PATH_MAX, "%s/%s", tree, name) < PATH_MAX);
}

/* Runs in a child: anything that goes wrong there ends it before it is ready. */
static void copy_program(const char *path)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	struct stat status;

	if (from < 0 || to < 0 || fstat(from, &status) < 0 ||
	    sendfile(to, from, NULL, (size_t)status.st_size) != status.st_size ||
	    fchmod(to, 0755) < 0)
		_exit(1);
	close(from);
	close(to);
}

/* A child that holds a socket, does @act, and then says that it is ready. */
static void start(struct running *running, void (*act)(const char *tree), const char *tree)
{
	int ready[2], held = socket(AF_INET, SOCK_STREAM, 0);
	struct stat status;
	char byte = 0, text[16];

	assert_true(held >= 0);
	assert_int_equal(fstat(held, &status), 0);
	assert_int_equal(pipe(ready), 0);
	running->inode = (uint32_t)status.st_ino;
	running->pid = fork();
	assert_true(running->pid >= 0);
	if (running->pid == 0) {
		close(ready[0]);
		snprintf(text, sizeof(text), "%d", ready[1]);
		setenv(READY, text, 1);
		act(tree);
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	close(held);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
}

static void stop(const struct running *running)
{
	kill(running->pid, SIGKILL);
	waitpid(running->pid, NULL, 0);
}

static void expect_program(const struct running *running, enum lsp_exe_unverified unverified,
			   enum lsp_exe_kind kind, const char *exe)
{
	struct lsp_snapshot *snapshot = proctree_find(NULL, ALL_FACTS, &running->inode, 1);
	const struct lsp_process *process = proctree_owners(snapshot, 0, 1)->process;

	assert_int_equal(process->pid, running->pid);
	assert_non_null(process->exe);
	if (exe)
		assert_string_equal(process->exe, exe);
	assert_int_equal(process->exe_unverified, unverified);
	assert_int_equal(process->exe_kind, kind);
	lsp_snapshot_free(snapshot);
}

/* --- what they do ---------------------------------------------------------------------------- */

static void stay(const char *tree)
{
	(void)tree;
}

static void run_copy(const char *path)
{
	copy_program(path);
	execl(path, path, NULL);
	_exit(1);
}

static void run_x(const char *tree)
{
	char path[PATH_MAX];

	join(path, tree, "x");
	run_copy(path);
}

static void run_named_deleted(const char *tree)
{
	char path[PATH_MAX];

	join(path, tree, "x (deleted)");
	run_copy(path);
}

static void run_in_memory(const char *tree)
{
	char path[64];
	int fd = memfd_create("x", 0);

	(void)tree;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	run_copy(path);
}

static void enter_namespace(const char *tree)
{
	(void)tree;
	if (unshare(CLONE_NEWUSER) < 0)
		_exit(1);
}

static void change_root(const char *tree)
{
	if (unshare(CLONE_NEWUSER) < 0 || chroot(tree) < 0)
		_exit(1);
}

static void write_map(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(1);
	close(fd);
}

/* A file system in a mount namespace that ends, with a copy at @tree and @name below its root. */
static int open_detached(const char *tree, const char *name)
{
	char path[PATH_MAX], users[64], groups[64];
	int fd;

	snprintf(users, sizeof(users), "0 %u 1", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		_exit(1);
	write_map("/proc/self/setgroups", "deny");
	write_map("/proc/self/uid_map", users);
	write_map("/proc/self/gid_map", groups);
	if (mount("none", tree, "tmpfs", 0, NULL) < 0)
		_exit(1);
	if (snprintf(path, sizeof(path), "%s%s/%s", tree, tree, name) >= PATH_MAX)
		_exit(1);
	for (char *slash = path + strlen(tree) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(path, 0755);
	}
	copy_program(path);
	fd = open(path, O_PATH);
	if (fd < 0)
		_exit(1);
	return fd;
}

/* Any user can do so: the kernel writes the path from where the mount of the file begins. */
static void run_detached(const char *tree, const char *name)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec byte = {(char[1]){0}, 1};
	struct msghdr message = {.msg_iov = &byte,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	char path[] = "x";
	int pair[2], fd;
	pid_t helper;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		_exit(1);
	helper = fork();
	if (helper == 0) {
		fd = open_detached(tree, name);
		control.head.cmsg_len = CMSG_LEN(sizeof(fd));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		_exit(sendmsg(pair[1], &message, 0) != 1);
	}
	close(pair[1]);
	if (recvmsg(pair[0], &message, MSG_CMSG_CLOEXEC) != 1 || waitpid(helper, NULL, 0) < 0)
		_exit(1);
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	fexecve(fd, (char *[]){path, NULL}, environ);
	_exit(1);
}

static void run_detached_x(const char *tree)
{
	run_detached(tree, "x");
}

static void run_detached_deleted(const char *tree)
{
	run_detached(tree, "x (deleted)");
}

/* --- in our file tree ------------------------------------------------------------------------ */

#define OK LSP_EXE_VERIFIED
#define FILE_DIFFERS LSP_EXE_UNVERIFIED_FILE
#define IS_FILE LSP_EXE_KIND_FILE
#define IS_DELETED LSP_EXE_KIND_DELETED

static void a_process_is_verified(void **state)
{
	struct running running;

	start(&running, stay, *state);
	expect_program(&running, OK, IS_FILE, NULL);
	stop(&running);
}

static void a_program_stays_verified_when_it_is_replaced_or_removed(void **state)
{
	char path[PATH_MAX], other[PATH_MAX];
	struct running running, again;

	join(path, *state, "x");
	join(other, *state, "other");
	start(&running, run_x, *state);
	expect_program(&running, OK, IS_FILE, path);
	tree_write_text(*state, "other", "");
	assert_int_equal(rename(other, path), 0);
	expect_program(&running, OK, IS_DELETED, path);
	assert_int_equal(unlink(path), 0);
	expect_program(&running, OK, IS_DELETED, path);
	start(&again, run_x, *state);
	expect_program(&again, OK, IS_FILE, path);
	expect_program(&running, OK, IS_DELETED, path);
	stop(&running);
	stop(&again);
}

static void a_link_is_another_name_of_the_program(void **state)
{
	char path[PATH_MAX], other[PATH_MAX];
	struct running running;

	join(path, *state, "x");
	join(other, *state, "other");
	start(&running, run_x, *state);
	assert_int_equal(link(path, other), 0);
	expect_program(&running, OK, IS_FILE, path);
	/* That it was called so before cannot be known where others may rename what they run. */
	assert_int_equal(chmod(other, 0777), 0);
	assert_int_equal(unlink(path), 0);
	expect_program(&running, FILE_DIFFERS, IS_DELETED, path);
	assert_int_equal(chmod(other, 0755), 0);
	expect_program(&running, geteuid() ? FILE_DIFFERS : OK, IS_DELETED, path);
	stop(&running);
}

static void a_name_may_end_like_a_deleted_one(void **state)
{
	char path[PATH_MAX], name[PATH_MAX];
	struct running running;

	join(path, *state, "x");
	join(name, *state, "x (deleted)");
	tree_write_text(*state, "x", "");
	start(&running, run_named_deleted, *state);
	expect_program(&running, OK, IS_FILE, name);
	assert_int_equal(unlink(name), 0);
	expect_program(&running, OK, IS_DELETED, name);
	stop(&running);
}

static void a_program_in_memory_claims_no_path(void **state)
{
	struct running running;

	start(&running, run_in_memory, *state);
	expect_program(&running, OK, LSP_EXE_KIND_MEMFD, "/memfd:x");
	stop(&running);
}

/* --- in another one -------------------------------------------------------------------------- */

static void a_path_of_another_tree_is_no_path_of_ours(void **state)
{
	char path[PATH_MAX];
	struct running running;

	join(path, *state, "x");
	start(&running, run_detached_x, *state);
	expect_program(&running, FILE_DIFFERS, IS_FILE, path);
	tree_write_text(*state, "x", "");
	expect_program(&running, FILE_DIFFERS, IS_FILE, path);
	stop(&running);
}

static void a_deleted_file_of_another_tree_was_none_of_ours(void **state)
{
	char path[PATH_MAX];
	struct running running;

	join(path, *state, "x");
	tree_write_text(*state, "x", "");
	start(&running, run_detached_deleted, *state);
	expect_program(&running, FILE_DIFFERS, IS_DELETED, path);
	stop(&running);
}

static void the_link_of_another_user_namespace_may_be_forged(void **state)
{
	struct running running;

	start(&running, enter_namespace, *state);
	expect_program(&running, LSP_EXE_UNVERIFIED_USERNS, IS_FILE, NULL);
	stop(&running);
}

static void a_process_with_another_root_lives_elsewhere(void **state)
{
	struct running running;

	start(&running, change_root, *state);
	expect_program(&running, LSP_EXE_UNVERIFIED_ELSEWHERE, IS_FILE, NULL);
	stop(&running);
}

/* --- recorded processes ---------------------------------------------------------------------- */

static void a_recorded_program_cannot_be_verified(void **state)
{
	static const uint32_t inode = 1;
	struct lsp_snapshot *snapshot;

	proctree_process(*state, 10, "x\n", 3, "socket:[1]");
	tree_link(*state, "proc/self/ns/user", "user:[4026531837]");
	tree_link(*state, "proc/10/ns/user", "user:[1]");
	tree_link(*state, "proc/10/exe", "/bin/x (deleted)");
	snapshot = proctree_find(*state, ALL_FACTS, &inode, 1);
	assert_int_equal(proctree_owners(snapshot, 0, 1)->process->exe_unverified, OK);
	assert_int_equal(proctree_owners(snapshot, 0, 1)->process->exe_kind, IS_DELETED);
	lsp_snapshot_free(snapshot);
}

static void nothing_is_compared_unasked(void **state)
{
	const unsigned lookups = LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE;
	struct lsp_snapshot *snapshot;
	struct running running;

	start(&running, run_detached_x, *state);
	snapshot = proctree_find(NULL, lookups, &running.inode, 1);
	assert_int_equal(proctree_owners(snapshot, 0, 1)->process->exe_unverified, OK);
	lsp_snapshot_free(snapshot);
	snapshot = proctree_find(NULL, lookups | LSP_LOOKUP_VERIFY, &running.inode, 1);
	assert_int_equal(proctree_owners(snapshot, 0, 1)->process->exe_unverified, FILE_DIFFERS);
	lsp_snapshot_free(snapshot);
	stop(&running);
}

/* A copy of this program: it says that it runs, and stays until it is killed. */
static void stay_ready(const char *descriptor)
{
	if (write(atoi(descriptor), "", 1) == 1)
		pause();
	_exit(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_process_is_verified),
		TREE_TEST(a_program_stays_verified_when_it_is_replaced_or_removed),
		TREE_TEST(a_link_is_another_name_of_the_program),
		TREE_TEST(a_name_may_end_like_a_deleted_one),
		TREE_TEST(a_program_in_memory_claims_no_path),
		TREE_TEST(a_path_of_another_tree_is_no_path_of_ours),
		TREE_TEST(a_deleted_file_of_another_tree_was_none_of_ours),
		TREE_TEST(the_link_of_another_user_namespace_may_be_forged),
		TREE_TEST(a_process_with_another_root_lives_elsewhere),
		TREE_TEST(a_recorded_program_cannot_be_verified),
		TREE_TEST(nothing_is_compared_unasked),
	};
	const char *descriptor = getenv(READY);

	if (descriptor)
		stay_ready(descriptor);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
