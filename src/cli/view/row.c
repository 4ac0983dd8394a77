/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What renderers ask about a row. Judges nothing itself. */
#include "view/row.h"

#include <stdio.h>

const char *row_text(const struct row *row, const char *word, char digits[LSP_FACT_DIGITS])
{
	struct lsp_value value;

	lsp_fact_get(lsp_fact_find(word), &row->subject, NULL, &value);
	if (value.kind == LSP_VALUE_NUMBER && value.is_unknown) {
		snprintf(digits, LSP_FACT_DIGITS, "%llu?", (unsigned long long)value.number);
		return digits;
	}
	return value.kind == LSP_VALUE_NONE ? NULL : lsp_fact_text(&value, digits);
}

void row_judgement(const struct row *row, struct lsp_judgement *out)
{
	lsp_snapshot_judgement(row->subject.snapshot, row->subject.index, out);
}

unsigned row_count_findings(const struct row *row)
{
	struct lsp_judgement judgement;
	unsigned count = 0;

	row_judgement(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++)
		count += !judgement.findings[i].is_accepted;
	return count;
}

static bool has_finding(const struct row *row, unsigned ids)
{
	struct lsp_judgement judgement;

	row_judgement(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++)
		if (ids & LSP_BIT(judgement.findings[i].id))
			return true;
	return false;
}

bool row_is_unexpected(const struct row *row)
{
	return has_finding(row, LSP_BIT(LSP_FINDING_UNEXPECTED) | LSP_BIT(LSP_FINDING_CHANGED));
}

bool row_is_alarming(const struct row *row)
{
	struct lsp_judgement judgement;

	row_judgement(row, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++)
		if (!judgement.findings[i].is_accepted &&
		    lsp_finding_is_alarming(judgement.findings[i].id))
			return true;
	return false;
}
