/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells the sockets of two snapshots apart by cookie, else by inode, else by both endpoints. Knows
 * nothing of owners.
 */
#include <lsports/socket_set.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define INTERFACE_SIZE 16

enum key_kind { KEY_COOKIE, KEY_INODE, KEY_ENDPOINTS };

/*
 * What makes a socket the same one: its namespace and cookie, or the best that is known. What has
 * neither cookie nor inode, which nobody holds, is known by its endpoints: they are facts too.
 */
struct key {
	uint32_t netns;
	uint32_t kind; /* enum key_kind */
	uint64_t id;   /* cookie or inode; else protocol and family */
};

/* No padding: two of them are compared as bytes. */
struct facts {
	struct {
		uint8_t local[16], peer[16];
		uint16_t local_port, peer_port;
	} endpoints;
	uint32_t uid, inode, backlog;
	uint32_t recv_queue, send_queue; /* 0 unless they were asked for */
	uint8_t state, v6only, has_uid, is_full;
	char interface[INTERFACE_SIZE];
};

struct item {
	struct key key;
	struct facts facts;
	size_t index; /* of the socket in its snapshot */
};

struct lsp_socket_set {
	size_t count;
	struct item items[]; /* by key */
};

_Static_assert(sizeof(struct facts) == 16 + 16 + 2 * 2 + 5 * 4 + 4 + INTERFACE_SIZE,
	       "padding would be compared");

static void fill_key(const struct lsp_socket *socket, struct key *key)
{
	key->netns = socket->netns;
	if (socket->has_cookie) {
		key->kind = KEY_COOKIE;
		key->id = socket->cookie;
	} else if (socket->inode) {
		key->kind = KEY_INODE;
		key->id = socket->inode;
	} else {
		key->kind = KEY_ENDPOINTS;
		key->id = (uint64_t)socket->proto << 8 | (uint64_t)socket->local.family;
	}
}

static void fill_facts(const struct lsp_socket *socket, bool has_queues, struct facts *facts)
{
	memcpy(facts->endpoints.local, socket->local.address, sizeof(facts->endpoints.local));
	memcpy(facts->endpoints.peer, socket->peer.address, sizeof(facts->endpoints.peer));
	facts->endpoints.local_port = socket->local.port;
	facts->endpoints.peer_port = socket->peer.port;
	facts->has_uid = socket->has_uid;
	facts->uid = socket->has_uid ? socket->uid : 0;
	facts->inode = socket->inode;
	facts->backlog = socket->has_backlog ? socket->backlog : 0;
	facts->is_full = lsp_socket_is_queue_full(socket);
	facts->recv_queue = has_queues ? socket->recv_queue : 0;
	facts->send_queue = has_queues ? socket->send_queue : 0;
	facts->state = (uint8_t)socket->state;
	facts->v6only = (uint8_t)socket->v6only;
	if (socket->local.zone)
		memcpy(facts->interface, socket->local.zone,
		       strnlen(socket->local.zone, sizeof(facts->interface)));
}

static int compare_identities(const struct item *left, const struct item *right)
{
	const struct key *a = &left->key, *b = &right->key;

	if (a->netns != b->netns)
		return a->netns < b->netns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->kind != KEY_ENDPOINTS)
		return 0;
	return memcmp(&left->facts.endpoints, &right->facts.endpoints,
		      sizeof(left->facts.endpoints));
}

static int compare_items(const void *left, const void *right)
{
	const struct item *a = left, *b = right;
	int order = compare_identities(a, b);

	/* Twins, such as TIME_WAITs of one tuple, keep the order that they have. */
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

int lsp_socket_set_new(const struct lsp_snapshot *snapshot, const uint32_t *rows, size_t row_count,
		       bool has_queues, struct lsp_socket_set **out)
{
	size_t count = rows ? row_count : lsp_snapshot_count(snapshot);
	struct lsp_socket_set *set = calloc(1, sizeof(*set) + count * sizeof(set->items[0]));

	*out = set;
	if (!set)
		return -ENOMEM;
	set->count = count;
	for (size_t i = 0; i < count; i++) {
		struct item *item = &set->items[i];
		struct lsp_socket socket;

		item->index = rows ? rows[i] : i;
		lsp_snapshot_socket(snapshot, item->index, &socket);
		fill_key(&socket, &item->key);
		fill_facts(&socket, has_queues, &item->facts);
	}
	qsort(set->items, count, sizeof(set->items[0]), compare_items);
	return 0;
}

void lsp_socket_set_free(struct lsp_socket_set *set)
{
	free(set);
}

size_t lsp_socket_set_count(const struct lsp_socket_set *set)
{
	return set->count;
}

bool lsp_socket_set_equal(const struct lsp_socket_set *a, const struct lsp_socket_set *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (compare_identities(&a->items[i], &b->items[i]) != 0 ||
		    memcmp(&a->items[i].facts, &b->items[i].facts, sizeof(a->items[i].facts)) != 0)
			return false;
	return true;
}

bool lsp_socket_set_next(const struct lsp_socket_set *before, const struct lsp_socket_set *after,
			 size_t at[2], struct lsp_socket_set_pair *pair)
{
	const struct item *a = at[0] < before->count ? &before->items[at[0]] : NULL;
	const struct item *b = at[1] < after->count ? &after->items[at[1]] : NULL;
	int order = !a ? 1 : !b ? -1 : compare_identities(a, b);

	if (!a && !b)
		return false;
	*pair = (struct lsp_socket_set_pair){LSP_SOCKET_SET_NONE, LSP_SOCKET_SET_NONE};
	if (order <= 0) {
		pair->before = a->index;
		at[0]++;
	}
	if (order >= 0) {
		pair->after = b->index;
		at[1]++;
	}
	return true;
}
