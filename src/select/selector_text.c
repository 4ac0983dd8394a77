/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of selectors that are texts: escapes undone, patterns and plain texts distinguished. What
 * a pattern matches is left to fnmatch(3).
 */
#include "select/selector_text.h"

#include "model/identity.h"
#include "num.h"

static bool is_of_pattern(char c)
{
	return c == '*' || c == '?' || c == '[' || c == ']';
}

/* A byte that stands for itself, in the plain text and in the pattern for fnmatch(3). */
static void append_literal(struct buf *plain, struct buf *pattern, char c)
{
	buf_append_char(plain, c);
	if (is_of_pattern(c) || c == '\\')
		buf_append_char(pattern, '\\');
	buf_append_char(pattern, c);
}

/* "\xNN" is that byte, a backslash before anything else that character. */
static int scan_escape(struct selector_cursor *cursor, char *out)
{
	const char *at = cursor->at + 1;
	uint64_t byte;

	if (at == cursor->end)
		return selector_cursor_refuse(cursor, "a backslash needs a character after it");
	if (*at != 'x') {
		*out = *at;
		cursor->at = at + 1;
		return 0;
	}
	at++;
	if (cursor->end - at < 2 || !num_scan(&at, at + 2, 16, 255, &byte) ||
	    at != cursor->at + 4 || !byte)
		return selector_cursor_refuse(cursor,
					      "\\x needs two hexadecimal digits, and not 00");
	*out = (char)byte;
	cursor->at = at;
	return 0;
}

static int scan_text(struct selector_cursor *cursor, bool has_globs, struct buf *plain,
		     struct buf *pattern, bool *is_glob)
{
	while (!selector_cursor_is_item_end(cursor)) {
		char c = *cursor->at;
		int r;

		if (c == '\\') {
			r = scan_escape(cursor, &c);
			if (r < 0)
				return r;
			append_literal(plain, pattern, c);
		} else if (has_globs && is_of_pattern(c)) {
			*is_glob = true;
			buf_append_char(pattern, c);
			cursor->at++;
		} else {
			append_literal(plain, pattern, c);
			cursor->at++;
		}
	}
	return 0;
}

void selector_text_append(struct buf *out, const char *text, size_t size)
{
	struct error error = ERROR_INIT;
	struct selector_cursor cursor = {.at = text, .end = text + size, .error = &error};

	while (cursor.at < cursor.end) {
		char c = *cursor.at;

		if (c != '\\')
			cursor.at++;
		else if (scan_escape(&cursor, &c) < 0)
			break;
		buf_append_char(out, c);
	}
	error_deinit(&error);
}

/* Bytes before the mark and digits of a digest, at the end of an item; SIZE_MAX for none. */
static size_t find_digest(const char *text, size_t size)
{
	static const char mark[] = IDENTITY_MARK;
	size_t kept = size - IDENTITY_DIGITS - (sizeof(mark) - 1);

	if (size < IDENTITY_DIGITS + sizeof(mark) - 1 ||
	    memcmp(text + kept, mark, sizeof(mark) - 1) != 0 || (kept && text[kept - 1] == '\\'))
		return SIZE_MAX;
	for (size_t i = size - IDENTITY_DIGITS; i < size; i++)
		if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] >= 'a' && text[i] <= 'f'))
			return SIZE_MAX;
	return kept;
}

/* Nothing to undo and no pattern: nearly every text of a long list of rules. */
static bool is_plain(const char *text, size_t size, bool has_globs)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\\' || (has_globs && is_of_pattern(text[i])))
			return false;
	}
	return true;
}

/* One item without digest, which may be empty. */
static int parse_text(struct selector_pool *pool, bool has_globs, struct selector_cursor *cursor,
		      struct selector_value *out)
{
	struct buf plain = BUF_INIT, pattern = BUF_INIT;
	size_t size = selector_cursor_item_size(cursor);
	const char *text;
	int r;

	if (is_plain(cursor->at, size, has_globs)) {
		r = strpool_add_bytes(&pool->strings, cursor->at, size, &out->text.plain);
		cursor->at += size;
		return r;
	}
	r = scan_text(cursor, has_globs, &plain, &pattern, &out->text.is_glob);
	if (r >= 0) {
		text = buf_text(out->text.is_glob ? &pattern : &plain);
		r = text ? strpool_add(&pool->strings, text, &out->text.plain) : -ENOMEM;
	}
	buf_deinit(&plain);
	buf_deinit(&pattern);
	return r;
}

int selector_text_parse(struct selector_pool *pool, bool has_globs, struct selector_cursor *cursor,
			struct selector_value *out)
{
	const char *start = cursor->at, *end = cursor->end;
	size_t size = selector_cursor_item_size(cursor), kept = find_digest(start, size);
	int r;

	if (kept == SIZE_MAX)
		return parse_text(pool, has_globs, cursor, out);
	cursor->end = start + kept;
	r = parse_text(pool, has_globs, cursor, out);
	cursor->end = end;
	if (r < 0)
		return r;
	if (out->text.is_glob) {
		cursor->at = start;
		return selector_cursor_refuse(cursor, "a pattern has no digest");
	}
	cursor->at = start + size;
	return strpool_add_bytes(&pool->strings, start + size - IDENTITY_DIGITS, IDENTITY_DIGITS,
				 &out->text.digits);
}
