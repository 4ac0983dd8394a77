/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a command line that is being written -> what the last one can be. Pure, and forgiving
 * where arguments.c is strict: what makes no sense yet is skipped. The option table alone says
 * which argument an option takes.
 */
#include "complete_context.h"

#include "array.h"
#include "options.h"

#include <lsports/judgement.h>
#include <string.h>

/* Names of arguments in --help. */
static const struct {
	const char *argument;
	enum complete_context_kind kind;
} arguments[] = {
	{"LIST", COMPLETE_CONTEXT_COLUMNS},        {"[-]COL,...", COMPLETE_CONTEXT_COLUMNS},
	{"FORMAT", COMPLETE_CONTEXT_FORMATS},      {"WORD", COMPLETE_CONTEXT_GROUPINGS},
	{"NAME|PID|PATH", COMPLETE_CONTEXT_NETNS}, {"FILE", COMPLETE_CONTEXT_FILE},
	{"DIR", COMPLETE_CONTEXT_DIRECTORY},       {"PORT", COMPLETE_CONTEXT_PORT},
	{"SECONDS", COMPLETE_CONTEXT_NOTHING},
};

#define ARGUMENT_COUNT ARRAY_SIZE(arguments)

static size_t find_argument(const struct option_row *row)
{
	size_t i = 0;

	while (i < ARGUMENT_COUNT && strcmp(arguments[i].argument, row->argument) != 0)
		i++;
	return i;
}

bool complete_context_knows(const struct option_row *row)
{
	return !row->argument || row->words || find_argument(row) < ARGUMENT_COUNT;
}

/* --- options ---------------------------------------------------------------------------- */

/* An exact name, or the only name with that beginning; NULL for none. */
static const struct option_row *find_long(const char *name, size_t size)
{
	const struct option_row *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < option_rows_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!option_rows_public_name(row) ||
		    strncmp(option_rows_name(row), name, size) != 0)
			continue;
		if (!option_rows_name(row)[size])
			return row;
		found = row;
		count++;
	}
	return count == 1 ? found : NULL;
}

static const struct option_row *find_letter(char letter)
{
	for (size_t i = 0; i < option_rows_count; i++)
		if (option_rows_letter(&option_rows[i]) == letter &&
		    option_rows[i].kind != OPTION_KIND_ERROR)
			return &option_rows[i];
	return NULL;
}

/*
 * The last option of @word, a run of letters.
 * @end: set behind its letter, where its argument begins.
 */
static const struct option_row *read_letters(const char *word, size_t *end)
{
	const struct option_row *row = NULL;

	for (*end = 1; word[*end];) {
		row = find_letter(word[*end]);
		if (!row)
			return NULL;
		++*end;
		if (row->argument)
			break;
	}
	return row;
}

/* The option of @word that takes the next word for its argument, NULL for none. */
static const struct option_row *find_pending(const char *word)
{
	const struct option_row *row;
	size_t end;

	if (word[0] != '-' || !word[1])
		return NULL;
	if (word[1] == '-') {
		row = strchr(word, '=') ? NULL : find_long(word + 2, strlen(word + 2));
		return row && row->argument ? row : NULL;
	}
	row = read_letters(word, &end);
	return row && row->argument && !word[end] ? row : NULL;
}

/* "22", ":22", "tcp/22" behind the last comma. */
static void parse_port(const char *word, struct complete_context *context)
{
	const char *part = word + context->kept;

	for (unsigned proto = 0; proto < lsp_protocol_count(); proto++) {
		const char *name = lsp_protocol_word(proto);
		size_t size = strlen(name);

		if (strncmp(part, name, size) == 0 && part[size] == '/') {
			context->protos = LSP_BIT(proto);
			context->kept += size + 1;
			context->kind = COMPLETE_CONTEXT_PORT;
			return;
		}
	}
	if (*part == ':') {
		context->kept++;
		context->kind = COMPLETE_CONTEXT_PORT;
	}
}

