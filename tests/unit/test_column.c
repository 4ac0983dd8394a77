/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The column table: what must hold for every row of it, the default sets, and the words of -o. */
#include "support.h"

#include "model/fact.h"
#include "view/formats.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Titles shorter than their key, as in ss. */
static bool is_short_title(const char *key, const char *title)
{
	return (!strcmp(key, "recv_queue") && !strcmp(title, "RECV-Q")) ||
	       (!strcmp(key, "send_queue") && !strcmp(title, "SEND-Q"));
}

static bool is_title_of(const char *title, const char *key)
{
	size_t i;

	for (i = 0; title[i] && key[i]; i++) {
		char c = title[i] == '-' ? '_' : (char)tolower((unsigned char)title[i]);

		if (c != key[i])
			return false;
	}
	return title[i] == key[i];
}

static size_t count_columns(void)
{
	struct column column;
	size_t count = 0;

	while (column_at(count, &column))
		count++;
	return count;
}

static bool is_type(const char *type)
{
	static const char *const types[] = {"string", "number", "boolean", "owners", "findings"};

	for (size_t i = 0; i < ROWS(types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static void expect_row(const struct column *column)
{
	const struct lsp_fact *fact = column->fact;
	const char *key = fact->word;
	size_t size = strlen(fact->help);

	expect(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key), "%s", key);
	expect(is_title_of(column->title, key) || is_short_title(key, column->title),
	       "%s: title %s", key, column->title);
	expect(size && fact->help[size - 1] != '.' && !strchr(fact->help, '\n'), "%s: help", key);
	expect(is_type(column_type(column)), "%s: type", key);
	/* People see the name of a namespace. */
	expect(strcmp(column_type(column), "number") != 0 || column->is_right ||
		       strcmp(key, "netns") == 0,
	       "%s: a number stands right", key);
	expect(!(column->may_cut && strstr(key, "address")) &&
		       !(column->may_cut && strstr(key, "port")),
	       "%s: never cut", key);
	/* Who judges asks for owners. */
	expect(!(column->style->sets & SET_OWNERS) ||
		       (lsp_fact_lookups(fact) & (LSP_LOOKUP_OWNERS | LSP_LOOKUP_FINDINGS)),
	       "%s: owners without the lookup", key);
}

static void test_every_row(void **state)
{
	struct column column, other;

	(void)state;
	assert_in_range(count_columns(), 30, COLUMNS_MAX);
	for (size_t i = 0; column_at(i, &column); i++) {
		expect_row(&column);
		for (size_t j = 0; j < i && column_at(j, &other); j++)
			expect(strcmp(other.fact->word, column.fact->word) != 0 &&
				       strcmp(other.title, column.title) != 0 &&
				       other.fact->place != column.fact->place,
			       "%s and %s", other.fact->word, column.fact->word);
	}
}

/* Every fact that the library asks for by name stands where it is asked for. */
static void test_named_facts(void **state)
{
	static const char *const words[] = {
		[FACT_NETNS] = "netns", [FACT_PROTO] = "proto",     [FACT_FAMILY] = "family",
		[FACT_STATE] = "state", [FACT_ADDRESS] = "address", [FACT_PORT] = "port",
	};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(words); i++)
		assert_string_equal(lsp_fact_at(i)->word, words[i]);
	while (lsp_fact_at(count))
		count++;
	assert_in_range(count, 40, FACTS_MAX);
	assert_non_null(lsp_fact_find("category"));
}

static bool is_found(const char *word, const char *expected)
{
	struct column column;

	return column_list_find(word, &column) && strcmp(column.fact->word, expected) == 0;
}

static void test_find(void **state)
{
	struct column column, found;

	(void)state;
	for (size_t i = 0; column_at(i, &column); i++) {
		assert_true(column_list_find(column.fact->word, &found));
		assert_ptr_equal(found.fact, column.fact);
		assert_true(column_list_find(column.title, &found));
		assert_ptr_equal(found.fact, column.fact);
	}
	assert_true(is_found("Peer-Port", "peer_port"));
	assert_false(column_list_find("", &found));
	assert_false(column_list_find("por", &found));
	assert_false(column_list_find("ports", &found));
	assert_false(column_list_find("port ", &found));
}

static void expect_list(const struct column_list *list, const char *expected)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buf_append_char(&text, ',');
		buf_append_text(&text, list->columns[i].fact->word);
	}
	assert_string_equal(buf_text(&text), expected);
	buf_deinit(&text);
}

