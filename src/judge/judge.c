/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules against listeners: which one matches, which one comes nearest, and which required one found
 * nobody. Reads no file and looks nothing up.
 */
#include "judge/judge.h"

#include "judge/group.h"
#include "judge/reason.h"
#include "judge/rules.h"
#include "judge/usual.h"
#include "model/finding.h"
#include "model/snapshot.h"
#include "model/verdicts.h"
#include "select/selector_match.h"
#include "select/selector_scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of each rule, over all listeners. */
enum rule_mark {
	RULE_MARK_HELD = 1u << 0,    /* a listener matches */
	RULE_MARK_UNKNOWN = 1u << 1, /* one may match */
	RULE_MARK_NEAREST = 1u << 2, /* one is said to have changed from it */
};

struct judge {
	const struct rule_table *rules; /* those that count on this host */
	const struct rule_index *index; /* of them */
	struct lsp_snapshot *snapshot;
	uint8_t *marks; /* enum rule_mark, one a rule */
	unsigned flags; /* enum lsp_judge_flag */
	bool is_usual;  /* the rules are the built-in table */
};

/* What the rules say about one listener. */
struct rule_match {
	const struct rule *match;   /* the first that holds */
	const struct rule *unknown; /* the first that may hold */
	const struct rule *nearest; /* the one of its port with the fewest terms that fail */
	size_t nearest_failures;
};

static void keep_first(const struct rule **first, const struct rule *rule)
{
	if (!*first || rule < *first)
		*first = rule;
}

static void keep_nearest(struct rule_match *match, const struct rule *rule, size_t failures)
{
	if (match->nearest && (failures > match->nearest_failures ||
			       (failures == match->nearest_failures && rule > match->nearest)))
		return;
	match->nearest = rule;
	match->nearest_failures = failures;
}

/* Terms that fail may be many only while the rule may come nearest. */
static size_t most_failures(const struct rule_match *match, const struct rule *rule)
{
	if (!rule->has_port || match->match || match->unknown)
		return 0;
	return match->nearest ? match->nearest_failures : SIZE_MAX;
}

/*
 * Is the rule about this network namespace, as far as no term says so? Where a number could not be
 * read it is our own: another one is not entered without it.
 */
static bool is_in_place(const struct judge *judge, const struct rule *rule, uint32_t netns)
{
	return !rule->is_own || !netns || !judge->snapshot->has_own_netns ||
	       lsp_snapshot_is_own_netns(judge->snapshot, netns);
}

/* Does the rule hold? @failures: of LSP_NO, how many terms fail, SIZE_MAX for too many. */
static enum lsp_tristate ask_rule(const struct rule_table *rules, const struct rule *rule,
				  const struct lsp_subject *subject, size_t most, size_t *failures)
{
	enum lsp_tristate r = LSP_YES;

	*failures = 0;
	for (uint32_t i = rule->is_by_index; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&rules->pool, &rule->selector, i);
		enum lsp_tristate one = selector_match_term(&rules->pool, term, subject, rule->use);

		if (one == LSP_UNKNOWN && r == LSP_YES)
			r = LSP_UNKNOWN;
		if (one != LSP_NO)
			continue;
		r = LSP_NO;
		/* Another port or protocol is another listener, not a changed one. */
		if (term->fact == FACT_PORT || term->fact == FACT_PROTO || ++*failures > most) {
			*failures = SIZE_MAX;
			break;
		}
	}
	return r;
}

static void ask_rules(struct judge *judge, const struct lsp_subject *subject,
		      struct rule_match *match)
{
	const struct lsp_socket *socket = &subject->socket;
	const struct rule_table *rules = judge->rules;
	const struct rule *rule;
	struct rule_index_walk walk;

	*match = (struct rule_match){0};
	rule_index_begin(&walk, judge->index, socket->proto, socket->local.port);
	while ((rule = rule_index_next(&walk))) {
		uint8_t *mark = &judge->marks[rule_table_index_of(rules, rule)];
		size_t failures;

		if (!is_in_place(judge, rule, socket->netns))
			continue;
		switch (ask_rule(rules, rule, subject, most_failures(match, rule), &failures)) {
		case LSP_YES:
			*mark |= RULE_MARK_HELD;
			keep_first(&match->match, rule);
			break;
		case LSP_UNKNOWN:
			*mark |= RULE_MARK_UNKNOWN;
			keep_first(&match->unknown, rule);
			break;
		case LSP_NO:
			if (failures != SIZE_MAX &&
			    rule_table_names_port(rules, rule, socket->local.port))
				keep_nearest(match, rule, failures);
			break;
		}
	}
}

