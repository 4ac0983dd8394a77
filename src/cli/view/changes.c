/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Collects the differences that a judged snapshot holds. Decides nothing about them. */
#include "view/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

char change_sign(enum change_kind kind)
{
	return kind == CHANGE_NEW ? '+' : kind == CHANGE_CHANGED ? '~' : '-';
}

const char *change_word(enum change_kind kind)
{
	return kind == CHANGE_NEW ? "new" : kind == CHANGE_CHANGED ? "changed" : "missing";
}

static int add(struct changes *changes, const struct change *change)
{
	/* Doubled each time that the count is a power of two. */
	if (!(changes->count & (changes->count - 1))) {
		size_t capacity = changes->count ? changes->count * 2 : 1;
		struct change *items = reallocarray(changes->items, capacity, sizeof(*items));

		if (!items) {
			free(change->text);
			return -ENOMEM;
		}
		changes->items = items;
	}
	if (!change->text)
		return -ENOMEM;
	changes->items[changes->count++] = *change;
	return 0;
}

static int add_socket(struct changes *changes, const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_judgement judgement;

	lsp_snapshot_judgement(snapshot, index, &judgement);
	changes->unjudged += judgement.verdict == LSP_VERDICT_UNJUDGED;
	for (size_t i = 0; i < judgement.finding_count; i++) {
		const struct lsp_finding *finding = &judgement.findings[i];
		struct change change = {
			.kind = finding->id == LSP_FINDING_CHANGED ? CHANGE_CHANGED : CHANGE_NEW,
			.index = index,
			.reason = finding->reason,
			.rule = judgement.rule,
		};

		if (finding->id != LSP_FINDING_CHANGED && finding->id != LSP_FINDING_UNEXPECTED)
			continue;
		change.text = lsp_rule_format(snapshot, index);
		return add(changes, &change);
	}
	return 0;
}

int changes_init(struct changes *changes, const struct lsp_snapshot *snapshot,
		 const struct view *view)
{
	const uint32_t *rows = view->rows;
	size_t count = rows ? view->row_count : lsp_snapshot_count(snapshot), missing_count;
	const struct lsp_missing *missing = lsp_snapshot_missing(snapshot, &missing_count);
	int r = 0;

	*changes = (struct changes){.unasked = lsp_snapshot_unasked(snapshot)};
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = add_socket(changes, snapshot, rows ? rows[i] : i);
	/* A listener that is not there has no facts that could be selected. */
	if (rows && !view->is_scope) {
		changes->unasked += missing_count;
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

void changes_deinit(struct changes *changes)
{
	for (size_t i = 0; i < changes->count; i++)
		free(changes->items[i].text);
	free(changes->items);
	*changes = (struct changes){0};
}
