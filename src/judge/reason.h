/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a listener is not as it should be, for people. */
#ifndef LSPORTS_JUDGE_REASON_H
#define LSPORTS_JUDGE_REASON_H
#pragma once

#include "judge/rule_index.h"

/*
 * reason_format_changed() - what @rule, of the host, wants of the listener, and what it has
 * instead. Not escaped.
 */
void reason_format_changed(const struct rule_table *rules, const struct rule *rule,
			   const struct lsp_subject *subject, struct buf *out);

/*
 * reason_format_unexpected() - the same where no rule expects it.
 * @index: of the built-in table where @is_usual.
 * @nearest: of that table, NULL for none; if all its terms hold, any user can open the port.
 */
void reason_format_unexpected(const struct rule_index *index, const struct rule *nearest,
			      bool is_usual, const struct lsp_subject *subject, struct buf *out);

/*
 * reason_format_unjudged() - the facts of the listener that @rule asks for and that could not be
 * read. Not escaped.
 */
void reason_format_unjudged(const struct rule_table *rules, const struct rule *rule, bool is_usual,
			    const struct lsp_subject *subject, struct buf *out);

#endif
