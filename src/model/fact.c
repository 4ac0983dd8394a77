/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of facts as one list. What each of them is stands in its row. */
#include "model/fact.h"

#include "model/judgement_facts.h"
#include "model/owner_facts.h"
#include "model/socket_facts.h"
#include "num.h"

#include <string.h>

const struct lsp_fact *lsp_fact_at(size_t index)
{
	if (index < socket_facts_count)
		return &socket_facts[index];
	index -= socket_facts_count;
	if (index < owner_facts_count)
		return &owner_facts[index];
	index -= owner_facts_count;
	return index < judgement_facts_count ? &judgement_facts[index] : NULL;
}

const struct lsp_fact *lsp_fact_owner_at(size_t index)
{
	return index < owner_facts_count ? &owner_facts[index] : NULL;
}

/* Has the key @fact, which is row @row, its place before the key in row @other? */
static bool is_before(size_t row, size_t other)
{
	const struct lsp_fact *a = lsp_fact_at(row), *b = lsp_fact_at(other);

	return a->place != b->place ? a->place < b->place : row < other;
}

const struct lsp_fact *lsp_fact_key_at(size_t index)
{
	const struct lsp_fact *fact;

	for (size_t i = 0; (fact = lsp_fact_at(i)); i++) {
		size_t before = 0;

		if (!fact->values)
			continue;
		for (size_t k = 0; lsp_fact_at(k); k++)
			before += lsp_fact_at(k)->values && k != i && is_before(k, i);
		if (before == index)
			return fact;
	}
	return NULL;
}

static const struct lsp_fact *find_row(const struct lsp_fact *rows, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].word[0] == word[0] && strcmp(rows[i].word, word) == 0)
			return &rows[i];
	return NULL;
}

const struct lsp_fact *lsp_fact_find(const char *word)
{
	const struct lsp_fact *fact = find_row(socket_facts, socket_facts_count, word);

	if (!fact)
		fact = find_row(owner_facts, owner_facts_count, word);
	return fact ? fact : find_row(judgement_facts, judgement_facts_count, word);
}

size_t fact_key_index(const char *key, size_t size)
{
	const struct lsp_fact *fact;

	for (size_t i = 0; size && (fact = lsp_fact_at(i)); i++) {
		const char *word = lsp_fact_key_word(fact);

		if (fact->values && *word == *key && strncmp(word, key, size) == 0 && !word[size])
			return i;
	}
	return FACTS_MAX;
}

const struct lsp_fact *lsp_fact_find_key(const char *key, size_t size)
{
	return lsp_fact_at(fact_key_index(key, size));
}

const char *lsp_fact_key_word(const struct lsp_fact *fact)
{
	return fact->key ? fact->key : fact->word;
}

const char *lsp_fact_word(const struct lsp_fact *fact, unsigned number)
{
	static const char *const answers[] = {"no", "yes"};

	if (fact->type == LSP_FACT_BOOLEAN)
		return number < 2 ? answers[number] : NULL;
	return fact->words ? fact->words(number) : NULL;
}

bool lsp_fact_word_is_again(const struct lsp_fact *fact, unsigned number)
{
	const char *word = lsp_fact_word(fact, number);

	for (unsigned i = 0; i < number; i++)
		if (strcmp(lsp_fact_word(fact, i), word) == 0)
			return true;
	return false;
}

unsigned lsp_fact_lookups(const struct lsp_fact *fact)
{
	unsigned lookups = fact->lookups;

	for (size_t i = 0; fact->type == LSP_FACT_OWNERS && i < owner_facts_count; i++)
		if (!(owner_facts[i].flags & LSP_FACT_NO_MEMBER))
			lookups |= owner_facts[i].lookups;
	return lookups;
}

const char *lsp_fact_text(const struct lsp_value *value, char digits[LSP_FACT_DIGITS])
{
	if (value->kind != LSP_VALUE_NUMBER)
		return value->text;
	if (value->text)
		return value->text;
	return num_format(value->number, digits);
}
