/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rulefiles: which files are read, in which order, and that none is passed over. */
#include "ruling.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_PATH "etc/lsports/expected.d"
#define LEARNED "var/lib/lsports/learned.rules"

/* "file:line text|" of each rule of the host */
static const char *describe(const struct lsp_rules *rules, struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < rules->host.count; i++) {
		const struct rule *rule = &rules->host.rules[i];

		rule_format_place(&rules->host, rule, out);
		buf_append_char(out, ' ');
		rule_format_text(&rules->host, rule, out);
		buf_append_char(out, '|');
	}
	return buf_text(out);
}

static int load_rules(const char *const *files, size_t count, const char *extra, const char *root,
		      struct lsp_rules **out, char **reason)
{
	return lsp_rules_end(lsp_rules_begin(files, count, extra, root), out, reason);
}

/* Of the root's own places. */
static void expect_loaded(const char *root, const char *expected)
{
	struct lsp_rules *rules;
	struct buf out = BUF_INIT;
	char *reason;

	expect(load_rules(NULL, 0, NULL, root, &rules, &reason) == 0, "%s", reason);
	assert_null(reason);
	assert_string_equal(describe(rules, &out), expected);
	assert_true(rules->usual.count > 0);
	buf_deinit(&out);
	lsp_rules_free(rules);
}

static void expect_refused(const char *root, int error, const char *expected)
{
	struct lsp_rules *rules;
	char *reason;

	assert_int_equal(load_rules(NULL, 0, NULL, root, &rules, &reason), error);
	assert_null(rules);
	assert_non_null(reason);
	assert_string_equal(reason, expected);
	free(reason);
}

static const char *join(char out[PATH_MAX], const char *tree, const char *name)
{
	assert_true(snprintf(out, PATH_MAX, "%s/%s", tree, name) < PATH_MAX);
	return out;
}

/* --- the places of the host
 * ------------------------------------------------------------------------ */

static void no_files_are_no_rules(void **state)
{
	struct lsp_rules *rules;
	char *reason;

	expect_loaded(*state, "");
	tree_mkdir(*state, DIR_PATH);
	expect_loaded(*state, "");
	assert_int_equal(load_rules(NULL, 0, NULL, *state, &rules, &reason), 0);
	assert_false(lsp_rules_exist(rules));
	lsp_rules_free(rules);
	/* an empty one is a file */
	tree_write_text(*state, LEARNED, "");
	assert_int_equal(load_rules(NULL, 0, NULL, *state, &rules, &reason), 0);
	assert_true(lsp_rules_exist(rules));
	lsp_rules_free(rules);
}

static void files_are_read_in_the_order_of_names(void **state)
{
	tree_write_text(*state, DIR_PATH "/b.rules", "2\n");
	tree_write_text(*state, DIR_PATH "/a.rules", "1\n");
	tree_write_text(*state, DIR_PATH "/a-b.rules", "3\n");
	tree_write_text(*state, DIR_PATH "/B.rules", "4\n");
	tree_write_text(*state, DIR_PATH "/10.rules", "5\n");
	tree_write_text(*state, DIR_PATH "/9.rules", "6\n");
	tree_write_text(*state, LEARNED, "# learned\n7\n");
	expect_loaded(*state, "/" DIR_PATH "/10.rules:1 5|/" DIR_PATH "/9.rules:1 6|"
			      "/" DIR_PATH "/B.rules:1 4|/" DIR_PATH "/a-b.rules:1 3|"
			      "/" DIR_PATH "/a.rules:1 1|/" DIR_PATH "/b.rules:1 2|"
			      "/" LEARNED ":2 7|");
}

static void other_files_are_passed_over(void **state)
{
	static const char *const names[] = {"README",        "x.rules~",    ".rules",
					    ".hidden.rules", "x.rules.bak", "x.rules.dpkg-old",
					    "x.RULES",       "rules",       "x.rule"};

	for (size_t i = 0; i < ROWS(names); i++) {
		char path[PATH_MAX];

		tree_write_text(*state, join(path, DIR_PATH, names[i]), "no rule at all");
	}
	tree_write_text(*state, DIR_PATH "/x.rules", "22\n");
	expect_loaded(*state, "/" DIR_PATH "/x.rules:1 22|");
}

