/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terms against a socket, in three values: a fact that could not be seen makes a term neither true
 * nor false. Looks nothing up.
 */
#include "judge/selector.h"

#include "num.h"

#include <fnmatch.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

static enum lsp_known known(bool value)
{
	return value ? LSP_KNOWN_YES : LSP_KNOWN_NO;
}

static enum lsp_known either(enum lsp_known a, enum lsp_known b)
{
	if (a == LSP_KNOWN_YES || b == LSP_KNOWN_YES)
		return LSP_KNOWN_YES;
	return a == LSP_KNOWN_NO && b == LSP_KNOWN_NO ? LSP_KNOWN_NO : LSP_KNOWN_NOT;
}

static enum lsp_known both(enum lsp_known a, enum lsp_known b)
{
	if (a == LSP_KNOWN_NO || b == LSP_KNOWN_NO)
		return LSP_KNOWN_NO;
	return a == LSP_KNOWN_YES && b == LSP_KNOWN_YES ? LSP_KNOWN_YES : LSP_KNOWN_NOT;
}

static enum lsp_known negate(enum lsp_known a)
{
	if (a == LSP_KNOWN_NOT)
		return a;
	return a == LSP_KNOWN_YES ? LSP_KNOWN_NO : LSP_KNOWN_YES;
}

/* --- one value ----------------------------------------------------------------------------- */

static enum lsp_known match_port(const struct selector_value *value,
				 const struct lsp_socket *socket)
{
	if (!(value->ports.protos & LSP_BIT(socket->proto)))
		return LSP_KNOWN_NO;
	if (value->ports.is_auto)
		return socket->is_auto;
	return known(socket->local.port >= value->ports.first &&
		     socket->local.port <= value->ports.last);
}

static bool has_prefix(const uint8_t *bytes, const uint8_t *prefix, unsigned bits)
{
	if (memcmp(bytes, prefix, bits / 8) != 0)
		return false;
	return !(bits % 8) || (bytes[bits / 8] ^ prefix[bits / 8]) >> (8 - bits % 8) == 0;
}

static enum lsp_known match_prefix(const struct selector_value *value,
				   const struct lsp_socket *socket)
{
	static const uint8_t wildcard[16];
	enum lsp_family family = socket->family;
	const uint8_t *bytes = socket->local.address;

	if (value->prefix.is_dual) {
		if (family != LSP_FAMILY_IPV6 || memcmp(bytes, wildcard, sizeof(wildcard)) != 0)
			return LSP_KNOWN_NO;
		return negate(socket->v6only);
	}
	if (family == LSP_FAMILY_IPV6 && memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0) {
		family = LSP_FAMILY_IPV4;
		bytes += sizeof(mapped_prefix);
	}
	return known((enum lsp_family)value->prefix.family == family &&
		     has_prefix(bytes, value->prefix.bytes, value->prefix.bits));
}

static bool match_text(const struct selector_pool *pool, const struct key *key,
		       const struct selector_value *value, const char *text)
{
	const char *wanted = strpool_find(&pool->strings, value->text.id);

	if (value->text.is_none)
		return false;
	if (!value->text.is_glob)
		return wanted && strcmp(wanted, text) == 0;
	return wanted && fnmatch(wanted, text, key->kind == KEY_KIND_PATHS ? FNM_PATHNAME : 0) == 0;
}

/* "user=1000" means the number too where the account has a name. */
static bool is_uid(const struct selector_pool *pool, const struct selector_value *value,
		   const struct lsp_socket *socket)
{
	const char *text = strpool_find(&pool->strings, value->text.id);
	uint64_t uid;

	return text && num_parse(text, UINT32_MAX, &uid) && uid == socket->uid;
}

/* --- a list of values ------------------------------------------------------------------------ */

static enum lsp_known match_words(const struct selector_value *values, uint32_t count,
				  const struct key *key, const struct key_subject *subject)
{
	unsigned bits = 0, wanted = 0;
	enum lsp_known r = key->words(subject, &bits);

	for (uint32_t i = 0; i < count; i++)
		wanted |= values[i].bits;
	return r == LSP_KNOWN_YES ? known(bits & wanted) : r;
}

static enum lsp_known match_numbers(const struct selector_value *values, uint32_t count,
				    const struct key *key, const struct key_subject *subject,
				    const struct lsp_owner *owner)
{
	uint64_t number;
	enum lsp_known r = key->number(subject, owner, &number);

	for (uint32_t i = 0; r == LSP_KNOWN_YES && i < count; i++) {
		if (number >= values[i].numbers.first && number <= values[i].numbers.last)
			return LSP_KNOWN_YES;
	}
	return r == LSP_KNOWN_YES ? LSP_KNOWN_NO : r;
}

