/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the bytes of a rule file. Each error is a line of the message. An accepted file
 * gives the same rules line by line, and each rule again from its own text. The same bytes serve as
 * every text of a listener, whose rule must match it.
 */
#include "fuzz.h"
#include "sample.h"
#include "select/selector_match.h"
#include "unit/ruling.h"

#include <errno.h>
#include <string.h>

#define TEXT_MAX 1000 /* four bytes each in a rule, in a word that has an end */

static void check_errors(struct buf *errors, int r)
{
	const char *at = buf_text(errors), *end = at + errors->size;

	MUST(r == 0 || r == -EINVAL);
	MUST((r == 0) == !errors->size);
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		MUST(newline && newline - at > 4 && memcmp(at, "f:", 2) == 0);
		at = newline + 1;
	}
}

static bool parse(struct rule_table *rules, const void *bytes, size_t size)
{
	struct buf errors = BUF_INIT;
	int r;

	*rules = (struct rule_table){0};
	r = ruling_parse(rules, "f", bytes, size, &errors);
	check_errors(&errors, r);
	buf_deinit(&errors);
	return r == 0;
}

/* Where our own namespace is not known, all are taken for it. */
static bool is_other_netns(const struct lsp_snapshot *snapshot, uint32_t netns)
{
	uint32_t one;

	for (size_t i = 0; (one = lsp_snapshot_netns(snapshot, i)); i++) {
		if (lsp_snapshot_is_own_netns(snapshot, one))
			return netns && netns != one;
	}
	return false;
}

static enum lsp_tristate match(const struct rule_table *rules, const struct rule *rule,
			       const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_subject subject;

	lsp_subject_init(&subject, snapshot, index);
	/* Without a word about namespaces or containers it is about our own. */
	if (rule->is_own && is_other_netns(snapshot, subject.socket.netns))
		return LSP_NO;
	return selector_match(&rules->pool, &rule->selector, &subject, true);
}

/* --- what was taken ------------------------------------------------------------------------------
 */

/* A rule by itself, parsed from its displayed text. */
static void check_rule(const struct rule_table *rules, const struct rule *rule,
		       const struct lsp_snapshot *snapshot)
{
	struct buf line = BUF_INIT;
	struct rule_table again;

	MUST(rule->line && rule->selector.term_count);
	rule_table_format_text(rules, rule, &line);
	buf_append_char(&line, '\n');
	MUST(buf_text(&line) && parse(&again, line.data, line.size));
	MUST(rule_table_count(&again) == 1 &&
	     rule_table_at(&again, 0)->is_required == rule->is_required);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++)
		MUST(match(&again, rule_table_at(&again, 0), snapshot, i) ==
		     match(rules, rule, snapshot, i));
	rule_table_deinit(&again);
	buf_deinit(&line);
}

/* The index misses no rule that could match. */
static void check_index(const struct rule_set *set, const struct lsp_snapshot *snapshot)
{
	const struct rule_table *rules = &set->table;
	uint8_t *seen = calloc(rule_table_count(rules) + 1, 1);

	MUST(seen);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		const struct rule *rule;
		struct lsp_socket socket;
		struct rule_index_walk walk;

		memset(seen, 0, rule_table_count(rules));
		lsp_snapshot_socket(snapshot, i, &socket);
		rule_index_begin(&walk, &set->index, socket.proto, socket.local.port);
		while ((rule = rule_index_next(&walk)))
			seen[rule_table_index_of(rules, rule)] = 1;
		for (size_t n = 0; n < rule_table_count(rules); n++)
			MUST(seen[n] ||
			     match(rules, rule_table_at(rules, n), snapshot, i) == LSP_NO);
	}
	free(seen);
}

static void check_verdict(const struct rule_table *rules, const struct lsp_snapshot *snapshot,
			  size_t index)
{
	enum lsp_tristate best = LSP_NO;
	struct lsp_judgement judgement;
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	if (!lsp_socket_is_listener(&socket)) {
		MUST(judgement.verdict == LSP_VERDICT_NONE && !judgement.finding_count);
		return;
	}
	for (size_t i = 0; i < rule_table_count(rules) && best != LSP_YES; i++) {
		enum lsp_tristate r = match(rules, rule_table_at(rules, i), snapshot, index);

		best = r == LSP_NO ? best : r;
	}
	MUST(judgement.verdict == (best == LSP_YES       ? LSP_VERDICT_EXPECTED
				   : best == LSP_UNKNOWN ? LSP_VERDICT_UNJUDGED
							 : LSP_VERDICT_UNEXPECTED));
	MUST(best == LSP_NO || judgement.rule);
	MUST(best != LSP_NO ||
	     (judgement.finding_count && judgement.findings[0].id <= LSP_FINDING_CHANGED &&
	      *judgement.findings[0].reason));
}

static void check_judgement(struct lsp_rules *rules)
{
	struct lsp_snapshot *snapshot = sample_new();
	size_t count;

	MUST(lsp_judge(snapshot, rules, LSP_JUDGE_ALL) == 0);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++)
		check_verdict(&rules->host.table, snapshot, i);
	lsp_snapshot_missing(snapshot, &count);
	MUST(count <= rule_table_count(&rules->host.table));
	lsp_snapshot_free(snapshot);
}

/* Line by line there are as many rules, and the file is accepted if all lines are. */
static void check_lines(const uint8_t *data, size_t size, size_t count, bool is_taken)
{
	const uint8_t *at = data, *end = data + size;
	bool is_each_taken = true;
	size_t sum = 0;

	while (at < end) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		size_t line = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);
		struct rule_table rules;

		is_each_taken &= parse(&rules, at, line);
		MUST(newline || !rule_table_count(&rules));
		sum += rule_table_count(&rules);
		rule_table_deinit(&rules);
		at += line;
	}
	MUST(sum == count && is_each_taken == is_taken);
}

/* --- the rule of a listener ------------------------------------------------------------------ */

static void check_text(const uint8_t *data, size_t size)
{
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;
	struct rule_table rules;
	char *line;

	buf_append(&text, data, strnlen((const char *)data, size < TEXT_MAX ? size : TEXT_MAX));
	if (!text.size)
		return;
	snapshot = sample_new_of_text(buf_text(&text));
	line = lsp_rule_format(snapshot, 0);
	MUST(line);
	buf_reset(&text);
	buf_printf(&text, "%s\n", line);
	MUST(parse(&rules, text.data, text.size) && rule_table_count(&rules) == 1);
	MUST(match(&rules, rule_table_at(&rules, 0), snapshot, 0) == LSP_YES);
	free(line);
	rule_table_deinit(&rules);
	lsp_snapshot_free(snapshot);
	buf_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lsp_snapshot *snapshot;
	struct lsp_rules rules = {.is_read = true};
	bool is_taken = parse(&rules.host.table, data, size);

	if (!snapshot)
		snapshot = sample_new();
	check_lines(data, size, rule_table_count(&rules.host.table), is_taken);
	for (size_t i = 0; i < rule_table_count(&rules.host.table); i++)
		check_rule(&rules.host.table, rule_table_at(&rules.host.table, i), snapshot);
	if (is_taken) {
		MUST(rule_index_init(&rules.host.index, &rules.host.table) == 0);
		check_index(&rules.host, snapshot);
		check_judgement(&rules);
	}
	check_text(data, size);
	rule_index_deinit(&rules.host.index);
	rule_table_deinit(&rules.host.table);
	return 0;
}
