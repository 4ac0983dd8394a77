/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rule_files: which files are read, in which order, and that none is skipped. */
#include "support.h"

#include "judge/rule_files.h"
#include "judge/rules.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIR_PATH LSP_RULES_DIR
#define LEARNED LSP_RULES_LEARNED

/* "file:line text|" of each rule of the host */
static const char *describe(const struct lsp_rules *rules, struct buf *out)
{
	buf_reset(out);
	for (size_t i = 0; i < rule_table_count(&rules->host.table); i++) {
		const struct rule *rule = rule_table_at(&rules->host.table, i);

		rule_table_format_location(&rules->host.table, rule, out);
		buf_append_char(out, ' ');
		rule_table_format_text(&rules->host.table, rule, out);
		buf_append_char(out, '|');
	}
	return buf_text(out);
}

/* @out: NULL after a failure. */
static int load_rules(const char *const *files, size_t count, const char *extra, const char *root,
		      struct lsp_rules **out, struct error *error)
{
	int r;

	*error = ERROR_INIT;
	*out = lsp_rules_new(files, count, extra, root);
	assert_non_null(*out);
	r = lsp_rules_load(*out, error);
	assert_int_equal(error->number, r);
	/* Once loaded, they stay as they are. */
	assert_int_equal(lsp_rules_load(*out, NULL), r);
	if (r < 0) {
		lsp_rules_free(*out);
		*out = NULL;
	}
	return r;
}

/* From the default places below the root. */
static void expect_loaded(const char *root, const char *expected)
{
	struct lsp_rules *rules;
	struct buf out = BUF_INIT;
	struct error error;

	expect(load_rules(NULL, 0, NULL, root, &rules, &error) == 0, "%s", error_text(&error));
	assert_string_equal(error_text(&error), "");
	assert_string_equal(describe(rules, &out), expected);
	buf_deinit(&out);
	lsp_rules_free(rules);
}

static void expect_refused(const char *root, int number, const char *expected)
{
	struct lsp_rules *rules;
	struct error error;

	assert_int_equal(load_rules(NULL, 0, NULL, root, &rules, &error), number);
	assert_null(rules);
	assert_string_equal(error_text(&error), expected);
	error_deinit(&error);
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
	struct error error;

	expect_loaded(*state, "");
	tree_mkdir(*state, DIR_PATH);
	expect_loaded(*state, "");
	assert_int_equal(load_rules(NULL, 0, NULL, *state, &rules, &error), 0);
	assert_false(lsp_rules_exist(rules));
	lsp_rules_free(rules);
	/* an empty one is a file */
	tree_write_text(*state, LEARNED, "");
	assert_int_equal(load_rules(NULL, 0, NULL, *state, &rules, &error), 0);
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
	expect_loaded(*state, DIR_PATH "/10.rules:1 5|" DIR_PATH "/9.rules:1 6|" DIR_PATH
				       "/B.rules:1 4|" DIR_PATH "/a-b.rules:1 3|" DIR_PATH
				       "/a.rules:1 1|" DIR_PATH "/b.rules:1 2|" LEARNED ":2 7|");
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
	expect_loaded(*state, DIR_PATH "/x.rules:1 22|");
}

static void names_of_services_are_those_of_the_root(void **state)
{
	tree_write_text(*state, "etc/services", "mine 7777/tcp\n");
	tree_write_text(*state, DIR_PATH "/x.rules", "mine user=root\n");
	expect_loaded(*state, DIR_PATH "/x.rules:1 mine user=root|");
	tree_write_text(*state, LEARNED, "min\n");
	expect_refused(*state, -EINVAL,
		       LEARNED ":1: \"min\": column 1: \"min\" is not a port, a service name or "
			       "KEY=VALUE (for example process=NAME) (nearest: mine)");
}

static void a_link_is_followed_within_the_root(void **state)
{
	tree_write_text(*state, "srv/real", "22\n");
	tree_mkdir(*state, DIR_PATH);
	tree_link(*state, DIR_PATH "/x.rules", "/srv/real");
	expect_loaded(*state, DIR_PATH "/x.rules:1 22|");
}

/* --- what is there and cannot be read ------------------------------------------------------------
 */

