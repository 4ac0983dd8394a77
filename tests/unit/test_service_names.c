/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/service_names: selectors of a command line, with names from the services files. */
#include "support.h"

#include "error.h"
#include "machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES "etc/services"
#define SHIPPED "usr/share/lsports/services"

static struct lsp_selector *parse(const char *root, const char *text)
{
	struct lsp_selector *selector;
	struct error error = ERROR_INIT;

	expect(lsp_selector_parse(&text, 1, root, &selector, &error) == 0, "\"%s\": %s", text,
	       error_text(&error));
	assert_int_equal(error.number, 0);
	return selector;
}

static void expect_refusal(const char *root, const char *const *texts, size_t count, int number,
			   const char *expected)
{
	struct lsp_selector *selector;
	struct error error = ERROR_INIT;

	expect(lsp_selector_parse(texts, count, root, &selector, &error) == number, "%s", expected);
	assert_null(selector);
	assert_int_equal(error.number, number);
	assert_string_equal(error_text(&error), expected);
	error_deinit(&error);
}

/* --- names
 * ------------------------------------------------------------------------------------------ */

static void names_are_those_of_the_root(void **state)
{
	static const struct {
		const char *text;
		uint16_t port;
		unsigned protos;
	} rows[] = {
		{"ssh", 22, 3},       {"tcp/ssh", 22, 1},   {"www", 80, 3},    {"http", 80, 3},
		{"tcp/http", 80, 1},  {"mine", 7, 3},       {"etcd", 2379, 3}, {"9p", 564, 3},
		{"tcp/twice", 11, 1}, {"udp/twice", 12, 2},
	};
	const char *root = *state;

	tree_write_text(root, SERVICES,
			"ssh 22/tcp\nhttp 80/tcp www # web\nmine 7/udp\n9p 564/tcp\n"
			"twice 11/tcp\ntwice 12/udp\ntwice 13/tcp\nssh 2222/tcp\nxyzzy 9/sctp\n");
	tree_write_text(root, SHIPPED, "etcd 2379/tcp\nssh 99/tcp\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_selector *selector = parse(root, rows[i].text);
		struct lsp_query query = {.protos = 3, .families = 3, .listeners = true};

		lsp_selector_narrow(selector, &query);
		expect(query.port_count == 1 && query.ports[0].first == rows[i].port &&
			       query.ports[0].last == rows[i].port,
		       "%s is %u", rows[i].text, query.port_count ? query.ports[0].first : 0);
		expect(query.protos == rows[i].protos, "%s: %x", rows[i].text, query.protos);
		lsp_selector_free(selector);
	}
}

#define NO_SERVICE " is not a port, a service name or KEY=VALUE (for example process=NAME)"

static void a_wrong_name_is_reported_with_the_nearest(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"htttp", "\"htttp\"" NO_SERVICE " (nearest: http)"},
		{"tcp/htttp", "\"htttp\"" NO_SERVICE " (nearest: http)"},
		{"22,et", "\"et\"" NO_SERVICE " (nearest: etcd)"},
		{"prot", "\"prot\"" NO_SERVICE " (nearest: proto)"},
		{"udp/http", "\"http\"" NO_SERVICE " (nearest: http)"},
		{"xyzzy", "\"xyzzy\"" NO_SERVICE},
		{"foo=1", "\"foo=1\": unknown key \"foo\""},
		{"99999", "\"99999\": a port is at most 65535"},
		{"90-80", "\"90-80\": the range ends below its start"},
		{"port=", "\"port=\": a value is missing"},
		{"", "\"\": a value is missing"},
		{"address=1.2.3", "\"address=1.2.3\": not an address (examples: 192.0.2.1, "
				  "10.0.0.0/8, ::1, fe80::/10)"},
		{"127.0.0.1:80",
		 "\"127.0.0.1:80\": address and port are two selectors: address=127.0.0.1 80"},
	};
	const char *root = *state;

	tree_write_text(root, SERVICES, "ssh 22/tcp\nhttp 80/tcp\nxyzzy 9/sctp\n");
	tree_write_text(root, SHIPPED, "etcd 2379/tcp\n");
	for (size_t i = 0; i < ROWS(rows); i++)
		expect_refusal(root, &rows[i].text, 1, -EINVAL, rows[i].expected);
}

/* Longer than any real name. */
static void an_endless_name_is_none(void **state)
{
	char text[600], expected[800] = "\"";
	const char *texts[] = {"22", text};

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	strcat(strcat(expected, text), "\"" NO_SERVICE);
	expect_refusal(*state, texts, 2, -EINVAL, expected);
}

static void without_files_there_are_no_names(void **state)
{
	static const char *const names[] = {"ssh"};
	struct lsp_selector *selector = parse(*state, "22");

	lsp_selector_free(selector);
	expect_refusal(*state, names, 1, -EINVAL, "\"ssh\"" NO_SERVICE);
}

