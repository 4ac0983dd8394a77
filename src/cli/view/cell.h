/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value of a fact as it is shown: typed, and not yet written. */
#ifndef LSPORTS_CLI_VIEW_CELL_H
#define LSPORTS_CLI_VIEW_CELL_H
#pragma once

#include "buf.h"
#include "num.h"

#include <lsports/fact.h>

struct row;

enum cell_kind {
	CELL_NULL, /* unknown, or none */
	CELL_TEXT,
	CELL_NUMBER,
	CELL_BOOLEAN,
	CELL_OWNERS,   /* all owners of the row, for JSON; people get them as CELL_TEXT */
	CELL_FINDINGS, /* all findings of the row, likewise */
};

/* Text may be foreign bytes: it is escaped where it is written, never before. */
struct cell {
	enum cell_kind kind;
	const char *text; /* borrowed from the snapshot or from the scratch buffer */
	size_t size;
	uint64_t number;
	bool boolean;
	bool is_plain; /* text of our own, printable ASCII without a blank: nothing to escape */
	size_t tail;   /* bytes at the end of the text that are never cut, printable ASCII */
};

/*
 * cell_set_value() - a value that is there, of the row or of one of its owners.
 * @scratch: empty on entry, and as long as the cell in use.
 */
void cell_set_value(const struct lsp_fact *fact, const struct row *row,
		    const struct lsp_value *value, struct buf *scratch, struct cell *out);

/* Is the endpoint of the row "*" for people, since it takes IPv4 and IPv6? */
bool cell_is_star(const struct row *row, const struct lsp_endpoint *endpoint);

static inline void cell_set_number(struct cell *out, uint64_t number)
{
	out->kind = CELL_NUMBER;
	out->number = number;
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

/* What stands in @scratch. */
static inline void cell_set_scratch(struct cell *out, const struct buf *scratch)
{
	out->kind = CELL_TEXT;
	out->text = scratch->data ? scratch->data : "";
	out->size = scratch->size;
	out->is_plain = false;
}

/* --- shared with renderers --- */

#define CELL_TIME_SIZE 24

/* RFC 3339, UTC. Return: its length, 0 when the year has more than four digits. */
size_t cell_format_time(int64_t seconds, char out[CELL_TIME_SIZE]);

/* A cell as text of a table: null and empty are "-", booleans yes and no. */
struct flat_cell {
	const char *text;
	size_t size;
	bool is_plain;
	size_t tail; /* as in struct cell; a number is kept whole */
	char digits[NUM_DIGITS];
};
void cell_flatten(const struct cell *cell, struct flat_cell *flat);

unsigned cell_count_digits(uint64_t number);

#endif
