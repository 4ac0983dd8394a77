/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strict readers of the output of lsports, independent of its writers: they end the program at the
 * first byte that the format does not allow.
 */
#ifndef TESTS_FUZZ_TEXT_CHECK_H
#define TESTS_FUZZ_TEXT_CHECK_H
#pragma once

#include "unit/json_read.h"

/*
 * Valid UTF-8 without control characters except newline, and without characters that reorder or
 * hide text: C1, bidirectional marks, characters of no width.
 */
void text_check_printable(const char *text, size_t size);

bool text_check_is_utf8(const char *text, size_t size);

/* \xNN back to bytes; any other backslash is an error. */
void text_check_unescape(struct buf *out, const char *text, size_t size);

/*
 * One JSON value, which json_read() takes. Every member that is not an array or object is handed to
 * @each; one of an array has the key "".
 */
typedef void text_check_member(const char *key, const json_t *value, void *data);
void text_check_json(const char *text, size_t size, text_check_member *each, void *data);

/*
 * One cell of CSV (RFC 4180) at *cursor into @out. Return: the byte that ended it, ',' or
 * newline; *cursor is behind it.
 */
char text_check_csv(const char **cursor, const char *end, struct buf *out, bool *is_quoted);

#endif
