/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers for what lsports writes, strict and written apart from the writers: they end the
 * program at the first byte that is not as the format wants it.
 */
#ifndef TESTS_FUZZ_TEXT_CHECK_H
#define TESTS_FUZZ_TEXT_CHECK_H
#pragma once

#include "buf.h"

#include <stdbool.h>

/*
 * Valid UTF-8 without a control character but the newline, and without what turns a row around or
 * hides in it: C1, bidirectional marks, characters of no width.
 */
void text_check_printable(const char *text, size_t size);

bool text_check_is_utf8(const char *text, size_t size);

/* \xNN back to bytes; any other backslash is an error. */
void text_check_unescape(struct buf *out, const char *text, size_t size);

/*
 * One JSON value (RFC 8259). Members that are strings are handed to @each, decoded to UTF-8; a
 * member of another kind is handed over as NULL.
 */
typedef void text_check_member(const char *key, const struct buf *value, void *data);
void text_check_json(const char *text, size_t size, text_check_member *each, void *data);

/*
 * One cell of CSV (RFC 4180) at *cursor into @out. Return: the byte that ended it, ',' or
 * newline; *cursor is behind it.
 */
char text_check_csv(const char **cursor, const char *end, struct buf *out, bool *is_quoted);

#endif
