/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of the command line. option_rows is their single source: getopt's arrays, --help
 * and the check of the man page are made from it.
 */
#ifndef LSPORTS_CLI_OPTIONS_H
#define LSPORTS_CLI_OPTIONS_H
#pragma once

#include "buf.h"

#include <stdbool.h>
#include <stddef.h>

/* --- the table --- */

enum option_group {
	OPTION_GROUP_WHAT,
	OPTION_GROUP_SHOW,
	OPTION_GROUP_FORMAT,
	OPTION_GROUP_JUDGE,
	OPTION_GROUP_SOURCE,
	OPTION_GROUP_META,
	OPTION_GROUP_HIDDEN,   /* not in --help; with a letter a second name of the row above */
	OPTION_GROUP_RESERVED, /* a letter with another meaning in ss: always an error */
};

/* What a row does to the member of struct options that it names. */
enum option_kind {
	OPTION_KIND_FLAG,  /* bool: becomes true */
	OPTION_KIND_BITS,  /* unsigned: `value` is added */
	OPTION_KIND_VALUE, /* unsigned: becomes `value` */
	OPTION_KIND_WORD,  /* unsigned: becomes `value` plus the argument's place in `words` */
	OPTION_KIND_TEXT,  /* text: becomes the argument */
	OPTION_KIND_TEXTS, /* list: the argument is appended */
	OPTION_KIND_ERROR, /* `help` is the reason */
};

struct option_row {
	int letter;           /* 0: none */
	const char *name;     /* NULL: none */
	const char *argument; /* as --help calls it, NULL: none */
	enum option_group group;
	enum option_kind kind;
	size_t member; /* offset in struct options */
	unsigned value;
	const char *text;         /* stands in for an argument that is not there */
	const char *const *words; /* valid arguments, NULL at the end */
	const char *help;
	bool is_optional; /* the argument */
};

#define OPTION_ROWS_MAX 64

extern const struct option_row option_rows[];
extern const size_t option_row_count;

/* --- what was said --- */

enum options_action {
	OPTIONS_ACTION_SHOW,
	OPTIONS_ACTION_HELP,
	OPTIONS_ACTION_VERSION,
	OPTIONS_ACTION_LIST_COLUMNS,
	OPTIONS_ACTION_LIST_KEYS,
	OPTIONS_ACTION_LIST_FORMATS,
	OPTIONS_ACTION_LIST_FINDINGS,
	OPTIONS_ACTION_COMPLETE,
};

enum options_state { OPTIONS_STATE_LISTENERS = 1u << 0, OPTIONS_STATE_OTHERS = 1u << 1 };

enum options_color { OPTIONS_COLOR_AUTO, OPTIONS_COLOR_ALWAYS, OPTIONS_COLOR_NEVER };

struct text_list {
	const char **items; /* the array is owned */
	size_t count;
};

/* Texts are borrowed from argv. Zero and NULL: not said. */
struct options {
	unsigned action;   /* enum options_action */
	unsigned states;   /* enum options_state */
	unsigned protos;   /* LSP_BIT(enum lsp_proto) */
	unsigned families; /* LSP_BIT(enum lsp_family) */
	unsigned color;    /* enum options_color */
	unsigned source;   /* enum lsp_source */
	unsigned owners;   /* enum lsp_owners */
	bool has_all_netns, is_numeric, has_no_service_names, has_processes, is_extended;
	bool has_all_columns, has_no_header, is_strict, is_verbose, is_check;
	const char *output, *sort, *group_by, *format, *output_file, *sysroot;
	bool is_output_short; /* -o and not --output */
	const char *learn, *report_once, *explain, *watch;
	struct text_list netns, expected;
	char *const *selectors; /* what is no option: the tail of argv */
	size_t selector_count;
};

/*
 * options_parse() - pure but for getopt(3)'s own variables. @argv is put into another order and
 * must outlive @options.
 * @message: on -EINVAL one line that says what is wrong and the way out, not escaped; owned by
 *           the caller. NULL otherwise.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int options_parse(int argc, char **argv, struct options *options, char **message);

/* Takes a zeroed one too, leaves it zeroed. */
void options_deinit(struct options *options);

/*
 * options_explain_word() - the message for @value where only @words are valid.
 * @words: ends with NULL.
 * Return: owned by the caller, NULL when memory ran out.
 */
char *options_explain_word(const char *option, const char *value, const char *const *words);

/* options_format_help() - the text of --help, at most 80 columns wide. */
void options_format_help(struct buf *out);

#endif
