/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets were seen in one look, to be compared with those of the next. */
#ifndef LSPORTS_CLI_VIEW_SIGHTINGS_H
#define LSPORTS_CLI_VIEW_SIGHTINGS_H
#pragma once

#include "view/view.h"

#define SIGHTING_INTERFACE_SIZE 16

/* What makes a socket the same one: its namespace and cookie, or the best that is known. */
struct sighting_key {
	uint32_t netns;
	uint32_t kind; /* enum sighting_kind */
	uint64_t id;
};

/* No padding: two of them are compared as bytes. */
struct sighting_facts {
	uint8_t local[16], peer[16];
	uint16_t local_port, peer_port;
	uint32_t uid, inode, backlog;
	uint32_t recv_queue, send_queue; /* 0 unless they were asked for */
	uint8_t state, v6only, has_uid, is_full;
	char interface[SIGHTING_INTERFACE_SIZE];
};

struct sighting {
	struct sighting_key key;
	struct sighting_facts facts;
	size_t index; /* of the socket in its snapshot */
};

struct sightings {
	struct sighting *items; /* by key */
	size_t count;
};

/*
 * sightings_init() - @rows: those sockets alone; NULL is all of them.
 * @has_queues: lengths of queues are facts too.
 * Return: 0 or -ENOMEM; sightings_deinit() may be called in either case.
 */
int sightings_init(struct sightings *sightings, const struct lsp_snapshot *snapshot,
		   const uint32_t *rows, size_t row_count, bool has_queues);
void sightings_deinit(struct sightings *sightings); /* takes a zeroed one too */

/* The same sockets, with the same facts. */
bool sightings_equal(const struct sightings *a, const struct sightings *b);

struct sighting_pair {
	const struct sighting *before, *after; /* NULL: it was not there, or is not any more */
};

/*
 * sightings_next() - the next socket of either list, in the order of keys.
 * @at: two zeros before the first call.
 * Return: false behind the last one.
 */
bool sightings_next(const struct sightings *before, const struct sightings *after, size_t at[2],
		    struct sighting_pair *pair);

#endif