/* What holds of the built-in table holds only where the socket is guarded. */
static void guard(struct rule_match *match, const struct lsp_subject *subject)
{
	const struct rule *rule = match->match ? match->match : match->unknown;
	enum lsp_tristate is_guarded = rule ? usual_is_guarded(subject) : LSP_YES;

	if (is_guarded == LSP_YES)
		return;
	match->match = NULL;
	match->unknown = is_guarded == LSP_UNKNOWN ? rule : NULL;
	match->nearest = rule;
}

/* --- one listener ----------------------------------------------------------------------------- */

/* In a listing only ports that should be watched are called unexpected. */
static bool is_low(const struct judge *judge, const struct lsp_socket *socket)
{
	return lsp_port_category(socket->local.port) == LSP_CATEGORY_WELL_KNOWN ||
	       lsp_snapshot_is_privileged(judge->snapshot, socket) == LSP_YES;
}

static bool has_reasons(const struct judge *judge)
{
	return lsp_snapshot_query(judge->snapshot)->lookups & LSP_LOOKUP_REASONS;
}

static int set_verdict(struct judge *judge, const struct lsp_subject *subject,
		       enum lsp_verdict verdict, const struct rule *rule)
{
	bool has_location = rule && has_reasons(judge) && !judge->is_usual;
	bool is_unknown = verdict == LSP_VERDICT_UNJUDGED;
	struct buf location = BUF_INIT, unknown = BUF_INIT;
	int r = -ENOMEM;

	if (has_location)
		rule_table_format_location(judge->rules, rule, &location);
	if (is_unknown)
		reason_format_unjudged(judge->rules, rule, judge->is_usual, subject, &unknown);
	if ((!has_location || buf_text(&location)) && (!is_unknown || buf_text(&unknown)))
		r = verdicts_set(judge->snapshot, subject->index, verdict, location.data,
				 unknown.data);
	buf_deinit(&location);
	buf_deinit(&unknown);
	return r;
}

static int add_finding(struct judge *judge, const struct lsp_subject *subject, unsigned id,
		       const char *reason, bool is_accepted)
{
	const struct lsp_finding finding = {id, reason, is_accepted};

	return verdicts_add_finding(judge->snapshot, subject->index, &finding);
}

/* What is worth a look whatever the rules say. @accepted: what the rule takes as known. */
static int add_findings(struct judge *judge, const struct lsp_subject *subject,
			const char *group_difference, uint32_t accepted)
{
	const struct finding_case about = {subject, group_difference};
	struct buf reason = BUF_INIT, *wanted = has_reasons(judge) ? &reason : NULL;
	unsigned id = LSP_FINDING_MISSING;
	int r = 0;

	while (r >= 0 && (id = finding_next(id + 1, &about, wanted)) < lsp_finding_count()) {
		if (wanted && !buf_text(&reason))
			r = -ENOMEM;
		else
			r = add_finding(judge, subject, id, wanted ? reason.data : NULL,
					accepted & LSP_BIT(id));
		buf_reset(&reason);
	}
	buf_deinit(&reason);
	return r;
}

/* No rule holds and none may hold. */
static int judge_unexpected(struct judge *judge, const struct lsp_subject *subject,
			    const struct rule *nearest)
{
	bool is_watched = is_low(judge, &subject->socket);
	bool is_told = (judge->flags & LSP_JUDGE_ALL) || is_watched;
	bool is_changed = nearest && !judge->is_usual;
	enum lsp_finding_id id = is_changed ? LSP_FINDING_CHANGED : LSP_FINDING_UNEXPECTED;
	struct buf reason = BUF_INIT;
	int r;

	/* Without rules there is nothing by which a high port could be judged. */
	if (judge->is_usual && !is_watched)
		return 0;
	if (is_changed)
		judge->marks[rule_table_index_of(judge->rules, nearest)] |= RULE_MARK_NEAREST;
	r = set_verdict(judge, subject, LSP_VERDICT_UNEXPECTED, nearest);
	if (r < 0 || (!is_changed && !is_told))
		return r;
	if (!has_reasons(judge))
		return add_finding(judge, subject, id, NULL, false);
	if (is_changed)
		reason_format_changed(judge->rules, nearest, subject, &reason);
	else
		reason_format_unexpected(judge->index, nearest, judge->is_usual, subject, &reason);
	r = buf_text(&reason) ? add_finding(judge, subject, id, reason.data, false) : -ENOMEM;
	buf_deinit(&reason);
	return r;
}

