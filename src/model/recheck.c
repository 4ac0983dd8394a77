/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Compares sockets without owner with a later snapshot. This is the one place that decides whether
 * a socket is still open, and what becomes of one that has closed. When there is a later snapshot
 * is decided by the caller.
 */
#include "model/recheck.h"

#include "cleanup.h"
#include "model/snapshot.h"

#include <errno.h>
#include <stdlib.h>

struct comparison {
	const struct recheck *recheck;
	struct lsp_snapshot *snapshot;
	const struct intmap *unowned;
	const struct lsp_snapshot *again;
	bool is_complete;    /* what @again lacks has closed */
	bool *is_gone;       /* one a socket of @snapshot: @again lacks it */
	struct intmap ports; /* of listeners that @again lacks -> 1 where another one listens */
	struct array fresh;  /* uint32_t: indices in @again of these others */
};

/*
 * Without its address: a program may open its next socket on another address or for another family,
 * and keep the port in use all the same.
 */
static uint64_t port_key(const struct lsp_socket *socket)
{
	return (uint64_t)socket->netns << 24 | (uint64_t)socket->proto << 16 | socket->local.port;
}

/*
 * Only the inode is known of every socket: one of the snapshots may have been read through
 * /proc/net, where there are no cookies, and the other one not. Where both have a cookie it
 * decides, since the inode number of a closed socket may be another socket's by now.
 */
static bool has_socket(const struct lsp_snapshot *snapshot, const struct intmap *rows,
		       const struct lsp_socket *socket)
{
	const uint32_t *row = intmap_find(rows, socket->inode);
	struct lsp_socket other;

	if (!row)
		return false;
	builder_peek(snapshot, *row, &other);
	return !socket->has_cookie || !other.has_cookie || socket->cookie == other.cookie;
}

/* --- which sockets are still open ----------------------------------------------------------- */

/* The rows of @again that are asked about, by inode. */
static int list_rows(const struct comparison *comparison, struct intmap *rows)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < lsp_snapshot_count(comparison->again); i++) {
		struct lsp_socket socket;

		builder_peek(comparison->again, i, &socket);
		if (socket.inode && intmap_find(comparison->unowned, socket.inode))
			r = intmap_put(rows, socket.inode, (uint32_t)i);
	}
	return r;
}

static int find_closed(struct comparison *comparison)
{
	struct intmap rows = {0};
	int r = list_rows(comparison, &rows);

	for (size_t i = 0; r >= 0 && i < lsp_snapshot_count(comparison->snapshot); i++) {
		struct lsp_socket socket;

		builder_peek(comparison->snapshot, i, &socket);
		if (!socket.inode || !intmap_find(comparison->unowned, socket.inode))
			continue;
		if (has_socket(comparison->again, &rows, &socket)) {
			builder_set_still_open(comparison->snapshot, i, LSP_YES);
			continue;
		}
		comparison->is_gone[i] = true;
		if (lsp_socket_is_listener(&socket))
			r = intmap_put(&comparison->ports, port_key(&socket), 0);
	}
	intmap_deinit(&rows);
	return r;
}

/* --- what listens on their ports ------------------------------------------------------------ */

/* All sockets of @snapshot on these ports, by inode. */
static int list_known(const struct comparison *comparison, struct intmap *known)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < lsp_snapshot_count(comparison->snapshot); i++) {
		struct lsp_socket socket;

		builder_peek(comparison->snapshot, i, &socket);
		if (socket.inode && intmap_find(&comparison->ports, port_key(&socket)))
			r = intmap_put(known, socket.inode, (uint32_t)i);
	}
	return r;
}

static int find_fresh(struct comparison *comparison)
{
	struct intmap known = {0};
	int r = comparison->ports.count ? list_known(comparison, &known) : 0;

	for (size_t i = 0; r >= 0 && known.count && i < lsp_snapshot_count(comparison->again);
	     i++) {
		struct lsp_socket socket;
		uint32_t *port, *slot;

		builder_peek(comparison->again, i, &socket);
		port = intmap_find(&comparison->ports, port_key(&socket));
		if (!port || !lsp_socket_is_listener(&socket) ||
		    has_socket(comparison->snapshot, &known, &socket))
			continue;
		*port = 1;
		slot = array_add(&comparison->fresh, sizeof(*slot));
		if (slot)
			*slot = (uint32_t)i;
		r = slot ? 0 : -ENOMEM;
	}
	intmap_deinit(&known);
	return r;
}

