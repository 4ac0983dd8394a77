/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The column table: what must hold for every row of it, the default sets, and the words of -o. */
#include "support.h"

#include "view/view.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Titles that are shorter than their key, as people know them from ss. */
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

static void test_every_row(void **state)
{
	(void)state;
	assert_in_range(column_count, 30, COLUMNS_MAX);
	for (size_t i = 0; i < column_count; i++) {
		const struct column *column = &columns[i];
		const char *key = column->key;
		size_t size = strlen(column->help);

		expect(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key), "%s",
		       key);
		expect(strspn(column->title, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") ==
			       strlen(column->title),
		       "%s: title", key);
		expect(is_title_of(column->title, key) || is_short_title(key, column->title),
		       "%s: title %s", key, column->title);
		expect(size && column->help[size - 1] != '.' && !strchr(column->help, '\n'),
		       "%s: help", key);
		expect(column->cell, "%s: no cell function", key);
		expect(!strcmp(column->type, "string") || !strcmp(column->type, "number") ||
			       !strcmp(column->type, "boolean") ||
			       !strcmp(column->type, "owners") || !strcmp(column->type, "findings"),
		       "%s: type %s", key, column->type);
		/* People see the name of a namespace. */
		expect(strcmp(column->type, "number") != 0 || column->align == ALIGN_RIGHT ||
			       strcmp(key, "netns") == 0,
		       "%s: a number stands right", key);
		expect(!(column->may_cut && strstr(key, "address")) &&
			       !(column->may_cut && strstr(key, "port")),
		       "%s: never cut", key);
		/* Who judges asks for owners. */
		expect(!(column->sets & SET_OWNERS) ||
			       (column->facts & (LSP_FACT_OWNERS | LSP_FACT_FINDINGS)),
		       "%s: owners without the fact", key);
		for (size_t j = 0; j < i; j++)
			expect(strcmp(columns[j].key, key) != 0 &&
				       strcmp(columns[j].title, column->title) != 0 &&
				       columns[j].place != column->place,
			       "%s and %s", columns[j].key, key);
	}
}

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < column_count; i++) {
		assert_ptr_equal(column_find(columns[i].key), &columns[i]);
		assert_ptr_equal(column_find(columns[i].title), &columns[i]);
	}
	assert_ptr_equal(column_find("Peer-Port"), column_find("peer_port"));
	assert_null(column_find(""));
	assert_null(column_find("por"));
	assert_null(column_find("ports"));
	assert_null(column_find("port "));
}

static void expect_list(const struct column_list *list, const char *expected)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < list->count; i++) {
		if (i)
			buf_append_char(&text, ',');
		buf_append_text(&text, list->columns[i]->key);
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
	assert_int_equal(list.count, column_count);
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
		char *reason;
		int error;

		list.columns[0] = column_find("uid");
		list.columns[1] = column_find("user");
		error = column_list_parse(&list, rows[i].text, &reason);
		expect_list(&list, rows[i].expected);
		assert_int_equal(error, rows[i].reason ? -22 : 0);
		if (rows[i].reason)
			assert_string_equal(reason, rows[i].reason);
		else
			assert_null(reason);
		free(reason);
	}
}

static void test_facts(void **state)
{
	struct column_list list = {.count = 0};
	char *reason;

	(void)state;
	assert_int_equal(column_list_facts(&list), 0);
	assert_int_equal(column_list_parse(&list, "proto,exe,user", &reason), 0);
	assert_int_equal(column_list_facts(&list), LSP_FACT_OWNERS | LSP_FACT_EXE | LSP_FACT_USERS);
}

static void test_sort_parse(void **state)
{
	struct sort_list list = {.count = 0};
	char *reason;

	(void)state;
	assert_int_equal(sort_list_parse(&list, "-port,USER,port", &reason), 0);
	assert_int_equal(list.count, 2);
	assert_ptr_equal(list.keys[0].column, column_find("port"));
	assert_true(list.keys[0].is_descending);
	assert_ptr_equal(list.keys[1].column, column_find("user"));
	assert_false(list.keys[1].is_descending);
	assert_int_equal(sort_list_parse(&list, "-usr", &reason), -22);
	assert_string_equal(reason,
			    "unknown column \"usr\" (nearest: user); see lsports --list columns");
	free(reason);
	assert_int_equal(list.count, 2);
	assert_int_equal(sort_list_parse(&list, "", &reason), -22);
	free(reason);
	assert_int_equal(sort_list_parse(&list, "-", &reason), -22);
	free(reason);
}

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < grouping_count; i++) {
		assert_ptr_equal(grouping_find(groupings[i].word), &groupings[i]);
		expect(!groupings[i].column || column_find(groupings[i].column), "%s",
		       groupings[i].word);
	}
	assert_non_null(grouping_find("none"));
	assert_null(grouping_find("port"));
	for (size_t i = 0; i < format_count; i++)
		assert_ptr_equal(format_find(formats[i].word), &formats[i]);
	assert_null(format_find("xml"));
}

static void test_help(void **state)
{
	struct sink sink;
	size_t lines = 0;

	(void)state;
	sink_init(&sink, -1);
	column_list_help(&sink);
	format_list_help(&sink);
	assert_non_null(buf_text(&sink.buf));
	for (const char *at = sink.buf.data; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, column_count + format_count);
	assert_non_null(strstr(sink.buf.data, "\nport            number    local port\n"));
	assert_non_null(strstr(sink.buf.data, "\njsonl       one JSON object a line"));
	sink_deinit(&sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row), cmocka_unit_test(test_find),
		cmocka_unit_test(test_sets),      cmocka_unit_test(test_parse),
		cmocka_unit_test(test_facts),     cmocka_unit_test(test_sort_parse),
		cmocka_unit_test(test_words),     cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
