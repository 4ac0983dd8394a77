/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was said about a listener: verdict, rule, findings, reasons. Judges nothing itself. */
#include "view/cell_set.h"
#include "view/cells.h"

#include <lsports/judge.h>

static void ask(const struct row *row, struct lsp_judgement *out)
{
	lsp_snapshot_judgement(row->snapshot, row->index, out);
}

CELL(verdict)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	cell_set_word(out, lsp_verdict_word(judgement.verdict));
}

CELL(rule)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	cell_set_text(out, judgement.rule);
}

/* "unexpected,odd-exe" */
CELL(findings)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (i)
			buf_append_char(scratch, ',');
		buf_append_text(scratch, lsp_finding_word(judgement.findings[i].id));
	}
	if (judgement.finding_count || !row->for_people)
		cell_set_scratch(out, scratch);
	if (!row->for_people)
		out->kind = CELL_FINDINGS;
	out->is_plain = true;
}

CELL(reason)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (i)
			buf_append_text(scratch, "; ");
		buf_append_text(scratch, judgement.findings[i].reason);
	}
	if (judgement.finding_count)
		cell_set_scratch(out, scratch);
}

unsigned cell_count_findings(const struct row *row)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	return (unsigned)judgement.finding_count;
}

bool cell_is_alarming(const struct row *row)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++) {
		switch (judgement.findings[i].id) {
		case LSP_FINDING_UNEXPECTED:
		case LSP_FINDING_CHANGED:
		case LSP_FINDING_MISSING:
		case LSP_FINDING_ODD_EXE:
		case LSP_FINDING_MASKED:
		case LSP_FINDING_EXE_DOUBT:
			return true;
		case LSP_FINDING_DELETED_EXE:
		case LSP_FINDING_NO_OWNER:
		case LSP_FINDING_QUEUE_FULL:
		case LSP_FINDING_IN_EPHEMERAL_RANGE:
		case LSP_FINDING_MIXED_GROUP:
			break;
		}
	}
	return false;
}
