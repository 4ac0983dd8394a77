/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/emit: JSON byte by byte, and read back by jansson. */
#include "support.h"

#include "json_read.h"
#include "view/emit.h"

#include <string.h>

static void write_document(struct emit *emit)
{
	emit_open(emit, '{');
	emit_key(emit, "none");
	emit_open(emit, '[');
	emit_close(emit, ']');
	emit_key(emit, "list");
	emit_open(emit, '[');
	for (uint64_t i = 0; i < 2; i++) {
		emit_break(emit);
		emit_open(emit, '{');
		emit_key(emit, "n");
		emit_number(emit, i);
		emit_text_member(emit, "t", i ? "a\"b" : NULL);
		emit_close(emit, '}');
	}
	emit_break(emit);
	emit_close(emit, ']');
	emit_key(emit, "yes");
	emit_boolean(emit, true);
	emit_key(emit, "no");
	emit_boolean(emit, false);
	emit_key(emit, "word");
	emit_word(emit, "tcp", 3);
	emit_close(emit, '}');
}

static void test_bytes(void **state)
{
	struct buf out = BUF_INIT;
	struct emit emit = EMIT_INIT(&out);

	(void)state;
	write_document(&emit);
	assert_string_equal(buf_text(&out), "{\"none\":[],\"list\":[\n"
					    "{\"n\":0,\"t\":null},\n"
					    "{\"n\":1,\"t\":\"a\\\"b\"}\n"
					    "],\"yes\":true,\"no\":false,\"word\":\"tcp\"}");
	buf_deinit(&out);
}

static void test_read_back(void **state)
{
	static const char *const rows[][2] = {
		{"", "{5}"},       {"none", "[0]"},      {"list", "[2]"},
		{"list.0.n", "0"}, {"list.0.t", "null"}, {"list.1.t", "a\"b"},
		{"yes", "true"},   {"no", "false"},      {"word", "tcp"},
	};
	struct buf out = BUF_INIT, back = BUF_INIT;
	struct emit emit = EMIT_INIT(&out);
	json_t *json;

	(void)state;
	write_document(&emit);
	json = json_read(out.data, out.size);
	assert_non_null(json);
	for (size_t i = 0; i < ROWS(rows); i++) {
		expect(json_describe(json, rows[i][0], &back), "%s", rows[i][0]);
		assert_string_equal(back.data, rows[i][1]);
	}
	assert_false(json_describe(json, "list.2", &back));
	assert_null(json_read(out.data, out.size - 1));
	json_decref(json);
	buf_deinit(&out);
	buf_deinit(&back);
}

static void test_numbers(void **state)
{
	static const struct {
		uint64_t number;
		const char *expected;
	} rows[] = {
		{0, "0"},
		{65535, "65535"},
		{UINT32_MAX, "4294967295"},
		{UINT64_C(1) << 53, "9007199254740992"},
		{(UINT64_C(1) << 53) + 1, "\"9007199254740993\""},
		{UINT64_MAX, "\"18446744073709551615\""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buf out = BUF_INIT;
		struct emit emit = EMIT_INIT(&out);

		emit_number(&emit, rows[i].number);
		assert_string_equal(buf_text(&out), rows[i].expected);
		buf_deinit(&out);
	}
}

static void test_raw_member(void **state)
{
	struct buf out = BUF_INIT;
	struct emit emit = EMIT_INIT(&out);
	json_t *json;

	(void)state;
	emit_open(&emit, '{');
	emit_text_member(&emit, "good", "caf\xc3\xa9");
	emit_text_member(&emit, "bad", "x\xff\n");
	emit_text_member(&emit, "last", "");
	emit_close(&emit, '}');
	assert_string_equal(buf_text(&out), "{\"good\":\"caf\xc3\xa9\",\"bad\":\"x\\ufffd\\u000a\","
					    "\"bad_raw\":\"78ff0a\",\"last\":\"\"}");
	json = json_read(out.data, out.size);
	assert_string_equal(json_string_value(json_object_get(json, "bad_raw")), "78ff0a");
	assert_null(json_object_get(json, "good_raw"));
	json_decref(json);
	buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_read_back),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_raw_member),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
