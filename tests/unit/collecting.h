/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A collection and its snapshot: read from a tree, a script, or a made-up kernel. */
#ifndef LSPORTS_TESTS_COLLECTING_H
#define LSPORTS_TESTS_COLLECTING_H
#pragma once

#include "collect/collection.h"
#include "fakediag.h"
#include "support.h"

struct collecting {
	struct root root;
	struct lsp_query query; /* the test may change it before anything is collected */
	struct lsp_snapshot *snapshot;
	struct collection collection;
	struct fake_kernel kernel; /* of collecting_from_kernel() */
	struct script script;      /* of collecting_from_script() */
	struct buf text;           /* for the test; freed with the rest */
};

/* @tree: NULL is the machine. */
void collecting_init(struct collecting *collecting, const char *tree, const struct lsp_query *query,
		     uint32_t netns);
void collecting_deinit(struct collecting *collecting);

/* What answers netlink requests instead of the tree. */
void collecting_from_kernel(struct collecting *collecting, const struct lsp_socket *sockets,
			    size_t count);
void collecting_from_script(struct collecting *collecting, const struct datagram *datagrams,
			    size_t count);

/* The number of sockets collected so far. */
size_t collecting_count(const struct collecting *collecting);

/* The gap about @what whose reason holds @why; NULL when there is none. @what: NULL is any. */
const struct lsp_gap *collecting_gap(const struct collecting *collecting, const char *what,
				     const char *why);
bool collecting_has_note(const struct collecting *collecting, const char *note);

#endif
