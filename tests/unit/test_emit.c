/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The JSON emitter: what it writes to the byte, and what a reader makes of it. */
#include "support.h"

#include "json_read.h"
#include "view/emit.h"

#include <string.h>

static void write_document(struct emit *emit)
{
	emit_open(emit, '{');
	emit_key(emit, "none", 4);
	emit_open(emit, '[');
	emit_close(emit, ']');
	emit_key(emit, "list", 4);
	emit_open(emit, '[');
	for (uint64_t i = 0; i < 2; i++) {
		emit_break(emit);
		emit_open(emit, '{');
		emit_key(emit, "n", 1);
		emit_number(emit, i);
		emit_text_member(emit, "t", i ? "a\"b" : NULL);
		emit_close(emit, '}');
	}
	emit_break(emit);
	emit_close(emit, ']');
	emit_key(emit, "yes", 3);
	emit_boolean(emit, true);
	emit_key(emit, "no", 2);
	emit_boolean(emit, false);
	emit_key(emit, "word", 4);
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

	(void)state;
	write_document(&emit);
	for (size_t i = 0; i < ROWS(rows); i++) {
		expect(json_read(out.data, out.size, rows[i][0], &back), "%s", rows[i][0]);
		assert_string_equal(back.data, rows[i][1]);
	}
	assert_false(json_read(out.data, out.size, "list.2", &back));
	assert_false(json_read(out.data, out.size - 1, "", &back));
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
	struct buf out = BUF_INIT, back = BUF_INIT;
	struct emit emit = EMIT_INIT(&out);

	(void)state;
	emit_open(&emit, '{');
	emit_text_member(&emit, "good", "caf\xc3\xa9");
	emit_text_member(&emit, "bad", "x\xff\n");
	emit_text_member(&emit, "last", "");
	emit_close(&emit, '}');
	assert_string_equal(buf_text(&out), "{\"good\":\"caf\xc3\xa9\",\"bad\":\"x\\ufffd\\u000a\","
					    "\"bad_raw\":\"78ff0a\",\"last\":\"\"}");
	assert_true(json_read(out.data, out.size, "bad_raw", &back));
	assert_string_equal(back.data, "78ff0a");
	assert_false(json_read(out.data, out.size, "good_raw", &back));
	buf_deinit(&out);
	buf_deinit(&back);
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
