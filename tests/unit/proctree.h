/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of owners share: processes recorded in a tree, and the owners found there.
 */
#ifndef LSPORTS_TESTS_PROCTREE_H
#define LSPORTS_TESTS_PROCTREE_H
#pragma once

#include "support.h"

#include <lsports/lsports.h>

#define ALL_FACTS (~0u)
#define STATUS(uid) "Name:\tx\nUid:\t9\t" #uid "\t9\t9\nGid:\t9\t9\t9\t9\n"
#define STAT_OF(state, flags, started)                                                             \
	"5 (a) b) " state " 1 5 5 0 -1 " flags " 0 0 0 0 0 0 0 0 20 0 1 0 " started " 0 0\n"
#define STAT STAT_OF("S", "4194560", "12345")

/* --- recording --- */

/* A file of one process. */
__attribute__((format(printf, 4, 5))) void proctree_add(const char *tree, unsigned pid,
							const char *text, const char *format, ...);

/* A descriptor. @table: "fd", or that of a thread */
void proctree_link(const char *tree, unsigned pid, const char *table, unsigned fd,
		   const char *target);

/* A process of uid 1000 with two descriptors. @comm: with its newline */
void proctree_process(const char *tree, unsigned pid, const char *comm, unsigned fd,
		      const char *target);

/* Writes the four files of proc/net for these sockets, of any protocol and family. */
void proctree_sockets(const char *tree, const struct lsp_socket *sockets, size_t count);

/* --- looking --- */

/* A sorted snapshot with one listener for each inode, in their order. */
struct lsp_snapshot *proctree_wanting(const uint32_t *inodes, size_t count);

/* Adds owners to a sorted snapshot. */
void proctree_search(const struct root *root, const struct lsp_query *query,
		     struct lsp_snapshot *snapshot);

/* A sealed snapshot of these inodes with the owners that @tree has. */
struct lsp_snapshot *proctree_find(const char *tree, unsigned lookups, const uint32_t *inodes,
				   size_t count);
struct lsp_snapshot *proctree_find_one(const char *tree, uint32_t inode);

/* --- checking --- */

/* Owners of socket @index, which must be @count. */
const struct lsp_owner *proctree_owners(const struct lsp_snapshot *snapshot, size_t index,
					size_t count);
enum lsp_owner_gap proctree_owner_gap(const struct lsp_snapshot *snapshot, size_t index);

/* The gap whose reason holds @text, NULL when there is none. */
const struct lsp_gap *proctree_gap(const struct lsp_snapshot *snapshot, const char *text);
bool proctree_has_note(const struct lsp_snapshot *snapshot, const char *text);
void proctree_expect_no_gap(const struct lsp_snapshot *snapshot);

#endif
