/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tells sockets of two looks apart by what the kernel calls them, never by address and port: a
 * listener that was closed and opened again is another one. Owners are not its business.
 */
#include "view/sightings.h"

#include <errno.h>
#include <stdlib.h>

enum sighting_kind { SIGHTING_COOKIE, SIGHTING_INODE, SIGHTING_ENDPOINTS };

_Static_assert(sizeof(struct sighting_facts) ==
		       16 + 16 + 2 * 2 + 5 * 4 + 4 + SIGHTING_INTERFACE_SIZE,
	       "padding would be compared");

/* FNV-1a. Only what has neither cookie nor inode is known by it: nobody holds such a socket. */
static uint64_t hash_endpoints(const struct lsp_socket *socket)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	uint8_t bytes[2 * (sizeof(socket->local.address) + 2) + 2];
	size_t size = 0;

	for (int i = 0; i < 2; i++) {
		const struct lsp_endpoint *end = i ? &socket->peer : &socket->local;

		memcpy(bytes + size, end->address, sizeof(end->address));
		size += sizeof(end->address);
		bytes[size++] = (uint8_t)(end->port >> 8);
		bytes[size++] = (uint8_t)end->port;
	}
	bytes[size++] = (uint8_t)socket->proto;
	bytes[size++] = (uint8_t)socket->family;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static void fill_key(const struct lsp_socket *socket, struct sighting_key *key)
{
	key->netns = socket->netns;
	if (socket->has_cookie) {
		key->kind = SIGHTING_COOKIE;
		key->id = socket->cookie;
	} else if (socket->inode) {
		key->kind = SIGHTING_INODE;
		key->id = socket->inode;
	} else {
		key->kind = SIGHTING_ENDPOINTS;
		key->id = hash_endpoints(socket);
	}
}

static void fill_facts(const struct lsp_socket *socket, bool has_queues,
		       struct sighting_facts *facts)
{
	memcpy(facts->local, socket->local.address, sizeof(facts->local));
	memcpy(facts->peer, socket->peer.address, sizeof(facts->peer));
	facts->local_port = socket->local.port;
	facts->peer_port = socket->peer.port;
	facts->has_uid = socket->has_uid;
	facts->uid = socket->has_uid ? socket->uid : 0;
	facts->inode = socket->inode;
	facts->backlog = socket->has_backlog ? socket->backlog : 0;
	facts->is_full =
		socket->has_backlog && socket->recv_queue && socket->recv_queue >= socket->backlog;
	facts->recv_queue = has_queues ? socket->recv_queue : 0;
	facts->send_queue = has_queues ? socket->send_queue : 0;
	facts->state = (uint8_t)socket->state;
	facts->v6only = (uint8_t)socket->v6only;
	if (socket->interface)
		memcpy(facts->interface, socket->interface,
		       strnlen(socket->interface, sizeof(facts->interface)));
}

static int compare_keys(const struct sighting_key *a, const struct sighting_key *b)
{
	if (a->netns != b->netns)
		return a->netns < b->netns ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return (a->id > b->id) - (a->id < b->id);
}

static int compare_sightings(const void *left, const void *right)
{
	const struct sighting *a = left, *b = right;
	int order = compare_keys(&a->key, &b->key);

	/* Twins, such as TIME_WAITs of one tuple, keep the order that they have. */
	return order ? order : (a->index > b->index) - (a->index < b->index);
}

int sightings_init(struct sightings *sightings, const struct lsp_snapshot *snapshot,
		   const uint32_t *rows, size_t row_count, bool has_queues)
{
	size_t count = rows ? row_count : lsp_snapshot_count(snapshot);

	*sightings = (struct sightings){.items = calloc(count + 1, sizeof(*sightings->items))};
	if (!sightings->items)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct sighting *sighting = &sightings->items[i];
		struct lsp_socket socket;

		sighting->index = rows ? rows[i] : i;
		lsp_snapshot_socket(snapshot, sighting->index, &socket);
		fill_key(&socket, &sighting->key);
		fill_facts(&socket, has_queues, &sighting->facts);
	}
	sightings->count = count;
	qsort(sightings->items, count, sizeof(*sightings->items), compare_sightings);
	return 0;
}

void sightings_deinit(struct sightings *sightings)
{
	free(sightings->items);
	*sightings = (struct sightings){0};
}

bool sightings_equal(const struct sightings *a, const struct sightings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (compare_keys(&a->items[i].key, &b->items[i].key) != 0 ||
		    memcmp(&a->items[i].facts, &b->items[i].facts, sizeof(a->items[i].facts)) != 0)
			return false;
	return true;
}

bool sightings_next(const struct sightings *before, const struct sightings *after, size_t at[2],
		    struct sighting_pair *pair)
{
	const struct sighting *a = at[0] < before->count ? &before->items[at[0]] : NULL;
	const struct sighting *b = at[1] < after->count ? &after->items[at[1]] : NULL;
	int order = !a ? 1 : !b ? -1 : compare_keys(&a->key, &b->key);

	*pair = (struct sighting_pair){.before = order <= 0 ? a : NULL,
				       .after = order >= 0 ? b : NULL};
	at[0] += pair->before != NULL;
	at[1] += pair->after != NULL;
	return a || b;
}
