/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Growing arrays: owns how they grow, and knows nothing of their elements. */
#include "array.h"

#include <errno.h>
#include <stdlib.h>

#define FIRST_CAPACITY 16

void array_deinit(struct array *array)
{
	if (!array)
		return;
	free(array->data);
	*array = ARRAY_INIT;
}

int array_reserve_slow(struct array *array, size_t element_size)
{
	size_t capacity = array->capacity ? array->capacity * 2 : FIRST_CAPACITY;
	/* Large blocks move by mremap(2): no second copy, and what is unused is never touched. */
	void *data = reallocarray(array->data, capacity, element_size);

	if (!data)
		return -ENOMEM;
	array->data = data;
	array->capacity = capacity;
	return 0;
}
