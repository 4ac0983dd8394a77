/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: the bytes of a rule file. What is refused is told, a line an error. What is taken
 * gives the same rules line by line, and each rule out of its own text again. The same bytes serve
 * as every text of a listener, whose rule must hold it.
 */
#include "machine.h"

#include <errno.h>
#include <string.h>

#define TEXT_MAX 1000 /* four bytes each in a rule, in a word that has an end */

static void check_errors(struct buf *errors, int r)
{
	const char *at = buf_text(errors), *end = at + errors->size;

	FUZZ_CHECK(r == 0 || r == -EINVAL);
	FUZZ_CHECK((r == 0) == !errors->size);
	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		FUZZ_CHECK(newline && newline - at > 4 && memcmp(at, "f:", 2) == 0);
		at = newline + 1;
	}
}

static bool parse(struct rules *rules, const void *bytes, size_t size)
{
	struct buf errors = BUF_INIT;
	char *copy = fuzz_copy(bytes, size);
	int r;

	*rules = (struct rules){0};
	r = rules_parse(rules, "f", copy, size, &machine_names, &errors);
	free(copy);
	check_errors(&errors, r);
	buf_deinit(&errors);
	return r == 0;
}

static enum lsp_known match(const struct rules *rules, const struct rule *rule,
			    const struct lsp_snapshot *snapshot, size_t index)
{
	struct key_subject subject;

	key_subject_init(&subject, snapshot, index);
	subject.is_rule = true;
	return selector_match(&rules->pool, &rule->selector, &subject);
}

/* --- what was taken ------------------------------------------------------------------------------
 */

/* A rule by itself, out of the text that is shown of it. */
static void check_rule(const struct rules *rules, const struct rule *rule,
		       const struct lsp_snapshot *snapshot)
{
	struct buf line = BUF_INIT;
	struct rules again;

	FUZZ_CHECK(rule->line && rule->selector.term_count);
	rule_format_text(rules, rule, &line);
	buf_append_char(&line, '\n');
	FUZZ_CHECK(buf_text(&line) && parse(&again, line.data, line.size));
	FUZZ_CHECK(again.count == 1 && again.rules[0].is_required == rule->is_required);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++)
		FUZZ_CHECK(match(&again, &again.rules[0], snapshot, i) ==
			   match(rules, rule, snapshot, i));
	rules_deinit(&again);
	buf_deinit(&line);
}

/* The index leaves out no rule that could hold. */
static void check_index(const struct rules *rules, const struct lsp_snapshot *snapshot)
{
	uint8_t *seen = calloc(rules->count + 1, 1);

	FUZZ_CHECK(seen);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		const struct rule *rule;
		struct lsp_socket socket;
		struct rule_walk walk;

		memset(seen, 0, rules->count);
		lsp_snapshot_socket(snapshot, i, &socket);
		rule_walk_init(&walk, rules, socket.proto, socket.local.port);
		while ((rule = rule_walk_next(&walk)))
			seen[rule - rules->rules] = 1;
		for (size_t n = 0; n < rules->count; n++)
			FUZZ_CHECK(seen[n] ||
				   match(rules, &rules->rules[n], snapshot, i) == LSP_KNOWN_NO);
	}
	free(seen);
}

static void check_verdict(const struct rules *rules, const struct lsp_snapshot *snapshot,
			  size_t index)
{
	enum lsp_known best = LSP_KNOWN_NO;
	struct lsp_judgement judgement;
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	if (!lsp_is_listener(&socket)) {
		FUZZ_CHECK(judgement.verdict == LSP_VERDICT_NONE && !judgement.finding_count);
		return;
	}
	for (size_t i = 0; i < rules->count && best != LSP_KNOWN_YES; i++) {
		enum lsp_known r = match(rules, &rules->rules[i], snapshot, index);

		best = r == LSP_KNOWN_NO ? best : r;
	}
	FUZZ_CHECK(judgement.verdict == (best == LSP_KNOWN_YES   ? LSP_VERDICT_EXPECTED
					 : best == LSP_KNOWN_NOT ? LSP_VERDICT_UNJUDGED
								 : LSP_VERDICT_UNEXPECTED));
	FUZZ_CHECK(best == LSP_KNOWN_NO || judgement.rule);
	FUZZ_CHECK(best != LSP_KNOWN_NO ||
		   (judgement.finding_count && judgement.findings[0].id <= LSP_FINDING_CHANGED &&
		    *judgement.findings[0].reason));
}

static void check_judgement(struct lsp_rules *rules)
{
	const struct lsp_query query = machine_query(rules);
	struct lsp_snapshot *snapshot = machine_new();
	size_t count;

	FUZZ_CHECK(lsp_judge(&query, snapshot) == 0);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++)
		check_verdict(&rules->host, snapshot, i);
	lsp_snapshot_missing(snapshot, &count);
	FUZZ_CHECK(count <= rules->host.count);
	lsp_snapshot_free(snapshot);
}

/* Line by line there are as many rules, and as many refused lines. */
static void check_lines(const uint8_t *data, size_t size, size_t count, bool is_taken)
{
	const uint8_t *at = data, *end = data + size;
	bool is_each_taken = true;
	size_t sum = 0;

	while (at < end) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		size_t line = newline ? (size_t)(newline - at) + 1 : (size_t)(end - at);
		struct rules rules;

		is_each_taken &= parse(&rules, at, line);
		FUZZ_CHECK(rules.count <= 1 && (newline || !rules.count));
		sum += rules.count;
		rules_deinit(&rules);
		at += line;
	}
	FUZZ_CHECK(sum == count && is_each_taken == is_taken);
}

/* --- the rule of a listener ------------------------------------------------------------------ */

static void check_text(const uint8_t *data, size_t size)
{
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;
	struct rules rules;
	char *line;

	buf_append(&text, data, strnlen((const char *)data, size < TEXT_MAX ? size : TEXT_MAX));
	if (!text.size)
		return;
	snapshot = machine_new_of_text(buf_text(&text));
	line = lsp_rule_format(snapshot, 0);
	FUZZ_CHECK(line);
	buf_reset(&text);
	buf_printf(&text, "%s\n", line);
	FUZZ_CHECK(parse(&rules, text.data, text.size) && rules.count == 1);
	FUZZ_CHECK(match(&rules, &rules.rules[0], snapshot, 0) == LSP_KNOWN_YES);
	free(line);
	rules_deinit(&rules);
	lsp_snapshot_free(snapshot);
	buf_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lsp_snapshot *snapshot;
	struct lsp_rules rules = {0};
	bool is_taken = parse(&rules.host, data, size);

	if (!snapshot)
		snapshot = machine_new();
	check_lines(data, size, rules.host.count, is_taken);
	for (size_t i = 0; i < rules.host.count; i++)
		check_rule(&rules.host, &rules.host.rules[i], snapshot);
	if (is_taken) {
		FUZZ_CHECK(rules_index(&rules.host) == 0);
		check_index(&rules.host, snapshot);
		check_judgement(&rules);
	}
	check_text(data, size);
	rules_deinit(&rules.host);
	return 0;
}
