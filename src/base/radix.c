/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Radix sort from the lowest digit up. What is in order already is left alone. */
#include "radix.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)
#define PASSES 3

static unsigned digit_of(uint32_t key, unsigned pass)
{
	return key >> (pass * DIGIT_BITS) & (DIGITS - 1);
}

static bool is_sorted(const struct radix_item *items, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (items[i - 1].key > items[i].key)
			return false;
	}
	return true;
}

static void sort_by_digit(const struct radix_item *from, struct radix_item *to, size_t count,
			  unsigned pass)
{
	size_t starts[DIGITS + 1] = {0};

	for (size_t i = 0; i < count; i++)
		starts[digit_of(from[i].key, pass) + 1]++;
	for (unsigned digit = 0; digit < DIGITS; digit++)
		starts[digit + 1] += starts[digit];
	for (size_t i = 0; i < count; i++)
		to[starts[digit_of(from[i].key, pass)]++] = from[i];
}

int radix_sort(struct radix_item *items, size_t count)
{
	struct radix_item *other, *from = items, *to;

	if (is_sorted(items, count))
		return 0;
	other = malloc(count * sizeof(*other));
	if (!other)
		return -ENOMEM;
	to = other;
	for (unsigned pass = 0; pass < PASSES; pass++) {
		struct radix_item *swapped = from;

		sort_by_digit(from, to, count, pass);
		from = to;
		to = swapped;
	}
	/* An odd number of passes ends in the other place. */
	memcpy(items, from, count * sizeof(*items));
	free(other);
	return 0;
}
