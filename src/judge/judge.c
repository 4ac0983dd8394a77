/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules against listeners: which one matches, which one comes nearest, and which required one found
 * nobody. Reads no file and looks nothing up.
 */
#include "judge/judge.h"

#include "model/snapshot.h"

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
	const struct lsp_query *query;
	const struct rules *rules; /* those that count on this host */
	struct lsp_snapshot *snapshot;
	uint8_t *marks; /* enum rule_mark, one a rule */
	bool is_usual;  /* the rules are the built-in table */
};

/* What the rules say about one listener. */
struct opinion {
	const struct rule *match;   /* the first that holds */
	const struct rule *unknown; /* the first that may hold */
	const struct rule *nearest; /* the one of its port with the fewest terms that fail */
	size_t nearest_failures;
};

/* Does the term mean this very port, and not only a wide range around it? */
static bool names_port(const struct rules *rules, const struct selector_term *term, uint16_t port)
{
	for (uint32_t i = 0; i < term->value_count; i++) {
		const struct selector_value *value = &rules->pool.values[term->first_value + i];

		if (port >= value->ports.first && port <= value->ports.last &&
		    selector_names_ports(value))
			return true;
	}
	return false;
}

static void keep_first(const struct rule **first, const struct rule *rule)
{
	if (!*first || rule < *first)
		*first = rule;
}

static void keep_nearest(struct opinion *opinion, const struct rule *rule, size_t failures)
{
	if (opinion->nearest &&
	    (failures > opinion->nearest_failures ||
	     (failures == opinion->nearest_failures && rule > opinion->nearest)))
		return;
	opinion->nearest = rule;
	opinion->nearest_failures = failures;
}

/* Is the rule about this very port, though something else is as it does not expect? */
static bool is_of_port(const struct rules *rules, const struct rule *rule, uint16_t port)
{
	bool is = true;

	if (rule->is_by_index)
		return true;
	for (uint32_t i = 0; is && i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_term_at(&rules->pool, &rule->selector, i);

		if (term->key == KEY_PORT && !term->is_negative)
			is = names_port(rules, term, port);
	}
	return is;
}

/* Terms that fail may be many only while the rule may come nearest. */
static size_t most_failures(const struct opinion *opinion, const struct rule *rule)
{
	if (!rule->has_port || opinion->match || opinion->unknown)
		return 0;
	return opinion->nearest ? opinion->nearest_failures : SIZE_MAX;
}

/* Does the rule hold? @failures: of LSP_KNOWN_NO, how many terms fail, SIZE_MAX for too many. */
static enum lsp_known ask_rule(const struct rules *rules, const struct rule *rule,
			       struct key_subject *subject, size_t most, size_t *failures)
{
	enum lsp_known r = LSP_KNOWN_YES;

	*failures = 0;
	for (uint32_t i = rule->is_by_index; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_term_at(&rules->pool, &rule->selector, i);
		enum lsp_known one = selector_match_term(&rules->pool, term, subject);

		if (one == LSP_KNOWN_NOT && r == LSP_KNOWN_YES)
			r = LSP_KNOWN_NOT;
		if (one != LSP_KNOWN_NO)
			continue;
		r = LSP_KNOWN_NO;
		/* Another port or protocol is another listener, not a changed one. */
		if (term->key == KEY_PORT || term->key == KEY_PROTO || ++*failures > most) {
			*failures = SIZE_MAX;
			break;
		}
	}
	return r;
}

static void ask_rules(struct judge *judge, struct key_subject *subject, struct opinion *opinion)
{
	const struct lsp_socket *socket = &subject->socket;
	const struct rules *rules = judge->rules;
	const struct rule *rule;
	struct rule_walk walk;

	*opinion = (struct opinion){0};
	rule_walk_init(&walk, rules, socket->proto, socket->local.port);
	while ((rule = rule_walk_next(&walk))) {
		uint8_t *mark = &judge->marks[rule - rules->rules];
		size_t failures;

		switch (ask_rule(rules, rule, subject, most_failures(opinion, rule), &failures)) {
		case LSP_KNOWN_YES:
			*mark |= RULE_MARK_HELD;
			keep_first(&opinion->match, rule);
			break;
		case LSP_KNOWN_NOT:
			*mark |= RULE_MARK_UNKNOWN;
			keep_first(&opinion->unknown, rule);
			break;
		case LSP_KNOWN_NO:
			if (failures != SIZE_MAX && is_of_port(rules, rule, socket->local.port))
				keep_nearest(opinion, rule, failures);
			break;
		}
	}
}

