/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One way to find the owners of sockets. */
#ifndef LSPORTS_OWNERS_OWNER_SOURCE_H
#define LSPORTS_OWNERS_OWNER_SOURCE_H
#pragma once

#include "error.h"
#include "root.h"

#include <lsports/lsports.h>

struct owner_source {
	const char *name;
	enum lsp_owners id;
	const char *way;   /* "by reading /proc of", before the processes that were read */
	const char *which; /* " with descriptors": of the processes that it counts */

	/* Is it faster here than the sources behind it in the table? NULL: they are never asked. */
	bool (*pays_off)(const struct root *root);

	/*
	 * What can be done while sockets are being read; NULL where nothing can. Return: for @find,
	 * and for @discard. It may be NULL: then @find has everything to do.
	 */
	void *(*prepare)(const struct root *root, const struct lsp_query *query);

	/*
	 * Adds every owner of a wanted inode by builder_add_owner(), and what it was able to see by
	 * builder_set_walk(); what it could not see is a gap of the snapshot.
	 * @prepared: by @prepare, or NULL.
	 * Return: 0, or a negative errno when it cannot do its work at all; @why then has a text
	 * where there is more to say than the errno does.
	 */
	int (*find)(const struct root *root, const struct lsp_query *query,
		    struct lsp_snapshot *snapshot, void *prepared, struct error *why);

	void (*discard)(void *prepared); /* takes NULL too */
};

#endif
