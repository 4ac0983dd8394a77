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

static bool has_finding(const struct row *row, unsigned ids)
{
	struct lsp_judgement judgement;

	ask(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++)
		if (ids & LSP_BIT(judgement.findings[i].id))
			return true;
	return false;
}

bool cell_is_unexpected(const struct row *row)
{
	return has_finding(row, LSP_BIT(LSP_FINDING_UNEXPECTED) | LSP_BIT(LSP_FINDING_CHANGED));
}

bool cell_is_alarming(const struct row *row)
{
	return has_finding(row, LSP_BIT(LSP_FINDING_UNEXPECTED) | LSP_BIT(LSP_FINDING_CHANGED) |
					LSP_BIT(LSP_FINDING_ODD_EXE) | LSP_BIT(LSP_FINDING_MASKED) |
					LSP_BIT(LSP_FINDING_EXE_DOUBT));
}
