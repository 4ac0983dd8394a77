/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Owns what "printable" means, and how the rest is written in each format. Depends on no locale:
 * the same bytes come out for cron and for a person. What is printable is a list of what is known
 * to be, never a list of what is known to be bad: what a later Unicode adds is escaped.
 */
#include "view/escape.h"

#include "array.h"
#include "utf8.h"

#include <stdint.h>

/*
 * Characters that stand as themselves, and how many columns they take. Left out on purpose: marks
 * that combine and joiners (terminals disagree on their width), scripts written from right to left
 * (they turn the rest of the row around), blanks other than U+0020, and everything invisible.
 */
static const struct range {
	uint32_t first, last;
	unsigned width;
} printable[] = {
	/* Latin, Greek, Cyrillic, Armenian, Georgian */
	{0x00a1, 0x00ac, 1},
	{0x00ae, 0x02ff, 1},
	{0x0370, 0x0377, 1},
	{0x037a, 0x037f, 1},
	{0x0384, 0x038a, 1},
	{0x038e, 0x03a1, 1},
	{0x03a3, 0x0482, 1},
	{0x048a, 0x052f, 1},
	{0x0531, 0x0556, 1},
	{0x0559, 0x058a, 1},
	{0x10d0, 0x10ff, 1},
	{0x1e00, 0x1f15, 1},
	/* punctuation, currency, letter-like, arrows, mathematics, boxes */
	{0x2010, 0x2027, 1},
	{0x2030, 0x205e, 1},
	{0x20a0, 0x20c0, 1},
	{0x2100, 0x218b, 1},
	{0x2190, 0x2319, 1},
	{0x2500, 0x25fc, 1},
	/* Chinese, Japanese, Korean */
	{0x3001, 0x3029, 2},
	{0x3030, 0x303e, 2},
	{0x3041, 0x3096, 2},
	{0x309b, 0x30ff, 2},
	{0x3105, 0x312f, 2},
	{0x3131, 0x3163, 2},
	{0x3165, 0x318e, 2},
	{0x3190, 0x31e3, 2},
	{0x3250, 0x4dbf, 2},
	{0x4e00, 0xa48c, 2},
	{0xac00, 0xd7a3, 2},
	{0xf900, 0xfa6d, 2},
	{0xff01, 0xff60, 2},
	{0xff61, 0xff9f, 1},
	{0xffe0, 0xffe6, 2},
	/* emoji, without the skin tones, which combine */
	{0x1f32d, 0x1f335, 2},
	{0x1f337, 0x1f37c, 2},
	{0x1f37e, 0x1f393, 2},
	{0x1f3a0, 0x1f3ca, 2},
	{0x1f3e0, 0x1f3f0, 2},
	{0x1f400, 0x1f43e, 2},
	{0x1f442, 0x1f4fc, 2},
	{0x1f4ff, 0x1f53d, 2},
	{0x1f5fb, 0x1f64f, 2},
	{0x1f680, 0x1f6c5, 2},
	{0x1f90c, 0x1f93a, 2},
	{0x1f947, 0x1f9ff, 2},
	{0x20000, 0x2a6df, 2},
};

#define MARK "\xe2\x80\xa6" /* U+2026, one column */

/* One character, or one byte that is none. */
struct unit {
	size_t size;    /* bytes */
	uint32_t point; /* only when valid */
	unsigned width; /* columns; 0: not printable */
	bool is_valid;
};

static unsigned width_of(uint32_t point)
{
	size_t low = 0, high = ARRAY_SIZE(printable);

	if (point < 0x80)
		return point >= 0x20 && point < 0x7f;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (point > printable[middle].last)
			low = middle + 1;
		else if (point < printable[middle].first)
			high = middle;
		else
			return printable[middle].width;
	}
	return 0;
}

static struct unit unit_at(const char *text, size_t left)
{
	struct unit unit = {.size = 1};
	size_t size = utf8_decode(text, left, &unit.point);

	if (size) {
		unit.size = size;
		unit.width = width_of(unit.point);
		unit.is_valid = true;
	}
	return unit;
}

/* --- text ------------------------------------------------------------------------------------ */

/* Length of the first part that stands as it is: nearly always all of it. */
static size_t plain_text(const char *text, size_t size)
{
	unsigned char before = ' ';
	size_t at;

	for (at = 0; at < size; at++) {
		unsigned char byte = (unsigned char)text[at];

		if (byte <= ' ' || byte >= 0x7f || byte == '\\')
			if (byte != ' ' || before == ' ')
				break;
		before = byte;
	}
	if (at && text[at - 1] == ' ' && (at == size || text[at] == ' '))
		at--;
	return at;
}

static void append_bytes(struct buf *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		buf_append(out, "\\x", 2);
		buf_append_hex(out, text + i, 1);
	}
}

static bool is_bare_blank(const char *text, size_t size, size_t at)
{
	return at && at + 1 < size && text[at - 1] != ' ' && text[at + 1] != ' ';
}