static int judge_listener(struct judge *judge, size_t index, const char *difference)
{
	struct lsp_subject subject;
	struct rule_match match;
	int r;

	lsp_subject_init(&subject, judge->snapshot, index);
	if (!lsp_socket_is_listener(&subject.socket))
		return 0;
	ask_rules(judge, &subject, &match);
	if (judge->is_usual)
		guard(&match, &subject);
	if (match.match)
		r = set_verdict(judge, &subject,
				judge->is_usual ? LSP_VERDICT_USUAL : LSP_VERDICT_EXPECTED,
				match.match);
	else if (match.unknown)
		r = set_verdict(judge, &subject, LSP_VERDICT_UNJUDGED, match.unknown);
	else
		r = judge_unexpected(judge, &subject, match.nearest);
	return r < 0 ? r
		     : add_findings(judge, &subject, difference,
				    match.match ? match.match->accepted : 0);
}

/* --- rules without listener ---------------------------------------------------------------------
 */

/* Did the query cover everything that could hold the rule? */
static bool is_in_view(const struct judge *judge, const struct rule *rule)
{
	const struct lsp_query *query = lsp_snapshot_query(judge->snapshot);
	const struct rule_table *rules = judge->rules;
	const struct selector_term *netns =
		selector_pool_find(&rules->pool, &rule->selector, FACT_NETNS);
	uint32_t inode;

	if (!selector_scope_is_covered(&rules->pool, &rule->selector, query))
		return false;
	if (query->all_netns || (!netns && !rule->is_own))
		return true;
	/* A namespace that is gone took its listeners along. */
	for (size_t i = 0; (inode = lsp_snapshot_netns(judge->snapshot, i)); i++) {
		struct lsp_subject subject = {.snapshot = judge->snapshot, .socket.netns = inode};

		if (netns ? selector_match_term(&rules->pool, netns, &subject, rule->use) == LSP_YES
			  : is_in_place(judge, rule, inode))
			return true;
	}
	return !netns && !lsp_snapshot_netns(judge->snapshot, 0);
}

static int add_missing(struct judge *judge, const struct rule *rule)
{
	struct buf location = BUF_INIT, text = BUF_INIT;
	int r = -ENOMEM;

	rule_table_format_location(judge->rules, rule, &location);
	rule_table_format_missing(judge->rules, rule, &text);
	if (buf_text(&location) && buf_text(&text))
		r = verdicts_add_missing(judge->snapshot,
					 &(struct lsp_missing){
						 .rule = location.data,
						 .text = text.data,
						 .reason = "no listener matches this required rule",
					 });
	buf_deinit(&location);
	buf_deinit(&text);
	return r;
}

static int judge_rules(struct judge *judge)
{
	unsigned unread = lsp_snapshot_unread(judge->snapshot);
	int r = 0;

	for (size_t i = 0; r >= 0 && i < rule_table_count(judge->rules); i++) {
		const struct rule *rule = rule_table_at(judge->rules, i);

		if (!rule->is_required || judge->marks[i])
			continue;
		if (!is_in_view(judge, rule))
			verdicts_count_unchecked(judge->snapshot);
		else if (selector_scope_protos(&judge->rules->pool, &rule->selector) & unread)
			verdicts_count_unread(judge->snapshot);
		else
			r = add_missing(judge, rule);
	}
	return r;
}

/* ---------------------------------------------------------------------------------------------- */

static int judge_all(struct judge *judge)
{
	size_t count = lsp_snapshot_count(judge->snapshot), end;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i = end) {
		const char *difference;

		end = group_end(judge->snapshot, i);
		difference = end - i > 1 ? group_difference(judge->snapshot, i, end) : NULL;
		for (size_t member = i; r >= 0 && member < end; member++)
			r = judge_listener(judge, member, difference);
	}
	return r < 0 ? r : judge_rules(judge);
}

int lsp_judge(struct lsp_snapshot *snapshot, struct lsp_rules *rules, unsigned flags)
{
	const struct rule_set *set;
	struct judge judge = {.snapshot = snapshot, .flags = flags};
	int r = rules_choose(rules, snapshot, &set);

	if (r < 0)
		return r;
	judge.rules = &set->table;
	judge.index = &set->index;
	judge.is_usual = set == &rules->usual.set;
	judge.marks = calloc(rule_table_count(judge.rules) + 1, 1);
	if (!judge.marks)
		return -ENOMEM;
	r = judge_all(&judge);
	free(judge.marks);
	return r;
}