/* --- reasons -------------------------------------------------------------------------------- */

/* "tcp/22 is expected with exe=/usr/sbin/sshd (web.rules:3), found /tmp/sshd" */
static void format_difference(const struct judge *judge, const struct rule *rule,
			      struct key_subject *subject, struct buf *out)
{
	const struct rules *rules = judge->rules;
	const char *text = rules->text.data;
	struct buf found = BUF_INIT;
	const char *between = "";

	buf_append_text(out, judge->is_usual ? "usual on " : "");
	buf_printf(out, "%s/%u is ", lsp_proto_word(subject->socket.proto),
		   subject->socket.local.port);
	buf_append_text(out, judge->is_usual ? "" : "expected with ");
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_term_at(&rules->pool, &rule->selector, i);

		if (selector_match_term(&rules->pool, term, subject) != LSP_KNOWN_NO)
			continue;
		buf_append_text(out, between);
		buf_append(out, text + term->text_at, term->text_size);
		buf_append_text(&found, between);
		findings_format_fact(subject, term, &found);
		between = " and ";
	}
	if (!judge->is_usual) {
		buf_append_text(out, " (");
		rule_format_place(rules, rule, out);
		buf_append_char(out, ')');
	}
	buf_append_text(out, ", found ");
	buf_append(out, found.data, found.size);
	if (found.error)
		out->error = found.error;
	buf_deinit(&found);
}

static void format_unexpected(const struct judge *judge, const struct rule *nearest,
			      struct key_subject *subject, struct buf *out)
{
	const struct lsp_socket *socket = &subject->socket;
	const char *proto = lsp_proto_word(socket->proto);
	bool is_guess;

	if (nearest)
		format_difference(judge, nearest, subject, out);
	else if (judge->is_usual)
		buf_printf(out, "no usual program of %s/%u is known", proto, socket->local.port);
	else
		buf_printf(out, "no rule expects %s/%u", proto, socket->local.port);
	if (!lsp_service_name(judge->snapshot, socket->proto, socket->local.port, &is_guess))
		buf_append_text(out, ", and no service is registered for the port");
}

/* --- one listener ----------------------------------------------------------------------------- */

/* In a listing only ports that should be watched are called unexpected. */
static bool is_low(const struct judge *judge, const struct lsp_socket *socket)
{
	return lsp_category_of(socket->local.port) == LSP_CATEGORY_WELL_KNOWN ||
	       lsp_is_privileged(judge->snapshot, socket) == LSP_KNOWN_YES;
}

static bool has_reasons(const struct judge *judge)
{
	return judge->query->facts & LSP_FACT_REASONS;
}

static int set_verdict(struct judge *judge, size_t index, enum lsp_verdict verdict,
		       const struct rule *rule)
{
	struct buf place = BUF_INIT;
	int r;

	if (rule && has_reasons(judge) && !judge->is_usual) {
		rule_format_place(judge->rules, rule, &place);
		if (!buf_text(&place))
			return -ENOMEM;
	}
	r = snapshot_set_verdict(judge->snapshot, index, verdict, place.data);
	buf_deinit(&place);
	return r;
}

/* No rule holds and none may hold. */
static int judge_unexpected(struct judge *judge, struct key_subject *subject, size_t index,
			    const struct rule *nearest)
{
	bool is_told = judge->query->judges_all || is_low(judge, &subject->socket);
	bool is_changed = nearest && !judge->is_usual;
	enum lsp_finding_id id = is_changed ? LSP_FINDING_CHANGED : LSP_FINDING_UNEXPECTED;
	struct buf reason = BUF_INIT;
	int r;

	/* Without rules there is nothing by which a high port could be judged. */
	if (judge->is_usual && !is_low(judge, &subject->socket))
		return 0;
	if (is_changed)
		judge->marks[nearest - judge->rules->rules] |= RULE_MARK_NEAREST;
	r = set_verdict(judge, index, LSP_VERDICT_UNEXPECTED, nearest);
	if (r < 0 || (!is_changed && !is_told))
		return r;
	if (!has_reasons(judge))
		return snapshot_add_finding(judge->snapshot, index, id, NULL);
	if (is_changed)
		format_difference(judge, nearest, subject, &reason);
	else
		format_unexpected(judge, nearest, subject, &reason);
	r = buf_text(&reason) ? snapshot_add_finding(judge->snapshot, index, id, reason.data)
			      : -ENOMEM;
	buf_deinit(&reason);
	return r;
}

