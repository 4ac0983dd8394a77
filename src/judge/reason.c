/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a listener is not as it should be, for people: what a rule wants, and what it has instead. */
#include "judge/reason.h"

#include "judge/usual.h"
#include "model/process.h"
#include "select/selector_match.h"
#include "select/selector_text.h"

#include <string.h>

static void append_findings(struct buf *out, const struct lsp_fact *fact, uint64_t findings)
{
	const char *between = "";

	for (unsigned i = 0; lsp_fact_word(fact, i); i++) {
		if (!(findings & LSP_BIT(i)))
			continue;
		buf_printf(out, "%s%s", between, lsp_fact_word(fact, i));
		between = ",";
	}
}

static void append_value(struct buf *out, const struct lsp_fact *fact,
			 const struct lsp_value *value)
{
	char address[LSP_ADDRESS_SIZE], digits[LSP_FACT_DIGITS];
	const char *text = NULL;

	if (fact->type == LSP_FACT_FINDINGS)
		append_findings(out, fact, value->number);
	else if (value->kind == LSP_VALUE_ENDPOINT)
		buf_append(out, address, lsp_endpoint_format_address(value->endpoint, address));
	else if (fact->type == LSP_FACT_WORD || fact->type == LSP_FACT_BOOLEAN)
		text = value->is_unknown ? "unknown" : lsp_fact_word(fact, (unsigned)value->number);
	else
		text = lsp_fact_text(value, digits);
	if (value->kind != LSP_VALUE_ENDPOINT && fact->type != LSP_FACT_FINDINGS)
		buf_append_text(out, text ? text : "none");
}

/* Why the program of an owner counts for nothing; NULL where it does count. */
static const char *doubt_about(const struct lsp_fact *fact, const struct lsp_owner *owner)
{
	if (!(fact->flags & LSP_FACT_FORGEABLE))
		return NULL;
	switch (owner->process->exe_unverified) {
	case LSP_EXE_VERIFIED:
		break;
	case LSP_EXE_UNVERIFIED_USERNS:
	case LSP_EXE_UNVERIFIED_FILE:
		return "a program that may be forged";
	case LSP_EXE_UNVERIFIED_ELSEWHERE:
		return "a program that is not of this file tree";
	case LSP_EXE_UNVERIFIED_UNKNOWN:
		return "a program that could not be verified";
	}
	return NULL;
}

static void append_of_owner(struct buf *out, const struct lsp_fact *fact,
			    const struct lsp_subject *subject, const struct lsp_owner *owner)
{
	const char *doubt = doubt_about(fact, owner);
	struct lsp_value value;

	if (doubt) {
		buf_printf(out, "%s, as ", doubt);
		process_append(out, owner->process);
		return;
	}
	lsp_fact_get(fact, subject, owner, &value);
	append_value(out, fact, &value);
}

/* That of the first owner, and the first one that is another: a prefork server says it once. */
static void append_of_owners(struct buf *out, const struct lsp_fact *fact,
			     const struct lsp_subject *subject)
{
	struct buf other = BUF_INIT;
	size_t first = out->size, size;

	append_of_owner(out, fact, subject, &subject->owners[0]);
	size = out->size - first;
	for (size_t i = 1; i < subject->owner_count; i++) {
		buf_reset(&other);
		append_of_owner(&other, fact, subject, &subject->owners[i]);
		if (other.size == size && size && memcmp(other.data, out->data + first, size) == 0)
			continue;
		buf_append_text(out, " and ");
		buf_append(out, other.data, other.size);
		break;
	}
	if (other.error)
		out->error = other.error;
	buf_deinit(&other);
}

/* What stands where @term fails: "exe=/tmp/sshd", "no owner", "unit=none". */
static void append_found(struct buf *out, const struct lsp_subject *subject,
			 const struct selector_term *term)
{
	const struct lsp_fact *fact = lsp_fact_at(term->fact);
	struct lsp_value value;

	if (fact->of == LSP_FACT_OF_OWNER && !subject->owner_count) {
		buf_append_text(out, "no owner");
		return;
	}
	if (fact->type == LSP_FACT_PORT)
		buf_printf(out, "%s/", lsp_protocol_word(subject->socket.proto));
	else if (fact->of == LSP_FACT_OF_SOCKET || !doubt_about(fact, subject->owners))
		buf_printf(out, "%s=", lsp_fact_key_word(fact));
	if (fact->of == LSP_FACT_OF_OWNER) {
		append_of_owners(out, fact, subject);
		return;
	}
	lsp_fact_get(fact, subject, NULL, &value);
	append_value(out, fact, &value);
}

/* Where @index is given, of the built-in table, the programs of all its rules for the port. */
static void append_wanted(struct buf *out, const struct rule_table *rules,
			  const struct selector_term *term, const struct rule_index *index,
			  const struct lsp_subject *subject)
{
	if (index && lsp_fact_at(term->fact)->flags & LSP_FACT_FORGEABLE)
		usual_append_programs(out, index, &subject->socket);
	else
		selector_text_append(out, rules->text.data + term->text_at, term->text_size);
}

/* The terms of @rule that fail, and what stands there instead in @found: nothing if all hold. */
static void append_failures(struct buf *out, const struct rule_table *rules,
			    const struct rule *rule, const struct rule_index *index,
			    const struct lsp_subject *subject, struct buf *found)
{
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&rules->pool, &rule->selector, i);

		if (selector_match_term(&rules->pool, term, subject, rule->use) != LSP_NO)
			continue;
		buf_append_text(out, found->size ? " and " : "");
		append_wanted(out, rules, term, index, subject);
		buf_append_text(found, found->size ? ", " : "");
		append_found(found, subject, term);
	}
}

