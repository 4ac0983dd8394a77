/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The differences between what listens and what the rules expect. */
#ifndef LSPORTS_CLI_VIEW_CHANGES_H
#define LSPORTS_CLI_VIEW_CHANGES_H
#pragma once

#include "view/view.h"

#include <lsports/judge.h>

enum change_kind {
	CHANGE_NEW,     /* a listener without a rule */
	CHANGE_CHANGED, /* a listener of which a rule says something else */
	CHANGE_MISSING, /* a required rule without a listener */
};
#define CHANGE_COUNT 3

struct change {
	enum change_kind kind;
	size_t index;       /* of the socket; not of CHANGE_MISSING */
	const char *reason; /* borrowed from the snapshot */
	const char *rule;   /* "file:line", borrowed, or NULL */
	char *text; /* the rule that would expect the listener, or the one that is missing; owned */
	bool was_told;    /* an earlier run told it: it counts, but is not shown */
	bool is_left_out; /* there are too many to show them all */
};

struct changes {
	struct change *items;
	size_t count;
	size_t unjudged; /* listeners of which a fact that decides could not be seen */
	size_t unasked;  /* required rules of which what was asked for cannot tell */
};

/*
 * changes_init() - of a snapshot that was judged, in its order; missing ones last.
 * Return: 0 or -ENOMEM; changes_deinit() may be called in either case.
 */
int changes_init(struct changes *changes, const struct lsp_snapshot *snapshot,
		 const struct view *view);
void changes_deinit(struct changes *changes);

char change_sign(enum change_kind kind);        /* '+', '~', '-' */
const char *change_word(enum change_kind kind); /* "new", "changed", "missing" */

#endif
