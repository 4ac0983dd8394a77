/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of what was said about a listener: one row each. Judges nothing itself. */
#include "model/judgement_facts.h"

#include "array.h"
#include "model/fact_set.h"

static void ask(const struct lsp_subject *subject, struct lsp_judgement *out)
{
	lsp_snapshot_judgement(subject->snapshot, subject->index, out);
}

FACT_GET(verdict)
{
	struct lsp_judgement judgement;

	ask(subject, &judgement);
	fact_set_word(out, lsp_words_verdict(judgement.verdict), judgement.verdict);
}

static const char *verdict_word(unsigned number)
{
	if (number == LSP_VERDICT_NONE)
		return "none";
	return number < LSP_VERDICT_COUNT ? lsp_words_verdict((enum lsp_verdict)number) : NULL;
}

FACT_GET(rule)
{
	struct lsp_judgement judgement;

	ask(subject, &judgement);
	fact_set_text(out, judgement.rule);
}

FACT_GET(findings)
{
	struct lsp_judgement judgement;

	ask(subject, &judgement);
	out->kind = LSP_VALUE_LIST;
	for (size_t i = 0; i < judgement.finding_count; i++) {
		if (!judgement.findings[i].is_accepted)
			out->number |= LSP_BIT(judgement.findings[i].id);
	}
}

static const char *finding_word(unsigned number)
{
	return number < lsp_finding_count() ? lsp_finding_word(number) : NULL;
}

/* --- the rows ------------------------------------------------------------------------------ */

#define FINDINGS LSP_LOOKUP_FINDINGS
#define WITH_REASONS ((unsigned)FINDINGS | LSP_LOOKUP_REASONS)

/* clang-format off */
const struct lsp_fact judgement_facts[] = {
	{ .word = "verdict", .type = LSP_FACT_WORD, .place = 39, .get = get_verdict,
	  .words = verdict_word, .lookups = FINDINGS,
	  .help = "expected, usual, unexpected or unjudged" },
	{ .word = "rule", .type = LSP_FACT_TEXT, .place = 40, .get = get_rule, .lookups = WITH_REASONS,
	  .help = "file:line of the rule that matches, or that comes nearest" },
	{ .word = "findings", .key = "finding", .type = LSP_FACT_FINDINGS, .place = 41,
	  .get = get_findings, .words = finding_word, .lookups = FINDINGS,
	  .help = "findings about the listener; see --list findings",
	  .values = "unexpected | odd-exe | ..." },
	{ .word = "reason", .type = LSP_FACT_REASONS, .place = 42, .get = get_findings,
	  .lookups = WITH_REASONS, .help = "why, for each finding" },
};
/* clang-format on */

const size_t judgement_facts_count = ARRAY_SIZE(judgement_facts);
