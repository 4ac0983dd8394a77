/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned records. A second record with the 64-bit hash of another is stored without being
 * findable: that costs bytes and no answer.
 */
#include "recpool.h"

#include <errno.h>

void recpool_deinit(struct recpool *pool)
{
	if (!pool)
		return;
	buf_deinit(&pool->bytes);
	intmap_deinit(&pool->by_hash);
}

int recpool_add(struct recpool *pool, const void *record, uint32_t *index)
{
	size_t count = recpool_count(pool);
	const uint32_t *known;
	uint64_t hash;

	if (count && memcmp(recpool_at(pool, pool->newest), record, pool->record_size) == 0) {
		*index = pool->newest;
		return 0;
	}
	if (!pool->seed.k0 && !pool->seed.k1)
		hash_seed_init(&pool->seed);
	hash = hash_bytes(&pool->seed, record, pool->record_size);
	known = intmap_find(&pool->by_hash, hash);
	if (known && memcmp(recpool_at(pool, *known), record, pool->record_size) == 0) {
		*index = pool->newest = *known;
		return 0;
	}
	if (count >= INT32_MAX)
		return -ENOMEM;
	buf_append(&pool->bytes, record, pool->record_size);
	if (pool->bytes.error)
		return pool->bytes.error;
	*index = pool->newest = (uint32_t)count;
	return known ? 0 : intmap_put(&pool->by_hash, hash, *index);
}