/* A list that cannot be read is not empty: the name is not called wrong. */
static void a_list_that_cannot_be_read_is_reported(void **state)
{
	static const char *const names[] = {"ssh"};
	struct lsp_selector *selector;

	tree_mkdir(*state, SERVICES);
	expect_refusal(*state, names, 1, -EINVAL,
		       "\"ssh\": names of services could not be read: Is a directory");
	/* Numbers need no list. */
	selector = parse(*state, "tcp/22");
	lsp_selector_free(selector);
}

static void a_root_that_is_none(void **state)
{
	static const char *const texts[] = {"22"};

	(void)state;
	expect_refusal("/nowhere", texts, 1, -ENOENT, "/nowhere: No such file or directory");
}

static void the_machine_is_the_root(void **state)
{
	struct lsp_selector *selector;

	(void)state;
	selector = parse(NULL, "22");
	lsp_selector_free(selector);
}

/* --- several texts
 * ---------------------------------------------------------------------------------- */

static void texts_add_up(void **state)
{
	static const char *const texts[] = {"22", "user=root", "80", "state!=listen"};
	struct lsp_query query = {.protos = 3, .families = 3, .listeners = true};
	struct lsp_selector *selector;

	assert_int_equal(lsp_selector_parse(texts, ROWS(texts), *state, &selector, NULL), 0);
	assert_true(lsp_selector_has(selector, "port"));
	assert_true(lsp_selector_has(selector, "user"));
	assert_false(lsp_selector_has(selector, "state"));
	assert_false(lsp_selector_has(selector, "uid"));
	assert_false(lsp_selector_has(selector, "ports"));
	assert_int_equal(lsp_selector_lookups(selector), LSP_LOOKUP_USERS);
	lsp_selector_narrow(selector, &query);
	assert_int_equal(query.port_count, 2);
	assert_int_equal(query.ports[1].first, 80);
	lsp_selector_free(selector);
	/* the first error is reported */
	expect_refusal(*state, (const char *const[]){"22", "x=1", "y=1"}, 3, -EINVAL,
		       "\"x=1\": unknown key \"x\"");
}

static void no_text_is_everything(void **state)
{
	static const struct machine_row row = {.socket = {MACHINE_TCP(22)}};
	struct lsp_snapshot *snapshot = machine_of(&row, 1);
	struct lsp_query query = {.protos = 3, .families = 3, .listeners = true};
	struct lsp_selector *selector;

	assert_int_equal(lsp_selector_parse(NULL, 0, *state, &selector, NULL), 0);
	assert_int_equal(lsp_selector_match(selector, snapshot, 0), LSP_YES);
	lsp_selector_narrow(selector, &query);
	assert_null(query.ports);
	assert_int_equal(query.protos, 3);
	lsp_selector_free(selector);
	lsp_selector_free(NULL);
	lsp_snapshot_free(snapshot);
}

/* In a filter one owner is enough, and findings come from the judge. */
static void sockets_are_matched(void **state)
{
	static const struct machine_row row = {
		.socket = {MACHINE_TCP(22)},
		.owners = {MACHINE_OWNER(1, "a", "/tmp/a"), MACHINE_OWNER(2, "b", "/b")}};
	static const struct {
		const char *text;
		enum lsp_tristate expected;
	} rows[] = {
		{"22", LSP_YES},
		{"23", LSP_NO},
		{"exe=/b", LSP_YES},
		{"process=a", LSP_YES},
		{"process!=a", LSP_NO},
		{"unit=x", LSP_UNKNOWN},
		{"finding=odd-exe", LSP_YES},
		{"finding=unexpected,missing", LSP_YES},
		{"finding=changed", LSP_NO},
		{"finding!=odd-exe", LSP_NO},
	};
	struct lsp_snapshot *snapshot =
		machine_snapshot(&(struct machine){.rows = &row, .count = 1, .rules = "80\n"});

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_selector *selector = parse(*state, rows[i].text);

		expect(lsp_selector_match(selector, snapshot, 0) == rows[i].expected, "%s",
		       rows[i].text);
		lsp_selector_free(selector);
	}
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(names_are_those_of_the_root),
		TREE_TEST(a_wrong_name_is_reported_with_the_nearest),
		TREE_TEST(an_endless_name_is_none),
		TREE_TEST(without_files_there_are_no_names),
		TREE_TEST(a_list_that_cannot_be_read_is_reported),
		cmocka_unit_test(a_root_that_is_none),
		cmocka_unit_test(the_machine_is_the_root),
		TREE_TEST(texts_add_up),
		TREE_TEST(no_text_is_everything),
		TREE_TEST(sockets_are_matched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
