/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules, and what finds them by a port. */
#ifndef LSPORTS_JUDGE_RULE_SET_H
#define LSPORTS_JUDGE_RULE_SET_H
#pragma once

#include "judge/rule_index.h"

struct rule_set {
	struct rule_table table;
	struct rule_index index; /* of @table */
};

void rule_set_deinit(struct rule_set *set); /* takes a zeroed one too */

#endif
