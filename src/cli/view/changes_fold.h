/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which differences have a line of their own, and how the others are counted. */
#ifndef LSPORTS_CLI_VIEW_CHANGES_FOLD_H
#define LSPORTS_CLI_VIEW_CHANGES_FOLD_H
#pragma once

#include "buf.h"
#include "view/changes.h"
#include "view/fold.h"

struct changes_fold {
	struct array rows;  /* struct fold_row, one for each listener, in the order of changes */
	struct array rests; /* struct fold_rest */
};

/*
 * changes_fold_init() - privileged ports and new listeners are shown first. Missing rules are never
 * folded: only who writes rules can make many of them.
 * @has_reported: those that were reported before are shown too.
 * Return: 0 or -ENOMEM; changes_fold_deinit() may be called in either case.
 */
int changes_fold_init(struct changes_fold *fold, const struct changes *changes,
		      const struct lsp_snapshot *snapshot, bool has_reported, size_t max);
void changes_fold_deinit(struct changes_fold *fold);

/* changes_fold_init_row() - user, unit and program of socket @index, for fold_rows(). */
void changes_fold_init_row(struct fold_row *row, const struct lsp_snapshot *snapshot, size_t index,
			   bool is_new);

/* "... and 4980 more of user alice, unit session-1.scope, program /srv/app" */
void changes_fold_append_rest(struct buf *out, const struct lsp_snapshot *snapshot,
			      const struct changes *changes, const struct fold_rest *rest);

#endif
