/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a column does not follow from its fact. */
#ifndef LSPORTS_CLI_VIEW_COLUMN_STYLE_H
#define LSPORTS_CLI_VIEW_COLUMN_STYLE_H
#pragma once

#include "buf.h"

#include <lsports/fact.h>

struct cell;
struct row;

/* In which default sets a column stands; without a row of style it is a member of JSON. */
enum column_set {
	SET_LISTENERS = 1u << 0, /* table of listeners */
	SET_ALL = 1u << 1,       /* table with other states */
	SET_EXTENDED = 1u << 2,  /* added by --extended */
	SET_OWNERS = 1u << 3,    /* only with owners */
	SET_NAMES = 1u << 4,     /* not with --numeric */
	SET_JSON = 1u << 5,      /* default members of JSON, in this order */
	SET_ALL_NAMED = 1u << 6, /* as SET_ALL, unless both SET_OWNERS and SET_NAMES are out */
	SET_EVERY = 1u << 7,     /* every column is in it: --output-all */
	SET_CSV = 1u << 8,       /* added by CSV: what the marks of a table say */
	SET_NETNS = 1u << 9,     /* added where several network namespaces are inspected */
};

/* How the cells of one fact are shown where that does not follow from its type. */
struct column_style {
	const char *word;  /* of the fact */
	unsigned sets;     /* enum column_set */
	const char *title; /* NULL: the word in upper case */
	bool is_whole;     /* never cut, though it is text */
	bool is_queue;     /* it changes with every packet, which is no news */
	/* What people see of it; NULL: the value. @scratch as in column_ask(). */
	void (*people)(const struct row *row, struct buf *scratch, struct cell *out);
	/* Order of two rows that have it; NULL: numbers by value, text by bytes. */
	int (*compare)(const struct row *a, const struct row *b);
};

/* Never NULL. */
const struct column_style *column_style_find(const struct lsp_fact *fact);

/* Is it the category, whose headings have a range beside their name? */
bool column_style_is_category(const struct column_style *style);

#endif
