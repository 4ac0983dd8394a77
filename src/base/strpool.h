/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Interned strings: equal text is stored once and named by a small number. Number 0 is "no
 * string" (NULL), so a zeroed record has none.
 */
#ifndef LSPORTS_BASE_STRPOOL_H
#define LSPORTS_BASE_STRPOOL_H
#pragma once

#include "buf.h"
#include "intmap.h"

#include <stddef.h>
#include <stdint.h>

struct strpool {
	struct buf bytes;
	struct intmap by_hash; /* hash -> offset of the newest string with it */
};

void strpool_deinit(struct strpool *pool); /* takes a zeroed one too */

/* strpool_add() - @text may be NULL (id 0). *id is its number. Return: 0 or -ENOMEM. */
int strpool_add(struct strpool *pool, const char *text, uint32_t *id);

/* Borrowed until the next strpool_add(); NULL for id 0. */
const char *strpool_find(const struct strpool *pool, uint32_t id);

#endif
