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
	int (*find)(const struct root *root, const struct lsp_query *query,
		    struct lsp_snapshot *snapshot, struct buf *why);
};

extern const struct owner_source owner_source_bpf; /* where lsports was built with it */
extern const struct owner_source owner_source_proc;

/*
 * owners_find() - the first source of the table that works and that the query allows. Why a
 * source did not is a gap when nothing could stand in for it, and otherwise a note.
 * Return: 0 or -ENOMEM.
 */
int owners_find(const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot);

#endif
