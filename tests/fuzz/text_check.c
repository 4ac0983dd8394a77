/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of UTF-8, of our escapes, of JSON and of CSV. Owns no knowledge of sockets, and shares
 * no code with the program that it checks.
 */
#include "text_check.h"

#include "fuzz.h"

/* --- UTF-8 --------------------------------------------------------------------------------- */

/* Size of the character at @text, 0 if it is invalid. */
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
		MUST(step);
		MUST(!is_hidden(point));
	}
}

/* --- escapes ------------------------------------------------------------------------------- */

static unsigned hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	MUST(at);
	return (unsigned)(at - digits);
}

void text_check_unescape(struct buf *out, const char *text, size_t size)
{
	buf_reset(out);
	for (size_t at = 0; at < size; at++) {
		char byte = text[at];

		if (byte == '\\') {
			MUST(size - at >= 4 && text[at + 1] == 'x');
			byte = (char)(hex_digit(text[at + 2]) << 4 | hex_digit(text[at + 3]));
			at += 3;
		}
		buf_append_char(out, byte);
	}
	MUST(!out->error);
}

/* --- JSON ---------------------------------------------------------------------------------- */

static void each_member(const char *key, json_t *value, text_check_member *each, void *data)
{
	const char *name;
	json_t *member;
	size_t index;

	json_array_foreach(value, index, member) each_member("", member, each, data);
	json_object_foreach(value, name, member) each_member(name, member, each, data);
	if (!json_is_array(value) && !json_is_object(value))
		each(key, value, data);
}

void text_check_json(const char *text, size_t size, text_check_member *each, void *data)
{
	json_t *json = json_read(text, size);

	MUST(json);
	each_member("", json, each, data);
	json_decref(json);
}

/* --- CSV ----------------------------------------------------------------------------------- */

char text_check_csv(const char **cursor, const char *end, struct buf *out, bool *is_quoted)
{
	const char *at = *cursor;
	char last;

	buf_reset(out);
	MUST(at < end);
	*is_quoted = *at == '"';
	if (*is_quoted) {
		for (at++;; at++) {
			MUST(at + 1 < end && *at != '\n');
			if (*at == '"' && *++at != '"')
				break;
			buf_append_char(out, *at);
		}
	} else {
		for (; at < end && *at != ',' && *at != '\n'; at++) {
			MUST(*at != '"');
			buf_append_char(out, *at);
		}
	}
	MUST(at < end && (*at == ',' || *at == '\n') && !out->error);
	last = *at;
	*cursor = at + 1;
	return last;
}
