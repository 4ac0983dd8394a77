/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules, and what finds them by a port. */
#include "judge/rule_set.h"

void rule_set_deinit(struct rule_set *set)
{
	rule_index_deinit(&set->index);
	rule_table_deinit(&set->table);
}