/* The argument of @row begins at @start of @word. */
static void parse_argument(const char *word, size_t start, const struct option_row *row,
			   struct complete_context *context)
{
	const char *comma;
	size_t found;

	context->row = row;
	context->start = context->kept = start;
	if (row->words) {
		context->kind = COMPLETE_CONTEXT_WORDS;
		return;
	}
	found = row->argument ? find_argument(row) : ARGUMENT_COUNT;
	context->kind = found < ARGUMENT_COUNT ? arguments[found].kind : COMPLETE_CONTEXT_NOTHING;
	if (row->member == offsetof(struct options, expected) ||
	    row->member == offsetof(struct options, learn))
		context->kind = COMPLETE_CONTEXT_RULE_FILE;
	if (context->kind == COMPLETE_CONTEXT_PORT)
		parse_port(word, context);
	if (context->kind != COMPLETE_CONTEXT_COLUMNS)
		return;
	/* "+exe,pid" of columns, "-port,-user" of keys to sort by. */
	comma = strrchr(word + start, ',');
	if (*row->argument == 'L' && word[start] == '+')
		context->start = ++context->kept;
	if (comma)
		context->kept = (size_t)(comma - word) + 1;
	if (*row->argument == '[' && word[context->kept] == '-')
		context->kept++;
}

static void parse_option(const char *word, struct complete_context *context)
{
	const char *equals = strchr(word, '=');
	const struct option_row *row;
	size_t end;

	if (!word[1] || (word[1] == '-' && !equals)) {
		context->kind = COMPLETE_CONTEXT_OPTION;
		return;
	}
	if (word[1] == '-') {
		row = find_long(word + 2, (size_t)(equals - word) - 2);
		if (row && row->argument)
			parse_argument(word, (size_t)(equals - word) + 1, row, context);
		return;
	}
	row = read_letters(word, &end);
	if (row && word[end]) {
		parse_argument(word, end, row, context);
	} else if (row) {
		context->kind = COMPLETE_CONTEXT_LETTERS;
		context->row = row;
	}
}

/* --- selectors -------------------------------------------------------------------------- */

static void parse_selector(const char *word, struct complete_context *context)
{
	const char *equals = strchr(word, '=');
	const char *comma = strrchr(word, ',');
	size_t size;

	context->kind = comma ? COMPLETE_CONTEXT_PORT : COMPLETE_CONTEXT_SELECTOR;
	if (equals) {
		size = (size_t)(equals - word);
		context->start = context->kept = size + 1;
		if (size && word[size - 1] == '!')
			size--;
		context->key = lsp_fact_find_key(word, size);
		context->kind = context->key ? COMPLETE_CONTEXT_KEY : COMPLETE_CONTEXT_NOTHING;
	}
	if (comma && comma > equals)
		context->kept = (size_t)(comma - word) + 1;
	if (context->kind == COMPLETE_CONTEXT_KEY && context->key->type == LSP_FACT_PORT)
		context->kind = COMPLETE_CONTEXT_PORT;
	if (context->kind == COMPLETE_CONTEXT_PORT || context->kind == COMPLETE_CONTEXT_SELECTOR)
		parse_port(word, context);
}

/* --- the whole line ------------------------------------------------------------------------ */

void complete_context_parse(const char *const *words, size_t count,
			    struct complete_context *context)
{
	const char *word = words[count - 1];
	const struct option_row *pending = NULL;
	bool is_ended = false;

	*context = (struct complete_context){.kind = COMPLETE_CONTEXT_NOTHING};
	for (size_t i = 0; i + 1 < count && !is_ended; i++) {
		if (pending && !pending->is_optional) {
			pending = NULL;
			continue;
		}
		is_ended = strcmp(words[i], "--") == 0;
		pending = is_ended ? NULL : find_pending(words[i]);
	}
	if (pending && !pending->is_optional) {
		parse_argument(word, 0, pending, context);
		context->is_pending = true;
	} else if (*word == '-' && !is_ended) {
		parse_option(word, context);
	} else {
		parse_selector(word, context);
		context->row = pending;
	}
}
