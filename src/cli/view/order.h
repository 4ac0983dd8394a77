/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which order rows are shown, and the way to one of them. */
#ifndef LSPORTS_CLI_VIEW_ORDER_H
#define LSPORTS_CLI_VIEW_ORDER_H
#pragma once

#include "view/view.h"

struct order {
	const struct lsp_snapshot *snapshot;
	struct column group; /* whose cells make the groups, if it has a fact */
	uint32_t *indices;   /* owned; NULL: the snapshot's own order */
	size_t count;
	const struct view *view; /* borrowed: signs, and rows that are gone */
	unsigned hidden;         /* as in struct view */
	bool has_owners;         /* somebody will ask for owners of a row */
};

/*
 * order_init() - @has_headings: a heading is shown above each group.
 * Return: 0 or -ENOMEM; order_deinit() may be called in either case.
 */
int order_init(struct order *order, const struct view *view, const struct lsp_snapshot *snapshot,
	       bool has_headings);
void order_deinit(struct order *order);

/* @at below count; @row is overwritten. */
void order_row(const struct order *order, size_t at, bool for_people, struct row *row);

#endif
