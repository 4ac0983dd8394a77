/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may stand in a rule file. */
#ifndef LSPORTS_JUDGE_RULE_TEXT_H
#define LSPORTS_JUDGE_RULE_TEXT_H
#pragma once

/* rule_text_find_wrong() - the first byte of a line that is not text, or @end. */
const char *rule_text_find_wrong(const char *at, const char *end);

#endif
