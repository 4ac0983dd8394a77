/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned strings in one run of bytes. Two texts of one 64-bit hash are told apart by
 * comparing them; the second is then stored without being findable, which costs bytes and no
 * answer.
 */
#include "strpool.h"

#include "hash.h"

#include <errno.h>

void strpool_deinit(struct strpool *pool)
{
	if (!pool)
		return;
	buf_deinit(&pool->bytes);
	intmap_deinit(&pool->by_hash);
}

int strpool_add(struct strpool *pool, const char *text, uint32_t *id)
{
	size_t size;
	uint64_t hash;
	uint32_t *known;
	uint32_t offset;

	*id = 0;
	if (!text)
		return 0;
	size = strlen(text);
	hash = hash_bytes(text, size);
	known = intmap_find(&pool->by_hash, hash);
	if (known && strcmp(pool->bytes.data + *known, text) == 0) {
		*id = *known;
		return 0;
	}
	if (!pool->bytes.size)
		buf_append_char(&pool->bytes, '\0');
	if (pool->bytes.size > UINT32_MAX - size - 1)
		return -ENOMEM;
	offset = (uint32_t)pool->bytes.size;
	buf_append(&pool->bytes, text, size + 1);
	if (pool->bytes.error)
		return pool->bytes.error;
	if (!known) {
		int r = intmap_put(&pool->by_hash, hash, offset);

		if (r < 0)
			return r;
	}
	*id = offset;
	return 0;
}

const char *strpool_find(const struct strpool *pool, uint32_t id)
{
	return id ? pool->bytes.data + id : NULL;
}
