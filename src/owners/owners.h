/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sockets -> processes: who holds the sockets of a settled snapshot. */
#ifndef LSPORTS_OWNERS_OWNERS_H
#define LSPORTS_OWNERS_OWNERS_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

/*
 * One way to find owners. @find tells every owner of a wanted inode by snapshot_add_owner(), and
 * with snapshot_set_walk() what it was able to see; what it could not see is a gap of the
 * snapshot. Return: 0 or a negative errno when it cannot do its work at all, with more about it in
 * @why or nothing.
 */
struct owner_source {
	const char *name;
	enum lsp_owners id;
	bool (*is_worth)(const struct root *root); /* NULL: always tried where none is named */

	/*
	 * What can be done beside the reading of sockets; NULL where nothing is. Return: what @find
	 * takes as @begun, and @end frees. It may be NULL: then @find has all to do.
	 */
	void *(*begin)(const struct root *root, const struct lsp_query *query);
	int (*find)(const struct root *root, const struct lsp_query *query,
		    struct lsp_snapshot *snapshot, void *begun, struct buf *why);
	void (*end)(void *begun); /* takes NULL too */
};

extern const struct owner_source owner_source_bpf; /* where lsports was built with it */
extern const struct owner_source owner_source_proc;

/* From before sockets are read until their owners are found. */
struct owner_search {
	size_t first;   /* index of the source that is tried first */
	bool is_little; /* one before it was left out because it would not have paid */
	void *begun;    /* by the first one, or NULL */
};

/* owners_begin() - chooses how owners are found, and begins where sockets are not needed. */
void owners_begin(struct owner_search *search, const struct root *root,
		  const struct lsp_query *query);

/*
 * owners_find() - the first source of the table that works and that the query allows. Why a
 * source did not is a gap when nothing could stand in for it, and otherwise a note.
 * Return: 0 or -ENOMEM.
 */
int owners_find(struct owner_search *search, const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot);

/* owners_end() - of a search that was begun or is zeroed; leaves it zeroed. */
void owners_end(struct owner_search *search);

#endif
