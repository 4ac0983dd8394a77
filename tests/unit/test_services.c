/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/services: port names come from the admin's file first, then from the shipped list. */
#include "protocols.h"
#include "support.h"

#include "model/builder.h"
#include "host/services.h"

#include <string.h>

static struct lsp_snapshot *parsed(const char *text, size_t size, bool is_guess)
{
	struct lsp_snapshot *snapshot;

	assert_int_equal(builder_new(&snapshot), 0);
	assert_int_equal(services_parse(text, size, is_guess, services_keep, snapshot), 0);
	return snapshot;
}

/* Of TCP. */
static const char *name_of(const struct lsp_snapshot *snapshot, uint16_t port)
{
	bool is_guess;

	return lsp_snapshot_service(snapshot, LSP_PROTO_TCP, port, &is_guess);
}

static void a_line_names_a_port(void **state)
{
	static const struct {
		const char *line;
		uint16_t port;
		const char *name; /* NULL: the line is skipped */
	} rows[] = {
		{"ssh\t\t22/tcp\n", 22, "ssh"},
		{"ssh 22/tcp", 22, "ssh"},
		{"  ssh   22/tcp   alias1 alias2 # a comment\n", 22, "ssh"},
		{"ssh 22/tcp#comment\n", 22, "ssh"},
		{"ssh\t22/tcp\r\n", 22, "ssh"},
		{"a.b-c_d+e 65535/tcp\n", 65535, "a.b-c_d+e"},
		{"tcpmux 1/tcp", 1, "tcpmux"},
		{"ssh 0022/tcp", 22, "ssh"},
		{"ssh 22/udp\n", 22, NULL},
		{"ssh 22/sctp\n", 22, NULL},
		{"ssh 22/tcpx\n", 22, NULL},
		{"ssh 22/TCP\n", 22, NULL},
		{"ssh 22/\n", 22, NULL},
		{"ssh 22\n", 22, NULL},
		{"ssh 22 /tcp\n", 22, NULL},
		{"ssh\n", 22, NULL},
		{"ssh /tcp\n", 0, NULL},
		{"ssh 0/tcp\n", 0, NULL},
		{"ssh 65536/tcp\n", 0, NULL},
		{"ssh -22/tcp\n", 22, NULL},
		{"ssh 22x/tcp\n", 22, NULL},
		{"ssh 0x16/tcp\n", 22, NULL},
		{"#ssh 22/tcp\n", 22, NULL},
		{"ssh#22/tcp\n", 22, NULL},
		{"s\x1bsh 22/tcp\n", 22, NULL},
		{"s\xc3\xa9 22/tcp\n", 22, NULL},
		{"\n", 0, NULL},
		{"", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = parsed(rows[i].line, strlen(rows[i].line), false);
		const char *name = name_of(snapshot, rows[i].port);

		expect((name != NULL) == (rows[i].name != NULL), "row %zu \"%s\"", i, rows[i].line);
		if (rows[i].name)
			assert_string_equal(name, rows[i].name);
		lsp_snapshot_free(snapshot);
	}
}

static void bytes_that_are_no_text_are_passed_over(void **state)
{
	static const char text[] = "a 1/tcp\n\0b 2/tcp\nc\0 3/tcp\n\xff\xfe\nd 4/tcp\ne 5/tc";
	struct lsp_snapshot *snapshot = parsed(text, sizeof(text) - 1, false);

	(void)state;
	assert_string_equal(name_of(snapshot, 1), "a");
	assert_null(name_of(snapshot, 2));
	assert_null(name_of(snapshot, 3));
	assert_string_equal(name_of(snapshot, 4), "d");
	assert_null(name_of(snapshot, 5));
	lsp_snapshot_free(snapshot);
}

static void a_name_that_is_too_long_is_passed_over(void **state)
{
	char text[400];
	struct lsp_snapshot *snapshot;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + 255, " 1/tcp\n", 7);
	memcpy(text + 262 + 100, " 2/tcp\n", 7);
	snapshot = parsed(text, 369, false);
	assert_int_equal(strlen(name_of(snapshot, 1)), 255);
	assert_int_equal(strlen(name_of(snapshot, 2)), 100);
	lsp_snapshot_free(snapshot);
	memcpy(text + 255, "a 1/tcp\n", 8);
	snapshot = parsed(text, 263, false);
	assert_null(name_of(snapshot, 1));
	lsp_snapshot_free(snapshot);
}

static void the_first_name_of_a_port_and_protocol_stays(void **state)
{
	static const char text[] = "domain 53/tcp\nother 53/tcp\ndns 53/udp\n";
	struct lsp_snapshot *snapshot = parsed(text, strlen(text), true);
	bool is_guess = false;

	(void)state;
	assert_string_equal(name_of(snapshot, 53), "domain");
	assert_string_equal(lsp_snapshot_service(snapshot, LSP_PROTO_UDP, 53, &is_guess), "dns");
	assert_true(is_guess);
	lsp_snapshot_free(snapshot);
}

static struct lsp_snapshot *loaded(const char *tree)
{
	struct lsp_snapshot *snapshot;
	struct root root;

	assert_int_equal(builder_new(&snapshot), 0);
	assert_int_equal(root_init(&root, tree), 0);
	assert_int_equal(services_resolve(&root, snapshot), 0);
	root_deinit(&root);
	return snapshot;
}

static void the_admins_file_comes_first(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	bool is_guess;
	size_t gaps;

	tree_write_text(tree, "etc/services", "mine 3000/tcp\n");
	tree_write_text(tree, "usr/share/lsports/services", "theirs 3000/tcp\nvite 5173/tcp\n");
	snapshot = loaded(tree);
	assert_string_equal(lsp_snapshot_service(snapshot, LSP_PROTO_TCP, 3000, &is_guess), "mine");
	assert_false(is_guess);
	assert_string_equal(lsp_snapshot_service(snapshot, LSP_PROTO_TCP, 5173, &is_guess), "vite");
	assert_true(is_guess);
	lsp_snapshot_gaps(snapshot, &gaps);
	assert_int_equal(gaps, 0);
	lsp_snapshot_free(snapshot);
}

static void an_absent_file_is_empty(void **state)
{
	struct lsp_snapshot *snapshot = loaded(*state);
	size_t gaps;

	assert_null(name_of(snapshot, 22));
	lsp_snapshot_gaps(snapshot, &gaps);
	assert_int_equal(gaps, 0);
	lsp_snapshot_free(snapshot);
}

static void a_file_that_cannot_be_read_is_a_gap_that_hides_nothing(void **state)
{
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	const struct lsp_gap *gap;
	size_t gaps;

	tree_mkdir(tree, "etc/services");
	tree_write_text(tree, "usr/share/lsports/services", "vite 5173/tcp\n");
	snapshot = loaded(tree);
	assert_string_equal(name_of(snapshot, 5173), "vite");
	gap = lsp_snapshot_gaps(snapshot, &gaps);
	assert_int_equal(gaps, 1);
	assert_string_equal(gap->what, "service names");
	assert_non_null(strstr(gap->why, "/etc/services"));
	assert_false(gap->hides);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_names_a_port),
		cmocka_unit_test(bytes_that_are_no_text_are_passed_over),
		cmocka_unit_test(a_name_that_is_too_long_is_passed_over),
		cmocka_unit_test(the_first_name_of_a_port_and_protocol_stays),
		TREE_TEST(the_admins_file_comes_first),
		TREE_TEST(an_absent_file_is_empty),
		TREE_TEST(a_file_that_cannot_be_read_is_a_gap_that_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
