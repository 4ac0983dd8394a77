/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket table in order: duplicates are dropped, sockets are sorted, all in place, since
 * 200,000 connections must not cost more memory than a program that prints them as they come.
 */
#include "model/socket_order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Two ports each: twice as many would not be faster, and their counts would take as much memory as
 * a thirtieth of 200,000 sockets. */
#define DIGITS 32768u
/* Below so many sockets the pass over all digits costs more than it saves. */
#define DIGITS_WORTH 256

struct sorter {
	const struct socket_table *table;
	/* Below DIGITS: the upper part of the key. */
	unsigned (*digit)(const struct sorter *sorter, const struct packed_socket *socket);
	int (*compare)(const struct sorter *sorter, const struct packed_socket *a,
		       const struct packed_socket *b);
};

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static const struct socket_attrs *kind_of(const struct sorter *sorter,
					  const struct packed_socket *socket)
{
	return recpool_at(&sorter->table->kinds, socket->kind);
}

static uint64_t cookie_of(const struct sorter *sorter, const struct packed_socket *socket)
{
	return (uint64_t)kind_of(sorter, socket)->cookie_high << 32 | socket->cookie_low;
}

static int compare_addresses(const struct sorter *sorter, bool is_packed, uint32_t a, uint32_t b)
{
	if (a == b)
		return 0;
	if (is_packed)
		return compare_u64(a, b);
	return memcmp(recpool_at(&sorter->table->addresses, a),
		      recpool_at(&sorter->table->addresses, b), 16);
}

static int compare_zones(const char *a, const char *b)
{
	if (a == b)
		return 0;
	if (!a || !b)
		return a ? 1 : -1;
	return strcmp(a, b);
}

static int compare_order(const struct sorter *sorter, const struct packed_socket *a,
			 const struct packed_socket *b)
{
	const struct socket_attrs *ka = kind_of(sorter, a), *kb = kind_of(sorter, b);
	/* Most sockets of one port are of one kind: then nothing of it needs to be compared. */
	bool is_alike = a->kind == b->kind;
	int r = compare_u64(a->local_port, b->local_port);

	if (!r && !is_alike)
		r = compare_u64(ka->proto, kb->proto);
	if (!r && !is_alike)
		r = compare_u64(ka->family, kb->family);
	if (!r)
		r = compare_addresses(sorter, ka->is_packed, a->local, b->local);
	if (!r && !is_alike)
		r = compare_zones(ka->zone, kb->zone);
	if (!r)
		r = compare_addresses(sorter, ka->is_packed, a->peer, b->peer);
	if (!r)
		r = compare_u64(a->peer_port, b->peer_port);
	if (!r && !is_alike)
		r = compare_u64(ka->netns, kb->netns);
	if (!r)
		r = compare_u64(cookie_of(sorter, a), cookie_of(sorter, b));
	if (!r)
		r = compare_u64(a->inode, b->inode);
	return r ? r : compare_u64(ka->state, kb->state);
}

/* Cookie where there is one, else inode: what makes two reports the same socket. */
static int compare_identity(const struct sorter *sorter, const struct packed_socket *a,
			    const struct packed_socket *b)
{
	const struct socket_attrs *ka = kind_of(sorter, a), *kb = kind_of(sorter, b);
	int r = compare_u64(ka->has_cookie, kb->has_cookie);

	if (!r)
		r = compare_u64(ka->netns, kb->netns);
	if (r)
		return r;
	if (ka->has_cookie)
		return compare_u64(cookie_of(sorter, a), cookie_of(sorter, b));
	return compare_u64(a->inode, b->inode);
}

static void swap(struct packed_socket *a, struct packed_socket *b)
{
	struct packed_socket kept = *a;

	*a = *b;
	*b = kept;
}

/* The element at @start goes down to where it belongs; below it there is a heap already. */
static void sift_down(const struct sorter *sorter, struct packed_socket *s, size_t start,
		      size_t end)
{
	struct packed_socket kept;
	size_t at = start, child;

	/* Down to a leaf along the larger children, and back up: most elements belong near a leaf,
	 * and so it is one comparison a level instead of two. */
	for (; (child = at * 2 + 1) < end; at = child) {
		if (child + 1 < end && sorter->compare(sorter, &s[child], &s[child + 1]) < 0)
			child++;
	}
	while (at > start && sorter->compare(sorter, &s[at], &s[start]) < 0)
		at = (at - 1) / 2;
	kept = s[at];
	s[at] = s[start];
	while (at > start) {
		at = (at - 1) / 2;
		swap(&s[at], &kept);
	}
}

/* Heap sort: in place, n log n whatever the input. */
static void sort_bucket(const struct sorter *sorter, struct packed_socket *s, size_t count)
{
	for (size_t start = count / 2; start > 0; start--)
		sift_down(sorter, s, start - 1, count);
	for (size_t end = count; end > 1; end--) {
		swap(&s[0], &s[end - 1]);
		sift_down(sorter, s, 0, end - 1);
	}
}

