/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One inspection of the machine: rules loaded, sockets collected and judged, rows selected. */
#ifndef LSPORTS_CLI_INSPECTION_H
#define LSPORTS_CLI_INSPECTION_H
#pragma once

#include "query.h"

#include "error.h"

struct inspection {
	struct query query;
	struct lsp_rules *rules;  /* NULL when nothing is judged */
	struct error rules_error; /* that is why: rules that could not be loaded */
	struct lsp_snapshot *snapshot;
	uint32_t *rows; /* sockets that the selectors match, owned; the view borrows it */
	size_t unknown; /* sockets that may match: a fact that decides could not be read */
	struct buf host;
};

/*
 * inspection_init() - @options are asked, and borrowed.
 * @error: why it failed, a line or more.
 * Return: 0, or a negative errno; inspection_deinit() may be called in either case.
 */
int inspection_init(struct inspection *inspection, const struct options *options,
		    const struct target *target, struct error *error);

/*
 * inspection_again() - the same question once more, with the rules that are there. The snapshot
 * that is there is freed on success and stays on failure, unless the caller has taken it. Return
 * and
 * @error: as inspection_init().
 */
int inspection_again(struct inspection *inspection, const struct options *options,
		     struct error *error);
void inspection_deinit(struct inspection *inspection);

/* Is nothing hidden that could change a verdict, and could the selectors decide everywhere? */
bool inspection_is_judged(const struct inspection *inspection);

/* Is nothing hidden by a gap, and could the selectors decide about every socket? */
bool inspection_is_complete(const struct inspection *inspection);

/*
 * inspection_find_unjudged() - the first selected listener whose verdict is unjudged.
 * @count: how many there are.
 * Return: its index; of no meaning where there is none.
 */
size_t inspection_find_unjudged(const struct inspection *inspection, size_t *count);

/* Is exit status 3 due with --strict: could something be hidden, or not be judged? */
bool inspection_fails_strict(const struct inspection *inspection, const struct options *options);

/* inspection_check_blind() - Return: 0, or -EIO where no socket of a whole protocol could be read.
 */
int inspection_check_blind(const struct lsp_snapshot *snapshot, struct error *error);

/* inspection_collect() - lsp_collect(), whose failure is put into words. */
int inspection_collect(const struct lsp_query *query, struct lsp_snapshot **snapshot,
		       struct error *error);

/* Is there something to show, but the exit status is that of a failure? */
bool inspection_has_failed(const struct inspection *inspection);

#endif
