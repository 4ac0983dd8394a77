/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One socket as a row, and what was said about it. */
#ifndef LSPORTS_CLI_VIEW_ROW_H
#define LSPORTS_CLI_VIEW_ROW_H
#pragma once

#include <lsports/fact.h>

/* One socket with what columns ask about it more than once. */
struct row {
	struct lsp_subject subject;
	unsigned hidden;  /* as in struct view */
	bool has_parents; /* those of its owners were looked up, for JSON */
	bool for_people;  /* table and raw: "*", "?" and "+2" stand beside the plain values */
	char sign;        /* '+', '~' or '-' before the row, ' ' for none */
};

/*
 * A fact of the row, or of its first owner, by its word: text, or else number, with "?" behind it
 * where the name could not be learned; NULL for none.
 */
const char *row_text(const struct row *row, const char *word, char digits[LSP_FACT_DIGITS]);

void row_judgement(const struct row *row, struct lsp_judgement *out);
unsigned row_count_findings(const struct row *row);
bool row_is_unexpected(const struct row *row); /* no rule expects it as it is */
bool row_is_alarming(const struct row *row);   /* one of its findings may mean an intruder */

#endif
