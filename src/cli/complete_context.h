/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the last word of a command line that is being written can be, and which part of it is to be
 * completed.
 */
#ifndef LSPORTS_CLI_COMPLETE_CONTEXT_H
#define LSPORTS_CLI_COMPLETE_CONTEXT_H
#pragma once

#include "option_rows.h"

#include <lsports/fact.h>

enum complete_context_kind {
	COMPLETE_CONTEXT_NOTHING,
	COMPLETE_CONTEXT_OPTION,  /* name of an option */
	COMPLETE_CONTEXT_LETTERS, /* short options, all of them known: done as it is */
	COMPLETE_CONTEXT_WORDS,   /* one of row->words */
	COMPLETE_CONTEXT_COLUMNS,
	COMPLETE_CONTEXT_FORMATS,
	COMPLETE_CONTEXT_GROUPINGS,
	COMPLETE_CONTEXT_NETNS,
	COMPLETE_CONTEXT_RULE_FILE,
	COMPLETE_CONTEXT_FILE,
	COMPLETE_CONTEXT_DIRECTORY,
	COMPLETE_CONTEXT_SELECTOR, /* key, port, service; after --color its words too */
	COMPLETE_CONTEXT_PORT,     /* port or service */
	COMPLETE_CONTEXT_KEY,      /* value of selector key `key` */
};

struct complete_context {
	enum complete_context_kind kind;
	const struct option_row *row; /* whose value it is; the last one of LETTERS */
	bool is_pending;              /* ... and it is the word before: "--sort" "port" */
	const struct lsp_fact *key;   /* of COMPLETE_CONTEXT_KEY and _PORT behind "=" */
	unsigned protos;              /* "tcp/" went before: LSP_BIT; 0 is any */
	size_t start;                 /* of the value, or of the list, in the word */
	size_t kept;                  /* bytes of the word in front of what is completed */
};

/*
 * complete_context_parse() - @words are those behind the program's name up to the cursor, the last
 * one is the one to complete; @count is 1 or more.
 */
void complete_context_parse(const char *const *words, size_t count,
			    struct complete_context *context);

/* Is what --help calls the argument of @row known here? */
bool complete_context_knows(const struct option_row *row);

#endif
