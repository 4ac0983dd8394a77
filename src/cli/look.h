/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One look: rules loaded, sockets collected, rows selected. */
#ifndef LSPORTS_CLI_LOOK_H
#define LSPORTS_CLI_LOOK_H
#pragma once

#include "query.h"

struct look {
	struct query query;
	struct lsp_rules_loading *loading; /* between begin and end of their loading */
	struct lsp_rules *rules;           /* NULL when nothing is judged */
	bool has_bad_rules;                /* that is why: there is an error in them */
	struct lsp_snapshot *snapshot;
	uint32_t *rows; /* what the selectors chose, owned; the view borrows it */
	size_t unknown; /* sockets of which they could not tell */
	struct buf host;
};

/*
 * look_init() - @options are asked, and borrowed.
 * @messages: lines that say why it failed, not to be escaped again.
 * Return: 0, or a negative errno; look_deinit() may be called in either case.
 */
int look_init(struct look *look, const struct options *options, const struct query_output *output,
	      struct buf *messages);

/*
 * look_again() - the same question once more; rules are those of the first look. The snapshot that
 * is there is freed on success and stays on failure, unless the caller has taken it.
 * Return and @messages: as look_init().
 */
int look_again(struct look *look, const struct options *options, struct buf *messages);
void look_deinit(struct look *look);

/* Could a listener or an owner hide behind a gap? */
bool look_is_incomplete(const struct look *look);

/* Is the exit status that of a failure, though there is something to show? */
bool look_has_failed(const struct look *look);

/* Could a whole protocol not be read? */
bool look_is_blind(const struct lsp_snapshot *snapshot);

#endif
