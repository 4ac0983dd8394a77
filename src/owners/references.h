/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sockets whose open file has more references than descriptors were found: another one is in
 * flight, registered with an io_uring whose ring has no descriptor, or with a process that the
 * kernel does not list.
 */
#ifndef LSPORTS_OWNERS_REFERENCES_H
#define LSPORTS_OWNERS_REFERENCES_H
#pragma once

#include "intmap.h"
#include "owners/descriptors.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * references_compare() - the inodes of such sockets among the records of a whole pass.
 * @excess: empty or of an earlier pass. Afterwards it has inode -> references without a descriptor,
 * of the inodes that it had before, or, when @is_first, of all. System calls of other processes hold
 * references for a moment, so only what every pass finds means anything.
 * Return: 0 or -ENOMEM.
 */
int references_compare(const struct counted_descriptor *records, size_t count, bool is_first,
		       struct intmap *excess);

#endif
