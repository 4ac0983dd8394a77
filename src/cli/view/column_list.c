/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which columns are shown: by set, or as the words of a command line say. What a column is and
 * what it shows stands in column.c.
 */
#include "nearest.h"
#include "cleanup.h"
#include "view/column_list.h"
#include "view/sink.h"

#include <errno.h>

/* --- find ------------------------------------------------------------------------------------ */

static char fold(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c == '-' ? '_' : c;
}

static bool is_same_word(const char *word, size_t size, const char *name)
{
	for (size_t i = 0; i < size; i++)
		if (fold(word[i]) != fold(name[i])) /* stops at the end of @name */
			return false;
	return !name[size];
}

static bool find_sized(const char *word, size_t size, struct column *out)
{
	for (size_t i = 0; column_at(i, out); i++)
		if (is_same_word(word, size, out->fact->word) ||
		    is_same_word(word, size, out->title))
			return true;
	return false;
}

bool column_list_find(const char *word, struct column *out)
{
	return find_sized(word, strlen(word), out);
}

/* --- sets ------------------------------------------------------------------------------------ */

static bool list_has(const struct column_list *list, const struct column *column)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->columns[i].fact == column->fact)
			return true;
	return false;
}

static void list_insert_by_place(struct column_list *list, const struct column *column)
{
	size_t at = list->count++;

	for (; at && list->columns[at - 1].fact->place > column->fact->place; at--)
		list->columns[at] = list->columns[at - 1];
	list->columns[at] = *column;
}

void column_list_by_set(struct column_list *list, unsigned any_of, unsigned none_of)
{
	bool is_json = any_of & SET_JSON;
	unsigned names = SET_OWNERS | SET_NAMES;
	struct column column;

	if ((none_of & names) == names)
		any_of &= ~(unsigned)SET_ALL_NAMED;
	else if (any_of & SET_ALL)
		any_of |= SET_ALL_NAMED;
	if (is_json)
		none_of = 0;
	list->count = 0;
	for (size_t i = 0; column_at(i, &column); i++) {
		unsigned sets = column.style->sets | SET_EVERY;

		if (!(sets & any_of) || (sets & none_of))
			continue;
		if (is_json)
			list->columns[list->count++] = column;
		else
			list_insert_by_place(list, &column);
	}
}

unsigned column_list_lookups(const struct column_list *list)
{
	unsigned lookups = 0;

	for (size_t i = 0; i < list->count; i++)
		lookups |= lsp_fact_lookups(list->columns[i].fact);
	return lookups;
}

/* --- parse ----------------------------------------------------------------------------------- */

static void explain_unknown(struct buf *message, const char *word, size_t size)
{
	cleanup(buf_deinit) struct buf folded = BUF_INIT;
	struct nearest nearest;
	struct column column;

	for (size_t i = 0; i < size; i++)
		buf_append_char(&folded, fold(word[i]));
	if (!buf_text(&folded))
		return;
	nearest_init(&nearest, folded.data);
	for (size_t i = 0; column_at(i, &column); i++)
		nearest_try(&nearest, column.fact->word);
	buf_append_text(message, "unknown column \"");
	buf_append(message, word, size);
	buf_append_char(message, '"');
	if (nearest.word)
		buf_printf(message, " (nearest: %s)", nearest.word);
	buf_append_text(message, "; see lsports --list columns");
}

int column_list_take(const char **cursor, struct column *out, struct error *error)
{
	size_t size = strcspn(*cursor, ",");
	struct buf message = BUF_INIT;

	if (find_sized(*cursor, size, out)) {
		*cursor += size;
		return 0;
	}
	if (size)
		explain_unknown(&message, *cursor, size);
	else
		buf_append_text(&message, "empty column name; see lsports --list columns");
	return error_take(error, -EINVAL, &message);
}

int column_list_parse(struct column_list *list, const char *text, struct error *error)
{
	struct column_list result = {.count = 0};

	if (*text == '+') {
		result = *list;
		text++;
	}
	for (;; text++) {
		struct column column;
		int r = column_list_take(&text, &column, error);

		if (r < 0)
			return r;
		if (!list_has(&result, &column))
			result.columns[result.count++] = column;
		if (!*text)
			break;
	}
	*list = result;
	return 0;
}

/* --- list ------------------------------------------------------------------------------------ */

void column_list_help(struct sink *sink)
{
	struct column column;
	size_t width = 0;

	for (size_t i = 0; column_at(i, &column); i++)
		if (strlen(column.fact->word) > width)
			width = strlen(column.fact->word);
	for (size_t i = 0; column_at(i, &column); i++) {
		const struct lsp_fact *fact = column.fact;

		buf_printf(&sink->buf, "%-*s  %-8s  %s", (int)width, fact->word,
			   column_type(&column), fact->help);
		if (fact->type == LSP_FACT_WORD && fact->values && !*fact->values) {
			buf_append_text(&sink->buf, ": ");
			column_append_words(fact, ", ", false, &sink->buf);
		}
		buf_append_char(&sink->buf, '\n');
	}
	sink_flush_some(sink);
}
