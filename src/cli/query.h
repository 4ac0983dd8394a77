/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options -> what the kernel is asked (scope) and how the answer is shown (view). */
#ifndef LSPORTS_CLI_QUERY_H
#define LSPORTS_CLI_QUERY_H
#pragma once

#include "options.h"
#include "target.h"

#include "view/event.h"
#include "view/formats.h"

#include <lsports/judgement.h>

struct query {
	struct lsp_query scope;
	struct view view;
	const struct format *format;
	struct lsp_selector *selector; /* owned; scope borrows from it */
	unsigned judge_flags;          /* enum lsp_judge_flag */
	int64_t timeout;               /* nanoseconds that one look may take, 0: any */
	bool is_check;                 /* differences are shown, not listeners */
	bool has_late_users; /* of differences alone users are looked up, when there are any */
	bool is_drawn;       /* --watch: on a screen, not as events */
	enum event_style event_style; /* of --watch */
};

/*
 * query_init() - @query borrows from @options, which go together (conflicts.h).
 * @error: one line that says what is wrong, unless memory is short.
 * Return: 0, -EINVAL, -ENOMEM.
 */
int query_init(struct query *query, const struct options *options, const struct target *target,
	       struct error *error);

/* Takes a zeroed one too. */
void query_deinit(struct query *query);

/* query_deadline() - when a look that begins now has to end, as in struct lsp_query. */
int64_t query_deadline(const struct query *query);

/* Are differences asked for, and not a listing? A format may say so too. */
bool query_is_check(const struct options *options);

#endif
