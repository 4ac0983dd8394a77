/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values of selectors that are texts: escapes undone, patterns told from plain ones. What a pattern
 * matches is left to fnmatch(3).
 */
#include "judge/selector.h"

#include "num.h"

#include <errno.h>
#include <string.h>

#define PLAIN_MAX 256

/* A byte that stands for itself, in the plain text and in the pattern for fnmatch(3). */
static void append_literal(struct buf *plain, struct buf *pattern, char c)
{
	buf_append_char(plain, c);
	if (strchr("*?[]\\", c))
		buf_append_char(pattern, '\\');
	buf_append_char(pattern, c);
}

/* "\xNN" is that byte, a backslash before anything else that character. */
static int take_escape(struct selector_cursor *cursor, char *out)
{
	const char *at = cursor->at + 1;
	uint64_t byte;

	if (at == cursor->end)
		return selector_refuse(cursor, "nothing stands behind the backslash");
	if (*at != 'x') {
		*out = *at;
		cursor->at = at + 1;
		return 0;
	}
	at++;
	if (cursor->end - at < 2 || !num_take(&at, at + 2, 16, 255, &byte) ||
	    at != cursor->at + 4 || !byte)
		return selector_refuse(cursor,
				       "behind \\x stand two hexadecimal digits, and not 00");
	*out = (char)byte;
	cursor->at = at;
	return 0;
}

static int take_text(struct selector_cursor *cursor, bool has_globs, struct buf *plain,
		     struct buf *pattern, bool *is_glob)
{
	while (!selector_is_item_end(cursor)) {
		char c = *cursor->at;
		int r;

		if (c == '\\') {
			r = take_escape(cursor, &c);
			if (r < 0)
				return r;
			append_literal(plain, pattern, c);
		} else if (has_globs && strchr("*?[]", c)) {
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

/* Nothing to undo and no pattern: nearly every text of a long list of rules. */
static bool take_plain(struct selector_cursor *cursor, bool has_globs, char out[PLAIN_MAX])
{
	size_t size = selector_item_size(cursor);

	if (size >= PLAIN_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (cursor->at[i] == '\\' || (has_globs && strchr("*?[]", cursor->at[i])))
			return false;
	}
	memcpy(out, cursor->at, size);
	out[size] = '\0';
	cursor->at += size;
	return true;
}

int selector_parse_text(struct selector_pool *pool, bool has_globs, struct selector_cursor *cursor,
			struct selector_value *out)
{
	struct buf plain = BUF_INIT, pattern = BUF_INIT;
	char short_text[PLAIN_MAX];
	const char *text;
	int r;

	if (take_plain(cursor, has_globs, short_text))
		return strpool_add(&pool->strings, short_text, &out->text.id);
	r = take_text(cursor, has_globs, &plain, &pattern, &out->text.is_glob);

	if (r >= 0) {
		text = buf_text(out->text.is_glob ? &pattern : &plain);
		r = text ? strpool_add(&pool->strings, text, &out->text.id) : -ENOMEM;
	}
	buf_deinit(&plain);
	buf_deinit(&pattern);
	return r;
}
