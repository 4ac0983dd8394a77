/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inodes of sockets whose owners are sought, and which of them still have none. */
#ifndef LSPORTS_OWNERS_WANTED_H
#define LSPORTS_OWNERS_WANTED_H
#pragma once

#include "intmap.h"

#include <lsports/lsports.h>
#include <stdbool.h>

struct wanted {
	struct intmap inodes; /* inode -> how many owners there were with its last one, or 0 */
	size_t unowned;       /* inodes without owner */
	uint32_t pass;        /* counts from 1 */
	size_t before;        /* so many owners were found before this pass */
	/* Of this pass: the tables of threads and rings are read too, not those of processes alone. */
	bool is_whole;
};

/*
 * wanted_init() - all sockets of @snapshot that have no owner yet and have not closed; the first pass
 * is not begun yet. Return: 0 or -ENOMEM; wanted_deinit() on failure too.
 */
int wanted_init(struct wanted *wanted, const struct lsp_snapshot *snapshot);
void wanted_deinit(struct wanted *wanted); /* takes a zeroed one too */

/* @owners: so many were found so far. */
void wanted_begin_pass(struct wanted *wanted, bool is_whole, size_t owners);

/*
 * wanted_find() - an inode of which another owner is news to this pass, NULL for any other. A
 * pass adds to what those before it left without owner, and to nothing else: a PID that was used
 * again in between must not stand beside itself. Threads may ask at once. Return: for
 * wanted_set_owned().
 */
static inline uint32_t *wanted_find(const struct wanted *wanted, uint32_t inode)
{
	uint32_t *last = intmap_find(&wanted->inodes, inode);

	return last && (!*last || *last > wanted->before) ? last : NULL;
}

/* wanted_set_owned() - @last, of wanted_find(), has another owner, the last of @owners. */
void wanted_set_owned(struct wanted *wanted, uint32_t *last, size_t owners);

#endif
