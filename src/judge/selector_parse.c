/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of the selector language: "KEY=VALUE,...", "KEY!=VALUE,...", or a port alone. Owns how
 * terms are combined; values are read by judge/selector_value.c, and nothing is matched here.
 */
#include "judge/selector.h"

#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ALL_PROTOS ((uint8_t)(LSP_BIT(LSP_PROTO_COUNT) - 1))
#define WORD_MAX UINT16_MAX

void selector_pool_deinit(struct selector_pool *pool)
{
	if (!pool)
		return;
	free(pool->terms);
	free(pool->values);
	free(pool->uses);
	strpool_deinit(&pool->strings);
	*pool = (struct selector_pool){0};
}

/* Room for one element more. */
static void *grow(void *elements, size_t count, size_t *capacity, size_t size)
{
	size_t more = *capacity ? *capacity * 2 : 16;
	void *grown;

	if (count < *capacity)
		return elements;
	grown = reallocarray(elements, more, size);
	if (grown)
		*capacity = more;
	return grown;
}

static int add_value(struct selector_pool *pool, const struct selector_value *value)
{
	struct selector_value *values =
		grow(pool->values, pool->value_count, &pool->value_capacity, sizeof(*values));

	if (!values)
		return -ENOMEM;
	pool->values = values;
	values[pool->value_count++] = *value;
	return 0;
}

static uint64_t key_bit(const struct selector_term *term)
{
	return UINT64_C(1) << (2 * term->key + term->is_negative);
}

/* Where the selector uses a term of that key, which it has. */
static uint32_t *find_use(struct selector_pool *pool, struct selector *selector,
			  const struct selector_term *like)
{
	uint32_t *use = &selector->head;

	if (key_bit(&pool->terms[*use]) == key_bit(like))
		return use;
	use = &pool->uses[selector->first_use];
	while (key_bit(&pool->terms[*use]) != key_bit(like))
		use++;
	return use;
}

static int add_term(struct selector_pool *pool, const struct selector_term *term)
{
	struct selector_term *terms =
		grow(pool->terms, pool->term_count, &pool->term_capacity, sizeof(*terms));

	if (!terms)
		return -ENOMEM;
	pool->terms = terms;
	terms[pool->term_count++] = *term;
	return 0;
}

static int add_use(struct selector_pool *pool, struct selector *selector, uint32_t term)
{
	uint32_t *uses;

	if (!selector->term_count) {
		selector->head = term;
		selector->first_use = (uint32_t)pool->use_count;
	} else {
		uses = grow(pool->uses, pool->use_count, &pool->use_capacity, sizeof(*uses));
		if (!uses)
			return -ENOMEM;
		pool->uses = uses;
		uses[pool->use_count++] = term;
	}
	selector->term_count++;
	selector->keys |= key_bit(&pool->terms[term]);
	return 0;
}

/*
 * One value more of a term. Values of one term stand together: those of a key that comes once more
 * move to the end of the pool, into room for twice as many.
 */
static int add_term_value(struct selector_pool *pool, struct selector_term *term,
			  const struct selector_value *value)
{
	static const struct selector_value none;
	uint32_t first = (uint32_t)pool->value_count, count = term->value_count;
	int r = 0;

	if (count < term->value_room) {
		pool->values[term->first_value + term->value_count++] = *value;
		return 0;
	}
	if (term->first_value + count != first) {
		for (uint32_t i = 0; r >= 0 && i < 2 * count; i++) {
			struct selector_value old =
				i < count ? pool->values[term->first_value + i] : none;

			r = add_value(pool, &old);
		}
		if (r < 0)
			return r;
		term->first_value = first;
		term->value_room = 2 * count;
		return add_term_value(pool, term, value);
	}
	r = add_value(pool, value);
	term->value_count += r >= 0;
	return r;
}

static int parse_values(struct selector_pool *pool, struct selector_term *term,
			struct selector_cursor *cursor)
{
	for (;;) {
		struct selector_value value;
		int r = selector_parse_value(pool, (enum key_id)term->key, cursor, &value);

		if (r >= 0)
			r = add_term_value(pool, term, &value);
		if (r < 0)
			return r;
		if (cursor->at == cursor->end)
			return 0;
		cursor->at++; /* the comma; behind it another value must stand */
	}
}

