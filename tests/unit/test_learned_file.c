/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/learned_file: lines are only added, and a file that others could change is refused. */
#include "support.h"

#include "machine.h"
#include "learned_file.h"
#include "lock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(22)},
	 .user = "root",
	 .owners = {{.pid = 8, .exe = "/usr/sbin/sshd", .exe_kind = LSP_EXE_KIND_FILE}},
	 .verdict = LSP_VERDICT_EXPECTED,
	 .rule = "x:1"},
	{.socket = {MACHINE_TCP(80)}, .user = "root", .verdict = LSP_VERDICT_USUAL},
	{.socket = {MACHINE_TCP(81)}, .user = "root", MACHINE_NEW},
	/* high ports have no verdict in a listing */
	{.socket = {MACHINE_TCP(8080)}, .user = "root"},
	/* two of one group, and two ports that the kernel chose */
	{.socket = {MACHINE_TCP(9090)}, .user = "root", MACHINE_NEW},
	{.socket = {MACHINE_TCP(9090)}, .user = "root", MACHINE_NEW},
	{.socket = {MACHINE_UDP_AUTO(40000)}, .user = "root", MACHINE_NEW},
	{.socket = {MACHINE_UDP_AUTO(50000)}, .user = "root", MACHINE_NEW},
	/* closed before its owner was found */
	{.socket = {MACHINE_TCP(9999), .still_open = LSP_NO}, .user = "root", MACHINE_NEW},
	/* no listener */
	{.socket = {.netns = MACHINE_OWN,
		    .state = LSP_STATE_ESTABLISHED,
		    .local.port = 40001,
		    .peer.port = 443,
		    .has_uid = true},
	 .user = "root"},
};
static const char *const learned[] = {"tcp/80 ", "tcp/81 ", "tcp/8080 ", "tcp/9090 ", "udp/auto "};

static const struct machine machine = {.rows = rows, .count = ROWS(rows)};
static const struct machine known = {.rows = rows, .count = 1};

#define NOW 1767323045 /* 2026-01-02T03:04:05Z */

static void path_of(char out[256], void **state, const char *name)
{
	snprintf(out, 256, "%s/%s", (char *)*state, name);
}

/* Return: how many lines were added; a failure fails the test. */
static size_t learn_from(void **state, const char *name, const struct machine *from)
{
	struct lsp_snapshot *snapshot = machine_snapshot(from);
	struct learned_file learn = LEARNED_FILE_INIT;
	size_t added = SIZE_MAX;
	struct error error = ERROR_INIT;
	char path[256];

	path_of(path, state, name);
	expect(learned_file_open(&learn, path, &error) == 0, "%s", error_text(&error));
	assert_int_equal(error.number, 0);
	expect(learned_file_commit(&learn, snapshot, NOW, &added, &error) == 0, "%s",
	       error_text(&error));
	assert_int_equal(error.number, 0);
	learned_file_deinit(&learn);
	learned_file_deinit(&learn);
	lsp_snapshot_free(snapshot);
	return added;
}

/* Each rule once, in order, after a comment with the time. */
static void expect_learned(const char *text)
{
	const char *at = strstr(text, "# learned 2026-01-02T03:04:05Z\n");

	assert_non_null(at);
	for (size_t i = 0; i < ROWS(learned); i++) {
		at = strchr(at, '\n') + 1;
		expect(!strncmp(at, learned[i], strlen(learned[i])), "%zu: %s", i, at);
	}
	assert_int_equal(strchr(at, '\n')[1], '\0');
	assert_null(strstr(text, "tcp/22 "));
	assert_null(strstr(text, "40001"));
}

/* --- what is written -------------------------------------------------------------------------- */

static void a_new_file_is_made_private(void **state)
{
	mode_t old = umask(0);
	char path[256], *text;
	struct stat st;

	assert_int_equal(learn_from(state, "new.rules", &machine), ROWS(learned));
	umask(old);
	path_of(path, state, "new.rules");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	text = tree_read_text(*state, "new.rules");
	assert_int_equal(text[0], '#');
	expect_learned(text);
	free(text);
	/* the file and its lock */
	assert_int_equal(tree_count(*state, "."), 2);
}

