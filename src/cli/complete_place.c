/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a command line that is being written -> what the last one can be. Pure, and forgiving
 * where options.c is strict: what makes no sense yet is passed over. The option table alone says
 * what an option wants.
 */
#include "complete.h"

#include <string.h>

/* What stands for an argument in --help. */
static const struct {
	const char *argument;
	enum complete_kind kind;
} arguments[] = {
	{"LIST", COMPLETE_KIND_COLUMNS},        {"[-]COL,...", COMPLETE_KIND_COLUMNS},
	{"FORMAT", COMPLETE_KIND_FORMATS},      {"WORD", COMPLETE_KIND_GROUPINGS},
	{"NAME|PID|PATH", COMPLETE_KIND_NETNS}, {"FILE", COMPLETE_KIND_FILE},
	{"DIR", COMPLETE_KIND_DIRECTORY},       {"PORT", COMPLETE_KIND_PORT},
	{"SECONDS", COMPLETE_KIND_NOTHING},
};

#define ARGUMENT_COUNT (sizeof(arguments) / sizeof(arguments[0]))

static size_t find_argument(const struct option_row *row)
{
	size_t i = 0;

	while (i < ARGUMENT_COUNT && strcmp(arguments[i].argument, row->argument) != 0)
		i++;
	return i;
}

bool complete_knows_argument(const struct option_row *row)
{
	return !row->argument || row->words || find_argument(row) < ARGUMENT_COUNT;
}

/* --- options ---------------------------------------------------------------------------- */

/* An exact name, or the only one that begins so; NULL for none. */
static const struct option_row *find_long(const char *name, size_t size)
{
	const struct option_row *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!row->name || strncmp(row->name, name, size) != 0)
			continue;
		if (!row->name[size])
			return row;
		found = row;
		count++;
	}
	return count == 1 ? found : NULL;
}

static const struct option_row *find_letter(char letter)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].letter == letter && option_rows[i].kind != OPTION_KIND_ERROR)
			return &option_rows[i];
	return NULL;
}

/*
 * The last option of @word, a run of letters.
 * @end: behind its letter: what follows is its argument. Not at the end when a letter is unknown.
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
static void place_port(const char *word, struct complete_place *place)
{
	const char *part = word + place->kept;

	for (unsigned proto = 0; proto < LSP_PROTO_COUNT; proto++) {
		const char *name = lsp_proto_word((enum lsp_proto)proto);
		size_t size = strlen(name);

		if (strncmp(part, name, size) == 0 && part[size] == '/') {
			place->protos = LSP_BIT(proto);
			place->kept += size + 1;
			place->kind = COMPLETE_KIND_PORT;
			return;
		}
	}
	if (*part == ':') {
		place->kept++;
		place->kind = COMPLETE_KIND_PORT;
	}
}

/* The argument of @row begins at @start of @word. */
static void place_argument(const char *word, size_t start, const struct option_row *row,
			   struct complete_place *place)
{
	const char *comma;
	size_t found;

	place->row = row;
	place->start = place->kept = start;
	if (row->words) {
		place->kind = COMPLETE_KIND_WORDS;
		return;
	}
	found = row->argument ? find_argument(row) : ARGUMENT_COUNT;
	place->kind = found < ARGUMENT_COUNT ? arguments[found].kind : COMPLETE_KIND_NOTHING;
	if (row->member == offsetof(struct options, expected) ||
	    row->member == offsetof(struct options, learn))
		place->kind = COMPLETE_KIND_RULE_FILE;
	if (place->kind == COMPLETE_KIND_PORT)
		place_port(word, place);
	if (place->kind != COMPLETE_KIND_COLUMNS)
		return;
	/* "+exe,pid" of columns, "-port,-user" of keys to sort by. */
	comma = strrchr(word + start, ',');
	if (*row->argument == 'L' && word[start] == '+')
		place->start = ++place->kept;
	if (comma)
		place->kept = (size_t)(comma - word) + 1;
	if (*row->argument == '[' && word[place->kept] == '-')
		place->kept++;
}

static void place_option(const char *word, struct complete_place *place)
{
	const char *equals = strchr(word, '=');
	const struct option_row *row;
	size_t end;

	if (!word[1] || (word[1] == '-' && !equals)) {
		place->kind = COMPLETE_KIND_OPTION;
		return;
	}
	if (word[1] == '-') {
		row = find_long(word + 2, (size_t)(equals - word) - 2);
		if (row && row->argument)
			place_argument(word, (size_t)(equals - word) + 1, row, place);
		return;
	}
	row = read_letters(word, &end);
	if (row && word[end]) {
		place_argument(word, end, row, place);
	} else if (row) {
		place->kind = COMPLETE_KIND_LETTERS;
		place->row = row;
	}
}

/* --- selectors -------------------------------------------------------------------------- */

static size_t find_key(const char *word, size_t size)
{
	const struct lsp_key *key;
	size_t i = 0;

	while ((key = lsp_key_at(i)) &&
	       (strlen(key->word) != size || memcmp(key->word, word, size) != 0))
		i++;
	return i;
}

static void place_selector(const char *word, struct complete_place *place)
{
	const char *equals = strchr(word, '=');
	const char *comma = strrchr(word, ',');
	size_t size;

	place->kind = comma ? COMPLETE_KIND_PORT : COMPLETE_KIND_SELECTOR;
	if (equals) {
		size = (size_t)(equals - word);
		place->start = place->kept = size + 1;
		if (size && word[size - 1] == '!')
			size--;
		place->key = find_key(word, size);
		place->kind = lsp_key_at(place->key) ? COMPLETE_KIND_KEY : COMPLETE_KIND_NOTHING;
	}
	if (comma && comma > equals)
		place->kept = (size_t)(comma - word) + 1;
	if (place->kind == COMPLETE_KIND_KEY && strcmp(lsp_key_at(place->key)->word, "port") == 0)
		place->kind = COMPLETE_KIND_PORT;
	if (place->kind == COMPLETE_KIND_PORT || place->kind == COMPLETE_KIND_SELECTOR)
		place_port(word, place);
}

/* --- the place ---------------------------------------------------------------------------- */

void complete_find_place(const char *const *words, size_t count, struct complete_place *place)
{
	const char *word = words[count - 1];
	const struct option_row *pending = NULL;
	bool is_ended = false;

	*place = (struct complete_place){.kind = COMPLETE_KIND_NOTHING};
	for (size_t i = 0; i + 1 < count && !is_ended; i++) {
		if (pending && !pending->is_optional) {
			pending = NULL;
			continue;
		}
		is_ended = strcmp(words[i], "--") == 0;
		pending = is_ended ? NULL : find_pending(words[i]);
	}
	if (pending && !pending->is_optional) {
		place_argument(word, 0, pending, place);
		place->is_pending = true;
	} else if (*word == '-' && !is_ended) {
		place_option(word, place);
	} else {
		place_selector(word, place);
		place->row = pending;
	}
}
