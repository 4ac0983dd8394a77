/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Foreign bytes on their way out, one function a format. Names of processes, users, units and
 * devices are chosen by others: none of their bytes reaches a terminal, a pipe or a log unless it
 * is printable, and an escape never looks like bytes that were there.
 */
#ifndef LSPORTS_CLI_VIEW_ESCAPE_H
#define LSPORTS_CLI_VIEW_ESCAPE_H
#pragma once

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * escape_text() - for tables. Every byte of what is not printable becomes \xNN, the backslash
 * \x5c. A blank stays only between two others that are none: cells are two blanks apart, and no
 * name can look like two cells.
 * Return: the width on a terminal.
 */
size_t escape_text(struct buf *out, const char *text, size_t size);
size_t escape_text_width(const char *text, size_t size);

/*
 * At most @limit wide: the end of a longer text is left out, with a visible mark. The last
 * @tail bytes, printable ASCII, are kept in any case; @limit is above their count.
 */
size_t escape_text_cut(struct buf *out, const char *text, size_t size, size_t tail, size_t limit);

/*
 * escape_text_edge() - a line of ours, escaped before, up to the edge of the terminal: of what is
 * wider than @limit the end is left out, and a visible mark tells so. Colours, as in "\033[31m",
 * have no width, and all of them are kept. @limit 0: the whole line.
 */
void escape_text_edge(struct buf *out, const char *line, size_t size, size_t limit);

/* escape_rule() - of a rule as it was written, where what is foreign is escaped: backslashes stay.
 */
void escape_rule(struct buf *out, const char *text, size_t size);

/* As escape_text(), and every blank is \x20; a text that is "-" becomes \x2d, since "-" is null. */
void escape_raw(struct buf *out, const char *text, size_t size);

/*
 * escape_csv() - the bytes of escape_text() as one cell, quoted as RFC 4180 has it where needed. A
 * first byte that a spreadsheet takes for the start of a formula is escaped. Empty is "".
 */
void escape_csv(struct buf *out, const char *text, size_t size);

/*
 * escape_json() - the inside of a JSON string: always valid, always UTF-8. What is not printable
 * is \uXXXX, a byte that is not UTF-8 is \ufffd.
 * Return: false when there was such a byte.
 */
bool escape_json(struct buf *out, const char *text, size_t size);

#endif
