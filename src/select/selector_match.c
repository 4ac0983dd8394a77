/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terms against a socket, in three values: a fact that could not be seen makes a term neither true
 * nor false. Looks nothing up.
 */
#include "select/selector_match.h"

#include "model/identity.h"
#include "num.h"

#include <fnmatch.h>
#include <string.h>

#define COMM_MAX 15 /* bytes that the kernel keeps of a name, proc_pid_comm(5) */

static enum lsp_tristate known(bool value)
{
	return value ? LSP_YES : LSP_NO;
}

static enum lsp_tristate either(enum lsp_tristate a, enum lsp_tristate b)
{
	if (a == LSP_YES || b == LSP_YES)
		return LSP_YES;
	return a == LSP_NO && b == LSP_NO ? LSP_NO : LSP_UNKNOWN;
}

static enum lsp_tristate both(enum lsp_tristate a, enum lsp_tristate b)
{
	if (a == LSP_NO || b == LSP_NO)
		return LSP_NO;
	return a == LSP_YES && b == LSP_YES ? LSP_YES : LSP_UNKNOWN;
}

static enum lsp_tristate negate(enum lsp_tristate a)
{
	if (a == LSP_UNKNOWN)
		return a;
	return a == LSP_YES ? LSP_NO : LSP_YES;
}

/* --- one value ----------------------------------------------------------------------------- */

static enum lsp_tristate match_port(const struct selector_value *value,
				    const struct lsp_socket *socket)
{
	if (!(value->ports.protos & LSP_BIT(socket->proto)))
		return LSP_NO;
	if (value->ports.is_auto)
		return socket->is_auto;
	return known(socket->local.port >= value->ports.first &&
		     socket->local.port <= value->ports.last);
}

static enum lsp_tristate match_prefix(const struct selector_value *value,
				      const struct lsp_socket *socket)
{
	if (!value->prefix.is_dual)
		return known(endpoint_has_prefix(&socket->local, &value->prefix.prefix));
	if (!endpoint_may_be_dual(socket->local.family) ||
	    !lsp_endpoint_is_wildcard(&socket->local))
		return LSP_NO;
	return negate(socket->v6only);
}

/* One of all programs is no text. */
static bool match_digest(const struct selector_value *value, const char *text)
{
	size_t size = strlen(text), start = strlen(value->text.plain);
	char digits[IDENTITY_DIGITS + 1];

	if (!start || size <= IDENTITY_LONG || strncmp(value->text.plain, text, start) != 0)
		return false;
	identity_format(text, size, digits);
	return strcmp(value->text.digits, digits) == 0;
}

static bool match_text(const struct selector_value *value, int flags, const char *text)
{
	const char *wanted = value->text.plain;

	if (!text)
		return false;
	if (value->text.digits)
		return match_digest(value, text);
	return value->text.is_glob ? fnmatch(wanted, text, flags) == 0 : strcmp(wanted, text) == 0;
}

/* "*" alone is any value, whatever a "*" within a pattern stops at. */
static bool is_any(const struct selector_value *value)
{
	return value->text.is_glob && strcmp(value->text.plain, "*") == 0;
}

/* A name as long as the kernel keeps one may be the beginning of a longer one. */
static bool match_cut(const struct selector_value *value, const char *wanted, const char *comm)
{
	return !value->text.is_glob && !value->text.digits && strlen(comm) == COMM_MAX &&
	       strlen(wanted) > COMM_MAX && strncmp(wanted, comm, COMM_MAX) == 0;
}

/* "user=1000" means the number too where the account has a name. */
static bool match_number(const char *wanted, const struct lsp_value *found)
{
	uint64_t number;

	return found->kind == LSP_VALUE_NUMBER && num_parse(wanted, UINT64_MAX, &number) &&
	       number == found->number;
}

/* "unit=ssh" is ssh.service, as for systemctl(1): no unit is without a type. */
static bool match_service(const struct selector_value *value, const char *unit)
{
	const char *wanted = value->text.plain, *slash = strrchr(wanted, '/');
	size_t size = strlen(wanted);

	return !value->text.is_glob && !value->text.digits &&
	       !strchr(slash ? slash : wanted, '.') && strncmp(wanted, unit, size) == 0 &&
	       strcmp(unit + size, ".service") == 0;
}

