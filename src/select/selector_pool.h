/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What selectors are made of. All selectors of a file, or of a command line, share one pool: a
 * hundred thousand rules must not be a million allocations.
 */
#ifndef LSPORTS_SELECT_SELECTOR_POOL_H
#define LSPORTS_SELECT_SELECTOR_POOL_H
#pragma once

#include "array.h"
#include "model/endpoint.h"
#include "model/fact.h"
#include "strpool.h"

/* One value of a list: which member counts, the key says. */
struct selector_value {
	union {
		struct {
			uint16_t first, last;
			uint8_t protos; /* LSP_BIT */
			bool is_auto;   /* whatever port the kernel chose */
		} ports;
		struct {
			struct endpoint_prefix prefix;
			bool is_dual; /* the wildcard of both families */
		} prefix;
		struct {
			uint64_t first, last;
		} numbers;
		uint32_t bits; /* words */
		struct {
			const char *plain; /* or the pattern, in the pool's strings */
			/* Digits of a longer text that begins so; of no text, see identity.h. */
			const char *digits;
			bool is_glob;
			bool is_none; /* "-": there is none */
		} text;
	};
};

/* "user!=root,daemon": one key with its values. */
struct selector_term {
	uint8_t fact; /* its row */
	bool is_negative;
	uint16_t text_size;
	uint32_t text_at; /* where it stands in the text that was parsed */
	uint32_t first_value, value_count;
	uint32_t value_room; /* of a merged one: 0, or how many values fit in where they stand */
	bool is_merged;      /* of more words than one: no other selector uses it */
};

struct selector_pool {
	struct array terms;  /* struct selector_term */
	struct array values; /* struct selector_value */
	struct array uses;   /* uint32_t: terms of selectors, but the first one of each */
	struct strpool strings;
};

/*
 * Terms that must all hold. Of none, everything holds. The first term is the selector's own; where
 * the others stand, those of another selector may be the same ones.
 */
struct selector {
	uint32_t head, first_use, term_count;
	uint64_t facts[2]; /* that it has a term of, a bit each: positive and negative ones */
};

void selector_pool_deinit(struct selector_pool *pool); /* takes a zeroed one too */

/* --- fill; @selector is the newest of the pool. Return: 0 or -ENOMEM unless it says otherwise ---
 */

/* One more value of @term, which is the newest of the pool or a merged one. */
int selector_pool_add_value(struct selector_pool *pool, struct selector_term *term,
			    const struct selector_value *value);

/* One more term, of a fact that the selector has none of yet. */
int selector_pool_add_term(struct selector_pool *pool, struct selector *selector,
			   const struct selector_term *term);

/*
 * selector_pool_merge() - the term of the fact of @like, which the selector has, to add values to.
 * Return: borrowed until the next term is added; NULL when memory is short.
 */
struct selector_term *selector_pool_merge(struct selector_pool *pool, struct selector *selector,
					  const struct selector_term *like);

/*
 * selector_pool_reuse() - what a word meant when it was parsed before, once more.
 * @term: index of a term that is not merged.
 * Return: 0, 1 when the selector has a term of that fact, so that the word must be parsed, or
 * -ENOMEM.
 */
int selector_pool_reuse(struct selector_pool *pool, struct selector *selector, uint32_t term);

/*
 * selector_pool_share() - all terms of @like but the first one, for a selector of one term.
 * Return: 0, or 1 when they cannot stand after that term as they are, so that their words must be
 * parsed.
 */
int selector_pool_share(const struct selector_pool *pool, struct selector *selector,
			const struct selector *like);

/*
 * selector_pool_split() - another selector, with but one of the values of the term of @fact, which
 * is positive. @value: its number there.
 */
int selector_pool_split(struct selector_pool *pool, const struct selector *selector, size_t fact,
			uint32_t value, struct selector *out);

/* --- ask --- */

/* The index of a term of a selector in pool->terms. */
static inline uint32_t selector_pool_index(const struct selector_pool *pool,
					   const struct selector *selector, uint32_t number)
{
	const uint32_t *uses = pool->uses.data;

	return number ? uses[selector->first_use + number - 1] : selector->head;
}

/* Term @number of a selector; borrowed until the pool takes more. */
static inline const struct selector_term *selector_pool_term(const struct selector_pool *pool,
							     const struct selector *selector,
							     uint32_t number)
{
	return (const struct selector_term *)pool->terms.data +
	       selector_pool_index(pool, selector, number);
}

/* The values of a term, value_count of them; borrowed until the pool takes more. */
static inline const struct selector_value *selector_pool_values(const struct selector_pool *pool,
								const struct selector_term *term)
{
	return (const struct selector_value *)pool->values.data + term->first_value;
}

/* Has it a term of the fact of @like, as positive or negative as that? */
static inline bool selector_pool_has_term(const struct selector *selector,
					  const struct selector_term *like)
{
	return selector->facts[like->is_negative] >> like->fact & 1;
}

/* The term of @fact, its row, that says which ones, not which ones not; or NULL. */
const struct selector_term *selector_pool_find(const struct selector_pool *pool,
					       const struct selector *selector, size_t fact);

/* enum lsp_lookup that its terms need. */
unsigned selector_pool_lookups(const struct selector_pool *pool, const struct selector *selector);

#endif
