/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * argv -> struct options, by the option table. Owns the messages about options that do not exist
 * and arguments that are not valid. What an option means is decided elsewhere (query.c,
 * conflicts.c).
 */
#include "arguments.h"

#include "option_rows.h"

#include "nearest.h"

#include <errno.h>
#include <getopt.h>
#include <lsports/socket.h>
#include <stdio.h>
#include <stdlib.h>

#define LONG_BASE 256 /* what getopt_long(3) returns for row 0: above every letter */

/* --- messages ------------------------------------------------------------------- */

static void append_option(struct buf *out, const struct option_row *row, bool is_long)
{
	if (is_long && option_rows_name(row))
		buf_printf(out, "--%s", option_rows_name(row));
	else
		buf_printf(out, "-%c", option_rows_letter(row));
}

/* Which argument is missing: one of the words that are valid, or one like the example. */
static void append_needs(struct buf *out, const struct option_row *row, bool is_long)
{
	buf_printf(out, " needs %s", row->argument);
	for (size_t i = 0; row->words && row->words[i]; i++)
		buf_printf(out, "%s%s", i ? ", " : ": ", row->words[i]);
	if (row->choices)
		buf_printf(out, ": %s", row->choices);
	if (!row->example)
		return;
	buf_append_text(out, ", as in ");
	append_option(out, row, is_long);
	buf_printf(out, "%s%s", row->is_optional ? "=" : " ", row->example);
}

/* "--explain needs PORT, as in --explain 22", "--owners needs METHOD: auto, bpf, proc, none" */
static int refuse_without_argument(const struct option_row *row, bool is_long, struct error *error)
{
	struct buf text = BUF_INIT;

	append_option(&text, row, is_long);
	if (option_rows_letter(row) == 'o')
		buf_append_text(&text, " needs a list of columns, as in -o proto,address,port "
				       "(see lsports --list columns); without a list, drop the o");
	else
		append_needs(&text, row, is_long);
	return error_take(error, -EINVAL, &text);
}

static bool has_prefix(const struct option_row *row, const char *name, size_t size)
{
	const char *whole = option_rows_public_name(row);

	return whole && strncmp(whole, name, size) == 0;
}

/* How many options begin with the @size bytes of @name. */
static size_t count_prefixed(const char *name, size_t size)
{
	size_t count = 0;

	for (size_t i = 0; i < option_rows_count; i++)
		count += has_prefix(&option_rows[i], name, size);
	return count;
}

static int refuse_ambiguous(const char *name, size_t size, struct error *error)
{
	struct buf text = BUF_INIT;
	const char *between = "";

	buf_printf(&text, "option \"--%.*s\" could mean ", (int)size, name);
	for (size_t i = 0; i < option_rows_count; i++) {
		if (!has_prefix(&option_rows[i], name, size))
			continue;
		buf_printf(&text, "%s--%s", between, option_rows_name(&option_rows[i]));
		between = ", ";
	}
	return error_take(error, -EINVAL, &text);
}

/* @option: "--listning" or "--listning=x", as given. */
static int refuse_long(const char *option, struct error *error)
{
	const char *name = option + 2;
	size_t size = strcspn(name, "=");
	struct buf text = BUF_INIT;
	struct nearest nearest;
	char *bare;

	/* getopt_long(3) does not distinguish an unknown name from an ambiguous one. */
	if (size && count_prefixed(name, size) > 1)
		return refuse_ambiguous(name, size, error);
	bare = strndup(name, size);
	if (!bare)
		return error_note(error, -ENOMEM);
	nearest_init(&nearest, bare);
	for (size_t i = 0; i < option_rows_count; i++)
		if (option_rows_public_name(&option_rows[i]))
			nearest_try(&nearest, option_rows_name(&option_rows[i]));
	buf_printf(&text, "unknown option \"--%s\"", bare);
	if (nearest.word)
		buf_printf(&text, " (nearest: --%s)", nearest.word);
	buf_append_text(&text, "; see lsports --help");
	free(bare);
	return error_take(error, -EINVAL, &text);
}

/* The long option that was written with one dash and holds @letter, NULL for none. */
static const char *find_single_dashed(int argc, char *const *argv, int letter)
{
	for (int a = 1; a < argc; a++) {
		if (argv[a][0] != '-' || !strchr(argv[a] + 1, letter))
			continue;
		for (size_t i = 0; i < option_rows_count; i++)
			if (option_rows_public_name(&option_rows[i]) &&
			    strcmp(option_rows_name(&option_rows[i]), argv[a] + 1) == 0)
				return option_rows_name(&option_rows[i]);
	}
	return NULL;
}

/* @reason: why the letter is reserved, NULL when it is unknown. */
static int refuse_letter(int argc, char *const *argv, int letter, const char *reason,
			 struct error *error)
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
		buf_append_text(&text,
				": write the port as a word of its own, as in lsports -i :8080");
	buf_append_text(&text, "; see lsports --help");
	return error_take(error, -EINVAL, &text);
}

/* --- parse ----------------------------------------------------------------------- */

