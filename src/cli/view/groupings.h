/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rows can be grouped by: category, process, user, unit, scope, netns, none. Groups come
 * before the sort keys wherever rows stand; category only where headings show it.
 */
#ifndef LSPORTS_CLI_VIEW_GROUPINGS_H
#define LSPORTS_CLI_VIEW_GROUPINGS_H
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct grouping {
	const char *word;
	const char *column; /* whose cells make the groups; NULL for "none" */
	bool is_value;      /* by the value itself, without what people see beside it */
};

extern const struct grouping groupings[];
extern const size_t groupings_count;

/* NULL when there is none. */
const struct grouping *groupings_find(const char *word);

#endif
