/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judging: selectors of a command line, with names out of the files of services. */
#include "ruling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES "etc/services"
#define SHIPPED "usr/share/lsports/services"

static struct lsp_selector *parse(const char *root, const char *text)
{
	struct lsp_selector *selector;
	char *reason;

	expect(lsp_selector_parse(&text, 1, root, &selector, &reason) == 0, "\"%s\": %s", text,
	       reason);
	assert_null(reason);
	return selector;
}

static void expect_refusal(const char *root, const char *const *texts, size_t count,
			   const char *expected)
{
	struct lsp_selector *selector;
	char *reason;

	expect(lsp_selector_parse(texts, count, root, &selector, &reason) == -EINVAL, "%s",
	       expected);
	assert_null(selector);
	assert_non_null(reason);
	assert_string_equal(reason, expected);
	free(reason);
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

#define NO_SERVICE                                                                                 \
	" is no port, no name of a service and no KEY=VALUE, as process=NAME or address=ADDRESS"

static void a_wrong_name_is_told_with_the_nearest(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"htttp", "\"htttp\": column 1: \"htttp\"" NO_SERVICE " (nearest: http)"},
		{"tcp/htttp", "\"tcp/htttp\": column 5: \"htttp\"" NO_SERVICE " (nearest: http)"},
		{"22,et", "\"22,et\": column 4: \"et\"" NO_SERVICE " (nearest: etcd)"},
		{"prot", "\"prot\": column 1: \"prot\"" NO_SERVICE " (nearest: proto)"},
		{"udp/http", "\"udp/http\": column 5: \"http\"" NO_SERVICE " (nearest: http)"},
		{"xyzzy", "\"xyzzy\": column 1: \"xyzzy\"" NO_SERVICE},
		{"foo=1", "\"foo=1\": column 1: unknown key \"foo\""},
		{"99999", "\"99999\": column 1: a port is at most 65535"},
		{"90-80", "\"90-80\": column 1: the range ends below its start"},
		{"port=", "\"port=\": column 6: a value is missing"},
		{"", "\"\": column 1: a value is missing"},
		{"address=1.2.3", "\"address=1.2.3\": column 9: this is no address: 192.0.2.1, "
				  "10.0.0.0/8, ::1 and fe80::/10 are"},
	};
	const char *root = *state;

	tree_write_text(root, SERVICES, "ssh 22/tcp\nhttp 80/tcp\nxyzzy 9/sctp\n");
	tree_write_text(root, SHIPPED, "etcd 2379/tcp\n");
	for (size_t i = 0; i < ROWS(rows); i++)
		expect_refusal(root, &rows[i].text, 1, rows[i].expected);
}

/* Longer than any name there is. */
static void an_endless_name_is_none(void **state)
{
	char text[600], expected[1400] = "\"";
	const char *texts[] = {"22", text};

	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	strcat(strcat(expected, text), "\": column 1: \"");
	strcat(strcat(expected, text), "\"" NO_SERVICE);
	expect_refusal(*state, texts, 2, expected);
}

static void without_files_there_are_no_names(void **state)
{
	static const char *const names[] = {"ssh"};
	struct lsp_selector *selector = parse(*state, "22");

	lsp_selector_free(selector);
	expect_refusal(*state, names, 1, "\"ssh\": column 1: \"ssh\"" NO_SERVICE);
}

/* What cannot be read is no empty list: the name is not called wrong. */
static void a_list_that_cannot_be_read_is_told(void **state)
{
	static const char *const names[] = {"ssh"};
	struct lsp_selector *selector;

	tree_mkdir(*state, SERVICES);
	expect_refusal(*state, names, 1,
		       "\"ssh\": names of services could not be read: Is a directory");
	/* Numbers need none. */
	selector = parse(*state, "tcp/22");
	lsp_selector_free(selector);
}

