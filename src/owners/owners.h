/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sockets -> processes: who holds the sockets of a snapshot whose sockets are complete. */
#ifndef LSPORTS_OWNERS_OWNERS_H
#define LSPORTS_OWNERS_OWNERS_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

/* From before sockets are read until their owners are found. */
struct owner_search {
	size_t first;     /* index of the source that is tried first */
	bool has_skipped; /* a faster source stands before it, which does not pay off here */
	void *prepared;   /* by the first one, or NULL */
};

/*
 * owners_prepare() - chooses how owners are found, and begins with what needs no sockets.
 * @search: for owners_discard().
 */
void owners_prepare(struct owner_search *search, const struct root *root,
		    const struct lsp_query *query);

/*
 * owners_find() - by the first source that works and that the query allows, for sockets that have
 * no owner yet. It may be called again; what was prepared serves the first call alone. Why a source
 * did not work is a gap when no other one could stand in for it, and otherwise a note. Return: 0 or
 * -ENOMEM.
 */
int owners_find(struct owner_search *search, const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot);

void owners_discard(struct owner_search *search); /* takes a zeroed one too, leaves it zeroed */

#endif