static int refuse_key(const char *word, size_t size, struct buf *error)
{
	struct buf text = BUF_INIT;
	struct nearest nearest;

	buf_append_text(error, "unknown key \"");
	buf_append(error, word, size);
	buf_append_char(error, '"');
	buf_append(&text, word, size);
	if (buf_text(&text)) {
		nearest_init(&nearest, text.data);
		for (size_t i = 0; lsp_key_at(i); i++)
			nearest_try(&nearest, lsp_key_at(i)->word);
		if (nearest.word)
			buf_printf(error, " (nearest: %s)", nearest.word);
	}
	buf_deinit(&text);
	return -EINVAL;
}

/* "KEY=" or "KEY!=" or nothing: the term, with the cursor at its first value. */
static int parse_key(struct selector_term *term, struct selector_cursor *cursor)
{
	const char *equals = memchr(cursor->at, '=', (size_t)(cursor->end - cursor->at));
	size_t size;
	enum key_id key;

	if (!equals) {
		size = (size_t)(cursor->end - cursor->at);
		key = key_find(cursor->at, size);
		if (key != KEY_COUNT) {
			buf_printf(cursor->error, "\"%s\" wants a value: %s=...",
				   keys[key].shown.word, keys[key].shown.word);
			return -EINVAL;
		}
		term->key = KEY_PORT;
		/* lsof(8) writes a port so. */
		if (cursor->at < cursor->end && *cursor->at == ':')
			cursor->at++;
		return 0;
	}
	term->is_negative = equals > cursor->at && equals[-1] == '!';
	size = (size_t)(equals - cursor->at) - term->is_negative;
	key = key_find(cursor->at, size);
	if (key == KEY_COUNT)
		return refuse_key(cursor->at, size, cursor->error);
	term->key = (uint8_t)key;
	cursor->at = equals + 1;
	return 0;
}

int selector_add_term(struct selector_pool *pool, struct selector *selector, uint32_t term)
{
	if (selector->keys & key_bit(&pool->terms[term]))
		return 1;
	return add_use(pool, selector, term);
}

int selector_share(const struct selector_pool *pool, struct selector *selector,
		   const struct selector *like)
{
	const struct selector_term *head = &pool->terms[like->head];
	uint64_t rest = like->keys & ~key_bit(head);

	if (head->is_merged || rest & selector->keys)
		return 1;
	selector->keys |= rest;
	selector->first_use = like->first_use;
	selector->term_count = like->term_count;
	return 0;
}

/* A word of a key that the selector has: more values for its term, which others may use too. */
static int merge_word(struct selector_pool *pool, struct selector *selector,
		      const struct selector_term *like, struct selector_cursor *cursor)
{
	uint32_t *use = find_use(pool, selector, like);
	struct selector_term term = pool->terms[*use];
	int r;

	if (!term.is_merged) {
		term.is_merged = true;
		r = add_term(pool, &term);
		if (r < 0)
			return r;
		*use = (uint32_t)pool->term_count - 1;
	}
	return parse_values(pool, &pool->terms[*use], cursor);
}

static int parse_term(struct selector_pool *pool, struct selector *selector,
		      struct selector_term *term, struct selector_cursor *cursor)
{
	int r = parse_key(term, cursor);

	if (r < 0)
		return r;
	if (selector->keys & key_bit(term))
		return merge_word(pool, selector, term, cursor);
	term->first_value = (uint32_t)pool->value_count;
	r = parse_values(pool, term, cursor);
	if (r >= 0)
		r = add_term(pool, term);
	return r < 0 ? r : add_use(pool, selector, (uint32_t)pool->term_count - 1);
}

int selector_parse_word(struct selector_pool *pool, struct selector *selector, const char *text,
			size_t line_at, size_t at, size_t size, const struct selector_names *names,
			struct buf *error)
{
	struct buf what = BUF_INIT;
	struct selector_cursor cursor = {
		.at = text + at,
		.end = text + at + size,
		.names = names,
		.error = &what,
		.protos = ALL_PROTOS,
	};
	struct selector_term term = {.text_at = (uint32_t)at, .text_size = (uint16_t)size};
	int r;