/* --- what becomes of them ------------------------------------------------------------------- */

/* What @again lacks may have been missed there, unless another one listens in its place. */
static bool has_closed(const struct comparison *comparison, bool is_replaced)
{
	return comparison->is_complete || is_replaced;
}

static bool is_kept(const struct recheck *recheck, bool is_listener, bool is_replaced)
{
	return is_listener && (recheck->keeps_closed || (recheck->is_last && is_replaced));
}

static size_t drop_closed(struct comparison *comparison)
{
	size_t closed = 0, count = lsp_snapshot_count(comparison->snapshot);

	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket;
		bool is_listener, is_replaced;

		if (!comparison->is_gone[i])
			continue;
		builder_peek(comparison->snapshot, i, &socket);
		is_listener = lsp_socket_is_listener(&socket);
		is_replaced = is_listener && *intmap_find(&comparison->ports, port_key(&socket));
		comparison->is_gone[i] = false;
		if (!has_closed(comparison, is_replaced))
			continue;
		closed++;
		builder_set_still_open(comparison->snapshot, i, LSP_NO);
		comparison->is_gone[i] = !is_kept(comparison->recheck, is_listener, is_replaced);
	}
	builder_drop(comparison->snapshot, comparison->is_gone);
	return closed;
}

static int add_fresh(const struct comparison *comparison)
{
	const uint32_t *rows = comparison->fresh.data;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < comparison->fresh.count; i++) {
		struct lsp_socket socket;

		builder_peek(comparison->again, rows[i], &socket);
		r = builder_add_socket(comparison->snapshot, &socket);
	}
	return r < 0 ? r : builder_sort_dedup(comparison->snapshot);
}

int recheck_apply(const struct recheck *recheck, struct lsp_snapshot *snapshot,
		  const struct intmap *unowned, const struct lsp_snapshot *again,
		  struct recheck_result *result)
{
	cleanup(cleanup_free) bool *is_gone =
		calloc(lsp_snapshot_count(snapshot) + 1, sizeof(*is_gone));
	struct comparison comparison = {
		.recheck = recheck,
		.snapshot = snapshot,
		.unowned = unowned,
		.again = again,
		.is_gone = is_gone,
	};
	size_t gaps;
	int r;

	*result = (struct recheck_result){0};
	lsp_snapshot_gaps(again, &gaps);
	comparison.is_complete = !gaps;
	r = is_gone ? find_closed(&comparison) : -ENOMEM;
	if (r >= 0)
		r = find_fresh(&comparison);
	if (r >= 0)
		result->closed = drop_closed(&comparison);
	if (r >= 0 && !recheck->is_last && comparison.fresh.count) {
		result->added = comparison.fresh.count;
		r = add_fresh(&comparison);
	}
	intmap_deinit(&comparison.ports);
	array_deinit(&comparison.fresh);
	return r;
}

/* --- gaps of two searches ------------------------------------------------------------------- */

void recheck_begin_search(struct lsp_snapshot *snapshot, struct array *gaps)
{
	*gaps = snapshot->gaps;
	snapshot->gaps = ARRAY_INIT;
}

/* Texts of both are in the string pool of the snapshot: equal ones have one address. */
static uint64_t count_of(const struct lsp_snapshot *snapshot, const struct lsp_gap *gap)
{
	const struct lsp_gap *gaps = snapshot->gaps.data;

	for (size_t i = 0; i < snapshot->gaps.count; i++)
		if (gaps[i].what == gap->what && gaps[i].why == gap->why)
			return gaps[i].count;
	return 0;
}

int recheck_end_search(struct lsp_snapshot *snapshot, struct array *gaps)
{
	const struct lsp_gap *earlier = gaps->data;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < gaps->count; i++) {
		struct lsp_gap gap = earlier[i];
		uint64_t count = count_of(snapshot, &gap);

		gap.count = gap.count > count ? gap.count - count : 0;
		r = builder_add_gap(snapshot, &gap);
	}
	array_deinit(gaps);
	return r;
}