static enum lsp_known match_texts(const struct selector_pool *pool,
				  const struct selector_term *term, struct key_subject *subject,
				  const struct lsp_owner *owner)
{
	const struct selector_value *values = &pool->values[term->first_value];
	const struct key *key = &keys[term->key];
	const char *text = NULL;
	enum lsp_known r = key->text(subject, owner, &text);

	for (uint32_t i = 0; r == LSP_KNOWN_NO && i < term->value_count; i++) {
		if (values[i].text.is_none)
			return LSP_KNOWN_YES;
	}
	for (uint32_t i = 0; r == LSP_KNOWN_YES && i < term->value_count; i++) {
		if (match_text(pool, key, &values[i], text) ||
		    (term->key == KEY_USER && is_uid(pool, &values[i], &subject->socket)))
			return LSP_KNOWN_YES;
	}
	return r == LSP_KNOWN_YES ? LSP_KNOWN_NO : r;
}

/* Any of the values, of the socket or of one owner. */
static enum lsp_known match_one(const struct selector_pool *pool, const struct selector_term *term,
				struct key_subject *subject, const struct lsp_owner *owner)
{
	const struct selector_value *values = &pool->values[term->first_value];
	const struct key *key = &keys[term->key];
	enum lsp_known r = LSP_KNOWN_NO;

	switch (key->kind) {
	case KEY_KIND_PORTS:
		for (uint32_t i = 0; i < term->value_count; i++)
			r = either(r, match_port(&values[i], &subject->socket));
		return r;
	case KEY_KIND_PREFIXES:
		for (uint32_t i = 0; i < term->value_count; i++)
			r = either(r, match_prefix(&values[i], &subject->socket));
		return r;
	case KEY_KIND_WORDS:
		return match_words(values, term->value_count, key, subject);
	case KEY_KIND_NUMBERS:
		return match_numbers(values, term->value_count, key, subject, owner);
	case KEY_KIND_TEXTS:
	case KEY_KIND_GLOBS:
	case KEY_KIND_PATHS:
		return match_texts(pool, term, subject, owner);
	}
	return r;
}

/* Nobody holds it: that is a fact when every process could be read, and else unknown. */
static enum lsp_known match_nobody(enum lsp_owner_gap gap)
{
	switch (gap) {
	case LSP_OWNER_GAP_NONE:
	case LSP_OWNER_GAP_KERNEL:
	case LSP_OWNER_GAP_UNKNOWN:
		return LSP_KNOWN_NO;
	case LSP_OWNER_GAP_UNASKED:
	case LSP_OWNER_GAP_PERMISSION:
	case LSP_OWNER_GAP_NAMESPACE:
		break;
	}
	return LSP_KNOWN_NOT;
}

static enum lsp_known match_owners(const struct selector_pool *pool,
				   const struct selector_term *term, struct key_subject *subject)
{
	/* Of a rule each owner must fit, unless the term forbids: then none may. */
	bool is_all = subject->is_rule && !term->is_negative;
	enum lsp_known r = known(is_all);

	if (!subject->owner_count)
		return match_nobody(subject->owner_gap);
	for (size_t i = 0; i < subject->owner_count; i++) {
		const struct lsp_owner *owner = &subject->owners[i];
		enum lsp_known one = match_one(pool, term, subject, owner);

		/* A program that may be a forgery is not cleared of being the forbidden one. */
		if (term->is_negative && term->key == KEY_EXE && subject->is_rule &&
		    owner->process->exe_doubt != LSP_EXE_DOUBT_NONE)
			one = LSP_KNOWN_YES;
		r = is_all ? both(r, one) : either(r, one);
	}
	return r;
}

enum lsp_known selector_match_term(const struct selector_pool *pool,
				   const struct selector_term *term, struct key_subject *subject)
{
	enum lsp_known r = keys[term->key].is_of_owner ? match_owners(pool, term, subject)
						       : match_one(pool, term, subject, NULL);

	return term->is_negative ? negate(r) : r;
}

enum lsp_known selector_match(const struct selector_pool *pool, const struct selector *selector,
			      struct key_subject *subject)
{
	enum lsp_known r = LSP_KNOWN_YES;

	for (uint32_t i = 0; r != LSP_KNOWN_NO && i < selector->term_count; i++)
		r = both(r,
			 selector_match_term(pool, selector_term_at(pool, selector, i), subject));
	return r;
}
