/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A piece of a text that somebody else owns, not terminated. */
#ifndef LSPORTS_BASE_SPAN_H
#define LSPORTS_BASE_SPAN_H
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *text;
	size_t size;
};

#define SPAN_ALPHANUMERIC "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

/*
 * span_next() - the next piece of a terminated text between @separators; of several separators in a
 * row the pieces between them, which are empty, are passed over. *cursor moves behind it.
 * Return: false at the end.
 */
bool span_next(const char **cursor, const char *separators, struct span *out);

/* span_equals() - is it @text, whole? */
bool span_equals(struct span span, const char *text);

/* span_consists_of() - is it not empty, and every byte of it one of @letters? */
bool span_consists_of(struct span span, const char *letters);

/*
 * Without what it begins or ends with. Return: false, and *span as it was, when it does not begin
 * or end so or nothing would be left.
 */
bool span_strip_prefix(struct span *span, const char *prefix);
bool span_strip_suffix(struct span *span, const char *suffix);

/*
 * span_find_line() - behind @key at the beginning of a line, and the blanks and tabs that follow
 * it. Return: a place in the text, or its end; NULL when no line begins so.
 */
const char *span_find_line(struct span text, const char *key);

/* span_copy() - terminated, into @out. Return: its size, 0 when @size is too small for it. */
size_t span_copy(struct span span, char *out, size_t size);

#endif