static int append_text(struct array *texts, const char *text)
{
	const char **slot = array_add(texts, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = text;
	return 0;
}

/* Index of @text in @words, or -1. */
static int find_word(const char *const *words, const char *text)
{
	for (int i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	return -1;
}

static int apply_word(const struct option_row *row, const char *argument, unsigned *member,
		      struct error *error)
{
	int at = find_word(row->words, argument);
	char option[32];

	if (at >= 0) {
		*member = row->value + (unsigned)at;
		return 0;
	}
	snprintf(option, sizeof(option), "--%s", option_rows_name(row));
	return options_refuse_word(option, argument, row->words, error);
}

/* @argument: NULL for a row without one. */
static int apply(const struct option_row *row, const char *argument, struct options *options,
		 struct error *error)
{
	void *member = (char *)options + row->member;

	switch (row->kind) {
	case OPTION_KIND_FLAG:
		*(bool *)member = true;
		return 0;
	case OPTION_KIND_BITS:
		*(unsigned *)member |= row->value;
		return 0;
	case OPTION_KIND_PROTOCOL:
		*(unsigned *)member |= LSP_BIT(row->value);
		return 0;
	case OPTION_KIND_VALUE:
		*(unsigned *)member = row->value;
		return 0;
	case OPTION_KIND_TEXT:
		*(const char **)member = argument;
		return 0;
	case OPTION_KIND_TEXTS:
		return error_note(error, append_text(member, argument));
	case OPTION_KIND_WORD:
		return apply_word(row, argument, member, error);
	case OPTION_KIND_ERROR:
		return 0;
	}
	return 0;
}

/* Is the long option of @row among the arguments, written in full? */
static bool is_given(const struct option_row *row, int argc, char *const *argv)
{
	const char *name = option_rows_name(row);
	size_t size = strlen(name);

	for (int a = 1; a < argc; a++)
		if (strncmp(argv[a], "--", 2) == 0 && strncmp(argv[a] + 2, name, size) == 0 &&
		    (!argv[a][2 + size] || argv[a][2 + size] == '='))
			return true;
	return false;
}

static void build_getopt(int argc, char *const *argv, char *shorts, struct option *longs)
{
	/* A leading colon keeps getopt(3) silent, and makes it report a missing argument as ':'. */
	*shorts++ = ':';
	for (size_t i = 0; i < option_rows_count; i++) {
		const struct option_row *row = &option_rows[i];
		bool is_again = row->group == OPTION_GROUP_HIDDEN;

		if (option_rows_letter(row) && !is_again) {
			*shorts++ = (char)option_rows_letter(row);
			if (row->argument)
				*shorts++ = ':';
		}
		/* getopt_long(3) would take abbreviations of an internal option. */
		if (!option_rows_name(row) ||
		    (!option_rows_public_name(row) && !is_given(row, argc, argv)))
			continue;
		/* The second name returns what the first does: their common prefix is clear. */
		*longs++ = (struct option){
			.name = option_rows_name(row),
			.has_arg = !row->argument     ? no_argument
				   : row->is_optional ? optional_argument
						      : required_argument,
			.val = LONG_BASE + (int)i - is_again,
		};
	}
	*shorts = '\0';
	*longs = (struct option){0};
}

/* NULL for a letter that is not in the table. */
static const struct option_row *row_of(int found)
{
	if (found >= LONG_BASE)
		return &option_rows[found - LONG_BASE];
	for (size_t i = 0; i < option_rows_count; i++)
		if (option_rows_letter(&option_rows[i]) == found)
			return &option_rows[i];
	return NULL;
}

/* What getopt(3) does not accept: it returned '?' or ':'. */
static int refuse_found(int found, int argc, char *const *argv, struct error *error)
{
	const struct option_row *row = row_of(optopt);
	struct buf text = BUF_INIT;

	if (optopt == 0)
		return refuse_long(argv[optind - 1], error);
	if (!row)
		return refuse_letter(argc, argv, (unsigned char)optopt, NULL, error);
	if (found == ':')
		return refuse_without_argument(row, optopt >= LONG_BASE, error);
	append_option(&text, row, true);
	buf_append_text(&text, " takes no value; see lsports --help");
	return error_take(error, -EINVAL, &text);
}

static int parse_row(int found, int argc, char *const *argv, struct options *options,
		     struct error *error)
{
	const struct option_row *row = row_of(found);
	const char *argument = optarg;

	if (!row || row->kind == OPTION_KIND_ERROR)
		return refuse_letter(argc, argv, found, row ? option_rows_help(row) : NULL, error);
	/* An empty value is an unset variable in somebody's script. */
	if (argument && !*argument)
		return refuse_without_argument(row, found >= LONG_BASE, error);
	/* "--color never" means what "--color=never" does: no selector has that name. */
	if (!argument && row->is_optional && row->words && optind < argc &&
	    find_word(row->words, argv[optind]) >= 0)
		argument = argv[optind++];
	if (option_rows_letter(row) == 'o')
		options->is_output_short = found == 'o';
	return apply(row, argument ? argument : row->text, options, error);
}

int arguments_parse(int argc, char **argv, struct options *options, struct error *error)
{
	char shorts[2 * OPTION_ROWS_MAX + 2];
	struct option longs[OPTION_ROWS_MAX + 1];
	int found, r = 0;

	*options = (struct options){0};
	build_getopt(argc, argv, shorts, longs);
	optind = 0;
	while (r == 0 && (found = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (found == '?' || found == ':')
			r = refuse_found(found, argc, argv, error);
		else
			r = parse_row(found, argc, argv, options, error);
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
