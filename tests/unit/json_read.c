/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A strict reader of JSON for tests: recursive, one pass, and it refuses whatever the grammar does
 * not have. Owns no memory.
 */
#include "json_read.h"

#include <stdint.h>
#include <stdlib.h>

#define DEEPEST 16

struct reader {
	const char *at, *end;
	struct buf *out;
	unsigned found;
	unsigned depth;
};

/* @path: what is left of it when this value is on the way, else NULL. */
static bool read_value(struct reader *reader, const char *path);

static void skip_blanks(struct reader *reader)
{
	while (reader->at < reader->end && memchr(" \t\r\n", *reader->at, 4))
		reader->at++;
}

static bool take(struct reader *reader, char c)
{
	skip_blanks(reader);
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static void append_utf8(struct buf *out, uint32_t point)
{
	char bytes[4];
	size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = size; i-- > 1; point >>= 6)
		bytes[i] = (char)(0x80 | (point & 0x3f));
	bytes[0] = (char)(leads[size] | point);
	buf_append(out, bytes, size);
}

static bool take_hex4(struct reader *reader, uint32_t *out)
{
	char digits[5] = "";
	char *end;

	if (reader->end - reader->at < 4)
		return false;
	memcpy(digits, reader->at, 4);
	reader->at += 4;
	*out = (uint32_t)strtoul(digits, &end, 16);
	return strspn(digits, "0123456789abcdefABCDEF") == 4;
}

static bool read_escape(struct reader *reader, struct buf *out)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	uint32_t point, low;
	const char *name;

	if (reader->at == reader->end)
		return false;
	if (*reader->at != 'u') {
		name = memchr(names, *reader->at++, 8);
		if (name)
			buf_append_char(out, values[name - names]);
		return name;
	}
	reader->at++;
	if (!take_hex4(reader, &point) || (point >= 0xdc00 && point <= 0xdfff))
		return false;
	if (point >= 0xd800 && point <= 0xdbff) {
		if (reader->end - reader->at < 2 || memcmp(reader->at, "\\u", 2) != 0)
			return false;
		reader->at += 2;
		if (!take_hex4(reader, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
	}
	append_utf8(out, point);
	return true;
}

/* Decodes and encodes again: only the shortest form comes out equal. */
static bool read_utf8(struct reader *reader, struct buf *out)
{
	unsigned char lead = (unsigned char)*reader->at;
	size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4, before = out->size;
	uint32_t point = size == 1 ? lead : lead & (0x7fu >> size);

	if (lead < 0x20 || (size_t)(reader->end - reader->at) < size)
		return false;
	for (size_t i = 1; i < size; i++)
		point = point << 6 | ((unsigned char)reader->at[i] & 0x3f);
	if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return false;
	append_utf8(out, point);
	if (out->size - before != size || memcmp(out->data + before, reader->at, size) != 0)
		return false;
	reader->at += size;
	return true;
}

static bool read_string(struct reader *reader, struct buf *out)
{
	if (!take(reader, '"'))
		return false;
	while (reader->at < reader->end && *reader->at != '"') {
		if (*reader->at == '\\') {
			reader->at++;
			if (!read_escape(reader, out))
				return false;
		} else if (!read_utf8(reader, out)) {
			return false;
		}
	}
	return reader->at < reader->end && *reader->at++ == '"';
}

static const char *path_into(const char *path, const char *name, size_t size)
{
	if (!path || strncmp(path, name, size) != 0)
		return NULL;
	if (path[size] == '.')
		return path + size + 1;
	return path[size] ? NULL : path + size;
}

static bool read_members(struct reader *reader, const char *path, char close, size_t *count)
{
	struct buf key = BUF_INIT;
	bool is_good = true;
	unsigned hits = 0;

	*count = 0;
	while (is_good && !(*count == 0 && take(reader, close))) {
		const char *inner;

		key.size = 0;
		if (close == ']')
			buf_append_number(&key, *count);
		else
			is_good = read_string(reader, &key) && take(reader, ':');
		inner = path && *path ? path_into(path, key.data ? key.data : "", key.size) : NULL;
		hits += inner != NULL;
		is_good = is_good && hits < 2 && read_value(reader, inner);
		(*count)++;
		if (is_good && take(reader, close))
			break;
		is_good = is_good && take(reader, ',');
	}
	buf_deinit(&key);
	return is_good;
}

static bool read_plain(struct reader *reader)
{
	const char *start = reader->at;
	size_t size = 0;

	while (reader->at < reader->end && !memchr(" \t\r\n,]}:", *reader->at, 8))
		reader->at++;
	size = (size_t)(reader->at - start);
	if ((size == 4 && !memcmp(start, "null", 4)) || (size == 4 && !memcmp(start, "true", 4)) ||
	    (size == 5 && !memcmp(start, "false", 5)))
		return true;
	/* Numbers of ours have neither sign nor fraction. */
	for (size_t i = 0; i < size; i++)
		if (start[i] < '0' || start[i] > '9')
			return false;
	return size && (*start != '0' || size == 1);
}

static bool read_value(struct reader *reader, const char *path)
{
	struct buf ignored = BUF_INIT, *out = path && !*path ? reader->out : &ignored;
	const char *start;
	size_t count;
	bool is_good;

	skip_blanks(reader);
	start = reader->at;
	if (start == reader->end || ++reader->depth > DEEPEST)
		return false;
	reader->found += path && !*path;
	if (*start == '"') {
		is_good = read_string(reader, out);
	} else if (*start == '{' || *start == '[') {
		reader->at++;
		is_good = read_members(reader, path, *start == '{' ? '}' : ']', &count);
		buf_printf(out, *start == '{' ? "{%zu}" : "[%zu]", count);
	} else {
		is_good = read_plain(reader);
		buf_append(out, start, (size_t)(reader->at - start));
	}
	reader->depth--;
	buf_deinit(&ignored);
	return is_good;
}

bool json_read(const char *text, size_t size, const char *path, struct buf *out)
{
	struct reader reader = {.at = text, .end = text + size, .out = out};

	buf_reset(out);
	if (!read_value(&reader, path) || reader.found != 1)
		return false;
	skip_blanks(&reader);
	return reader.at == reader.end && buf_text(out);
}
