/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a rule says behind its selectors: "required", and the findings that it accepts. */
#ifndef LSPORTS_JUDGE_RULE_END_H
#define LSPORTS_JUDGE_RULE_END_H
#pragma once

#include "error.h"
#include "judge/rule_table.h"

extern const char *const rule_end_words[]; /* both, NULL behind the last */

/*
 * rule_end_parse() - "required" or "accept=FINDING,..." into @rule.
 * @word: from a text that goes on behind it. @position: of an error, in bytes from @word.
 * @error: what is wrong with the word.
 * Return: 1, 0 when it is neither of them, or -EINVAL.
 */
int rule_end_parse(struct rule *rule, const char *word, size_t size, size_t *position,
		   struct error *error);

/* Has the rule such words? Then no selector follows. */
static inline bool rule_end_is_begun(const struct rule *rule)
{
	return rule->is_required || rule->accepted;
}

#endif
