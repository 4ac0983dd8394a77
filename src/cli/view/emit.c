/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns commas, quotes and brackets of JSON. Does not check that the caller nests well, and knows
 * no member by name.
 */
#include "view/emit.h"
#include "view/escape.h"

#define LARGEST_EXACT (UINT64_C(1) << 53)

static inline void begin_value(struct emit *emit)
{
	if (emit->needs_comma)
		buf_append_char(emit->out, ',');
	if (emit->needs_break)
		buf_append_char(emit->out, '\n');
	emit->needs_comma = true;
	emit->needs_break = false;
}

void emit_open(struct emit *emit, char bracket)
{
	begin_value(emit);
	buf_append_char(emit->out, bracket);
	emit->needs_comma = false;
}

void emit_close(struct emit *emit, char bracket)
{
	if (emit->needs_break)
		buf_append_char(emit->out, '\n');
	buf_append_char(emit->out, bracket);
	emit->needs_comma = true;
	emit->needs_break = false;
}

void emit_break(struct emit *emit)
{
	emit->needs_break = true;
}

void emit_key(struct emit *emit, const char *key, size_t size)
{
	begin_value(emit);
	buf_append_char(emit->out, '"');
	buf_append(emit->out, key, size);
	buf_append(emit->out, "\":", 2);
	emit->needs_comma = false;
}

void emit_null(struct emit *emit)
{
	begin_value(emit);
	buf_append(emit->out, "null", 4);
}

void emit_boolean(struct emit *emit, bool value)
{
	begin_value(emit);
	buf_append_text(emit->out, value ? "true" : "false");
}

void emit_number(struct emit *emit, uint64_t value)
{
	bool is_exact = value <= LARGEST_EXACT;

	begin_value(emit);
	if (!is_exact)
		buf_append_char(emit->out, '"');
	buf_append_number(emit->out, value);
	if (!is_exact)
		buf_append_char(emit->out, '"');
}

void emit_word(struct emit *emit, const char *word, size_t size)
{
	begin_value(emit);
	buf_append_char(emit->out, '"');
	buf_append(emit->out, word, size);
	buf_append_char(emit->out, '"');
}

bool emit_text(struct emit *emit, const char *text, size_t size)
{
	bool is_valid;

	begin_value(emit);
	buf_append_char(emit->out, '"');
	is_valid = escape_json(emit->out, text, size);
	buf_append_char(emit->out, '"');
	return is_valid;
}

void emit_raw_member(struct emit *emit, const char *key, const char *text, size_t size)
{
	begin_value(emit);
	buf_append_char(emit->out, '"');
	buf_append_text(emit->out, key);
	buf_append_text(emit->out, "_raw\":\"");
	buf_append_hex(emit->out, text, size);
	buf_append_char(emit->out, '"');
}

void emit_text_member(struct emit *emit, const char *key, const char *text)
{
	emit_key(emit, key, strlen(key));
	if (!text)
		emit_null(emit);
	else if (!emit_text(emit, text, strlen(text)))
		emit_raw_member(emit, key, text, strlen(text));
}
