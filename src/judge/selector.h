/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Selectors: text -> terms, and terms against a socket. Pure.
 *
 * All selectors of a file, or of a command line, share one pool: a hundred thousand rules must not
 * be a million allocations.
 */
#ifndef LSPORTS_JUDGE_SELECTOR_H
#define LSPORTS_JUDGE_SELECTOR_H
#pragma once

#include "buf.h"
#include "judge/key.h"
#include "nearest.h"
#include "strpool.h"

#include <errno.h>
#include <string.h>

/* One value of a list: which member counts, the key says. */
struct selector_value {
	union {
		struct {
			uint16_t first, last;
			uint8_t protos; /* LSP_BIT(enum lsp_proto) */
			bool is_auto;   /* whatever port the kernel chose */
		} ports;
		struct {
			uint8_t bytes[16];
			uint8_t bits;
			uint8_t family; /* enum lsp_family */
			bool is_dual;   /* the wildcard of both families */
		} prefix;
		struct {
			uint64_t first, last;
		} numbers;
		uint32_t bits; /* words */
		struct {
			uint32_t id; /* in strings */
			bool is_glob;
			bool is_none; /* "-": there is none */
		} text;
	};
};

/* "user!=root,daemon": one key with its values. */
struct selector_term {
	uint8_t key; /* enum key_id */
	bool is_negative;
	uint16_t text_size;
	uint32_t text_at; /* where it stands in the text that was parsed */
	uint32_t first_value, value_count;
	uint32_t value_room; /* of a merged one: 0, or how many values fit in where they stand */
	bool is_merged;      /* of more words than one: no other selector uses it */
};

struct selector_pool {
	struct selector_term *terms;
	struct selector_value *values;
	uint32_t *uses; /* terms of selectors, but the first one of each */
	size_t term_count, term_capacity, value_count, value_capacity, use_count, use_capacity;
	struct strpool strings;
};

void selector_pool_deinit(struct selector_pool *pool); /* takes a zeroed one too */

/*
 * Terms that must all hold. Of none, everything holds. The first term is the selector's own; where
 * the others stand, those of another selector may be the same ones.
 */
struct selector {
	uint32_t head, first_use, term_count;
	uint64_t keys; /* that it has a term of: bit 2 * key, or behind it that of the negative one
			*/
};

/* Has it a term of that key, be it negative? */
static inline bool selector_uses_key(const struct selector *selector, enum key_id key)
{
	return selector->keys >> 2 * key & 3;
}

static inline const struct selector_term *selector_term_at(const struct selector_pool *pool,
							   const struct selector *selector,
							   uint32_t index)
{
	return &pool->terms[index ? pool->uses[selector->first_use + index - 1] : selector->head];
}

/* Where names of services are looked up; NULL functions know none. */
struct selector_names {
	/* @ports: 0 for a protocol that has none. Return: 0, -ENOENT, or a negative errno. */
	int (*find)(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTO_COUNT]);
	void (*offer)(void *data, struct nearest *nearest); /* every name */
	void *data;
};

/*
 * selector_parse_word() - one word more for @selector, the newest of the pool.
 * @text: @at and @size say where in it the word stands, @line_at where its line begins.
 * @error: on -EINVAL what is wrong, with the column in the line, counted from 1.
 *
 * Return: 0, -EINVAL, -ENOMEM, or what names->find() failed with.
 */
int selector_parse_word(struct selector_pool *pool, struct selector *selector, const char *text,
			size_t line_at, size_t at, size_t size, const struct selector_names *names,
			struct buf *error);

/*
 * selector_take_port() - the first word of an empty selector, where it is a port by its number, as
 * "22" and "tcp/22" are: nearly every rule begins so, and this is a tenth of selector_parse_word().
 * @word: up to @end, of the line or of more. @text_at: what selector_parse_word() has as @at.
 * @size: of the word.
 * Return: 0, 1 when the word is anything else, or -ENOMEM.
 */