/*
 * One pass that puts each socket into the bucket of its digit, in place, then each bucket. With
 * few sockets all of them are one bucket.
 */
static int sort_table(struct socket_table *table, const struct sorter *sorter)
{
	struct packed_socket *s = table->sockets.data;
	size_t count = socket_table_count(table);
	uint32_t *ends, *next;
	uint32_t sum = 0;

	if (count < DIGITS_WORTH) {
		sort_bucket(sorter, s, count);
		return 0;
	}
	ends = calloc(2 * DIGITS, sizeof(*ends));
	if (!ends)
		return -ENOMEM;
	next = ends + DIGITS;
	for (size_t i = 0; i < count; i++)
		ends[sorter->digit(sorter, &s[i])]++;
	for (size_t d = 0; d < DIGITS; d++) {
		next[d] = sum;
		sum += ends[d];
		ends[d] = sum;
	}
	for (unsigned d = 0; d < DIGITS; d++) {
		while (next[d] < ends[d]) {
			unsigned home = sorter->digit(sorter, &s[next[d]]);

			if (home == d)
				next[d]++;
			else
				swap(&s[next[d]], &s[next[home]++]);
		}
	}
	for (size_t d = 0, start = 0; d < DIGITS; start = ends[d++]) {
		if (ends[d] - start > 1)
			sort_bucket(sorter, s + start, ends[d] - start);
	}
	free(ends);
	return 0;
}

static unsigned digit_of_port(const struct sorter *sorter, const struct packed_socket *socket)
{
	(void)sorter;
	return socket->local_port / (65536u / DIGITS);
}

static unsigned digit_of_identity(const struct sorter *sorter, const struct packed_socket *socket)
{
	bool has_cookie = kind_of(sorter, socket)->has_cookie;

	return (has_cookie ? socket->cookie_low : socket->inode) % DIGITS;
}

static int compare_marks(const void *a, const void *b)
{
	const struct socket_mark *x = a, *y = b;
	int r = compare_u64(x->netns, y->netns);

	return r ? r : compare_u64(x->cookie, y->cookie);
}

int socket_order_dedup(struct socket_table *table, struct socket_mark *autos, size_t auto_count)
{
	struct sorter sorter = {
		.table = table,
		.digit = digit_of_identity,
		.compare = compare_identity,
	};
	struct packed_socket *sockets = table->sockets.data;
	size_t kept = 0;
	int r = sort_table(table, &sorter);

	if (r < 0)
		return r;
	if (auto_count)
		qsort(autos, auto_count, sizeof(*autos), compare_marks);
	for (size_t i = 0; i < socket_table_count(table); i++) {
		struct packed_socket *socket = &sockets[i];
		struct socket_mark mark = {
			.cookie = cookie_of(&sorter, socket),
			.netns = kind_of(&sorter, socket)->netns,
		};
		bool has_identity = kind_of(&sorter, socket)->has_cookie || socket->inode;

		if (kept && has_identity &&
		    compare_identity(&sorter, &sockets[kept - 1], socket) == 0)
			continue;
		if (auto_count && bsearch(&mark, autos, auto_count, sizeof(*autos), compare_marks))
			socket->is_auto = 1;
		sockets[kept++] = *socket;
	}
	table->sockets.count = kept;
	return 0;
}

int socket_order_sort(struct socket_table *table)
{
	struct sorter sorter = {
		.table = table,
		.digit = digit_of_port,
		.compare = compare_order,
	};
	struct packed_socket *sockets = table->sockets.data;
	size_t kept = 0;
	int r = sort_table(table, &sorter);

	if (r < 0)
		return r;
	/* What has no identity (TIME_WAIT through /proc) is the same when all of it is. */
	for (size_t i = 0; i < socket_table_count(table); i++) {
		if (kept && compare_order(&sorter, &sockets[kept - 1], &sockets[i]) == 0)
			continue;
		sockets[kept++] = sockets[i];
	}
	table->sockets.count = kept;
	return 0;
}

bool socket_order_same_local_endpoint(const struct socket_table *table, size_t a, size_t b)
{
	const struct sorter sorter = {.table = table};
	const struct packed_socket *x = socket_table_at(table, a), *y = socket_table_at(table, b);
	const struct socket_attrs *kx = kind_of(&sorter, x), *ky = kind_of(&sorter, y);

	return x->local_port == y->local_port && kx->netns == ky->netns && kx->proto == ky->proto &&
	       kx->family == ky->family &&
	       compare_addresses(&sorter, kx->is_packed, x->local, y->local) == 0 &&
	       compare_zones(kx->zone, ky->zone) == 0;
}
