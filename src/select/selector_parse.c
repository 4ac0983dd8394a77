/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the selector language: "KEY=VALUE,...", "KEY!=VALUE,...", or a port alone. Owns which
 * key a word has; its values are read by select/selector_value.c, and nothing is matched here.
 */
#include "select/selector_parse.h"

#include "select/selector_offer.h"
#include "select/selector_value.h"

#define ALL_PROTOS ((uint8_t)(lsp_protocol_all()))
#define WORD_MAX UINT16_MAX

/* --- keys --------------------------------------------------------------------------------- */

static int refuse_key(const struct selector_cursor *cursor, size_t size)
{
	struct buf text = BUF_INIT;
	struct nearest nearest;
	int r = -ENOMEM;

	buf_append(&text, cursor->at, size);
	if (buf_text(&text)) {
		nearest_init(&nearest, text.data);
		for (size_t i = 0; lsp_fact_key_at(i); i++)
			nearest_try(&nearest, lsp_fact_key_word(lsp_fact_key_at(i)));
		selector_cursor_offer_words(cursor, &nearest);
		r = error_set(cursor->error, -EINVAL, "unknown key \"%s\"%s%s%s", text.data,
			      nearest.word ? " (nearest: " : "", nearest.word ? nearest.word : "",
			      nearest.word ? ")" : "");
	}
	buf_deinit(&text);
	return r;
}

/* "KEY=" or "KEY!=" or nothing: the term, with the cursor at its first value. */
static int parse_key(struct selector_term *term, struct selector_cursor *cursor)
{
	const char *equals = memchr(cursor->at, '=', (size_t)(cursor->end - cursor->at));
	size_t size, key;

	if (!equals) {
		size = (size_t)(cursor->end - cursor->at);
		key = fact_key_index(cursor->at, size);
		if (key != FACTS_MAX)
			return error_set(cursor->error, -EINVAL, "\"%.*s\" wants a value: %.*s=...",
					 (int)size, cursor->at, (int)size, cursor->at);
		term->fact = FACT_PORT;
		/* lsof(8) writes a port so. */
		if (cursor->at < cursor->end && *cursor->at == ':')
			cursor->at++;
		return 0;
	}
	term->is_negative = equals > cursor->at && equals[-1] == '!';
	size = (size_t)(equals - cursor->at) - term->is_negative;
	key = fact_key_index(cursor->at, size);
	if (key == FACTS_MAX)
		return refuse_key(cursor, size);
	term->fact = (uint8_t)key;
	cursor->at = equals + 1;
	cursor->has_key = true;
	return 0;
}

/* --- words -------------------------------------------------------------------------------- */

static int parse_values(struct selector_pool *pool, struct selector_term *term,
			struct selector_cursor *cursor)
{
	for (;;) {
		struct selector_value value;
		int r = selector_value_parse(pool, lsp_fact_at(term->fact), cursor, &value);

		if (r >= 0)
			r = selector_pool_add_value(pool, term, &value);
		if (r < 0)
			return r;
		if (cursor->at == cursor->end)
			return 0;
		cursor->at++; /* the comma; another value must follow */
	}
}

static int parse_term(struct selector_pool *pool, struct selector *selector,
		      struct selector_term *term, struct selector_cursor *cursor)
{
	int r = parse_key(term, cursor);

	if (r < 0)
		return r;
	/* A key that comes again has more values for its term. */
	if (selector_pool_has_term(selector, term)) {
		term = selector_pool_merge(pool, selector, term);
		return term ? parse_values(pool, term, cursor) : -ENOMEM;
	}
	term->first_value = (uint32_t)pool->values.count;
	r = parse_values(pool, term, cursor);
	return r < 0 ? r : selector_pool_add_term(pool, selector, term);
}

int selector_parse_word(struct selector_pool *pool, struct selector *selector,
			const struct selector_word *word, const struct selector_names *names,
			size_t *position, struct error *error)
{
	struct selector_cursor cursor = {
		.at = word->at,
		.end = word->at + word->size,
		.names = names,
		.error = error,
		.protos = ALL_PROTOS,
	};
	struct selector_term term = {.text_at = word->text_at, .text_size = (uint16_t)word->size};
	int r;

	*position = 0;
	if (word->size > WORD_MAX)
		return error_set(error, -EINVAL, "longer than a selector can be");
	r = parse_term(pool, selector, &term, &cursor);
	*position = (size_t)(cursor.at - word->at);
	if (r == -EINVAL && selector_offer(word->at, word->size, error))
		*position = 0;
	return r;
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* "tcp/" at the start of a word: its end, or @word where there is none. */
static const char *skip_proto(const char *word, const char *end, uint8_t *protos)
{
	const struct lsp_protocol *protocol;

	*protos = ALL_PROTOS;
	if (word == end || (*word >= '0' && *word <= '9'))
		return word;
	for (unsigned i = 0; (protocol = lsp_protocol_at(i)); i++) {
		const char *at = word, *name = protocol->word;

		while (at < end && *name && *at == *name)
			at++, name++;
		if (!*name && at < end && *at == '/') {
			*protos = (uint8_t)LSP_BIT(i);
			return at + 1;
		}
	}
	return word;
}

int selector_parse_port(struct selector_pool *pool, struct selector *selector,
			struct selector_word *word, const char *end)
{
	struct selector_value value = {0};
	const char *first = skip_proto(word->at, end, &value.ports.protos), *at = first;
	struct selector_term term = {.fact = FACT_PORT, .text_at = word->text_at};
	uint32_t port = 0;
	size_t size;
	int r;

	for (; at < end && *at >= '0' && *at <= '9' && port <= UINT16_MAX; at++)
		port = port * 10 + (uint32_t)(*at - '0');
	size = (size_t)(at - word->at);
	/* A word of zeroes may be longer than one can be. */
	if (at == first || port > UINT16_MAX || (at < end && !ends_word(*at)) || size > WORD_MAX)
		return 1;
	word->size = size;
	value.ports.first = value.ports.last = (uint16_t)port;
	term.text_size = (uint16_t)size;
	term.first_value = (uint32_t)pool->values.count;
	r = selector_pool_add_value(pool, &term, &value);
	return r < 0 ? r : selector_pool_add_term(pool, selector, &term);
}

size_t selector_parse_word_size(const char *text, const char *end)
{
	const char *at = text;

	while (at < end) {
		at += strcspn(at, " \t\n\\");
		if (at >= end || ends_word(*at))
			break;
		/* A NUL is a byte like others here: what it means is not for this function. */
		at += *at == '\\' && at[1] != '\n' ? 2 : 1;
	}
	return (size_t)((at < end ? at : end) - text);
}