static void every_error_of_every_file_is_reported(void **state)
{
	tree_write_text(*state, DIR_PATH "/a.rules", "22\nfoo=1\nbar=1\n");
	tree_write_text(*state, DIR_PATH "/b.rules", "22\n");
	tree_write_text(*state, DIR_PATH "/c.rules", "22");
	tree_mkdir(*state, DIR_PATH "/d.rules");
	tree_link(*state, DIR_PATH "/e.rules", "/nowhere");
	tree_write_text(*state, LEARNED, "22\r\n");
	expect_refused(*state, -EINVAL,
		       DIR_PATH
		       "/a.rules:2: \"foo=1\": column 1: unknown key \"foo\"\n" DIR_PATH
		       "/a.rules:3: \"bar=1\": column 1: unknown key \"bar\"\n" DIR_PATH
		       "/c.rules:1: the last line does not end with a newline; the file may be cut "
		       "off\n" DIR_PATH "/d.rules: Is a directory\n" DIR_PATH
		       "/e.rules: No such file or directory\n" LEARNED
		       ":1: the line ends in a carriage return (0x0d)");
}

/* A reader would wait for a writer. */
static void a_fifo_is_refused(void **state)
{
	char path[PATH_MAX];

	tree_mkdir(*state, DIR_PATH);
	assert_int_equal(mkfifo(join(path, *state, DIR_PATH "/x.rules"), 0600), 0);
	expect_refused(*state, -EMEDIUMTYPE, DIR_PATH "/x.rules: Not a regular file");
}

static void a_directory_that_is_none(void **state)
{
	tree_write_text(*state, DIR_PATH, "22\n");
	tree_write_text(*state, LEARNED, "x=1\n");
	expect_refused(*state, -ENOTDIR,
		       DIR_PATH ": Not a directory\n" LEARNED
				":1: \"x=1\": column 1: unknown key \"x\"");
}

static void a_root_that_is_none(void **state)
{
	(void)state;
	expect_refused("/nowhere", -ENOENT, "/nowhere: No such file or directory");
}

