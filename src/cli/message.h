/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on standard error: lines that begin with "lsports: ". They are made in a buffer and
 * printed in one write. Foreign bytes are escaped here, once, for all messages.
 */
#ifndef LSPORTS_CLI_MESSAGE_H
#define LSPORTS_CLI_MESSAGE_H
#pragma once

#include "buf.h"
#include "error.h"
#include "options.h"

#include <lsports/lsports.h>

/* One line, whatever is in @text. */
void message_format_line(struct buf *out, const char *text);

/* One line, formatted; foreign bytes in it are escaped. */
__attribute__((format(printf, 2, 3))) void message_add(struct buf *out, const char *format, ...);

/* A line for each line of an error. */
void message_add_error(struct buf *out, const struct error *error);

/* "could not read 2 processes: ...": a gap as one sentence, not escaped. */
void message_describe_gap(struct buf *out, const struct lsp_gap *gap);

/* What could not be seen, a line for each gap. @is_judged: but for what changed no verdict. */
void message_format_gaps(struct buf *out, const struct lsp_snapshot *snapshot, bool is_judged);

/* How many sockets selectors could not decide about; 0 adds nothing. */
void message_format_unknown(struct buf *out, size_t count);

/*
 * Why the verdict about listener @index, one of @count, is unjudged: the facts that could not be
 * read.
 */
void message_format_unjudged(struct buf *out, const struct lsp_snapshot *snapshot, size_t index,
			     size_t count);

/*
 * Where not all of a protocol was read: that @judged listeners were judged, and what was not. Else
 * nothing.
 */
void message_format_unread(struct buf *out, const struct lsp_snapshot *snapshot, size_t judged);

/* How the data was obtained: a line for each note. */
void message_format_notes(struct buf *out, const struct lsp_snapshot *snapshot);

/* Why a listing is empty, in the words of the command line. */
void message_format_empty(struct buf *out, const struct options *options);

/* Why @path (NULL: standard output) cannot be written. */
void message_format_write_failure(struct buf *out, const char *path, int error);

/* message_print() - to standard error; @out is emptied. Nothing can be done when it fails. */
void message_print(struct buf *out);

#endif