static void names_of_services_are_those_of_the_root(void **state)
{
	tree_write_text(*state, "etc/services", "mine 7777/tcp\n");
	tree_write_text(*state, DIR_PATH "/x.rules", "mine user=root\n");
	expect_loaded(*state, "/" DIR_PATH "/x.rules:1 mine user=root|");
	tree_write_text(*state, LEARNED, "min\n");
	expect_refused(*state, -EINVAL,
		       "/" LEARNED
		       ":1: \"min\": column 1: \"min\" is no port, no name of a service "
		       "and no KEY=VALUE, as process=NAME or address=ADDRESS (nearest: mine)\n");
}

static void a_link_is_followed_within_the_root(void **state)
{
	tree_write_text(*state, "srv/real", "22\n");
	tree_mkdir(*state, DIR_PATH);
	tree_link(*state, DIR_PATH "/x.rules", "/srv/real");
	expect_loaded(*state, "/" DIR_PATH "/x.rules:1 22|");
}

/* --- what is there and cannot be read ------------------------------------------------------------
 */

static void every_error_of_every_file_is_told(void **state)
{
	tree_write_text(*state, DIR_PATH "/a.rules", "22\nfoo=1\nbar=1\n");
	tree_write_text(*state, DIR_PATH "/b.rules", "22\n");
	tree_write_text(*state, DIR_PATH "/c.rules", "22");
	tree_mkdir(*state, DIR_PATH "/d.rules");
	tree_link(*state, DIR_PATH "/e.rules", "/nowhere");
	tree_write_text(*state, LEARNED, "22\r\n");
	expect_refused(*state, -EINVAL,
		       "/" DIR_PATH "/a.rules:2: \"foo=1\": column 1: unknown key \"foo\"\n"
		       "/" DIR_PATH "/a.rules:3: \"bar=1\": column 1: unknown key \"bar\"\n"
		       "/" DIR_PATH "/c.rules:1: the last line has no end: it may have been cut\n"
		       "/" DIR_PATH "/d.rules: is no regular file\n"
		       "/" DIR_PATH "/e.rules: No such file or directory\n"
		       "/" LEARNED ":1: the line ends in a carriage return (0x0d)\n");
}

/* A reader would wait for a writer. */
static void a_fifo_is_refused(void **state)
{
	char path[PATH_MAX];

	tree_mkdir(*state, DIR_PATH);
	assert_int_equal(mkfifo(join(path, *state, DIR_PATH "/x.rules"), 0600), 0);
	expect_refused(*state, -EINVAL, "/" DIR_PATH "/x.rules: is no regular file\n");
}

static void a_directory_that_is_none(void **state)
{
	tree_write_text(*state, DIR_PATH, "22\n");
	tree_write_text(*state, LEARNED, "x=1\n");
	expect_refused(*state, -ENOTDIR,
		       "/" DIR_PATH ": Not a directory\n"
		       "/" LEARNED ":1: \"x=1\": column 1: unknown key \"x\"\n");
}

static void a_root_that_is_none(void **state)
{
	(void)state;
	expect_refused("/nowhere", -ENOENT, "/nowhere: No such file or directory\n");
}

