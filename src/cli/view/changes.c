/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the differences that a judged snapshot holds. Decides nothing about them. */
#include "view/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	char sign;
	const char *word;
} kinds[CHANGE_COUNT] = {
	[CHANGE_NEW] = {'+', "new"},
	[CHANGE_CHANGED] = {'~', "changed"},
	[CHANGE_MISSING] = {'-', "missing"},
	[CHANGE_UNJUDGED] = {'?', "unjudged"},
};

char changes_sign(enum change_kind kind)
{
	return kinds[kind].sign;
}

const char *changes_word(enum change_kind kind)
{
	return kinds[kind].word;
}

static int add(struct changes *changes, const struct change *change)
{
	struct change *slot = change->text ? array_add(&changes->items, sizeof(*slot)) : NULL;

	if (!slot) {
		free(change->text);
		return -ENOMEM;
	}
	*slot = *change;
	changes->counts[change->kind]++;
	return 0;
}

static int add_socket(struct changes *changes, const struct lsp_snapshot *snapshot, size_t index)
{
	struct change change = {.kind = CHANGE_UNJUDGED, .index = index};
	struct lsp_judgement judgement;
	bool is_change;

	lsp_snapshot_judgement(snapshot, index, &judgement);
	change.rule = judgement.rule;
	change.reason = judgement.unknown;
	is_change = judgement.verdict == LSP_VERDICT_UNJUDGED;
	changes->judged += !is_change && judgement.verdict != LSP_VERDICT_NONE;
	for (size_t i = 0; !is_change && i < judgement.finding_count; i++) {
		const struct lsp_finding *finding = &judgement.findings[i];

		if (finding->id != LSP_FINDING_CHANGED && finding->id != LSP_FINDING_UNEXPECTED)
			continue;
		change.kind = finding->id == LSP_FINDING_CHANGED ? CHANGE_CHANGED : CHANGE_NEW;
		change.reason = finding->reason;
		is_change = true;
	}
	if (!is_change)
		return 0;
	change.text = lsp_rule_format_brief(snapshot, index);
	return add(changes, &change);
}

int changes_init(struct changes *changes, const struct lsp_snapshot *snapshot,
		 const struct view *view)
{
	size_t count = view_row_count(view, snapshot), missing_count;
	const struct lsp_missing *missing = lsp_snapshot_missing(snapshot, &missing_count);
	int r = 0;

	*changes = (struct changes){.skipped = lsp_snapshot_unchecked(snapshot)};
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = add_socket(changes, snapshot, view_row(view, i));
	/* A listener that is not there has no facts that could be selected. */
	if (view->rows && !view->is_scope) {
		changes->skipped += missing_count;
		missing_count = 0;
	}
	for (size_t i = 0; r >= 0 && i < missing_count; i++) {
		struct change change = {
			.kind = CHANGE_MISSING,
			.reason = missing[i].reason,
			.rule = missing[i].rule,
			.text = strdup(missing[i].text),
		};

		r = add(changes, &change);
	}
	return r;
}

const struct change *changes_first_unjudged(const struct changes *changes)
{
	for (size_t i = 0; i < changes->items.count; i++) {
		const struct change *change = changes_at(changes, i);

		if (change->kind == CHANGE_UNJUDGED && !change->was_reported)
			return change;
	}
	return NULL;
}

void changes_deinit(struct changes *changes)
{
	for (size_t i = 0; i < changes->items.count; i++)
		free(changes_at(changes, i)->text);
	array_deinit(&changes->items);
	*changes = (struct changes){0};
}
