/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rules can be about a port: a segment tree over the intervals of ports that the rules
 * distinguish, whose node n covers what 2n and 2n+1 cover. A range of ports is the few nodes that
 * make it up, a port is asked of the nodes above its interval. The ports of each protocol come
 * after those of the one before: the protocol in the high 16 bits.
 */
#ifndef LSPORTS_JUDGE_RULE_INDEX_H
#define LSPORTS_JUDGE_RULE_INDEX_H
#pragma once

#include "judge/rule_table.h"

struct rule_index {
	const struct rule_table *table; /* borrowed */
	uint64_t *firsts;               /* a bit a port: an interval begins with it */
	uint32_t *before;               /* how many do below each 64 ports */
	uint32_t leaves;                /* intervals */
	uint32_t *starts;               /* of each node in @rules, and of the one after the last */
	uint32_t *rules;                /* indices, ascending within a node */
};

/* rule_index_init() - of all rules of @table, which must stay as it is. Return: 0 or -ENOMEM. */
int rule_index_init(struct rule_index *index, const struct rule_table *table);
void rule_index_deinit(struct rule_index *index); /* takes a zeroed one too */

struct rule_index_walk {
	const struct rule_index *index;
	uint32_t node, at;
};

/* The rules about a port: in no order of the file; each comes once or more often. */
void rule_index_begin(struct rule_index_walk *walk, const struct rule_index *index, unsigned proto,
		      uint16_t port);
const struct rule *rule_index_next(struct rule_index_walk *walk); /* NULL after the last one */

#endif