static void test_sets(void **state)
{
	static const struct {
		unsigned any_of, none_of;
		const char *expected;
	} rows[] = {
		{SET_LISTENERS, 0, "proto,address,port,service,scope,process,user,unit,findings"},
		{SET_LISTENERS, SET_OWNERS | SET_NAMES, "proto,address,port,scope,user,unit"},
		{SET_ALL, 0,
		 "proto,state,recv_queue,send_queue,address,port,peer_address,peer_port,service,"
		 "process,user,unit"},
		{SET_ALL, SET_NAMES,
		 "proto,state,recv_queue,send_queue,address,port,peer_address,peer_port,process,"
		 "user,unit"},
		{SET_ALL, SET_OWNERS | SET_NAMES,
		 "proto,state,recv_queue,send_queue,address,port,peer_address,peer_port"},
		{SET_LISTENERS | SET_EXTENDED, SET_OWNERS,
		 "proto,family,state,recv_queue,send_queue,backlog,address,port,interface,v6only,"
		 "service,scope,privileged,auto,user,uid,unit,container,inode,cookie"},
		{SET_LISTENERS | SET_CSV | SET_NETNS, 0,
		 "netns,proto,address,port,v6only,service,scope,process,pid,user,uid,unit,"
		 "findings"},
		{SET_JSON, SET_OWNERS | SET_NAMES,
		 "netns,proto,family,state,address,port,peer_address,peer_port,interface,v6only,"
		 "inode,cookie,uid,user,recv_queue,send_queue,backlog,category,service,"
		 "service_source,scope,privileged,auto,cgroup,unit,container,owners,owner_gap,"
		 "verdict,"
		 "rule,findings"},
	};
	struct column_list list;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		column_list_by_set(&list, rows[i].any_of, rows[i].none_of);
		expect_list(&list, rows[i].expected);
	}
	column_list_by_set(&list, SET_EVERY, 0);
	assert_int_equal(list.count, count_columns());
}

static void test_parse(void **state)
{
	static const struct {
		const char *text, *expected, *reason;
	} rows[] = {
		{"proto,port", "proto,port", NULL},
		{"PORT,Proto,port", "port,proto", NULL},
		{"recv-q", "recv_queue", NULL},
		{"+exe,pid", "uid,user,exe,pid", NULL},
		{"+user", "uid,user", NULL},
		{"prto", "uid,user",
		 "unknown column \"prto\" (nearest: proto); see lsports --list columns"},
		{"+port,PEER_PROT", "uid,user",
		 "unknown column \"PEER_PROT\" (nearest: peer_port); see lsports --list columns"},
		{"quite-another-thing", "uid,user",
		 "unknown column \"quite-another-thing\"; see lsports --list columns"},
		{"", "uid,user", "empty column name; see lsports --list columns"},
		{"+", "uid,user", "empty column name; see lsports --list columns"},
		{"port,", "uid,user", "empty column name; see lsports --list columns"},
		{",port", "uid,user", "empty column name; see lsports --list columns"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct column_list list = {.count = 2};
		struct error error = ERROR_INIT;
		int r;

		assert_true(column_list_find("uid", &list.columns[0]));
		assert_true(column_list_find("user", &list.columns[1]));
		r = column_list_parse(&list, rows[i].text, &error);
		expect_list(&list, rows[i].expected);
		assert_int_equal(r, rows[i].reason ? -22 : 0);
		assert_string_equal(error_text(&error), rows[i].reason ? rows[i].reason : "");
		error_deinit(&error);
	}
}

static void test_facts(void **state)
{
	struct column_list list = {.count = 0};

	(void)state;
	assert_int_equal(column_list_lookups(&list), 0);
	assert_int_equal(column_list_parse(&list, "proto,exe,user", NULL), 0);
	assert_int_equal(column_list_lookups(&list),
			 LSP_LOOKUP_OWNERS | LSP_LOOKUP_EXE | LSP_LOOKUP_USERS);
}

static void test_sort_parse(void **state)
{
	struct sort_list list = {.count = 0};
	struct error error = ERROR_INIT;

	(void)state;
	assert_int_equal(sort_list_parse(&list, "-port,USER,port", &error), 0);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.keys[0].column.fact->word, "port");
	assert_true(list.keys[0].is_descending);
	assert_string_equal(list.keys[1].column.fact->word, "user");
	assert_false(list.keys[1].is_descending);
	assert_int_equal(sort_list_parse(&list, "-usr", &error), -22);
	assert_string_equal(error_text(&error),
			    "unknown column \"usr\" (nearest: user); see lsports --list columns");
	assert_int_equal(list.count, 2);
	assert_int_equal(sort_list_parse(&list, "", &error), -22);
	assert_int_equal(sort_list_parse(&list, "-", &error), -22);
	error_deinit(&error);
}

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < groupings_count; i++) {
		assert_ptr_equal(groupings_find(groupings[i].word), &groupings[i]);
		expect(!groupings[i].column || lsp_fact_find(groupings[i].column), "%s",
		       groupings[i].word);
	}
	assert_non_null(groupings_find("none"));
	assert_null(groupings_find("port"));
	for (size_t i = 0; i < formats_count; i++)
		assert_ptr_equal(formats_find(formats[i].word), &formats[i]);
	assert_null(formats_find("xml"));
}

static void test_help(void **state)
{
	struct sink sink;
	size_t lines = 0;

	(void)state;
	sink_init(&sink, -1);
	column_list_help(&sink);
	formats_help(&sink);
	assert_non_null(buf_text(&sink.buf));
	for (const char *at = sink.buf.data; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, count_columns() + formats_count);
	assert_non_null(strstr(sink.buf.data, "\nport            number    local port\n"));
	/* Only a selector calls it "none". */
	assert_non_null(strstr(sink.buf.data, "why no owner is known: unasked, permission, "));
	assert_non_null(strstr(sink.buf.data, "\njsonl       one JSON object per socket"));
	sink_deinit(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row),  cmocka_unit_test(test_named_facts),
		cmocka_unit_test(test_find),       cmocka_unit_test(test_sets),
		cmocka_unit_test(test_parse),      cmocka_unit_test(test_facts),
		cmocka_unit_test(test_sort_parse), cmocka_unit_test(test_words),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("column", tests, NULL, NULL);
}