static void a_root_that_is_none(void **state)
{
	static const char *const texts[] = {"22"};

	(void)state;
	expect_refusal("/nowhere", texts, 1, "/nowhere: No such file or directory");
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
	char *reason;

	assert_int_equal(lsp_selector_parse(texts, ROWS(texts), *state, &selector, &reason), 0);
	assert_true(lsp_selector_has(selector, "port"));
	assert_true(lsp_selector_has(selector, "user"));
	assert_false(lsp_selector_has(selector, "state"));
	assert_false(lsp_selector_has(selector, "uid"));
	assert_false(lsp_selector_has(selector, "ports"));
	assert_int_equal(lsp_selector_facts(selector), LSP_FACT_USERS);
	lsp_selector_narrow(selector, &query);
	assert_int_equal(query.port_count, 2);
	assert_int_equal(query.ports[1].first, 80);
	lsp_selector_free(selector);
	/* the first that is wrong is told */
	expect_refusal(*state, (const char *const[]){"22", "x=1", "y=1"}, 3,
		       "\"x=1\": column 1: unknown key \"x\"");
}

static void no_text_is_everything(void **state)
{
	static const struct ruling_row row = {.socket = {RULING_TCP(22)}};
	struct lsp_snapshot *snapshot = ruling_snapshot(&row, 1, NULL);
	struct lsp_query query = {.protos = 3, .families = 3, .listeners = true};
	struct lsp_selector *selector;
	char *reason;

	assert_int_equal(lsp_selector_parse(NULL, 0, *state, &selector, &reason), 0);
	assert_int_equal(lsp_selector_match(selector, snapshot, 0), LSP_KNOWN_YES);
	lsp_selector_narrow(selector, &query);
	assert_null(query.ports);
	assert_int_equal(query.protos, 3);
	lsp_selector_free(selector);
	lsp_selector_free(NULL);
	lsp_snapshot_free(snapshot);
}

/* A filter: one owner is enough, and findings are those of the judge. */
static void sockets_are_matched(void **state)
{
	static const struct ruling_row row = {
		.socket = {RULING_TCP(22)},
		.owners = {RULING_OWNER(1, "a", "/tmp/a"), RULING_OWNER(2, "b", "/b")}};
	static const struct {
		const char *text;
		enum lsp_known expected;
	} rows[] = {
		{"22", LSP_KNOWN_YES},
		{"23", LSP_KNOWN_NO},
		{"exe=/b", LSP_KNOWN_YES},
		{"process=a", LSP_KNOWN_YES},
		{"process!=a", LSP_KNOWN_NO},
		{"unit=x", LSP_KNOWN_NOT},
		{"finding=odd-exe", LSP_KNOWN_YES},
		{"finding=unexpected,missing", LSP_KNOWN_YES},
		{"finding=changed", LSP_KNOWN_NO},
		{"finding!=odd-exe", LSP_KNOWN_NO},
	};
	struct lsp_snapshot *snapshot = ruling_snapshot(&row, 1, NULL);
	struct lsp_rules *rules = ruling_rules("80\n", NULL);
	struct lsp_query query = ruling_query(rules);

	assert_int_equal(lsp_judge(&query, snapshot), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_selector *selector = parse(*state, rows[i].text);

		expect(lsp_selector_match(selector, snapshot, 0) == rows[i].expected, "%s",
		       rows[i].text);
		lsp_selector_free(selector);
	}
	lsp_rules_free(rules);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(names_are_those_of_the_root),
		TREE_TEST(a_wrong_name_is_told_with_the_nearest),
		TREE_TEST(an_endless_name_is_none),
		TREE_TEST(without_files_there_are_no_names),
		TREE_TEST(a_list_that_cannot_be_read_is_told),
		cmocka_unit_test(a_root_that_is_none),
		cmocka_unit_test(the_machine_is_the_root),
		TREE_TEST(texts_add_up),
		TREE_TEST(no_text_is_everything),
		TREE_TEST(sockets_are_matched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
