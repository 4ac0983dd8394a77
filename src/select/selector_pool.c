/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the terms of selectors and their values stand, and which selectors share them. Knows no
 * text that they were written as.
 */
#include "select/selector_pool.h"

#include <errno.h>

void selector_pool_deinit(struct selector_pool *pool)
{
	if (!pool)
		return;
	array_deinit(&pool->terms);
	array_deinit(&pool->values);
	array_deinit(&pool->uses);
	strpool_deinit(&pool->strings);
	*pool = (struct selector_pool){0};
}

/* --- values ------------------------------------------------------------------------------- */

static int append_value(struct selector_pool *pool, const struct selector_value *value)
{
	struct selector_value *slot = array_add(&pool->values, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *value;
	return 0;
}

/*
 * Values of one term stand together: those of a key that comes once more move to the end of the
 * pool, into room for twice as many.
 */
static int move_values(struct selector_pool *pool, struct selector_term *term)
{
	static const struct selector_value none;
	uint32_t first = (uint32_t)pool->values.count, count = term->value_count;
	int r = 0;

	for (uint32_t i = 0; r >= 0 && i < 2 * count; i++) {
		struct selector_value old = i < count ? selector_pool_values(pool, term)[i] : none;

		r = append_value(pool, &old);
	}
	if (r < 0)
		return r;
	term->first_value = first;
	term->value_room = 2 * count;
	return 0;
}

int selector_pool_add_value(struct selector_pool *pool, struct selector_term *term,
			    const struct selector_value *value)
{
	bool is_last = term->first_value + term->value_count == pool->values.count;
	struct selector_value *values;
	int r;

	if (term->value_count >= term->value_room && is_last) {
		r = append_value(pool, value);
		term->value_count += r >= 0;
		return r;
	}
	if (term->value_count >= term->value_room) {
		r = move_values(pool, term);
		if (r < 0)
			return r;
	}
	values = (struct selector_value *)pool->values.data + term->first_value;
	values[term->value_count++] = *value;
	return 0;
}

/* --- terms -------------------------------------------------------------------------------- */

static bool is_alike(const struct selector_term *a, const struct selector_term *b)
{
	return a->fact == b->fact && a->is_negative == b->is_negative;
}

static struct selector_term *term_at(const struct selector_pool *pool, uint32_t index)
{
	return (struct selector_term *)pool->terms.data + index;
}

static int append_term(struct selector_pool *pool, const struct selector_term *term)
{
	struct selector_term *slot = array_add(&pool->terms, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = *term;
	return 0;
}

static int use_term(struct selector_pool *pool, struct selector *selector, uint32_t term)
{
	const struct selector_term *used = term_at(pool, term);

	if (!selector->term_count) {
		selector->head = term;
		selector->first_use = (uint32_t)pool->uses.count;
	} else {
		uint32_t *slot = array_add(&pool->uses, sizeof(*slot));

		if (!slot)
			return -ENOMEM;
		*slot = term;
	}
	selector->term_count++;
	selector->facts[used->is_negative] |= UINT64_C(1) << used->fact;
	return 0;
}

int selector_pool_add_term(struct selector_pool *pool, struct selector *selector,
			   const struct selector_term *term)
{
	int r = append_term(pool, term);

	return r < 0 ? r : use_term(pool, selector, (uint32_t)pool->terms.count - 1);
}

/* Where the selector uses a term of that fact, which it has. */
static uint32_t *find_use(struct selector_pool *pool, struct selector *selector,
			  const struct selector_term *like)
{
	uint32_t *use = &selector->head;

	if (is_alike(term_at(pool, *use), like))
		return use;
	use = (uint32_t *)pool->uses.data + selector->first_use;
	while (!is_alike(term_at(pool, *use), like))
		use++;
	return use;
}

struct selector_term *selector_pool_merge(struct selector_pool *pool, struct selector *selector,
					  const struct selector_term *like)
{
	uint32_t *use = find_use(pool, selector, like);
	struct selector_term own = *term_at(pool, *use);

	/* Other selectors may use the term as it is. */
	if (!own.is_merged) {
		own.is_merged = true;
		if (append_term(pool, &own) < 0)
			return NULL;
		*use = (uint32_t)pool->terms.count - 1;
	}
	return term_at(pool, *use);
}

int selector_pool_reuse(struct selector_pool *pool, struct selector *selector, uint32_t term)
{
	if (selector_pool_has_term(selector, term_at(pool, term)))
		return 1;
	return use_term(pool, selector, term);
}

int selector_pool_share(const struct selector_pool *pool, struct selector *selector,
			const struct selector *like)
{
	const struct selector_term *head = term_at(pool, like->head);
	uint64_t rest[2] = {like->facts[0], like->facts[1]};

	rest[head->is_negative] &= ~(UINT64_C(1) << head->fact);
	if (head->is_merged || rest[0] & selector->facts[0] || rest[1] & selector->facts[1])
		return 1;
	selector->facts[0] |= rest[0];
	selector->facts[1] |= rest[1];
	selector->first_use = like->first_use;
	selector->term_count = like->term_count;
	return 0;
}

int selector_pool_split(struct selector_pool *pool, const struct selector *selector, size_t fact,
			uint32_t value, struct selector *out)
{
	int r = 0;

	*out = (struct selector){0};
	for (uint32_t i = 0; r >= 0 && i < selector->term_count; i++) {
		struct selector_term own = *selector_pool_term(pool, selector, i);

		if (own.fact != fact || own.is_negative) {
			r = use_term(pool, out, selector_pool_index(pool, selector, i));
			continue;
		}
		own.first_value += value;
		own.value_count = 1;
		own.value_room = 0;
		own.is_merged = true;
		r = selector_pool_add_term(pool, out, &own);
	}
	return r;
}

/* --- ask ---------------------------------------------------------------------------------- */

const struct selector_term *selector_pool_find(const struct selector_pool *pool,
					       const struct selector *selector, size_t fact)
{
	for (uint32_t i = 0; i < selector->term_count; i++) {
		const struct selector_term *term = selector_pool_term(pool, selector, i);

		if (term->fact == fact && !term->is_negative)
			return term;
	}
	return NULL;
}

unsigned selector_pool_lookups(const struct selector_pool *pool, const struct selector *selector)
{
	unsigned lookups = 0;

	for (uint32_t i = 0; i < selector->term_count; i++) {
		const struct selector_term *term = selector_pool_term(pool, selector, i);
		const struct selector_value *values = selector_pool_values(pool, term);

		lookups |= lsp_fact_lookups(lsp_fact_at(term->fact));
		for (uint32_t v = 0; term->fact == FACT_PORT && v < term->value_count; v++) {
			if (values[v].ports.is_auto)
				lookups |= LSP_LOOKUP_AUTO;
		}
	}
	return lookups;
}
