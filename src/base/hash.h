/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A 64-bit hash of bytes, for tables in memory: not for keys that an enemy may choose at leisure.
 */
#ifndef LSPORTS_BASE_HASH_H
#define LSPORTS_BASE_HASH_H
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The same on every machine. Two texts may have one hash: who needs to know compares them. */
uint64_t hash_bytes(const void *bytes, size_t size);

#endif