int selector_take_port(struct selector_pool *pool, struct selector *selector, const char *word,
		       const char *end, uint32_t text_at, size_t *size);

/*
 * selector_add_term() - what a word meant when it was parsed before, once more.
 * @term: index of a term that is not merged.
 * Return: 0, 1 when the selector has a term of that key, so that the word must be parsed, or
 * -ENOMEM.
 */
int selector_add_term(struct selector_pool *pool, struct selector *selector, uint32_t term);

/*
 * selector_share() - all terms of @like but the first one, for a selector of one term.
 * Return: 0, or 1 when they cannot stand behind that term as they are, so that their words must be
 * parsed.
 */
int selector_share(const struct selector_pool *pool, struct selector *selector,
		   const struct selector *like);

/*
 * selector_word_size() - the length of the word at @text, before @end: up to a newline, or a blank
 * that no backslash stands before.
 */
size_t selector_word_size(const char *text, const char *end);

/* Does a value of ports mean each of them? One that is as wide as this means none in particular. */
#define NAMED_RANGE_MAX 256
static inline bool selector_names_ports(const struct selector_value *value)
{
	return value->ports.last - value->ports.first < NAMED_RANGE_MAX;
}

unsigned selector_facts(const struct selector_pool *pool, const struct selector *selector);

/* Does it hold? LSP_KNOWN_NOT when a fact that decides could not be seen. */
enum lsp_known selector_match_term(const struct selector_pool *pool,
				   const struct selector_term *term, struct key_subject *subject);
enum lsp_known selector_match(const struct selector_pool *pool, const struct selector *selector,
			      struct key_subject *subject);

/* --- scope, in selector_scope.c --- */

/* selector_narrow() - protocols, families and states that cannot hold go from the query. */
void selector_narrow(const struct selector_pool *pool, const struct selector *selector,
		     struct lsp_query *query);

/*
 * selector_list_ports() - the ranges of local ports that can hold; none is all.
 * @ports: owned by the caller. Return: 0 or -ENOMEM.
 */
int selector_list_ports(const struct selector_pool *pool, const struct selector *selector,
			struct lsp_port_range **ports, size_t *count);

/* The term of @key that says which ones, not which ones not; or NULL. */
const struct selector_term *selector_find(const struct selector_pool *pool,
					  const struct selector *selector, enum key_id key);

/* selector_is_covered() - whether a query asks for every listener that can hold, whatever else. */
bool selector_is_covered(const struct selector_pool *pool, const struct selector *selector,
			 const struct lsp_query *query);

/* --- values, in selector_value.c --- */

/* What is read: from @at to @end, one value of the list. */
struct selector_cursor {
	const char *at, *end;
	const struct selector_names *names;
	struct buf *error;
	uint8_t protos; /* of the port items that follow */
};

static inline bool selector_is_item_end(const struct selector_cursor *cursor)
{
	return cursor->at == cursor->end || *cursor->at == ',';
}

/* Up to the comma or the end. */
static inline size_t selector_item_size(const struct selector_cursor *cursor)
{
	const char *comma = memchr(cursor->at, ',', (size_t)(cursor->end - cursor->at));

	return (size_t)((comma ? comma : cursor->end) - cursor->at);
}

/* Return: -EINVAL. */
static inline int selector_refuse(const struct selector_cursor *cursor, const char *reason)
{
	buf_append_text(cursor->error, reason);
	return -EINVAL;
}

/*
 * selector_parse_value() - one value up to a comma or the end; the cursor moves behind it, or to
 * where it is wrong. Return: as selector_parse_word().
 */
int selector_parse_value(struct selector_pool *pool, enum key_id key,
			 struct selector_cursor *cursor, struct selector_value *out);

/* A text: escapes are undone, and where @has_globs patterns are told; in selector_text.c. */
int selector_parse_text(struct selector_pool *pool, bool has_globs, struct selector_cursor *cursor,
			struct selector_value *out);

#endif
