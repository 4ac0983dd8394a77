/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket table in order: doubles go, sockets are sorted, all in place, since 200,000
 * connections must not cost more memory than a program that prints them as they come.
 */
#include "sockets.h"

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
	const struct strpool *strings;
	/* Below DIGITS: the upper part of the key. */
	unsigned (*digit)(const struct sorter *sorter, const struct packed_socket *socket);
	int (*compare)(const struct sorter *sorter, const struct packed_socket *a,
		       const struct packed_socket *b);
};

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static const struct socket_kind *kind_of(const struct sorter *sorter,
					 const struct packed_socket *socket)
{
	return recpool_at(&sorter->table->kinds, socket->kind);
}

static uint64_t cookie_of(const struct sorter *sorter, const struct packed_socket *socket)
{
	return (uint64_t)kind_of(sorter, socket)->cookie_high << 32 | socket->cookie_low;
}

static int compare_addresses(const struct sorter *sorter, uint8_t family, uint32_t a, uint32_t b)
{
	if (a == b)
		return 0;
	if (family == LSP_FAMILY_IPV4)
		return compare_u64(a, b);
	return memcmp(recpool_at(&sorter->table->addresses, a),
		      recpool_at(&sorter->table->addresses, b), 16);
}

static int compare_interfaces(const struct sorter *sorter, uint32_t a, uint32_t b)
{
	if (a == b)
		return 0;
	if (!a || !b)
		return a ? 1 : -1;
	return strcmp(strpool_find(sorter->strings, a), strpool_find(sorter->strings, b));
}

static int compare_order(const struct sorter *sorter, const struct packed_socket *a,
			 const struct packed_socket *b)
{
	const struct socket_kind *ka = kind_of(sorter, a), *kb = kind_of(sorter, b);
	int r = compare_u64(a->local_port, b->local_port);

	if (!r)
		r = compare_u64(ka->proto, kb->proto);
	if (!r)
		r = compare_u64(ka->family, kb->family);
	if (!r)
		r = compare_addresses(sorter, ka->family, a->local, b->local);
	if (!r)
		r = compare_interfaces(sorter, ka->interface, kb->interface);
	if (!r)
		r = compare_addresses(sorter, ka->family, a->peer, b->peer);
	if (!r)
		r = compare_u64(a->peer_port, b->peer_port);
	if (!r)
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
	const struct socket_kind *ka = kind_of(sorter, a), *kb = kind_of(sorter, b);
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

/* Heap sort: in place, n log n whatever the input. */
static void sort_bucket(const struct sorter *sorter, struct packed_socket *s, size_t count)
{
	for (size_t start = count / 2, end = count; end > 1;) {
		size_t parent, child;

		if (start)
			start--;
		else
			swap(&s[0], &s[--end]);
		for (parent = start; (child = parent * 2 + 1) < end; parent = child) {
			if (child + 1 < end &&
			    sorter->compare(sorter, &s[child], &s[child + 1]) < 0)
				child++;
			if (sorter->compare(sorter, &s[parent], &s[child]) >= 0)
				break;
			swap(&s[parent], &s[child]);
		}
	}
}

/*
 * One pass that puts each socket into the bucket of its digit, in place, then each bucket. With
 * few sockets all of them are one bucket.
 */
static int sort_table(struct socket_table *table, const struct sorter *sorter)
{
	struct packed_socket *s = table->sockets;
	uint32_t *ends, *next;
	uint32_t sum = 0;

	if (table->count < DIGITS_WORTH) {
		sort_bucket(sorter, s, table->count);
		return 0;
	}
	ends = calloc(2 * DIGITS, sizeof(*ends));
	if (!ends)
		return -ENOMEM;
	next = ends + DIGITS;
	for (size_t i = 0; i < table->count; i++)
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

int socket_table_unique(struct socket_table *table, struct socket_mark *autos, size_t auto_count)
{
	struct sorter sorter = {
		.table = table,
		.digit = digit_of_identity,
		.compare = compare_identity,
	};
	size_t kept = 0;
	int r = sort_table(table, &sorter);

	if (r < 0)
		return r;
	if (auto_count)
		qsort(autos, auto_count, sizeof(*autos), compare_marks);
	for (size_t i = 0; i < table->count; i++) {
		struct packed_socket *socket = &table->sockets[i];
		struct socket_mark mark = {
			.cookie = cookie_of(&sorter, socket),
			.netns = kind_of(&sorter, socket)->netns,
		};
		bool has_identity = kind_of(&sorter, socket)->has_cookie || socket->inode;

		if (kept && has_identity &&
		    compare_identity(&sorter, &table->sockets[kept - 1], socket) == 0)
			continue;
		if (auto_count && bsearch(&mark, autos, auto_count, sizeof(*autos), compare_marks))
			socket->is_auto = 1;
		table->sockets[kept++] = *socket;
	}
	table->count = kept;
	return 0;
}

int socket_table_order(struct socket_table *table, const struct strpool *strings)
{
	struct sorter sorter = {
		.table = table,
		.strings = strings,
		.digit = digit_of_port,
		.compare = compare_order,
	};
	size_t kept = 0;
	int r = sort_table(table, &sorter);

	if (r < 0)
		return r;
	/* What has no identity (TIME_WAIT through /proc) is the same when all of it is. */
	for (size_t i = 0; i < table->count; i++) {
		if (kept &&
		    compare_order(&sorter, &table->sockets[kept - 1], &table->sockets[i]) == 0)
			continue;
		table->sockets[kept++] = table->sockets[i];
	}
	table->count = kept;
	return 0;
}

bool socket_table_is_one_place(const struct socket_table *table, const struct strpool *strings,
			       size_t a, size_t b)
{
	const struct sorter sorter = {.table = table, .strings = strings};
	const struct packed_socket *x = &table->sockets[a], *y = &table->sockets[b];
	const struct socket_kind *kx = kind_of(&sorter, x), *ky = kind_of(&sorter, y);

	return x->local_port == y->local_port && kx->netns == ky->netns && kx->proto == ky->proto &&
	       kx->family == ky->family &&
	       compare_addresses(&sorter, kx->family, x->local, y->local) == 0 &&
	       compare_interfaces(&sorter, kx->interface, ky->interface) == 0;
}