/* Comments, blanks, empty lines and non-ASCII bytes stay as they are. */
static void every_byte_that_was_there_stays(void **state)
{
	static const char old[] = "# the admin's: \xc3\xa9t\xc3\xa9\n"
				  "\n"
				  "\ttcp/22   user=root # why\n"
				  "  \n"
				  "tcp/22 user=root\n"
				  "tcp/22 user=root\n"
				  "# the end\n";
	char *text;

	tree_write_text(*state, "old.rules", old);
	assert_int_equal(learn_from(state, "old.rules", &machine), ROWS(learned));
	text = tree_read_text(*state, "old.rules");
	assert_int_equal(strncmp(text, old, strlen(old)), 0);
	expect_learned(text + strlen(old));
	assert_int_equal(text[strlen(old)], '#');
	free(text);
}

static void without_news_the_file_is_left_alone(void **state)
{
	struct stat before, after;
	char path[256], *text;

	tree_write_text(*state, "old.rules", "tcp/22 user=root");
	path_of(path, state, "old.rules");
	assert_int_equal(stat(path, &before), 0);
	assert_int_equal(learn_from(state, "old.rules", &known), 0);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	text = tree_read_text(*state, "old.rules");
	assert_string_equal(text, "tcp/22 user=root");
	free(text);
}

/* "Nothing is expected" is a rule too, so the file is written. */
static void nothing_to_learn_makes_a_file_all_the_same(void **state)
{
	static const struct machine empty = {0};
	char *text;

	assert_int_equal(learn_from(state, "empty.rules", &empty), 0);
	text = tree_read_text(*state, "empty.rules");
	assert_int_equal(text[0], '#');
	assert_null(strstr(text, "\ntcp"));
	free(text);
}

/* --- what is refused -------------------------------------------------------------------------- */

static void expect_refused(void **state, const char *name, const char *part)
{
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256];

	path_of(path, state, name);
	expect(learned_file_open(&learn, path, &error) == -EPERM, "%s: taken", path);
	expect(!strncmp(error_text(&error), path, strlen(path)), "%s", error_text(&error));
	expect(strstr(error_text(&error), part), "no \"%s\" in: %s", part, error_text(&error));
	learned_file_deinit(&learn);
	error_deinit(&error);
}

static void what_is_no_plain_file_is_refused(void **state)
{
	char path[256], *text;

	tree_write_text(*state, "target", "untouched");
	tree_link(*state, "link", "target");
	tree_link(*state, "dangling", "absent");
	tree_mkdir(*state, "dir");
	path_of(path, state, "fifo");
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(state, "link", "name the file itself");
	expect_refused(state, "dangling", "name the file itself");
	expect_refused(state, "dir", "name a file in it");
	expect_refused(state, "fifo", "is not a regular file");
	text = tree_read_text(*state, "target");
	assert_string_equal(text, "untouched");
	free(text);
}

static void a_file_that_others_could_change_is_refused(void **state)
{
	static const mode_t modes[] = {0620, 0602, 0666};
	char path[256], other[256];

	path_of(path, state, "file");
	tree_write_text(*state, "file", "");
	for (size_t i = 0; i < ROWS(modes); i++) {
		assert_int_equal(chmod(path, modes[i]), 0);
		expect_refused(state, "file", "chmod go-w");
	}
	assert_int_equal(chmod(path, 0644), 0);
	path_of(other, state, "other");
	assert_int_equal(link(path, other), 0);
	expect_refused(state, "file", "name a file with one name");
	assert_int_equal(unlink(other), 0);
	/* only root can give a file away */
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 65534, 65534), 0);
		expect_refused(state, "file", "belongs to user 65534");
	} else {
		print_message("not root: no file of another user was made\n");
		assert_int_equal(chown(path, 0, 0), -1);
	}
}

static void a_directory_that_is_not_there_is_said(void **state)
{
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256];

	path_of(path, state, "absent/file");
	assert_int_equal(learned_file_open(&learn, path, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "the directory does not exist"));
	error_deinit(&error);
	learned_file_deinit(&learn);
}

