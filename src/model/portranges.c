/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of ports by network namespace, as sysctls tell them. Owns how they are kept; what a set
 * means is not known here.
 */
#include "model/portranges.h"

#include <errno.h>
#include <stdlib.h>

void portranges_deinit(struct portranges *set)
{
	intmap_deinit(&set->firsts);
	intmap_deinit(&set->counts);
	free(set->ranges);
	*set = (struct portranges){0};
}

static int append(struct portranges *set, const struct lsp_port_range *range)
{
	if (set->count == set->capacity) {
		size_t capacity = set->capacity ? set->capacity * 2 : 16;
		struct lsp_port_range *ranges =
			reallocarray(set->ranges, capacity, sizeof(*ranges));

		if (!ranges)
			return -ENOMEM;
		set->ranges = ranges;
		set->capacity = capacity;
	}
	set->ranges[set->count++] = *range;
	return 0;
}

int portranges_set(struct portranges *set, uint32_t netns, const struct lsp_port_range *ranges,
		   size_t count)
{
	size_t first = set->count;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = append(set, &ranges[i]);
	if (r >= 0)
		r = intmap_put(&set->firsts, netns, (uint32_t)first);
	return r < 0 ? r : intmap_put(&set->counts, netns, (uint32_t)count);
}

enum lsp_known portranges_has(const struct portranges *set, uint32_t netns, uint16_t port)
{
	const uint32_t *first = intmap_find(&set->firsts, netns);
	const uint32_t *count = intmap_find(&set->counts, netns);
	uint32_t low, high;

	if (!first || !count)
		return LSP_KNOWN_NOT;
	low = *first;
	high = *first + *count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (set->ranges[middle].last < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low < *first + *count && set->ranges[low].first <= port ? LSP_KNOWN_YES
								       : LSP_KNOWN_NO;
}
