/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of ports by network namespace, as sysctls tell them. Owns how they are kept; what a set
 * means is not known here.
 */
#include "model/portranges.h"

#include <errno.h>

void portranges_deinit(struct portranges *set)
{
	intmap_deinit(&set->firsts);
	intmap_deinit(&set->counts);
	array_deinit(&set->ranges);
	*set = (struct portranges){0};
}

int portranges_set(struct portranges *set, uint32_t netns, const struct lsp_port_range *ranges,
		   size_t count)
{
	size_t first = set->ranges.count;
	int r;

	for (size_t i = 0; i < count; i++) {
		struct lsp_port_range *slot = array_add(&set->ranges, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		*slot = ranges[i];
	}
	r = intmap_put(&set->firsts, netns, (uint32_t)first);
	return r < 0 ? r : intmap_put(&set->counts, netns, (uint32_t)count);
}

enum lsp_tristate portranges_has(const struct portranges *set, uint32_t netns, uint16_t port)
{
	const uint32_t *first = intmap_find(&set->firsts, netns);
	const uint32_t *count = intmap_find(&set->counts, netns);
	const struct lsp_port_range *ranges = set->ranges.data;
	uint32_t low, high;

	if (!first || !count)
		return LSP_UNKNOWN;
	low = *first;
	high = *first + *count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ranges[middle].last < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low < *first + *count && ranges[low].first <= port ? LSP_YES : LSP_NO;
}
