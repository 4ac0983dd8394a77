/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The socket table: packs, removes doubles and orders, all in place, since 200,000 connections
 * must not cost more memory than a program that prints them as they come. It resolves no name.
 */
#include "sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 256
#define DIGITS 65536u
/* Below so many sockets the pass over all digits costs more than it saves. */
#define DIGITS_WORTH 256

_Static_assert(sizeof(struct packed_socket) == 24, "a socket costs 24 bytes");
_Static_assert(sizeof(struct socket_kind) % 8 == 0, "hashed in words of 8 bytes");

void socket_table_init(struct socket_table *table)
{
	*table = (struct socket_table){
		.kinds.record_size = sizeof(struct socket_kind),
		.addresses.record_size = 16,
	};
}

void socket_table_deinit(struct socket_table *table)
{
	free(table->sockets);
	recpool_deinit(&table->kinds);
	recpool_deinit(&table->addresses);
}

static int pack_address(struct socket_table *table, enum lsp_family family,
			const uint8_t address[16], uint32_t *packed)
{
	if (family == LSP_FAMILY_IPV6)
		return recpool_add(&table->addresses, address, packed);
	memcpy(packed, address, sizeof(*packed));
	*packed = ntohl(*packed);
	return 0;
}

static void unpack_address(const struct socket_table *table, enum lsp_family family,
			   uint32_t packed, uint8_t address[16])
{
	if (family == LSP_FAMILY_IPV6) {
		memcpy(address, recpool_at(&table->addresses, packed), 16);
		return;
	}
	packed = htonl(packed);
	memset(address, 0, 16);
	memcpy(address, &packed, sizeof(packed));
}

static int make_room(struct socket_table *table)
{
	size_t capacity = table->capacity ? table->capacity * 2 : FIRST_CAPACITY;
	struct packed_socket *sockets;

	if (table->count < table->capacity)
		return 0;
	/* Large blocks move by mremap(2): no second copy, and what is unused is never touched. */
	sockets = realloc(table->sockets, capacity * sizeof(*sockets));
	if (!sockets)
		return -ENOMEM;
	table->sockets = sockets;
	table->capacity = capacity;
	return 0;
}

int socket_table_add(struct socket_table *table, const struct lsp_socket *socket,
		     uint32_t interface)
{
	struct socket_kind kind = {
		.cgroup_id = socket->cgroup_id,
		.cookie_high = (uint32_t)(socket->cookie >> 32),
		.netns = socket->netns,
		.uid = socket->uid,
		.recv_queue = socket->recv_queue,
		.send_queue = socket->send_queue,
		.backlog = socket->backlog,
		.interface = interface,
		.proto = (uint8_t)socket->proto,
		.family = (uint8_t)socket->family,
		.state = (uint8_t)socket->state,
		.v6only = (uint8_t)socket->v6only,
		.has_interface = socket->has_interface,
		.has_uid = socket->has_uid,
		.has_cookie = socket->has_cookie,
		.has_cgroup = socket->has_cgroup,
		.has_backlog = socket->has_backlog,
		.auto_known = socket->is_auto != LSP_KNOWN_NOT,
	};
	struct packed_socket packed = {
		.local_port = socket->local.port,
		.peer_port = socket->peer.port,
		.is_auto = socket->is_auto == LSP_KNOWN_YES,
		.cookie_low = (uint32_t)socket->cookie,
		.inode = socket->inode,
	};
	uint32_t index;
	int r;

	r = pack_address(table, socket->family, socket->local.address, &packed.local);
	if (r >= 0)
		r = pack_address(table, socket->family, socket->peer.address, &packed.peer);
	if (r >= 0)
		r = recpool_add(&table->kinds, &kind, &index);
	if (r >= 0)
		r = make_room(table);
	if (r < 0)
		return r;
	packed.kind = index & INT32_MAX;
	table->sockets[table->count++] = packed;
	return 0;
}

void socket_table_unpack(const struct socket_table *table, size_t index, struct lsp_socket *out)
{
	const struct packed_socket *packed = &table->sockets[index];
	const struct socket_kind *kind = socket_table_kind(table, index);
	enum lsp_family family = (enum lsp_family)kind->family;

	*out = (struct lsp_socket){
		.netns = kind->netns,
		.proto = (enum lsp_proto)kind->proto,
		.family = family,
		.state = (enum lsp_state)kind->state,
		.local.port = packed->local_port,
		.peer.port = packed->peer_port,
		.v6only = (enum lsp_known)kind->v6only,
		.is_auto = !kind->auto_known ? LSP_KNOWN_NOT
			   : packed->is_auto ? LSP_KNOWN_YES
					     : LSP_KNOWN_NO,
		.has_interface = kind->has_interface,
		.has_uid = kind->has_uid,
		.has_cookie = kind->has_cookie,
		.has_cgroup = kind->has_cgroup,
		.has_backlog = kind->has_backlog,
		.uid = kind->uid,
		.inode = packed->inode,
		.cookie = (uint64_t)kind->cookie_high << 32 | packed->cookie_low,
		.cgroup_id = kind->cgroup_id,
		.recv_queue = kind->recv_queue,
		.send_queue = kind->send_queue,
		.backlog = kind->backlog,
	};
	unpack_address(table, family, packed->local, out->local.address);
	unpack_address(table, family, packed->peer, out->peer.address);
}

/* --- order ---------------------------------------------------------------------------- */

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
	for (size_t d = 0, start = 0; d < DIGITS; start = ends[d++])
		sort_bucket(sorter, s + start, ends[d] - start);
	free(ends);
	return 0;
}

static unsigned digit_of_port(const struct sorter *sorter, const struct packed_socket *socket)
{
	(void)sorter;
	return socket->local_port;
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
