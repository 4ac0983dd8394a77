/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of UTF-8, of our escapes, of JSON and of CSV. Owns no knowledge of sockets, and shares
 * no code with the program that it checks.
 */
#include "text_check.h"

#include "fuzz.h"

#define DEPTH_MAX 16

/* --- UTF-8 --------------------------------------------------------------------------------- */

/* Size of the character at @text, 0 when it is none. */
static size_t decode(const unsigned char *text, size_t left, uint32_t *point)
{
	static const struct {
		unsigned char first, last, mask;
		uint32_t smallest;
	} leads[] = {{0x00, 0x7f, 0x7f, 0},
		     {0xc0, 0xdf, 0x1f, 0x80},
		     {0xe0, 0xef, 0x0f, 0x800},
		     {0xf0, 0xf7, 0x07, 0x10000}};

	for (size_t size = 1; size <= 4; size++) {
		if (*text < leads[size - 1].first || *text > leads[size - 1].last)
			continue;
		if (size > left)
			return 0;
		*point = *text & leads[size - 1].mask;
		for (size_t i = 1; i < size; i++) {
			if (text[i] >> 6 != 2)
				return 0;
			*point = *point << 6 | (text[i] & 0x3fu);
		}
		if (*point < leads[size - 1].smallest || *point > 0x10ffff || *point >> 11 == 0x1b)
			return 0;
		return size;
	}
	return 0;
}

bool text_check_is_utf8(const char *text, size_t size)
{
	uint32_t point;

	for (size_t at = 0, step; at < size; at += step) {
		step = decode((const unsigned char *)text + at, size - at, &point);
		if (!step)
			return false;
	}
	return true;
}

static bool is_hidden(uint32_t point)
{
	return (point < 0x20 && point != '\n') || (point >= 0x7f && point < 0xa1) ||
	       point == 0xad || (point >= 0x300 && point < 0x370) ||
	       (point >= 0x590 && point < 0x900) || (point >= 0x200b && point <= 0x200f) ||
	       (point >= 0x2028 && point <= 0x202f) || (point >= 0x2060 && point <= 0x206f) ||
	       (point >= 0xd800 && point <= 0xf8ff) || (point >= 0xfe00 && point <= 0xfe0f) ||
	       (point >= 0xfe70 && point <= 0xfeff) || (point >= 0xfff0 && point <= 0xffff) ||
	       point >= 0xe0000;
}

void text_check_printable(const char *text, size_t size)
{
	uint32_t point;

	for (size_t at = 0, step; at < size; at += step) {
		step = decode((const unsigned char *)text + at, size - at, &point);
		FUZZ_CHECK(step);
		FUZZ_CHECK(!is_hidden(point));
	}
}

/* --- escapes ------------------------------------------------------------------------------- */

static unsigned hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	FUZZ_CHECK(at);
	return (unsigned)(at - digits);
}

void text_check_unescape(struct buf *out, const char *text, size_t size)
{
	buf_reset(out);
	for (size_t at = 0; at < size; at++) {
		char byte = text[at];

		if (byte == '\\') {
			FUZZ_CHECK(size - at >= 4 && text[at + 1] == 'x');
			byte = (char)(hex_digit(text[at + 2]) << 4 | hex_digit(text[at + 3]));
			at += 3;
		}
		buf_append_char(out, byte);
	}
	FUZZ_CHECK(!out->error);
}

/* --- JSON ---------------------------------------------------------------------------------- */

struct json {
	const char *at, *end;
	text_check_member *each;
	void *data;
	unsigned depth;
};

static char peek(const struct json *json)
{
	FUZZ_CHECK(json->at < json->end);
	return *json->at;
}

static void expect(struct json *json, char c)
{
	FUZZ_CHECK(peek(json) == c);
	json->at++;
}

static void skip_blanks(struct json *json)
{
	while (json->at < json->end && (*json->at == ' ' || *json->at == '\n'))
		json->at++;
}

static void append_point(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_append_char(out, (char)point);
	} else if (point < 0x800) {
		buf_append_char(out, (char)(0xc0 | point >> 6));
		buf_append_char(out, (char)(0x80 | (point & 0x3f)));
	} else {
		if (point < 0x10000) {
			buf_append_char(out, (char)(0xe0 | point >> 12));
		} else {
			buf_append_char(out, (char)(0xf0 | point >> 18));
			buf_append_char(out, (char)(0x80 | (point >> 12 & 0x3f)));
		}
		buf_append_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
		buf_append_char(out, (char)(0x80 | (point & 0x3f)));
	}
}

