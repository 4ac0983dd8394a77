/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns commas, quotes and brackets of JSON. Does not check that the caller nests well, and knows
 * no member by name.
 */
#include "view/emit.h"

#include "num.h"

#include "view/escape.h"

#define LARGEST_EXACT (UINT64_C(1) << 53)

/* What stands around a value at most: comma, line feed, two quotes, colon. */
#define AROUND 5

/*
 * Room for a value of @size bytes, behind a comma where one is due: JSON is mostly short values, so
 * the room is asked for once for each of them. Return: NULL when memory is short; else end()
 * follows.
 */
static inline char *begin(struct emit *emit, size_t size)
{
	struct buf *out = emit->out;
	char *at;

	if ((out->error || out->capacity - out->size < size + AROUND) &&
	    buf_reserve(out, size + AROUND) < 0)
		return NULL;
	at = out->data + out->size;
	if (emit->needs_comma)
		*at++ = ',';
	if (emit->needs_break)
		*at++ = '\n';
	emit->needs_comma = true;
	emit->needs_break = false;
	return at;
}

static inline void end(struct emit *emit, const char *at)
{
	emit->out->size = (size_t)(at - emit->out->data);
}

static inline char *put(char *at, const char *bytes, size_t size)
{
	memcpy(at, bytes, size);
	return at + size;
}

void emit_open(struct emit *emit, char bracket)
{
	char *at = begin(emit, 1);

	if (!at)
		return;
	*at++ = bracket;
	end(emit, at);
	emit->needs_comma = false;
}

void emit_close(struct emit *emit, char bracket)
{
	emit->needs_comma = false;
	emit_open(emit, bracket);
	emit->needs_comma = true;
}

void emit_break(struct emit *emit)
{
	emit->needs_break = true;
}

void emit_key_size(struct emit *emit, const char *key, size_t size)
{
	char *at = begin(emit, size);

	if (!at)
		return;
	*at++ = '"';
	at = put(at, key, size);
	*at++ = '"';
	*at++ = ':';
	end(emit, at);
	emit->needs_comma = false;
}

/* A value as it stands. */
static inline void emit_bytes(struct emit *emit, const char *bytes, size_t size)
{
	char *at = begin(emit, size);

	if (at)
		end(emit, put(at, bytes, size));
}

void emit_null(struct emit *emit)
{
	emit_bytes(emit, "null", 4);
}

void emit_boolean(struct emit *emit, bool value)
{
	if (value)
		emit_bytes(emit, "true", 4);
	else
		emit_bytes(emit, "false", 5);
}

void emit_number(struct emit *emit, uint64_t value)
{
	char digits[NUM_DIGITS];
	const char *first = num_format(value, digits);
	size_t size = (size_t)(digits + NUM_DIGITS - 1 - first);

	if (value <= LARGEST_EXACT)
		emit_bytes(emit, first, size);
	else
		emit_word(emit, first, size);
}

void emit_word(struct emit *emit, const char *word, size_t size)
{
	char *at = begin(emit, size);

	if (!at)
		return;
	*at++ = '"';
	at = put(at, word, size);
	*at++ = '"';
	end(emit, at);
}

bool emit_text(struct emit *emit, const char *text, size_t size)
{
	bool is_valid;
	char *at = begin(emit, size);

	if (!at)
		return true;
	*at++ = '"';
	end(emit, at);
	is_valid = escape_json(emit->out, text, size);
	buf_append_char(emit->out, '"');
	return is_valid;
}

void emit_raw_member(struct emit *emit, const char *key, const char *text, size_t size)
{
	emit_open(emit, '"');
	buf_append_text(emit->out, key);
	buf_append_text(emit->out, "_raw\":\"");
	buf_append_hex(emit->out, text, size);
	buf_append_char(emit->out, '"');
	emit->needs_comma = true;
}

void emit_text_member(struct emit *emit, const char *key, const char *text)
{
	emit_key(emit, key);
	if (!text)
		emit_null(emit);
	else if (!emit_text(emit, text, strlen(text)))
		emit_raw_member(emit, key, text, strlen(text));
}
