/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How cell functions answer. A function that sets nothing says null. */
#ifndef LSPORTS_CLI_VIEW_CELL_SET_H
#define LSPORTS_CLI_VIEW_CELL_SET_H
#pragma once

#include "view/view.h"

/* The head of a cell function: few of them need all three parameters. */
#define CELL(name)                                                                                 \
	void cell_##name(const struct row *row __attribute__((unused)),                            \
			 struct buf *scratch __attribute__((unused)), struct cell *out)

static inline void cell_set_number(struct cell *out, uint64_t number)
{
	out->kind = CELL_NUMBER;
	out->number = number;
}

static inline void cell_set_known(struct cell *out, enum lsp_known known)
{
	if (known == LSP_KNOWN_NOT)
		return;
	out->kind = CELL_BOOLEAN;
	out->boolean = known == LSP_KNOWN_YES;
}

/* Foreign bytes; NULL is null. */
static inline void cell_set_text(struct cell *out, const char *text)
{
	if (!text)
		return;
	out->kind = CELL_TEXT;
	out->text = text;
	out->size = strlen(text);
	out->is_plain = false;
}

/* A word of our own; NULL is null. */
static inline void cell_set_word(struct cell *out, const char *word)
{
	cell_set_text(out, word);
	out->is_plain = true;
}

/* What the cell function has written. */
static inline void cell_set_scratch(struct cell *out, const struct buf *scratch)
{
	out->kind = CELL_TEXT;
	out->text = scratch->data ? scratch->data : "";
	out->size = scratch->size;
	out->is_plain = false;
}

#endif