static int judge_listener(struct judge *judge, size_t index, const char *group_difference)
{
	struct key_subject subject;
	struct opinion opinion;
	int r;

	key_subject_init(&subject, judge->snapshot, index);
	if (!lsp_is_listener(&subject.socket))
		return 0;
	subject.is_rule = true;
	ask_rules(judge, &subject, &opinion);
	if (opinion.match)
		r = set_verdict(judge, index,
				judge->is_usual ? LSP_VERDICT_USUAL : LSP_VERDICT_EXPECTED,
				opinion.match);
	else if (opinion.unknown)
		r = set_verdict(judge, index, LSP_VERDICT_UNJUDGED, opinion.unknown);
	else
		r = judge_unexpected(judge, &subject, index, opinion.nearest);
	return r < 0 ? r
		     : findings_add(&subject, judge->snapshot, index, group_difference,
				    has_reasons(judge));
}

/* --- rules without listener ---------------------------------------------------------------------
 */

/* Was everything looked at that could hold the rule? */
static bool is_in_view(const struct judge *judge, const struct rule *rule)
{
	const struct lsp_query *query = judge->query;
	const struct rules *rules = judge->rules;
	const struct selector_term *netns = selector_find(&rules->pool, &rule->selector, KEY_NETNS);
	uint32_t inode;

	if (!selector_is_covered(&rules->pool, &rule->selector, query))
		return false;
	/* A namespace that is gone took its listeners along. */
	if (query->all_netns)
		return true;
	for (size_t i = 0; netns && (inode = lsp_netns_at(judge->snapshot, i)); i++) {
		struct key_subject subject = {.snapshot = judge->snapshot, .socket.netns = inode};

		if (selector_match_term(&rules->pool, netns, &subject) == LSP_KNOWN_YES)
			return true;
	}
	return !netns;
}

static int add_missing(struct judge *judge, const struct rule *rule)
{
	struct buf place = BUF_INIT, text = BUF_INIT;
	int r = -ENOMEM;

	rule_format_place(judge->rules, rule, &place);
	rule_format_text(judge->rules, rule, &text);
	if (buf_text(&place) && buf_text(&text))
		r = snapshot_add_missing(judge->snapshot,
					 &(struct lsp_missing){
						 .rule = place.data,
						 .text = text.data,
						 .reason = "no listener holds this required rule",
					 });
	buf_deinit(&place);
	buf_deinit(&text);
	return r;
}

static int judge_rules(struct judge *judge)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < judge->rules->count; i++) {
		const struct rule *rule = &judge->rules->rules[i];

		if (!rule->is_required || judge->marks[i])
			continue;
		if (is_in_view(judge, rule))
			r = add_missing(judge, rule);
		else
			snapshot_count_unasked(judge->snapshot);
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

		end = findings_group_end(judge->snapshot, i);
		difference =
			end - i > 1 ? findings_group_difference(judge->snapshot, i, end) : NULL;
		for (size_t member = i; r >= 0 && member < end; member++)
			r = judge_listener(judge, member, difference);
	}
	return r < 0 ? r : judge_rules(judge);
}

int lsp_judge(const struct lsp_query *query, struct lsp_snapshot *snapshot)
{
	bool is_usual = !lsp_rules_exist(query->rules);
	struct judge judge = {
		.query = query,
		.rules = is_usual ? &query->rules->usual : &query->rules->host,
		.snapshot = snapshot,
		.is_usual = is_usual,
	};
	int r;

	judge.marks = calloc(judge.rules->count + 1, 1);
	if (!judge.marks)
		return -ENOMEM;
	r = judge_all(&judge);
	free(judge.marks);
	return r < 0 ? r : snapshot_seal_judgement(snapshot);
}

bool lsp_rules_exist(const struct lsp_rules *rules)
{
	return rules->host.file_count > 0;
}
