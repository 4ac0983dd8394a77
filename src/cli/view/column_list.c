/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which columns are shown: by set, or as the words of a command line say. What a column is and
 * what it shows stands in columns.c.
 */
#include "nearest.h"
#include "scope.h"
#include "view/view.h"
#include "view/column_list.h"

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

static const struct column *find_sized(const char *word, size_t size)
{
	for (size_t i = 0; i < column_count; i++)
		if (is_same_word(word, size, columns[i].key) ||
		    is_same_word(word, size, columns[i].title))
			return &columns[i];
	return NULL;
}

const struct column *column_find(const char *word)
{
	return find_sized(word, strlen(word));
}

/* --- sets ------------------------------------------------------------------------------------ */

static bool list_has(const struct column_list *list, const struct column *column)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->columns[i] == column)
			return true;
	return false;
}

static void list_insert_by_place(struct column_list *list, const struct column *column)
{
	size_t at = list->count++;

	for (; at && list->columns[at - 1]->place > column->place; at--)
		list->columns[at] = list->columns[at - 1];
	list->columns[at] = column;
}

void column_list_by_set(struct column_list *list, unsigned any_of, unsigned none_of)
{
	bool is_json = any_of & SET_JSON;
	unsigned names = SET_OWNERS | SET_NAMES;

	if ((none_of & names) == names)
		any_of &= ~(unsigned)SET_ALL_NAMED;
	else if (any_of & SET_ALL)
		any_of |= SET_ALL_NAMED;
	if (is_json)
		none_of = 0;
	list->count = 0;
	for (size_t i = 0; i < column_count; i++) {
		unsigned sets = columns[i].sets | SET_EVERY;

		if (!(sets & any_of) || (sets & none_of))
			continue;
		if (is_json)
			list->columns[list->count++] = &columns[i];
		else
			list_insert_by_place(list, &columns[i]);
	}
}

unsigned column_list_facts(const struct column_list *list)
{
	unsigned facts = 0;

	for (size_t i = 0; i < list->count; i++)
		facts |= list->columns[i]->facts;
	return facts;
}

/* --- parse ----------------------------------------------------------------------------------- */

static void explain_unknown(struct buf *message, const char *word, size_t size)
{
	cleanup(buf_deinit) struct buf folded = BUF_INIT;
	struct nearest nearest;

	for (size_t i = 0; i < size; i++)
		buf_append_char(&folded, fold(word[i]));
	if (!buf_text(&folded))
		return;
	nearest_init(&nearest, folded.data);
	for (size_t i = 0; i < column_count; i++)
		nearest_try(&nearest, columns[i].key);
	buf_append_text(message, "unknown column \"");
	buf_append(message, word, size);
	buf_append_char(message, '"');
	if (nearest.word)
		buf_printf(message, " (nearest: %s)", nearest.word);
	buf_append_text(message, "; see lsports --list columns");
}

int column_list_take(const char **cursor, const struct column **out, char **reason)
{
	size_t size = strcspn(*cursor, ",");
	struct buf message = BUF_INIT;

	*out = find_sized(*cursor, size);
	if (*out) {
		*cursor += size;
		return 0;
	}
	if (size)
		explain_unknown(&message, *cursor, size);
	else
		buf_append_text(&message, "empty column name; see lsports --list columns");
	*reason = buf_take_text(&message);
	return -EINVAL;
}

int column_list_parse(struct column_list *list, const char *text, char **reason)
{
	struct column_list result = {.count = 0};

	*reason = NULL;
	if (*text == '+') {
		result = *list;
		text++;
	}
	for (;; text++) {
		const struct column *column;
		int error = column_list_take(&text, &column, reason);

		if (error < 0)
			return error;
		if (!list_has(&result, column))
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
	size_t width = 0;

	for (size_t i = 0; i < column_count; i++)
		if (strlen(columns[i].key) > width)
			width = strlen(columns[i].key);
	for (size_t i = 0; i < column_count; i++)
		buf_printf(&sink->buf, "%-*s  %-8s  %s\n", (int)width, columns[i].key,
			   columns[i].type, columns[i].help);
	sink_flush_some(sink);
}
