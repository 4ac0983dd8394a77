/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The option table: getopt's arrays, --help, completion and the check of the man page are made from
 * it.
 */
#ifndef LSPORTS_CLI_OPTION_ROWS_H
#define LSPORTS_CLI_OPTION_ROWS_H
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum option_group {
	OPTION_GROUP_WHAT,
	OPTION_GROUP_SHOW,
	OPTION_GROUP_FORMAT,
	OPTION_GROUP_JUDGE,
	OPTION_GROUP_SOURCE,
	OPTION_GROUP_META,
	OPTION_GROUP_HIDDEN,   /* a second name of the row above: not in --help */
	OPTION_GROUP_INTERNAL, /* for the completion files: only in full, and never offered */
	OPTION_GROUP_RESERVED, /* a letter with another meaning in ss: always an error */
};

/* What a row does to the member of struct options that it names. */
enum option_kind {
	OPTION_KIND_FLAG, /* bool: becomes true */
	OPTION_KIND_BITS, /* unsigned: `value` is added */
	/* unsigned: the bit of protocol `value` is added; letter, name and help are the protocol's
	 */
	OPTION_KIND_PROTOCOL,
	OPTION_KIND_VALUE, /* unsigned: becomes `value` */
	OPTION_KIND_WORD,  /* unsigned: becomes `value` plus the argument's index in `words` */
	OPTION_KIND_TEXT,  /* text: becomes the argument */
	OPTION_KIND_TEXTS, /* list: the argument is appended */
	OPTION_KIND_ERROR, /* `help` is the reason */
};

struct option_row {
	int letter;           /* 0: none */
	const char *name;     /* NULL: none */
	const char *argument; /* as --help calls it, NULL: none */
	const char *choices;  /* valid arguments, for a message, where there are no `words` */
	const char *example;  /* an argument, for a message, NULL: none */
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
extern const size_t option_rows_count;

/* Of a row of the table, or of the protocol that it stands for. */
int option_rows_letter(const struct option_row *row);       /* 0: none */
const char *option_rows_name(const struct option_row *row); /* NULL: none */
const char *option_rows_help(const struct option_row *row);

/* The name that may be abbreviated, completed and offered: NULL for none, or an internal one. */
const char *option_rows_public_name(const struct option_row *row);

bool option_rows_is_shown(const struct option_row *row); /* in --help and completion */

#endif
