/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The sockets of a snapshot as a set, to be compared with the set of another snapshot. Sockets are
 * told apart by what the kernel calls them, never by address and port: a listener that was closed
 * and opened again is another socket.
 */
#ifndef LSPORTS_SOCKET_SET_H
#define LSPORTS_SOCKET_SET_H
#pragma once

#include <lsports/lsports.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lsp_socket_set;

/*
 * lsp_socket_set_new() - @rows: those sockets alone; NULL is all of them.
 * @has_queues: the lengths of queues are compared too.
 * @out: for lsp_socket_set_free(), NULL on failure. It borrows nothing.
 * Return: 0 or -ENOMEM.
 */
int lsp_socket_set_new(const struct lsp_snapshot *snapshot, const uint32_t *rows, size_t row_count,
		       bool has_queues, struct lsp_socket_set **out);
void lsp_socket_set_free(struct lsp_socket_set *set); /* takes NULL too */

size_t lsp_socket_set_count(const struct lsp_socket_set *set);

/* Do both have the same sockets, and is what the kernel reports about each of them the same? */
bool lsp_socket_set_equal(const struct lsp_socket_set *a, const struct lsp_socket_set *b);

#define LSP_SOCKET_SET_NONE SIZE_MAX

/* Indices in the snapshots; LSP_SOCKET_SET_NONE where the socket was not there, or is gone. */
struct lsp_socket_set_pair {
	size_t before, after;
};

/*
 * lsp_socket_set_next() - the next socket of either set, in the order of namespaces and cookies.
 * @at: two zeros before the first call.
 * Return: false behind the last socket.
 */
bool lsp_socket_set_next(const struct lsp_socket_set *before, const struct lsp_socket_set *after,
			 size_t at[2], struct lsp_socket_set_pair *pair);

#ifdef __cplusplus
}
#endif

#endif
