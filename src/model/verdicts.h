/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judge says about a sealed snapshot, which is const once it is said.
 *
 * Every function returns 0 or -ENOMEM. Texts that come in are copied.
 */
#ifndef LSPORTS_MODEL_VERDICTS_H
#define LSPORTS_MODEL_VERDICTS_H
#pragma once

#include <lsports/judgement.h>

/* @rule: "file:line", NULL for none. @unknown: as in struct lsp_judgement. */
int verdicts_set(struct lsp_snapshot *snapshot, size_t index, enum lsp_verdict verdict,
		 const char *rule, const char *unknown);

/* In ascending order of @index. Its reason is NULL where none is asked for. */
int verdicts_add_finding(struct lsp_snapshot *snapshot, size_t index,
			 const struct lsp_finding *finding);
int verdicts_add_missing(struct lsp_snapshot *snapshot, const struct lsp_missing *missing);

/*
 * One required rule more of which it cannot be told: a listener may hold it that was not asked for,
 * or that is of a protocol of which not all was read.
 */
void verdicts_count_unchecked(struct lsp_snapshot *snapshot);
void verdicts_count_unread(struct lsp_snapshot *snapshot);

#endif
