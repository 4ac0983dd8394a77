/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The view: a sealed snapshot -> rows of typed cells -> bytes. Columns are data, a renderer is
 * one row of a const table, and neither knows the other.
 */
#ifndef LSPORTS_CLI_VIEW_VIEW_H
#define LSPORTS_CLI_VIEW_VIEW_H
#pragma once

#include "view/groupings.h"
#include "view/sort_list.h"

#include <stdbool.h>
#include <stddef.h>

/* A socket that is gone, in the snapshot that still knew it. */
struct past_row {
	const struct lsp_snapshot *snapshot;
	size_t index;
};

struct view {
	struct column_list columns;
	struct sort_list sort;
	const struct grouping *grouping;
	unsigned hidden; /* enum lsp_lookup whose names are not shown, though they are known */
	bool has_header;
	bool has_color;
	bool is_terminal;   /* a summary line follows the table */
	unsigned width;     /* columns of the terminal, 0: nothing is cut */
	bool may_leave_out; /* the user named no columns: some may be left out where there is no
			       room */
	const char *host, *version; /* members of the JSON object */
	int64_t time_sec;           /* when sockets were collected, since the epoch */
	int64_t duration_usec;      /* from the start of the program to the last verdict */
	const uint32_t *rows;       /* sockets that were selected, ascending; NULL: all */
	size_t row_count;
	bool is_scope; /* rows hold all of the ports, protocols and families that were selected */
	const char *signs; /* of each socket of the snapshot, as in struct row; NULL: no signs */
	const struct past_row *past; /* shown among the others in a table, with '-' */
	size_t past_count;
	unsigned height;               /* lines that a table may have, 0: as many as there are */
	const struct changes *changes; /* what a check found; NULL: it is none */
	bool is_everything;            /* --extended, for formats without columns */
	bool has_rules;                /* the host has some */
	bool is_unjudged;              /* its rules cannot be read, or have an error */
	bool is_recorded;              /* of a recorded tree, not of the machine */
};

/* Sockets of @snapshot that @view shows: all of them, or those that were selected. */
static inline size_t view_row_count(const struct view *view, const struct lsp_snapshot *snapshot)
{
	return view->rows ? view->row_count : lsp_snapshot_count(snapshot);
}

/* @at below view_row_count(). Return: the index of its socket. */
static inline size_t view_row(const struct view *view, size_t at)
{
	return view->rows ? view->rows[at] : at;
}

#endif
