/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting many small records by a number: as many steps for each, however many there are. */
#ifndef LSPORTS_BASE_RADIX_H
#define LSPORTS_BASE_RADIX_H
#pragma once

#include <stddef.h>
#include <stdint.h>

struct radix_item {
	uint32_t key, value;
};

/* radix_sort() - by key, ascending; equal keys keep their order. Return: 0 or -ENOMEM. */
int radix_sort(struct radix_item *items, size_t count);

#endif
