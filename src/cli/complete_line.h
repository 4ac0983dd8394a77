/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of --complete: a value and its description, offered where it goes on with the word. */
#ifndef LSPORTS_CLI_COMPLETE_LINE_H
#define LSPORTS_CLI_COMPLETE_LINE_H
#pragma once

#include "complete_context.h"

#include "buf.h"

struct completion {
	const char *word; /* borrowed */
	struct complete_context context;
	struct lsp_names *names; /* borrowed; NULL: no name service is asked */
	struct buf *out;
};

/* Does @value go on where the word ends? */
bool complete_line_continues(const struct completion *completion, const char *value);

/*
 * complete_line_add() - a line, if @value continues the word and is not in the list before it.
 * @value: a word of a table of ours. @description: NULL is none.
 */
void complete_line_add(const struct completion *completion, const char *value,
		       const char *description);

/*
 * complete_line_add_foreign() - the same for a value from the machine: one that a shell, a list or
 * glob(7) would take for something else is not offered.
 */
void complete_line_add_foreign(const struct completion *completion, const char *value,
			       const char *description);

/* complete_line_add_files() - the shell adds names: of files for "FILE", of directories for "DIR".
 */
void complete_line_add_files(const struct completion *completion, const char *what);

#endif
