/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The view: a sealed snapshot -> rows of typed cells -> bytes. Columns are data, a renderer is
 * one row of a const table, and neither knows the other.
 */
#ifndef LSPORTS_CLI_VIEW_VIEW_H
#define LSPORTS_CLI_VIEW_VIEW_H
#pragma once

#include "buf.h"

#include <lsports/lsports.h>
#include <stdbool.h>
#include <stddef.h>

/* --- rows and cells --- */

/* One socket with what columns ask about it more than once. */
struct row {
	const struct lsp_snapshot *snapshot;
	size_t index; /* of the socket in the snapshot */
	struct lsp_socket socket;
	const struct lsp_owner *owners; /* borrowed */
	size_t owner_count;
	unsigned hidden;  /* as in struct view */
	bool has_parents; /* those of its owners were looked up, for JSON */
	bool for_people;  /* table and raw: "*", "?" and "+2" stand beside the plain values */
	char sign;        /* '+', '~' or '-' before the row, ' ' for none */
};

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

/* --- columns --- */

enum align { ALIGN_LEFT, ALIGN_RIGHT };

/* In which default sets a column stands. */
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
	SET_NETNS = 1u << 9,     /* added where several network namespaces are looked into */
};

/*
 * A column is one row of data: table, JSON, CSV, --list columns, completion and the man page
 * follow from it.
 */
struct column {
	const char *key;   /* lower case: JSON member and -o word */
	const char *title; /* upper case: table heading */
	enum align align;
	const char *type; /* "string", "number", "boolean", "owners" */
	unsigned sets;    /* enum column_set */
	unsigned facts;   /* enum lsp_fact that it needs */
	unsigned place; /* tables show columns by ascending place, JSON in the order of columns[] */
	bool may_cut;   /* on a terminal its text may be cut; addresses and ports never */
	const char *help;
	/* @scratch is empty on entry and lives as long as the cell; @out is CELL_NULL on entry. */
	void (*cell)(const struct row *row, struct buf *scratch, struct cell *out);
	/* Order of two rows that have the cell; NULL: numbers by value, text by bytes. */
	int (*compare)(const struct row *a, const struct row *b);
	/* Width of the cell where that is cheaper to tell than its text; NULL: measure the text. */
	size_t (*width)(const struct row *row);
};

extern const struct column columns[];
extern const size_t column_count;

/* By key or title, '-' and '_' alike, in any case; NULL when there is none. */
const struct column *column_find(const char *word);

/* Order of two rows by one column, null last. @scratch: two buffers for their cells. */
int column_compare(const struct column *column, const struct row *a, const struct row *b,
		   struct buf scratch[2]);

#define COLUMNS_MAX 64

struct column_list {
	const struct column *columns[COLUMNS_MAX];
	size_t count;
};

/*
 * column_list_by_set() - columns that are in one of @any_of and in none of @none_of. With
 * SET_JSON @none_of does not count: members of an object do not come and go.
 */
void column_list_by_set(struct column_list *list, unsigned any_of, unsigned none_of);

/*
 * column_list_parse() - "proto,port" replaces @list, "+exe,pid" adds to it; case does not matter,
 * a column that is there already is not added twice. @list is unchanged on failure.
 * @reason: on -EINVAL a message that names the word and the nearest valid one; not escaped;
 *          owned by the caller, NULL when memory is short.
 */
int column_list_parse(struct column_list *list, const char *text, char **reason);

unsigned column_list_facts(const struct column_list *list);

struct sink;
void column_list_help(struct sink *sink); /* --list columns: key, type, help */

/* --- sorting and grouping --- */

struct sort_key {
	const struct column *column;
	bool is_descending;
};

struct sort_list {
	struct sort_key keys[COLUMNS_MAX];
	size_t count; /* 0: the order of the snapshot */
};

/* @list is replaced, and unchanged on failure; @reason as with column_list_parse(). */
int sort_list_parse(struct sort_list *list, const char *text, char **reason); /* "-port,user" */

/*
 * A grouping is one row of data too: category, process, user, unit, scope, netns, none. Groups
 * come before the sort keys wherever rows stand; category only where headings show it.
 */
struct grouping {
	const char *word;
	const char *column; /* whose cells make the groups; NULL for "none" */
};

extern const struct grouping groupings[];
extern const size_t grouping_count;
const struct grouping *grouping_find(const char *word);

/* --- rendering --- */

/* A buffered descriptor. The first error sticks. */
struct sink {
	int fd; /* borrowed; -1: all stays in the buffer */
	struct buf buf;
	int error; /* 0 or a negative errno */
};

void sink_init(struct sink *sink, int fd);
void sink_deinit(struct sink *sink);
void sink_flush_some(struct sink *sink); /* writes once the buffer is large */
int sink_flush(struct sink *sink);       /* writes all. Return: 0 or the sticky error */

/* A socket that is gone, in the snapshot that still knew it. */
struct past_row {
	const struct lsp_snapshot *snapshot;
	size_t index;
};

struct view {
	struct column_list columns;
	struct sort_list sort;
	const struct grouping *grouping;
	unsigned hidden; /* enum lsp_fact whose names are not shown, though somebody asked for them
			  */
	bool has_header;
	bool has_color;
	bool is_terminal;   /* a summary line follows the table */
	unsigned width;     /* columns of the terminal, 0: nothing is cut */
	bool may_leave_out; /* nobody named the columns: some may go where there is no room */
	const char *host, *version; /* members of the JSON object */
	int64_t time_sec;           /* moment of the look, seconds since the epoch */
	int64_t duration_usec;      /* from the start of the program to the end of the look */
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

/*
 * One output format. Formats that write a stream look at one socket at a time. Whatever goes wrong
 * is the sink's error.
 */
struct format {
	const char *word;
	unsigned default_set; /* SET_JSON; else what is added to the columns of a table */
	unsigned facts;       /* enum lsp_fact that it needs whatever the columns are */
	bool is_check;        /* it tells differences, as --check does */
	const char *help;
	void (*render)(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink);
	/* What --check writes, NULL when the format has nothing of the kind. */
	void (*render_changes)(const struct view *view, const struct lsp_snapshot *snapshot,
			       struct sink *sink);
	/* That nothing could be told, and why; NULL when the format has no word for it. */
	void (*render_failure)(const struct view *view, const struct buf *messages,
			       struct sink *sink);
};

/* The states of a monitoring plugin, which are its exit status. */
enum monitoring { MONITORING_OK, MONITORING_WARNING, MONITORING_CRITICAL, MONITORING_UNKNOWN };

enum monitoring monitoring_judge(const struct view *view, const struct lsp_snapshot *snapshot);

/* The part of --format prometheus that is true of a run without a snapshot, too. */
void prometheus_format_run(const struct view *view, bool is_success, bool is_complete,
			   struct buf *out);

extern const struct format formats[];
extern const size_t format_count;
const struct format *format_find(const char *word);
void format_list_help(struct sink *sink); /* --list formats: word, help */

#endif
