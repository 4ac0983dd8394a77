/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --complete word: what can stand at the cursor, a line "value<TAB>description" each. A value is a
 * whole word, which begins with what is there. A line whose value is empty asks the shell for names
 * of files ("FILE") or directories ("DIR") besides.
 */
#ifndef LSPORTS_CLI_COMPLETE_H
#define LSPORTS_CLI_COMPLETE_H
#pragma once

#include "options.h"

#include "view/view.h"

#include <lsports/judge.h>

/* --- where the cursor is: pure --- */

enum complete_kind {
	COMPLETE_KIND_NOTHING,
	COMPLETE_KIND_OPTION,  /* name of an option */
	COMPLETE_KIND_LETTERS, /* short options, all of them known: done as it is */
	COMPLETE_KIND_WORDS,   /* one of row->words */
	COMPLETE_KIND_COLUMNS,
	COMPLETE_KIND_FORMATS,
	COMPLETE_KIND_GROUPINGS,
	COMPLETE_KIND_NETNS,
	COMPLETE_KIND_RULE_FILE,
	COMPLETE_KIND_FILE,
	COMPLETE_KIND_DIRECTORY,
	COMPLETE_KIND_SELECTOR, /* key, port, service; after --color its words too */
	COMPLETE_KIND_PORT,     /* port or service */
	COMPLETE_KIND_KEY,      /* value of selector key `key` */
};

struct complete_place {
	enum complete_kind kind;
	const struct option_row *row; /* whose value it is; the last one of LETTERS */
	bool is_pending;              /* ... and it is the word before: "--sort" "port" */
	size_t key;                   /* index for lsp_key_at() */
	unsigned protos;              /* "tcp/" went before: LSP_BIT(enum lsp_proto); 0 is any */
	size_t start;                 /* of the value, or of the list, in the word */
	size_t kept;                  /* bytes of the word in front of what is completed */
};

/*
 * complete_find_place() - @words are those behind the program's name up to the cursor, the last one
 * is the one to complete; @count is 1 or more.
 */
void complete_find_place(const char *const *words, size_t count, struct complete_place *place);

/* Has what an option wants, as --help calls it, a row there? */
bool complete_knows_argument(const struct option_row *row);

/* --- what can stand there --- */

struct completion {
	const char *word; /* borrowed */
	struct complete_place place;
	struct buf *out;
};

/*
 * complete_offer() - a line, if @value fits and no shell and no list takes any of its bytes for
 * something else. @description NULL is none.
 */
void complete_offer(const struct completion *completion, const char *value,
		    const char *description);

/* complete_offer_live() - what a look at the machine that @options mean knows. */
void complete_offer_live(const struct completion *completion, const struct options *options);

/* Does a value of this key come from the machine? */
bool complete_is_live(const char *key);

/* complete_run() - @options->selectors are the words. Fails in silence. */
void complete_run(const struct options *options, struct sink *sink);

#endif
