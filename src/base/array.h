/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A growing array of elements of one size. The element type stands in a comment where the array is
 * declared; elements move when the array grows, so nothing may point to them while it does.
 */
#ifndef LSPORTS_BASE_ARRAY_H
#define LSPORTS_BASE_ARRAY_H
#pragma once

#include <stddef.h>

/* How many elements a table has whose size the compiler knows. */
#define ARRAY_SIZE(table) (sizeof(table) / sizeof((table)[0]))

struct array {
	void *data; /* owned; NULL while it is empty */
	size_t count, capacity;
};

#define ARRAY_INIT ((struct array){0})

/* Frees the elements' memory, and nothing that they own. Takes a zeroed one too, leaves it zeroed.
 */
void array_deinit(struct array *array);

/* array_reserve_slow() - room for one element more. Return: 0 or -ENOMEM. */
int array_reserve_slow(struct array *array, size_t element_size);

/*
 * array_add() - one element more, whose bytes are not set.
 * Return: the element, borrowed until the next array_add(); NULL when memory is short, and then
 * nothing has changed.
 */
static inline void *array_add(struct array *array, size_t element_size)
{
	if (array->count == array->capacity && array_reserve_slow(array, element_size) < 0)
		return NULL;
	return (char *)array->data + array->count++ * element_size;
}

#endif