/* Root reads everything: the test gives that up. */
static void what_may_not_be_read_is_told(void **state)
{
	char path[PATH_MAX];

	tree_write_text(*state, DIR_PATH "/x.rules", "22\n");
	assert_int_equal(chmod(join(path, *state, DIR_PATH "/x.rules"), 0), 0);
	assert_int_equal(chmod(*state, 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_refused(*state, -EACCES, "/" DIR_PATH "/x.rules: Permission denied\n");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	/* what was learned is no less there */
	assert_int_equal(chmod(path, 0644), 0);
	tree_write_text(*state, LEARNED, "22\n");
	assert_int_equal(chmod(join(path, *state, LEARNED), 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_refused(*state, -EACCES, "/" LEARNED ": Permission denied\n");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	tree_remove(*state, LEARNED);
	assert_int_equal(chmod(join(path, *state, DIR_PATH), 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_refused(*state, -EACCES, "/" DIR_PATH ": Permission denied\n");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

/* --- files that are named
 * ---------------------------------------------------------------------------- */

static void named_files_are_all_there_is(void **state)
{
	char a[PATH_MAX], b[PATH_MAX];
	const char *files[] = {join(a, *state, "b"), join(b, *state, "a")};
	struct lsp_rules *rules;
	struct buf out = BUF_INIT, expected = BUF_INIT;
	char *reason;

	tree_write_text(*state, DIR_PATH "/x.rules", "not read");
	tree_write_text(*state, "b", "1\n");
	tree_write_text(*state, "a", "2\n");
	/* in the order given, and not below the root */
	assert_int_equal(load_rules(files, 2, NULL, *state, &rules, &reason), 0);
	buf_printf(&expected, "%s:1 1|%s:1 2|", a, b);
	assert_string_equal(describe(rules, &out), buf_text(&expected));
	lsp_rules_free(rules);
	assert_int_equal(load_rules(files, 0, NULL, *state, &rules, &reason), 0);
	assert_int_equal(rules->host.count, 0);
	lsp_rules_free(rules);
	buf_deinit(&out);
	buf_deinit(&expected);
}

static void a_named_file_must_be_there(void **state)
{
	char good[PATH_MAX];
	const char *const files[] = {"/nowhere", join(good, *state, "a"), "/", "/dev/null"};
	struct lsp_rules *rules;
	char *reason;

	tree_write_text(*state, "a", "22\n");
	assert_int_equal(load_rules(files, ROWS(files), NULL, NULL, &rules, &reason), -ENOENT);
	assert_null(rules);
	assert_string_equal(reason, "/nowhere: No such file or directory\n"
				    "/: is no regular file\n"
				    "/dev/null: is no regular file\n");
	free(reason);
}

/* A file that opens and fails to be read, whichever error it is. */
static void a_read_that_fails_is_told(void **state)
{
	static const char path[] = "/proc/self/mem";
	const char *const files[] = {path};
	struct lsp_rules *rules;
	char *reason;

	(void)state;
	assert_int_equal(load_rules(files, 1, NULL, NULL, &rules, &reason), -EIO);
	assert_string_equal(reason, "/proc/self/mem: Input/output error\n");
	free(reason);
}

static void an_extra_file_may_be_absent(void **state)
{
	char extra[PATH_MAX], file[PATH_MAX];
	const char *files[] = {join(file, *state, "a")};
	struct lsp_rules *rules;
	char *reason;

	tree_write_text(*state, "a", "1\n");
	join(extra, *state, "extra");
	assert_int_equal(load_rules(files, 1, extra, *state, &rules, &reason), 0);
	assert_int_equal(rules->host.count, 1);
	lsp_rules_free(rules);
	tree_write_text(*state, "extra", "2\n");
	assert_int_equal(load_rules(files, 1, extra, *state, &rules, &reason), 0);
	assert_int_equal(rules->host.count, 2);
	lsp_rules_free(rules);
	assert_int_equal(load_rules(NULL, 0, extra, *state, &rules, &reason), 0);
	assert_int_equal(rules->host.count, 1);
	lsp_rules_free(rules);
	/* both are wrong, both are told */
	tree_write_text(*state, "a", "1");
	tree_write_text(*state, "extra", "2");
	assert_int_equal(load_rules(files, 1, extra, *state, &rules, &reason), -EINVAL);
	assert_non_null(strstr(reason, "/a:1: the last line"));
	assert_non_null(strstr(reason, "/extra:1: the last line"));
	free(reason);
}

/* In two parts: the same order and the same errors. */
static void files_are_read_beside_the_caller(void **state)
{
	struct lsp_rules_loading *loading;
	struct buf text = BUF_INIT;
	struct lsp_rules *rules;
	char *reason;

	for (unsigned i = 0; i < 50000; i++)
		buf_printf(&text, "tcp/%u user=root\n", i);
	tree_write(*state, DIR_PATH "/a.rules", text.data, text.size);
	tree_write_text(*state, LEARNED, "22\n");
	loading = lsp_rules_begin(NULL, 0, NULL, *state);
	assert_non_null(loading);
	assert_int_equal(lsp_rules_end(loading, &rules, &reason), 0);
	assert_int_equal(rules->host.count, 50001);
	assert_int_equal(rules->host.rules[50000].file, 1);
	lsp_rules_free(rules);
	buf_append_text(&text, "99999\n");
	tree_write(*state, DIR_PATH "/a.rules", text.data, text.size);
	tree_write_text(*state, DIR_PATH "/b.rules", "1-0\n");
	loading = lsp_rules_begin(NULL, 0, NULL, *state);
	assert_non_null(loading);
	assert_int_equal(lsp_rules_end(loading, &rules, &reason), -EINVAL);
	assert_null(rules);
	assert_string_equal(reason, "/" DIR_PATH "/a.rules:50001: \"99999\": column 1: "
				    "a port is at most 65535\n"
				    "/" DIR_PATH "/b.rules:1: \"1-0\": column 1: "
				    "the range ends below its start\n");
	free(reason);
	buf_deinit(&text);
	assert_int_equal(lsp_rules_end(NULL, &rules, &reason), -ENOMEM);
}

/* 64 MiB to the byte, and one more. */
static void a_file_has_a_limit(void **state)
{
	const off_t limit = (off_t)64 << 20;
	char path[PATH_MAX];
	const char *const files[] = {join(path, *state, "big")};
	struct lsp_rules *rules;
	struct buf text = BUF_INIT;
	char *reason;
	FILE *file;

	assert_int_equal(buf_reserve(&text, 1 << 20), 0);
	memset(text.data, '\n', 1 << 20);
	file = fopen(path, "we");
	assert_non_null(file);
	for (unsigned i = 0; i < 64; i++)
		assert_int_equal(fwrite(text.data, 1 << 20, 1, file), 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(truncate(path, limit - 3), 0);
	file = fopen(path, "ae");
	assert_non_null(file);
	assert_true(fputs("22\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(load_rules(files, 1, NULL, NULL, &rules, &reason), 0);
	assert_int_equal(rules->host.count, 1);
	assert_int_equal(rules->host.rules[0].line, limit - 2);
	lsp_rules_free(rules);
	file = fopen(path, "ae");
	assert_non_null(file);
	assert_true(fputs("\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(load_rules(files, 1, NULL, NULL, &rules, &reason), -EINVAL);
	assert_non_null(strstr(reason, "big: is larger than 64 MiB\n"));
	free(reason);
	buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(no_files_are_no_rules),
		TREE_TEST(files_are_read_in_the_order_of_names),
		TREE_TEST(other_files_are_passed_over),
		TREE_TEST(names_of_services_are_those_of_the_root),
		TREE_TEST(a_link_is_followed_within_the_root),
		TREE_TEST(every_error_of_every_file_is_told),
		TREE_TEST(a_fifo_is_refused),
		TREE_TEST(a_directory_that_is_none),
		cmocka_unit_test(a_root_that_is_none),
		TREE_TEST(what_may_not_be_read_is_told),
		TREE_TEST(named_files_are_all_there_is),
		TREE_TEST(a_named_file_must_be_there),
		cmocka_unit_test(a_read_that_fails_is_told),
		TREE_TEST(an_extra_file_may_be_absent),
		TREE_TEST(files_are_read_beside_the_caller),
		TREE_TEST(a_file_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
