/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groupings: one row of data each. */
#include "view/groupings.h"

#include "array.h"

#include <string.h>

const struct grouping groupings[] = {
	{"category", "category", false}, {"process", "process", true}, {"user", "user", false},
	{"unit", "unit", false},         {"scope", "scope", false},    {"netns", "netns", false},
	{"none", NULL, false},
};

const size_t groupings_count = ARRAY_SIZE(groupings);

const struct grouping *groupings_find(const char *word)
{
	for (size_t i = 0; i < groupings_count; i++)
		if (strcmp(groupings[i].word, word) == 0)
			return &groupings[i];
	return NULL;
}