/* The unit at *at; @out is NULL to measure. Return: its width. */
static size_t text_step(struct buf *out, const char *text, size_t size, size_t *at, bool has_blanks)
{
	struct unit unit = unit_at(text + *at, size - *at);
	const char *from = text + *at;
	bool is_bare = unit.width && *from != '\\';

	if (*from == ' ')
		is_bare = has_blanks && is_bare_blank(text, size, *at);
	*at += unit.size;
	if (is_bare) {
		if (out)
			buf_append(out, from, unit.size);
		return unit.width;
	}
	if (out)
		append_bytes(out, from, unit.size);
	return 4 * unit.size;
}

size_t escape_text_width(const char *text, size_t size)
{
	size_t at = plain_text(text, size), width = at;

	while (at < size)
		width += text_step(NULL, text, size, &at, true);
	return width;
}

size_t escape_text(struct buf *out, const char *text, size_t size)
{
	size_t at = plain_text(text, size), width = at;

	buf_append(out, text, at);
	while (at < size)
		width += text_step(out, text, size, &at, true);
	return width;
}

size_t escape_text_cut(struct buf *out, const char *text, size_t size, size_t tail, size_t limit)
{
	size_t width = 0, kept_width = 0, kept = out->size, at = 0, head = size - tail;

	limit -= tail;
	while (at < head) {
		width += text_step(out, text, size, &at, true);
		if (width > limit) {
			out->size = kept;
			buf_append_text(out, MARK);
			width = kept_width + 1;
			break;
		}
		if (width < limit) {
			kept = out->size;
			kept_width = width;
		}
	}
	buf_append(out, text + head, tail);
	return width + tail;
}

/* A colour at the start of @text, or 0. */
static size_t colour_size(const char *text, size_t size)
{
	const char *end = size && *text == '\033' ? memchr(text, 'm', size) : NULL;

	return end ? (size_t)(end - text) + 1 : 0;
}

void escape_text_edge(struct buf *out, const char *line, size_t size, size_t limit)
{
	size_t start = out->size, width = 0, at = 0, kept = 0;

	/* @kept: behind it there is room for the mark. */
	while (at < size) {
		size_t colour = colour_size(line + at, size - at);
		struct unit unit = unit_at(line + at, size - at);

		width += colour ? 0 : unit.width;
		if (limit && width > limit)
			break;
		at += colour ? colour : unit.size;
		if (width < limit)
			kept = at;
	}
	buf_append(out, line, at);
	if (at == size || out->error)
		return;
	out->size = start + kept;
	buf_append_text(out, MARK);
	for (at = kept; at < size; at++)
		buf_append(out, line + at, colour_size(line + at, size - at));
}

void escape_rule(struct buf *out, const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		if (text[at] == '\\')
			buf_append_char(out, text[at++]);
		else
			text_step(out, text, size, &at, true);
	}
}

void escape_raw(struct buf *out, const char *text, size_t size)
{
	if (size == 1 && *text == '-') {
		append_bytes(out, text, 1);
		return;
	}
	for (size_t at = 0; at < size;)
		text_step(out, text, size, &at, false);
}

/* --- CSV ------------------------------------------------------------------------------------- */

void escape_csv(struct buf *out, const char *text, size_t size)
{
	size_t start = out->size, quotes = 0, from, to;
	bool is_formula = size && strchr("=+-@", *text) && *text;

	if (is_formula)
		append_bytes(out, text, 1);
	escape_text(out, text + is_formula, size - is_formula);
	for (size_t i = start; i < out->size; i++)
		quotes += out->data[i] == '"';
	if (size && !quotes &&
	    (out->size == start || !memchr(out->data + start, ',', out->size - start)))
		return;
	if (buf_reserve(out, quotes + 2) < 0)
		return;
	/* From the end, so that nothing is overwritten before it has moved. */
	from = out->size;
	to = out->size += quotes + 2;
	out->data[--to] = '"';
	while (from > start) {
		out->data[--to] = out->data[--from];
		if (out->data[from] == '"')
			out->data[--to] = '"';
	}
	out->data[start] = '"';
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void append_utf16(struct buf *out, uint32_t unit)
{
	unsigned char bytes[2] = {(unsigned char)(unit >> 8), (unsigned char)unit};

	buf_append(out, "\\u", 2);
	buf_append_hex(out, bytes, 2);
}

static void append_point(struct buf *out, uint32_t point)
{
	if (point < 0x10000) {
		append_utf16(out, point);
		return;
	}
	append_utf16(out, 0xd800 + ((point - 0x10000) >> 10));
	append_utf16(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
}

static size_t plain_json(const char *text, size_t size)
{
	size_t at;

	for (at = 0; at < size; at++) {
		unsigned char byte = (unsigned char)text[at];

		if (byte < ' ' || byte >= 0x7f || byte == '"' || byte == '\\')
			break;
	}
	return at;
}

bool escape_json(struct buf *out, const char *text, size_t size)
{
	size_t at = plain_json(text, size);
	bool is_valid = true;

	buf_append(out, text, at);
	while (at < size) {
		struct unit unit = unit_at(text + at, size - at);

		if (text[at] == '"' || text[at] == '\\')
			buf_append_char(out, '\\');
		if (unit.width)
			buf_append(out, text + at, unit.size);
		else
			append_point(out, unit.is_valid ? unit.point : 0xfffd);
		is_valid = is_valid && unit.is_valid;
		at += unit.size;
	}
	return is_valid;
}
