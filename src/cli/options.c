/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * argv -> struct options, by the option table. Owns the messages for what is no option or no
 * value of one; refuses to know what an option means for a query (query.c), to print and to
 * exit.
 */
#include "options.h"

#include "nearest.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define LONG_BASE 256 /* what getopt_long(3) returns for row 0: above every letter */

/* --- messages ------------------------------------------------------------------- */

/* @message takes over what @text holds. */
static int refuse(struct buf *text, char **message)
{
	*message = buf_take_text(text);
	return *message ? -EINVAL : -ENOMEM;
}

static void append_option(struct buf *out, const struct option_row *row, bool is_long)
{
	if (is_long && row->name)
		buf_printf(out, "--%s", row->name);
	else
		buf_printf(out, "-%c", row->letter);
}

char *options_explain_word(const char *option, const char *value, const char *const *words)
{
	struct buf text = BUF_INIT;
	struct nearest nearest;

	nearest_init(&nearest, value);
	buf_printf(&text, "%s: \"%s\" is not one of ", option, value);
	for (size_t i = 0; words[i]; i++) {
		buf_printf(&text, "%s%s", i ? ", " : "", words[i]);
		nearest_try(&nearest, words[i]);
	}
	if (nearest.word)
		buf_printf(&text, " (nearest: %s)", nearest.word);
	return buf_take_text(&text);
}

/* "--owners wants HOW: auto (default), proc or none: how owners are found" */
static int refuse_without_argument(const struct option_row *row, bool is_long, char **message)
{
	struct buf text = BUF_INIT;

	append_option(&text, row, is_long);
	if (row->letter == 'o')
		buf_append_text(&text, " wants a column list (-o proto,address,port): see lsports "
				       "--list columns; without one, leave the o away");
	else
		buf_printf(&text, " wants %s: %s", row->argument, row->help);
	return refuse(&text, message);
}

/* How many options begin with the @size bytes of @name. */
static size_t count_prefixed(const char *name, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].name && strncmp(option_rows[i].name, name, size) == 0)
			count++;
	return count;
}

static int refuse_ambiguous(const char *name, size_t size, char **message)
{
	struct buf text = BUF_INIT;
	const char *between = "";

	buf_printf(&text, "option \"--%.*s\" could mean ", (int)size, name);
	for (size_t i = 0; i < option_row_count; i++) {
		if (!option_rows[i].name || strncmp(option_rows[i].name, name, size) != 0)
			continue;
		buf_printf(&text, "%s--%s", between, option_rows[i].name);
		between = ", ";
	}
	return refuse(&text, message);
}

/* @option: "--listning" or "--listning=x", as given. */
static int refuse_long(const char *option, char **message)
{
	const char *name = option + 2;
	size_t size = strcspn(name, "=");
	struct buf text = BUF_INIT;
	struct nearest nearest;
	char *bare;

	/* getopt_long(3) does not tell an unknown name from one that is too short. */
	if (size && count_prefixed(name, size) > 1)
		return refuse_ambiguous(name, size, message);
	bare = strndup(name, size);
	if (!bare)
		return -ENOMEM;
	nearest_init(&nearest, bare);
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].name)
			nearest_try(&nearest, option_rows[i].name);
	buf_printf(&text, "unknown option \"--%s\"", bare);
	if (nearest.word)
		buf_printf(&text, " (nearest: --%s)", nearest.word);
	buf_append_text(&text, "; see lsports --help");
	free(bare);
	return refuse(&text, message);
}

/* The long option that was written with one dash and holds @letter, NULL for none. */
static const char *find_single_dashed(int argc, char *const *argv, int letter)
{
	for (int a = 1; a < argc; a++) {
		if (argv[a][0] != '-' || !strchr(argv[a] + 1, letter))
			continue;
		for (size_t i = 0; i < option_row_count; i++)
			if (option_rows[i].name && strcmp(option_rows[i].name, argv[a] + 1) == 0)
				return option_rows[i].name;
	}
	return NULL;
}

/* @reason: why the letter is not taken, NULL when it is unknown. */
static int refuse_letter(int argc, char *const *argv, int letter, const char *reason,
			 char **message)
{
	const char *name = find_single_dashed(argc, argv, letter);
	struct buf text = BUF_INIT;

	if (name)
		buf_printf(&text, "unknown option \"-%s\" (nearest: --%s)", name, name);
	else if (reason)
		buf_printf(&text, "-%c is reserved: %s", letter, reason);
	else
		buf_printf(&text, "unknown option \"-%c\"", letter);
	if (!name && letter == ':')
		buf_append_text(&text, ": a port stands by itself, as in lsports -i :8080");
	buf_append_text(&text, "; see lsports --help");
	return refuse(&text, message);
}

/* --- parse ----------------------------------------------------------------------- */

