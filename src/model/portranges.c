/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of ports by network namespace, as sysctls tell them. Owns how they are kept; what a set
 * means is not known here.
 */
#include "model/portranges.h"

#include <errno.h>

/* Which of the ranges are of one namespace. */
struct part {
	uint32_t first, count;
};

void portranges_deinit(struct portranges *set)
{
	intmap_deinit(&set->by_netns);
	array_deinit(&set->parts);
	array_deinit(&set->ranges);
	*set = (struct portranges){0};
}

int portranges_set(struct portranges *set, uint32_t netns, const struct lsp_port_range *ranges,
		   size_t count)
{
	struct part *part = array_add(&set->parts, sizeof(*part));

	if (!part)
		return -ENOMEM;
	*part = (struct part){(uint32_t)set->ranges.count, (uint32_t)count};
	for (size_t i = 0; i < count; i++) {
		struct lsp_port_range *slot = array_add(&set->ranges, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		*slot = ranges[i];
	}
	return intmap_put(&set->by_netns, netns, (uint32_t)set->parts.count - 1);
}

enum lsp_tristate portranges_has(const struct portranges *set, uint32_t netns, uint16_t port)
{
	const uint32_t *index = intmap_find(&set->by_netns, netns);
	const struct lsp_port_range *ranges = set->ranges.data;
	const struct part *part;
	uint32_t low, high;

	if (!index)
		return LSP_UNKNOWN;
	part = (const struct part *)set->parts.data + *index;
	low = part->first;
	high = part->first + part->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (ranges[middle].last < port)
			low = middle + 1;
		else
			high = middle;
	}
	return low < part->first + part->count && ranges[low].first <= port ? LSP_YES : LSP_NO;
}
