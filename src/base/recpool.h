/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned records of one fixed size: equal bytes are stored once and named by their index.
 * Records must have no padding that is not zeroed.
 */
#ifndef LSPORTS_BASE_RECPOOL_H
#define LSPORTS_BASE_RECPOOL_H
#pragma once

#include "buf.h"
#include "hash.h"
#include "intmap.h"

#include <stddef.h>
#include <stdint.h>

struct recpool {
	struct buf bytes;
	struct intmap by_hash; /* hash -> index of the first record with it */
	size_t record_size;    /* bytes; set by the owner before use, a multiple of 8 */
	struct hash_seed seed; /* drawn with the first record unless it is set */
	uint32_t newest;       /* index of the record asked for last: runs of equals are the rule */
};

void recpool_deinit(struct recpool *pool); /* takes a zeroed one too */

/* recpool_add() - *index names the record. Return: 0 or -ENOMEM. */
int recpool_add(struct recpool *pool, const void *record, uint32_t *index);

/* Borrowed until the next recpool_add(). */
static inline const void *recpool_at(const struct recpool *pool, uint32_t index)
{
	return pool->bytes.data + (size_t)index * pool->record_size;
}

static inline size_t recpool_count(const struct recpool *pool)
{
	return pool->record_size ? pool->bytes.size / pool->record_size : 0;
}

#endif