static int append_text(struct text_list *texts, const char *text)
{
	const char **items = reallocarray(texts->items, texts->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	texts->items = items;
	items[texts->count++] = text;
	return 0;
}

/* Place of @text in @words, or -1. */
static int find_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

static int apply_word(const struct option_row *row, const char *argument, unsigned *member,
		      char **message)
{
	int place = find_word(row->words, argument);
	char option[32];

	if (place >= 0) {
		*member = row->value + (unsigned)place;
		return 0;
	}
	snprintf(option, sizeof(option), "--%s", row->name);
	*message = options_explain_word(option, argument, row->words);
	return *message ? -EINVAL : -ENOMEM;
}

/* @argument: NULL for a row without one. */
static int apply(const struct option_row *row, const char *argument, struct options *options,
		 char **message)
{
	void *member = (char *)options + row->member;

	switch (row->kind) {
	case OPTION_KIND_FLAG:
		*(bool *)member = true;
		return 0;
	case OPTION_KIND_BITS:
		*(unsigned *)member |= row->value;
		return 0;
	case OPTION_KIND_VALUE:
		*(unsigned *)member = row->value;
		return 0;
	case OPTION_KIND_TEXT:
		*(const char **)member = argument;
		return 0;
	case OPTION_KIND_TEXTS:
		return append_text(member, argument);
	case OPTION_KIND_WORD:
		return apply_word(row, argument, member, message);
	case OPTION_KIND_ERROR:
		return 0;
	}
	return 0;
}

static void build_getopt(char *shorts, struct option *longs)
{
	/* A leading colon keeps getopt(3) silent and tells a missing argument apart. */
	*shorts++ = ':';
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		bool is_again = row->group == OPTION_GROUP_HIDDEN && row->letter;

		if (row->letter && !is_again) {
			*shorts++ = (char)row->letter;
			if (row->argument)
				*shorts++ = ':';
		}
		if (!row->name)
			continue;
		/* The second name returns what the first does: their common prefix is clear. */
		*longs++ = (struct option){
			.name = row->name,
			.has_arg = !row->argument     ? no_argument
				   : row->is_optional ? optional_argument
						      : required_argument,
			.val = LONG_BASE + (int)i - is_again,
		};
	}
	*shorts = '\0';
	*longs = (struct option){0};
}

/* NULL for a letter that is none of ours. */
static const struct option_row *row_of(int found)
{
	if (found >= LONG_BASE)
		return &option_rows[found - LONG_BASE];
	for (size_t i = 0; i < option_row_count; i++)
		if (option_rows[i].letter == found)
			return &option_rows[i];
	return NULL;
}

/* What getopt(3) would not take: '?' and ':'. */
static int refuse_found(int found, int argc, char *const *argv, char **message)
{
	const struct option_row *row = row_of(optopt);
	struct buf text = BUF_INIT;

	if (optopt == 0)
		return refuse_long(argv[optind - 1], message);
	if (!row)
		return refuse_letter(argc, argv, (unsigned char)optopt, NULL, message);
	if (found == ':')
		return refuse_without_argument(row, optopt >= LONG_BASE, message);
	append_option(&text, row, true);
	buf_append_text(&text, " takes no value; see lsports --help");
	return refuse(&text, message);
}

static int parse_row(int found, int argc, char *const *argv, struct options *options,
		     char **message)
{
	const struct option_row *row = row_of(found);
	const char *argument = optarg;

	if (!row || row->kind == OPTION_KIND_ERROR)
		return refuse_letter(argc, argv, found, row ? row->help : NULL, message);
	/* An empty value is an unset variable of somebody's script. */
	if (argument && !*argument)
		return refuse_without_argument(row, found >= LONG_BASE, message);
	/* "--color never" means what "--color=never" does: no selector has that name. */
	if (!argument && row->is_optional && row->words && optind < argc &&
	    find_word(row->words, argv[optind]) >= 0)
		argument = argv[optind++];
	if (row->letter == 'o')
		options->is_output_short = found == 'o';
	return apply(row, argument ? argument : row->text, options, message);
}

int options_parse(int argc, char **argv, struct options *options, char **message)
{
	char shorts[2 * OPTION_ROWS_MAX + 2];
	struct option longs[OPTION_ROWS_MAX + 1];
	int found, r = 0;

	*options = (struct options){0};
	*message = NULL;
	build_getopt(shorts, longs);
	optind = 0;
	while (r == 0 && (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (found == '?' || found == ':')
			r = refuse_found(found, argc, argv, message);
		else
			r = parse_row(found, argc, argv, options, message);
	}
	if (r < 0) {
		options_deinit(options);
		return r;
	}
	if (options->output_file && strcmp(options->output_file, "-") == 0)
		options->output_file = NULL;
	options->selectors = argv + optind;
	options->selector_count = (size_t)(argc - optind);
	return 0;
}

void options_deinit(struct options *options)
{
	if (!options)
		return;
	free(options->netns.items);
	free(options->expected.items);
	*options = (struct options){0};
}