static uint32_t parse_unit(struct json *json)
{
	uint32_t unit = 0;

	for (int i = 0; i < 4; i++) {
		unit = unit << 4 | hex_digit(peek(json));
		json->at++;
	}
	return unit;
}

static void parse_escape(struct json *json, struct buf *out)
{
	char c = peek(json);
	uint32_t point;

	json->at++;
	if (c == '"' || c == '\\') {
		buf_append_char(out, c);
		return;
	}
	FUZZ_CHECK(c == 'u');
	point = parse_unit(json);
	FUZZ_CHECK(point >> 10 != 0x37);
	if (point >> 10 == 0x36) {
		uint32_t low;

		expect(json, '\\');
		expect(json, 'u');
		low = parse_unit(json);
		FUZZ_CHECK(low >> 10 == 0x37);
		point = 0x10000 + ((point & 0x3ff) << 10 | (low & 0x3ff));
	}
	append_point(out, point);
}

static void parse_string(struct json *json, struct buf *out)
{
	expect(json, '"');
	while (peek(json) != '"') {
		char c = *json->at++;

		FUZZ_CHECK((unsigned char)c >= ' ');
		if (c == '\\')
			parse_escape(json, out);
		else
			buf_append_char(out, c);
	}
	json->at++;
	FUZZ_CHECK(!out->error && text_check_is_utf8(out->data, out->size));
}

static void parse_word(struct json *json)
{
	static const char *const words[] = {"null", "true", "false"};

	for (size_t i = 0; i < 3; i++) {
		size_t size = strlen(words[i]);

		if ((size_t)(json->end - json->at) >= size && !memcmp(json->at, words[i], size)) {
			json->at += size;
			return;
		}
	}
	FUZZ_CHECK(!"a word of JSON");
}

/* Whole numbers are all that is written. */
static void parse_number(struct json *json)
{
	const char *start = json->at;

	while (json->at < json->end && *json->at >= '0' && *json->at <= '9')
		json->at++;
	FUZZ_CHECK(json->at > start && (*start != '0' || json->at == start + 1));
}

static void parse_value(struct json *json, const char *key);

static void parse_member(struct json *json, char open)
{
	struct buf key = BUF_INIT;

	if (open == '{') {
		parse_string(json, &key);
		expect(json, ':');
	}
	parse_value(json, buf_text(&key));
	buf_deinit(&key);
}

static void parse_container(struct json *json)
{
	char open = *json->at++, close = open == '{' ? '}' : ']';

	FUZZ_CHECK(++json->depth < DEPTH_MAX);
	skip_blanks(json);
	if (peek(json) != close) {
		for (;;) {
			parse_member(json, open);
			skip_blanks(json);
			if (peek(json) == close)
				break;
			expect(json, ',');
			skip_blanks(json);
		}
	}
	json->at++;
	json->depth--;
}

static void parse_value(struct json *json, const char *key)
{
	struct buf text = BUF_INIT;
	char c = peek(json);

	if (c == '"') {
		parse_string(json, &text);
		json->each(key, &text, json->data);
	} else if (c == '{' || c == '[') {
		parse_container(json);
	} else {
		if (c >= '0' && c <= '9')
			parse_number(json);
		else
			parse_word(json);
		json->each(key, NULL, json->data);
	}
	buf_deinit(&text);
}

void text_check_json(const char *text, size_t size, text_check_member *each, void *data)
{
	struct json json = {.at = text, .end = text + size, .each = each, .data = data};

	parse_value(&json, "");
	skip_blanks(&json);
	FUZZ_CHECK(json.at == json.end);
}

/* --- CSV ----------------------------------------------------------------------------------- */

char text_check_csv(const char **cursor, const char *end, struct buf *out, bool *is_quoted)
{
	const char *at = *cursor;
	char last;

	buf_reset(out);
	FUZZ_CHECK(at < end);
	*is_quoted = *at == '"';
	if (*is_quoted) {
		for (at++;; at++) {
			FUZZ_CHECK(at + 1 < end && *at != '\n');
			if (*at == '"' && *++at != '"')
				break;
			buf_append_char(out, *at);
		}
	} else {
		for (; at < end && *at != ',' && *at != '\n'; at++) {
			FUZZ_CHECK(*at != '"');
			buf_append_char(out, *at);
		}
	}
	FUZZ_CHECK(at < end && (*at == ',' || *at == '\n') && !out->error);
	last = *at;
	*cursor = at + 1;
	return last;
}