static bool match_name(const struct lsp_fact *fact, const struct selector_value *value,
		       const struct lsp_value *found)
{
	const char *wanted = value->text.plain;
	int flags = fact->type == LSP_FACT_PATH ? FNM_PATHNAME : 0;
	char digits[LSP_FACT_DIGITS];
	const char *text = lsp_fact_text(found, digits);

	if (value->text.is_none || !text)
		return false;
	if (is_any(value))
		return true;
	/* A pattern for names must not happen to match it. */
	if (found->is_state)
		return !value->text.is_glob && !value->text.digits && strcmp(wanted, text) == 0;
	return match_text(value, flags, text) || match_text(value, flags, found->alias) ||
	       (fact->type == LSP_FACT_NAME && !value->text.digits &&
		match_number(wanted, found)) ||
	       (fact->type == LSP_FACT_PROCESS && match_cut(value, wanted, text)) ||
	       (fact->flags & LSP_FACT_UNIT && match_service(value, text));
}

/* --- a list of values ------------------------------------------------------------------------ */

static bool match_words(const struct selector_value *values, uint32_t count,
			const struct lsp_fact *fact, const struct lsp_value *found)
{
	/* Findings are a set of words. */
	uint64_t bits = fact->type == LSP_FACT_FINDINGS ? found->number : LSP_BIT(found->number);

	for (uint32_t i = 0; i < count; i++)
		if (bits & values[i].bits)
			return true;
	return false;
}

static bool match_numbers(const struct selector_value *values, uint32_t count, uint64_t number)
{
	for (uint32_t i = 0; i < count; i++)
		if (number >= values[i].numbers.first && number <= values[i].numbers.last)
			return true;
	return false;
}

static bool match_texts(const struct selector_pool *pool, const struct selector_term *term,
			const struct lsp_fact *fact, const struct lsp_value *found)
{
	const struct selector_value *values = selector_pool_values(pool, term);

	for (uint32_t i = 0; i < term->value_count; i++) {
		if (found->kind == LSP_VALUE_NONE ? values[i].text.is_none
						  : match_name(fact, &values[i], found))
			return true;
	}
	return false;
}

/* Any of the values, of the socket or of one owner. */
static enum lsp_tristate match_one(const struct selector_pool *pool,
				   const struct selector_term *term,
				   const struct lsp_subject *subject, const struct lsp_owner *owner)
{
	const struct selector_value *values = selector_pool_values(pool, term);
	const struct lsp_fact *fact = lsp_fact_at(term->fact);
	struct lsp_value found = {0};
	enum lsp_tristate r = LSP_NO;

	if (fact->type == LSP_FACT_PORT || fact->type == LSP_FACT_ADDRESS) {
		for (uint32_t i = 0; i < term->value_count; i++)
			r = either(r, fact->type == LSP_FACT_PORT
					      ? match_port(&values[i], &subject->socket)
					      : match_prefix(&values[i], &subject->socket));
		return r;
	}
	fact->get(subject, owner, &found);
	/* A user whose name is unknown still is the one with that number. */
	if (found.is_unknown && found.kind == LSP_VALUE_NUMBER &&
	    match_texts(pool, term, fact, &found))
		return LSP_YES;
	if (found.is_unknown)
		return LSP_UNKNOWN;
	switch (fact->type) {
	case LSP_FACT_WORD:
	case LSP_FACT_BOOLEAN:
	case LSP_FACT_FINDINGS:
		return known(match_words(values, term->value_count, fact, &found));
	case LSP_FACT_NUMBER:
	case LSP_FACT_ID:
	case LSP_FACT_TIME:
		return known(found.kind != LSP_VALUE_NONE &&
			     match_numbers(values, term->value_count, found.number));
	case LSP_FACT_NAME:
	case LSP_FACT_TEXT:
	case LSP_FACT_PATH:
	case LSP_FACT_PROCESS:
		return known(match_texts(pool, term, fact, &found));
	case LSP_FACT_PORT:
	case LSP_FACT_ADDRESS:
	case LSP_FACT_OWNERS:
	case LSP_FACT_REASONS:
		break;
	}
	return LSP_NO;
}

/* Nobody holds it: that is a fact when every process could be read while it was open. */
static enum lsp_tristate match_nobody(enum lsp_owner_gap gap)
{
	switch (gap) {
	case LSP_OWNER_GAP_NONE:
	case LSP_OWNER_GAP_KERNEL:
	case LSP_OWNER_GAP_UNKNOWN:
		return LSP_NO;
	case LSP_OWNER_GAP_UNASKED:
	case LSP_OWNER_GAP_PERMISSION:
	case LSP_OWNER_GAP_NAMESPACE:
	case LSP_OWNER_GAP_TIMEOUT:
	case LSP_OWNER_GAP_CLOSED:
		break;
	}
	return LSP_UNKNOWN;
}

/*
 * Why nobody knows the owner is no answer to a rule that asks for another gap: were it known, there
 * might be that one. A filter means the word itself.
 */
