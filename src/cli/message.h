/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said on standard error: "lsports: ..." lines. They are made in a buffer and printed
 * in one write. Bytes that came from elsewhere are escaped here, once, for all of them.
 */
#ifndef LSPORTS_CLI_MESSAGE_H
#define LSPORTS_CLI_MESSAGE_H
#pragma once

#include "buf.h"
#include "options.h"

#include <lsports/lsports.h>

/* One line, whatever is in @text. */
void message_format_line(struct buf *out, const char *text);

/* The same of a text that is freed; of NULL, since memory was short, @out has the error. */
void message_take(struct buf *out, char *text);

/* A line for each line of @text. */
void message_format_lines(struct buf *out, const char *text);

/* What could not be seen: a line for each gap. */
void message_format_gaps(struct buf *out, const struct lsp_snapshot *snapshot);

/* Sockets that selectors could not tell about; 0 says nothing. */
void message_format_unknown(struct buf *out, size_t count);

/* How the facts were got: a line for each note. */
void message_format_notes(struct buf *out, const struct lsp_snapshot *snapshot);

/* A listing without a socket, said in the words of the question. */
void message_format_empty(struct buf *out, const struct options *options);

/* Why nothing can be shown; @reason of lsp_collect(), may be NULL. */
void message_format_failure(struct buf *out, int error, const char *reason);

/* Why @path (NULL: standard output) cannot be written. */
void message_format_write_failure(struct buf *out, const char *path, int error);

/* message_print() - to standard error; @out is emptied. Nothing can be done when it fails. */
void message_print(struct buf *out);

#endif