static void another_one_is_waited_for_but_not_for_ever(void **state)
{
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256], lock[300];
	int fd;

	path_of(path, state, "file");
	snprintf(lock, sizeof(lock), "%s.lock", path);
	fd = lock_take(lock, 0);
	assert_true(fd >= 0);
	assert_int_equal(learn.wait_seconds, 20);
	learn.wait_seconds = 0;
	assert_int_equal(learned_file_open(&learn, path, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "another lsports"));
	error_deinit(&error);
	learned_file_deinit(&learn);
	close(fd);
	assert_int_equal(learn_from(state, "file", &known), 0);
}

static void a_lock_that_fails_names_what_cannot_be_written(void **state)
{
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256], expected[900];

	path_of(path, state, "file");
	tree_link(*state, "file.lock", "elsewhere");
	assert_int_equal(learned_file_open(&learn, path, &error), -ELOOP);
	snprintf(expected, sizeof(expected),
		 "cannot write %s: its lock file %s.lock: Too many levels of symbolic links", path,
		 path);
	assert_string_equal(error_text(&error), expected);
	error_deinit(&error);
	learned_file_deinit(&learn);
}

/* The lock is held from the first read of the file to the end. */
static void it_is_locked_until_the_end(void **state)
{
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256], lock[300];
	int fd;

	path_of(path, state, "file");
	snprintf(lock, sizeof(lock), "%s.lock", path);
	assert_int_equal(learned_file_open(&learn, path, &error), 0);
	assert_int_equal(lock_take(lock, 0), -EBUSY);
	learned_file_deinit(&learn);
	fd = lock_take(lock, 0);
	assert_true(fd >= 0);
	close(fd);
}

/* A failure at the last moment leaves everything as it was. */
static void a_failure_at_the_end_leaves_nothing_half(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256];
	size_t added;

	path_of(path, state, "file");
	assert_int_equal(learned_file_open(&learn, path, &error), 0);
	tree_mkdir(*state, "file");
	assert_int_equal(learned_file_commit(&learn, snapshot, NOW, &added, &error), -EPERM);
	assert_non_null(strstr(error_text(&error), path));
	error_deinit(&error);
	learned_file_deinit(&learn);
	lsp_snapshot_free(snapshot);
	assert_int_equal(tree_count(*state, "file"), 0);
	assert_int_equal(tree_count(*state, "."), 2);
}

/* An editor takes no lock; what it saves in the meantime must not be lost. */
static void a_file_that_was_changed_meanwhile_is_left_alone(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);
	struct learned_file learn = LEARNED_FILE_INIT;
	struct error error = ERROR_INIT;
	char path[256], *text;
	size_t added;

	path_of(path, state, "file");
	tree_write_text(*state, "file", "tcp/1\n");
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(learned_file_open(&learn, path, &error), 0);
	tree_write_text(*state, "file", "tcp/2\n");
	assert_int_equal(learned_file_commit(&learn, snapshot, NOW, &added, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "changed in the meantime"));
	error_deinit(&error);
	learned_file_deinit(&learn);
	lsp_snapshot_free(snapshot);
	text = tree_read_text(*state, "file");
	assert_string_equal(text, "tcp/2\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_new_file_is_made_private),
		TREE_TEST(every_byte_that_was_there_stays),
		TREE_TEST(without_news_the_file_is_left_alone),
		TREE_TEST(nothing_to_learn_makes_a_file_all_the_same),
		TREE_TEST(what_is_no_plain_file_is_refused),
		TREE_TEST(a_file_that_others_could_change_is_refused),
		TREE_TEST(a_directory_that_is_not_there_is_said),
		TREE_TEST(another_one_is_waited_for_but_not_for_ever),
		TREE_TEST(a_lock_that_fails_names_what_cannot_be_written),
		TREE_TEST(it_is_locked_until_the_end),
		TREE_TEST(a_failure_at_the_end_leaves_nothing_half),
		TREE_TEST(a_file_that_was_changed_meanwhile_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