static enum lsp_tristate match_socket(const struct selector_pool *pool,
				      const struct selector_term *term,
				      const struct lsp_subject *subject, enum selector_use use)
{
	enum lsp_tristate r = match_one(pool, term, subject, NULL);

	if (r != LSP_NO || use == SELECTOR_FILTER || subject->owner_count ||
	    !(lsp_fact_at(term->fact)->flags & LSP_FACT_GAP))
		return r;
	return match_nobody(lsp_snapshot_owner_gap(subject->snapshot, &subject->socket));
}

/* Are all programs together those of a digest in @term? */
static enum lsp_tristate match_programs(const struct selector_pool *pool,
					const struct selector_term *term,
					const struct lsp_subject *subject)
{
	const struct selector_value *values = selector_pool_values(pool, term);
	char digits[IDENTITY_DIGITS + 1] = "";
	struct array programs;
	bool is_wanted = false;
	int r;

	if (lsp_fact_at(term->fact)->type != LSP_FACT_PATH ||
	    subject->owner_count <= LSP_RULE_PROGRAMS_MAX)
		return LSP_NO;
	for (uint32_t i = 0; i < term->value_count; i++)
		is_wanted |= values[i].text.digits && !*values[i].text.plain;
	if (!is_wanted)
		return LSP_NO;
	is_wanted = false;
	r = identity_list_programs(subject, &programs);
	if (r >= 0)
		r = identity_format_programs(&programs, digits);
	for (uint32_t i = 0; r >= 0 && i < term->value_count; i++)
		is_wanted |= values[i].text.digits && !*values[i].text.plain &&
			     strcmp(values[i].text.digits, digits) == 0;
	array_deinit(&programs);
	/* A program that is not known, or no memory to compare them. */
	return r < 0 ? LSP_UNKNOWN : known(is_wanted);
}

/* Is what @process says of its program worth something to a rule? */
static enum lsp_tristate is_verified(const struct lsp_process *process,
				     const struct lsp_socket *socket, enum selector_use use)
{
	if (process->exe_unverified == LSP_EXE_VERIFIED)
		return LSP_YES;
	if (process->exe_unverified == LSP_EXE_UNVERIFIED_UNKNOWN)
		return LSP_UNKNOWN;
	if (process->exe_unverified != LSP_EXE_UNVERIFIED_ELSEWHERE ||
	    use != SELECTOR_CONTAINER_RULE)
		return LSP_NO;
	if (socket->container)
		return LSP_YES;
	return socket->unit_state == LSP_UNIT_KNOWN ? LSP_NO : LSP_UNKNOWN;
}

static enum lsp_tristate match_owners(const struct selector_pool *pool,
				      const struct selector_term *term,
				      const struct lsp_subject *subject, enum selector_use use)
{
	bool is_rule = use != SELECTOR_FILTER;
	/* Of a rule each owner must fit, unless the term forbids: then none may. */
	bool is_all = is_rule && !term->is_negative;
	bool is_forgeable = is_rule && lsp_fact_at(term->fact)->flags & LSP_FACT_FORGEABLE;
	enum lsp_tristate r = known(is_all), all;

	if (!subject->owner_count)
		return match_nobody(lsp_snapshot_owner_gap(subject->snapshot, &subject->socket));
	all = match_programs(pool, term, subject);
	for (size_t i = 0; i < subject->owner_count; i++) {
		const struct lsp_owner *owner = &subject->owners[i];
		enum lsp_tristate one = LSP_YES;

		if (is_forgeable)
			one = is_verified(owner->process, &subject->socket, use);
		/* What may be forged names no program, and clears nobody of being the forbidden
		 * one. */
		if (one == LSP_NO)
			one = known(term->is_negative);
		else if (one == LSP_YES)
			one = either(all, match_one(pool, term, subject, owner));
		r = is_all ? both(r, one) : either(r, one);
	}
	return r;
}

enum lsp_tristate selector_match_term(const struct selector_pool *pool,
				      const struct selector_term *term,
				      const struct lsp_subject *subject, enum selector_use use)
{
	enum lsp_tristate r = lsp_fact_at(term->fact)->of == LSP_FACT_OF_OWNER
				      ? match_owners(pool, term, subject, use)
				      : match_socket(pool, term, subject, use);

	return term->is_negative ? negate(r) : r;
}

enum lsp_tristate selector_match(const struct selector_pool *pool, const struct selector *selector,
				 const struct lsp_subject *subject, enum selector_use use)
{
	enum lsp_tristate r = LSP_YES;

	for (uint32_t i = 0; r != LSP_NO && i < selector->term_count; i++)
		r = both(r, selector_match_term(pool, selector_pool_term(pool, selector, i),
						subject, use));
	return r;
}