/* Root can read everything, so the test drops that privilege. */
static void unreadable_files_are_reported(void **state)
{
	char path[PATH_MAX];

	tree_write_text(*state, DIR_PATH "/x.rules", "22\n");
	assert_int_equal(chmod(join(path, *state, DIR_PATH "/x.rules"), 0), 0);
	assert_int_equal(chmod(*state, 0755), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_refused(*state, -EACCES, DIR_PATH "/x.rules: Permission denied");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	/* what was learned is no less there */
	assert_int_equal(chmod(path, 0644), 0);
	tree_write_text(*state, LEARNED, "22\n");
	assert_int_equal(chmod(join(path, *state, LEARNED), 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_refused(*state, -EACCES, LEARNED ": Permission denied");
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	tree_remove(*state, LEARNED);
	assert_int_equal(chmod(join(path, *state, DIR_PATH), 0), 0);
	if (geteuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_refused(*state, -EACCES, DIR_PATH ": Permission denied");
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
	struct error error;

	tree_write_text(*state, DIR_PATH "/x.rules", "not read");
	tree_write_text(*state, "b", "1\n");
	tree_write_text(*state, "a", "2\n");
	/* in the order given, and not below the root */
	assert_int_equal(load_rules(files, 2, NULL, *state, &rules, &error), 0);
	buf_printf(&expected, "%s:1 1|%s:1 2|", a, b);
	assert_string_equal(describe(rules, &out), buf_text(&expected));
	lsp_rules_free(rules);
	assert_int_equal(load_rules(files, 0, NULL, *state, &rules, &error), 0);
	assert_int_equal(rule_table_count(&rules->host.table), 0);
	lsp_rules_free(rules);
	buf_deinit(&out);
	buf_deinit(&expected);
}

static void a_named_file_must_be_there(void **state)
{
	char good[PATH_MAX];
	const char *const files[] = {"/nowhere", join(good, *state, "a"), "/", "/dev/null"};
	struct lsp_rules *rules;
	struct error error;

	tree_write_text(*state, "a", "22\n");
	assert_int_equal(load_rules(files, ROWS(files), NULL, NULL, &rules, &error), -ENOENT);
	assert_null(rules);
	assert_string_equal(error_text(&error), "/nowhere: No such file or directory\n"
						"/: is a directory: name a file in it\n"
						"/dev/null: is not a regular file");
	error_deinit(&error);
}

/* A file that can be opened but not read, with any error. */
static void a_failed_read_is_reported(void **state)
{
	static const char path[] = "/proc/self/mem";
	const char *const files[] = {path};
	struct lsp_rules *rules;
	struct error error;

	(void)state;
	assert_int_equal(load_rules(files, 1, NULL, NULL, &rules, &error), -EIO);
	assert_string_equal(error_text(&error), "/proc/self/mem: Input/output error");
	error_deinit(&error);
}

static void an_extra_file_may_be_absent(void **state)
{
	char extra[PATH_MAX], file[PATH_MAX];
	const char *files[] = {join(file, *state, "a")};
	struct lsp_rules *rules;
	struct error error;

	tree_write_text(*state, "a", "1\n");
	join(extra, *state, "extra");
	assert_int_equal(load_rules(files, 1, extra, *state, &rules, &error), 0);
	assert_int_equal(rule_table_count(&rules->host.table), 1);
	lsp_rules_free(rules);
	tree_write_text(*state, "extra", "2\n");
	assert_int_equal(load_rules(files, 1, extra, *state, &rules, &error), 0);
	assert_int_equal(rule_table_count(&rules->host.table), 2);
	lsp_rules_free(rules);
	assert_int_equal(load_rules(NULL, 0, extra, *state, &rules, &error), 0);
	assert_int_equal(rule_table_count(&rules->host.table), 1);
	lsp_rules_free(rules);
	/* both are wrong, both are reported */
	tree_write_text(*state, "a", "1");
	tree_write_text(*state, "extra", "2");
	assert_int_equal(load_rules(files, 1, extra, *state, &rules, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "/a:1: the last line"));
	assert_non_null(strstr(error_text(&error), "/extra:1: the last line"));
	error_deinit(&error);
}

/* Long files, beside the caller: the same order and the same errors. */
static void long_files_are_read_beside_the_caller(void **state)
{
	char path[PATH_MAX], second[PATH_MAX];
	const char *files[] = {join(path, *state, "long"), join(second, *state, "b")};
	struct buf text = BUF_INIT, wanted = BUF_INIT;
	struct lsp_rules *rules;
	struct error error;

	for (unsigned i = 0; i < 50000; i++)
		buf_printf(&text, "tcp/%u user=root\n", i);
	tree_write(*state, "long", text.data, text.size);
	tree_write_text(*state, "b", "22\n");
	assert_true(rule_files_are_long(files, 2, NULL));
	assert_true(rule_files_are_long(NULL, 0, files[0]));
	assert_false(rule_files_are_long(&files[1], 1, files[1]));
	assert_int_equal(load_rules(files, 2, NULL, NULL, &rules, &error), 0);
	assert_int_equal(rule_table_count(&rules->host.table), 50001);
	assert_int_equal(rule_table_at(&rules->host.table, 50000)->file, 1);
	lsp_rules_free(rules);
	buf_append_text(&text, "99999\n");
	tree_write(*state, "long", text.data, text.size);
	tree_write_text(*state, "b", "1-0\n");
	assert_int_equal(load_rules(files, 2, NULL, NULL, &rules, &error), -EINVAL);
	assert_null(rules);
	buf_printf(&wanted,
		   "%s:50001: \"99999\": column 1: a port is at most 65535\n"
		   "%s:1: \"1-0\": column 1: the range ends below its start",
		   files[0], files[1]);
	assert_string_equal(error_text(&error), buf_text(&wanted));
	buf_deinit(&wanted);
	error_deinit(&error);
	buf_deinit(&text);
	/* Whoever does not want them any more need not wait for them. */
	lsp_rules_free(lsp_rules_new(files, 2, NULL, NULL));
	lsp_rules_free(NULL);
}

/* 64 MiB to the byte, and one more. */
static void a_file_has_a_limit(void **state)
{
	const off_t limit = (off_t)64 << 20;
	char path[PATH_MAX];
	const char *const files[] = {join(path, *state, "big")};
	struct lsp_rules *rules;
	struct buf text = BUF_INIT;
	struct error error;
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
	assert_int_equal(load_rules(files, 1, NULL, NULL, &rules, &error), 0);
	assert_int_equal(rule_table_count(&rules->host.table), 1);
	assert_int_equal(rule_table_at(&rules->host.table, 0)->line, limit - 2);
	lsp_rules_free(rules);
	file = fopen(path, "ae");
	assert_non_null(file);
	assert_true(fputs("\n", file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(load_rules(files, 1, NULL, NULL, &rules, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "big: is larger than 64 MiB"));
	error_deinit(&error);
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
		TREE_TEST(every_error_of_every_file_is_reported),
		TREE_TEST(a_fifo_is_refused),
		TREE_TEST(a_directory_that_is_none),
		cmocka_unit_test(a_root_that_is_none),
		TREE_TEST(unreadable_files_are_reported),
		TREE_TEST(named_files_are_all_there_is),
		TREE_TEST(a_named_file_must_be_there),
		cmocka_unit_test(a_failed_read_is_reported),
		TREE_TEST(an_extra_file_may_be_absent),
		TREE_TEST(long_files_are_read_beside_the_caller),
		TREE_TEST(a_file_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
