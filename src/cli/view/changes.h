/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The differences between what listens and what the rules expect, and the listeners of which nobody
 * can tell.
 */
#ifndef LSPORTS_CLI_VIEW_CHANGES_H
#define LSPORTS_CLI_VIEW_CHANGES_H
#pragma once

#include "array.h"
#include "view/view.h"

#include <lsports/judgement.h>

enum change_kind {
	CHANGE_NEW,      /* a listener without a rule */
	CHANGE_CHANGED,  /* a listener that differs from the rule of its port */
	CHANGE_MISSING,  /* a required rule without a listener */
	CHANGE_UNJUDGED, /* a listener with a rule that asks for a fact that could not be read */
};
#define CHANGE_COUNT (CHANGE_UNJUDGED + 1)

struct change {
	enum change_kind kind;
	size_t index;       /* of the socket; not of CHANGE_MISSING */
	const char *reason; /* borrowed from the snapshot */
	const char *rule;   /* "file:line", borrowed, or NULL */
	char *text; /* the rule that would expect the listener, or the one that is missing; owned */
	bool was_reported; /* by an earlier run: it counts, but is not shown */
};

struct changes {
	struct array items; /* struct change */
	size_t counts[CHANGE_COUNT];
	size_t undecided; /* sockets that the selection may have: a fact could not be read */
	size_t judged;    /* listeners with a verdict that says something */
	size_t skipped;   /* required rules that a listener outside the selection may satisfy */
};

/*
 * changes_init() - of a snapshot that was judged, in its order; missing ones last.
 * Return: 0 or -ENOMEM; changes_deinit() may be called in either case.
 */
int changes_init(struct changes *changes, const struct lsp_snapshot *snapshot,
		 const struct view *view);
void changes_deinit(struct changes *changes);

static inline struct change *changes_at(const struct changes *changes, size_t index)
{
	return (struct change *)changes->items.data + index;
}

/* The first one that could not be judged and was not reported before; NULL for none. */
const struct change *changes_first_unjudged(const struct changes *changes);

char changes_sign(enum change_kind kind);        /* '+', '~', '-', '?' */
const char *changes_word(enum change_kind kind); /* "new", "changed", "missing", "unjudged" */

#endif