static void append_instead(struct buf *out, struct buf *found)
{
	buf_append_text(out, ", found ");
	buf_append(out, found->data, found->size);
	if (found->error)
		out->error = found->error;
	buf_deinit(found);
}

/* "tcp/22 is expected with exe=/usr/sbin/sshd (web.rules:3), found exe=/tmp/sshd" */
void reason_format_changed(const struct rule_table *rules, const struct rule *rule,
			   const struct lsp_subject *subject, struct buf *out)
{
	struct buf found = BUF_INIT;

	buf_printf(out, "%s/%u is expected with ", lsp_protocol_word(subject->socket.proto),
		   subject->socket.local.port);
	append_failures(out, rules, rule, NULL, subject, &found);
	buf_append_text(out, " (");
	rule_table_format_location(rules, rule, out);
	buf_append_char(out, ')');
	append_instead(out, &found);
}

/* "usual on tcp/25 is exe=/usr/sbin/exim or another, found exe=/tmp/exim" */
static void append_not_usual(struct buf *out, const struct rule_index *index,
			     const struct rule *nearest, const struct lsp_subject *subject)
{
	struct buf found = BUF_INIT;

	buf_printf(out, "usual on %s/%u is ", lsp_protocol_word(subject->socket.proto),
		   subject->socket.local.port);
	append_failures(out, index->table, nearest, index, subject, &found);
	if (!found.size) {
		buf_append_text(out, "a system user, because any user can open this port");
		buf_printf(&found, "uid=%u", subject->socket.uid);
	}
	append_instead(out, &found);
}

void reason_format_unexpected(const struct rule_index *index, const struct rule *nearest,
			      bool is_usual, const struct lsp_subject *subject, struct buf *out)
{
	const struct lsp_socket *socket = &subject->socket;
	const char *proto = lsp_protocol_word(socket->proto);
	bool is_guess;

	if (!is_usual)
		buf_printf(out, "no rule expects %s/%u", proto, socket->local.port);
	else if (nearest)
		append_not_usual(out, index, nearest, subject);
	else
		buf_printf(out, "no program is known to normally use %s/%u", proto,
			   socket->local.port);
	if (!lsp_snapshot_service(subject->snapshot, socket->proto, socket->local.port, &is_guess))
		buf_append_text(out, ", and no service is registered for the port");
}

/* --- what could not be read ------------------------------------------------------------------- */

static bool is_unknown(const struct rule_table *rules, const struct rule *rule,
		       const struct selector_term *term, const struct lsp_subject *subject)
{
	return selector_match_term(&rules->pool, term, subject, rule->use) == LSP_UNKNOWN;
}

/* Does an earlier unknown term of the rule ask for the same fact? */
static bool was_named(const struct rule_table *rules, const struct rule *rule, uint32_t index,
		      const struct lsp_subject *subject)
{
	const struct selector_term *term = selector_pool_term(&rules->pool, &rule->selector, index);

	for (uint32_t i = 0; i < index; i++) {
		const struct selector_term *other =
			selector_pool_term(&rules->pool, &rule->selector, i);

		if (other->fact == term->fact && is_unknown(rules, rule, other, subject))
			return true;
	}
	return false;
}

static bool is_uncompared(const struct lsp_fact *fact, const struct lsp_owner *owner)
{
	return fact->flags & LSP_FACT_FORGEABLE &&
	       owner->process->exe_unverified == LSP_EXE_UNVERIFIED_UNKNOWN;
}

/* " of nginx(812)": the first owner of whom the fact is unknown. */
static void append_unknown_owner(struct buf *out, const struct lsp_fact *fact,
				 const struct lsp_subject *subject)
{
	struct lsp_value value;

	for (size_t i = 0; i < subject->owner_count; i++) {
		lsp_fact_get(fact, subject, &subject->owners[i], &value);
		if (!value.is_unknown && !is_uncompared(fact, &subject->owners[i]))
			continue;
		buf_append_text(out, " of ");
		process_append(out, subject->owners[i].process);
		return;
	}
	buf_append_text(out, " of its owner");
}

/* "unit and exe of its owner could not be read (permission), but web.rules:3 asks for them" */
void reason_format_unjudged(const struct rule_table *rules, const struct rule *rule, bool is_usual,
			    const struct lsp_subject *subject, struct buf *out)
{
	enum lsp_owner_gap gap = LSP_OWNER_GAP_NONE;
	size_t count = 0;

	if (is_usual && usual_is_guarded(subject) == LSP_UNKNOWN)
		count = usual_append_unknown(out, subject);
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&rules->pool, &rule->selector, i);
		const struct lsp_fact *fact = lsp_fact_at(term->fact);

		if (!is_unknown(rules, rule, term, subject) || was_named(rules, rule, i, subject))
			continue;
		buf_append_text(out, count++ ? " and " : "");
		buf_append_text(out, fact->type == LSP_FACT_PORT ? "who chose the port"
								 : lsp_fact_key_word(fact));
		if (fact->of != LSP_FACT_OF_OWNER)
			continue;
		append_unknown_owner(out, fact, subject);
		if (!subject->owner_count)
			gap = lsp_snapshot_owner_gap(subject->snapshot, &subject->socket);
	}
	buf_append_text(out, " could not be read");
	if (gap != LSP_OWNER_GAP_NONE)
		buf_printf(out, " (%s)", lsp_words_owner_gap(gap));
	buf_append_text(out, ", but ");
	if (is_usual)
		buf_append_text(out, "the table of usual programs");
	else
		rule_table_format_location(rules, rule, out);
	buf_append_text(out, count > 1 ? " asks for them" : " asks for it");
}
