/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/message: texts for standard error, one line each, with foreign bytes escaped. */
#include "protocols.h"
#include "support.h"

#include "machine.h"
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

static void expect_text(struct buf *out, const char *expected)
{
	assert_non_null(buf_text(out));
	assert_string_equal(out->data, expected);
	buf_deinit(out);
}

static void test_line(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"", "lsports: \n"},
		{"plain words", "lsports: plain words\n"},
		{"two\nlines", "lsports: two\\x0alines\n"},
		{"\x1b[31mred", "lsports: \\x1b[31mred\n"},
		{"caf\xc3\xa9", "lsports: caf\xc3\xa9\n"},
		{"C1 \xc2\x9b", "lsports: C1 \\xc2\\x9b\n"},
		{"cut \xc3", "lsports: cut \\xc3\n"},
		{"\x7f\t\r", "lsports: \\x7f\\x09\\x0d\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = BUF_INIT;

		message_format_line(&out, rows[i].text);
		expect_text(&out, rows[i].expected);
	}
}

static void test_error(void **state)
{
	struct error error = ERROR_INIT;
	struct buf out = BUF_INIT;

	(void)state;
	error_set(&error, -EPERM, "nothing could be read: tcp");
	error_add(&error, -EPERM, "two\nlines");
	error_add(&error, -EPERM, "proc: \x1bneither");
	message_add_error(&out, &error);
	expect_text(&out, "lsports: nothing could be read: tcp\n"
			  "lsports: two\\x0alines\n"
			  "lsports: proc: \\x1bneither\n");
	error_reset(&error);
	message_add_error(&out, &error);
	assert_int_equal(out.size, 0);
	error_note(&error, -EACCES);
	message_add_error(&out, &error);
	expect_text(&out, "lsports: Permission denied\n");
	error_reset(&error);
	error_note(&error, -ENOMEM);
	message_add_error(&out, &error);
	assert_int_equal(out.error, -ENOMEM);
	buf_deinit(&out);
	error_deinit(&error);
}

static void test_gaps(void **state)
{
	static const struct {
		struct lsp_gap gap;
		const char *expected;
	} rows[] = {
		{{.what = "processes", .why = "could not be read: run as root", .count = 12},
		 "could not read 12 processes: run as root"},
		{{.what = "processes", .why = "could not be read: run as root", .count = 1},
		 "could not read 1 process: run as root"},
		{{.what = "network namespaces", .why = "could not be entered: no", .count = 1},
		 "could not enter 1 network namespace: no"},
		{{.what = "processes",
		  .why = "could not be asked for their network namespace: no",
		  .count = 1},
		 "could not read the network namespace of 1 process: no"},
		{{.what = "owners", .why = "could not be looked up: bpf: no"},
		 "could not look up owners: bpf: no"},
		{{.what = "processes", .why = "outside this PID namespace cannot be seen"},
		 "processes outside this PID namespace cannot be seen"},
		{{.what = "tcp\x1b", .why = "were read through /proc/net"},
		 "tcp\\x1b were read through /proc/net"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = NULL;
		struct buf out = BUF_INIT;
		char expected[200];

		assert_int_equal(builder_new(&snapshot), 0);
		assert_int_equal(builder_add_gap(snapshot, &rows[i].gap), 0);
		snprintf(expected, sizeof(expected), "lsports: %s\n", rows[i].expected);
		message_format_gaps(&out, snapshot, false);
		expect_text(&out, expected);
		lsp_snapshot_free(snapshot);
	}
}

static void test_notes(void **state)
{
	struct lsp_snapshot *snapshot = NULL;
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(builder_new(&snapshot), 0);
	assert_int_equal(builder_add_note(snapshot, "tcp: %s", "netlink"), 0);
	message_format_notes(&out, snapshot);
	expect_text(&out, "lsports: tcp: netlink\n");
	lsp_snapshot_free(snapshot);
}

static void test_write_failure(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
		int error;
		const char *expected;
	} rows[] = {
		{"fifo", S_IFIFO, -EMEDIUMTYPE,
		 "it is a FIFO: only a regular file can be replaced; use > FILE"},
		{"socket", S_IFSOCK, -EMEDIUMTYPE,
		 "it is a socket: only a regular file can be replaced; use > FILE"},
		{"link", 0, -EMEDIUMTYPE,
		 "it is a symbolic link: only a regular file can be replaced; use > FILE"},
		{"gone", 0, -EMEDIUMTYPE,
		 "it is not a regular file: only a regular file can be replaced; use > FILE"},
		{"dir", 0, -EISDIR, "it is a directory: only a regular file can be replaced"},
		{"file", 0, -ENOSPC, "No space left on device"},
	};
	struct buf out = BUF_INIT;

	tree_link(*state, "link", "absent");
	for (size_t i = 0; i < ROWS(rows); i++) {
		char path[200], expected[400];

		snprintf(path, sizeof(path), "%s/%s", (char *)*state, rows[i].name);
		snprintf(expected, sizeof(expected), "lsports: cannot write %s: %s\n", path,
			 rows[i].expected);
		if (rows[i].mode)
			assert_int_equal(mknod(path, rows[i].mode | 0600, 0), 0);
		message_format_write_failure(&out, path, rows[i].error);
		expect_text(&out, expected);
	}
	message_format_write_failure(&out, NULL, -ENOSPC);
	expect_text(&out, "lsports: cannot write standard output: No space left on device\n");
	message_format_write_failure(&out, "a\nb", -EACCES);
	expect_text(&out, "lsports: cannot write a\\x0ab: Permission denied\n");
}

static void test_empty(void **state)
{
	static const char *netns[] = {"blue", "1"};
	static char port[] = ":8080", range[] = "90-99";
	static char *const selectors[] = {port, range};
	static const struct {
		struct options options;
		const char *expected;
	} rows[] = {
		{{0}, "nothing is listening"},
		{{.states = OPTIONS_STATE_LISTENERS}, "nothing is listening"},
		{{.protos = LSP_BIT(LSP_PROTO_UDP)}, "no udp listener"},
		{{.protos = LSP_BIT(LSP_PROTO_UDP) | LSP_BIT(LSP_PROTO_TCP)}, "no listener"},
		{{.families = LSP_BIT(LSP_FAMILY_IPV6), .protos = LSP_BIT(LSP_PROTO_TCP)},
		 "no tcp ipv6 listener"},
		{{.selectors = selectors, .selector_count = 1}, "no listener with :8080"},
		{{.selectors = selectors, .selector_count = 2}, "no listener with :8080, 90-99"},
		{{.states = OPTIONS_STATE_OTHERS}, "no connected socket"},
		{{.states = OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS}, "no socket"},
		{{.netns = {.data = netns, .count = 2}}, "nothing is listening in blue, 1"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char expected[100];
		struct buf out = BUF_INIT;

		snprintf(expected, sizeof(expected), "lsports: %s\n", rows[i].expected);
		message_format_empty(&out, &rows[i].options);
		expect_text(&out, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),   cmocka_unit_test(test_error),
		cmocka_unit_test(test_gaps),   cmocka_unit_test(test_notes),
		TREE_TEST(test_write_failure), cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
