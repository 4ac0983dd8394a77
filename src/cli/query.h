/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was said -> what the kernel is asked (scope) and how the answer is shown (view). */
#ifndef LSPORTS_CLI_QUERY_H
#define LSPORTS_CLI_QUERY_H
#pragma once

#include "options.h"

#include "view/events.h"
#include "view/view.h"

#include <lsports/judge.h>

/* Where output goes to. */
struct query_output {
	bool is_terminal;
	unsigned width;       /* columns of the terminal, 0: unknown */
	const char *term;     /* TERM, NULL: unset */
	const char *no_color; /* NO_COLOR, NULL: unset */
};

struct query {
	struct lsp_query scope;
	struct view view;
	const struct format *format;
	struct lsp_selector *selector; /* owned; scope borrows from it */
	bool is_check;                 /* differences are shown, not listeners */
	bool is_drawn;                 /* --watch: on a screen, not as events */
	enum event_style event_style;  /* of --watch */
};

/*
 * query_init() - @query borrows from @options.
 * @message: on -EINVAL one line that says what is wrong, not escaped; owned by the caller. NULL
 *           otherwise.
 *
 * Return: 0, -EINVAL, -ENOMEM.
 */
int query_init(struct query *query, const struct options *options,
	       const struct query_output *output, char **message);

/* Takes a zeroed one too. */
void query_deinit(struct query *query);

#endif