	if (size > WORD_MAX) {
		buf_printf(error, "column %zu: longer than a selector can be", at - line_at + 1);
		return -EINVAL;
	}
	r = parse_term(pool, selector, &term, &cursor);
	if (r == -EINVAL) {
		buf_printf(error, "column %zu: ", (size_t)(cursor.at - text) - line_at + 1);
		buf_append(error, what.data, what.size);
	}
	buf_deinit(&what);
	return r;
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* "tcp/" or "udp/" at the start of a word: its end, or @word where there is none. */
static const char *skip_proto(const char *word, const char *end, uint8_t *protos)
{
	*protos = ALL_PROTOS;
	for (unsigned i = 0; word < end && *word > '9' && i < LSP_PROTO_COUNT; i++) {
		const char *name = lsp_proto_word((enum lsp_proto)i);
		size_t size = strlen(name);

		if ((size_t)(end - word) > size && word[size] == '/' &&
		    memcmp(word, name, size) == 0) {
			*protos = (uint8_t)LSP_BIT(i);
			return word + size + 1;
		}
	}
	return word;
}

int selector_take_port(struct selector_pool *pool, struct selector *selector, const char *word,
		       const char *end, uint32_t text_at, size_t *size)
{
	struct selector_value value = {0};
	const char *first = skip_proto(word, end, &value.ports.protos), *at = first;
	uint32_t port = 0;
	int r;

	for (; at < end && *at >= '0' && *at <= '9' && port <= UINT16_MAX; at++)
		port = port * 10 + (uint32_t)(*at - '0');
	if (at == first || port > UINT16_MAX || (at < end && !ends_word(*at)))
		return 1;
	*size = (size_t)(at - word);
	/* A word of zeroes may be longer than one can be. */
	if (*size > WORD_MAX)
		return 1;
	value.ports.first = value.ports.last = (uint16_t)port;
	r = add_value(pool, &value);
	if (r >= 0)
		r = add_term(pool, &(struct selector_term){
					   .key = KEY_PORT,
					   .text_at = text_at,
					   .text_size = (uint16_t)*size,
					   .first_value = (uint32_t)pool->value_count - 1,
					   .value_count = 1,
				   });
	return r < 0 ? r : add_use(pool, selector, (uint32_t)pool->term_count - 1);
}

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Of eight bytes, how many stand before the first blank, control or backslash; 8 for none. */
static unsigned count_plain(uint64_t eight)
{
	/* A byte that is smaller than the one subtracted borrows: the lowest such bit is right. */
	uint64_t blanks = (eight - '!' * EACH_BYTE) & ~eight;
	uint64_t zeroed = eight ^ '\\' * EACH_BYTE;
	uint64_t escapes = (zeroed - EACH_BYTE) & ~zeroed;
	uint64_t marks = (blanks | escapes) & 0x80 * EACH_BYTE;

	return marks ? (unsigned)__builtin_ctzll(marks) / 8 : 8;
}

size_t selector_word_size(const char *text, const char *end)
{
	const char *at = text;
	unsigned plain = 8;

	while (plain == 8 && end - at >= 8) {
		uint64_t eight;

		memcpy(&eight, at, 8);
		plain = count_plain(le64toh(eight));
		at += plain;
	}
	for (; at < end && !ends_word(*at); at++) {
		if (*at == '\\' && at + 1 < end && at[1] != '\n')
			at++;
	}
	return (size_t)(at - text);
}

unsigned selector_facts(const struct selector_pool *pool, const struct selector *selector)
{
	unsigned facts = 0;

	for (uint32_t i = 0; i < selector->term_count; i++) {
		const struct selector_term *term = selector_term_at(pool, selector, i);

		facts |= keys[term->key].facts;
		if (term->key != KEY_PORT)
			continue;
		for (uint32_t v = 0; v < term->value_count; v++) {
			if (pool->values[term->first_value + v].ports.is_auto)
				facts |= LSP_FACT_AUTO;
		}
	}
	return facts;
}
