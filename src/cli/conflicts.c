/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which options cannot be combined, as one table. Looks at nothing but the options, and at the
 * formats that a command can write.
 */
#include "conflicts.h"

#include "query.h"
#include "span.h"

#include "view/formats.h"

#include <errno.h>
#include <string.h>

/* What takes part in a conflict. */
enum given {
	GIVEN_CHECK = 1u << 0, /* by a format, too */
	GIVEN_REPORT_ONCE = 1u << 1,
	GIVEN_LEARN = 1u << 2,
	GIVEN_EXPLAIN = 1u << 3,
	GIVEN_WATCH = 1u << 4,
	GIVEN_SELECTORS = 1u << 5,
	GIVEN_STATES = 1u << 6, /* -l, -a, --connected */
	GIVEN_OTHERS = 1u << 7, /* -a, --connected */
	GIVEN_PROTOS = 1u << 8,
	GIVEN_FAMILIES = 1u << 9,
	GIVEN_NO_NAMES = 1u << 10, /* -n, -P */
	GIVEN_COLUMNS = 1u << 11,  /* -o, -O, --sort, --group-by */
	GIVEN_MANY_NETNS = 1u << 12,
	GIVEN_OUTPUT_FILE = 1u << 13,
};

static unsigned given_by(const struct options *options)
{
	const struct {
		bool is_given;
		enum given bit;
	} rows[] = {
		{query_is_check(options), GIVEN_CHECK},
		{options->report_once, GIVEN_REPORT_ONCE},
		{options->learn, GIVEN_LEARN},
		{options->explain, GIVEN_EXPLAIN},
		{options->watch, GIVEN_WATCH},
		{options->selector_count, GIVEN_SELECTORS},
		{options->states, GIVEN_STATES},
		{options->states & OPTIONS_STATE_OTHERS, GIVEN_OTHERS},
		{options->protos, GIVEN_PROTOS},
		{options->families, GIVEN_FAMILIES},
		{options->is_numeric || options->has_no_service_names, GIVEN_NO_NAMES},
		{options->output || options->has_all_columns || options->sort || options->group_by,
		 GIVEN_COLUMNS},
		{options->has_all_netns || options->netns.count > 1, GIVEN_MANY_NETNS},
		{options->output_file, GIVEN_OUTPUT_FILE},
	};
	unsigned given = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].is_given)
			given |= (unsigned)rows[i].bit;
	return given;
}

/* --- formats ------------------------------------------------------------------------------ */

static bool is_word(const struct format *format, const char *word)
{
	return strcmp(format->word, word) == 0;
}

static bool is_of_explain(const struct format *format)
{
	return is_word(format, "table") || is_word(format, "json");
}

static bool is_of_watch(const struct format *format)
{
	return is_word(format, "table") || is_word(format, "jsonl");
}

static bool is_of_check(const struct format *format)
{
	return format->render_changes;
}

static bool is_of_connections(const struct format *format)
{
	return !format->is_of_listeners && !format->is_check;
}

/* "table, json or jsonl" */
static void append_formats(struct buf *out, bool (*is_of)(const struct format *format))
{
	size_t left = 0, listed = 0;

	for (size_t i = 0; i < formats_count; i++)
		left += is_of(&formats[i]);
	for (size_t i = 0; i < formats_count; i++) {
		if (!is_of(&formats[i]))
			continue;
		buf_append_text(out, !listed ? "" : left == 1 ? " or " : ", ");
		buf_append_text(out, formats[i].word);
		listed++;
		left--;
	}
}

/* Does every shell take it as it is? */
static bool is_plain(const char *word)
{
	return span_consists_of((struct span){word, strlen(word)}, SPAN_ALPHANUMERIC "@%_+=:,./-");
}

/* "22 user=root": all that was asked about, as selectors. */
static void append_selection(struct buf *out, const struct options *options)
{
	bool is_all_plain = is_plain(options->explain);

	for (size_t i = 0; i < options->selector_count; i++)
		is_all_plain &= is_plain(options->selectors[i]);
	buf_append_text(out, is_all_plain ? options->explain : "PORT SELECTOR...");
	for (size_t i = 0; is_all_plain && i < options->selector_count; i++)
		buf_printf(out, " %s", options->selectors[i]);
}

/* --- the table ---------------------------------------------------------------------------- */

/* One of .given, with one of .with and none of .without. Zero: no matter. */
static const struct conflict {
	unsigned given, with, without;
	/* A format that is not so conflicts; the message goes on with the formats that are. */
	bool (*is_of)(const struct format *format);
	const char *message;
	void (*append)(struct buf *out, const struct options *options); /* NULL: nothing */
} conflicts[] = {
	{.given = GIVEN_EXPLAIN, .is_of = is_of_explain, .message = "--explain writes "},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_CHECK | GIVEN_REPORT_ONCE,
	 .message = "--explain and --check cannot be combined: --explain is about one port, "
		    "--check about every listener"},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_LEARN,
	 .message = "--explain and --learn cannot be combined: --explain is about one port, "
		    "--learn about every listener"},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_WATCH,
	 .message = "--explain and --watch cannot be combined: to follow one port, use lsports "
		    "--watch PORT"},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_SELECTORS,
	 .message = "--explain takes one port and no selectors: to list sockets, use lsports ",
	 .append = append_selection},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_STATES,
	 .message = "--explain shows listeners and connections: -l, -a and --connected cannot be "
		    "combined with it"},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_NO_NAMES,
	 .message = "--explain looks up every name: -n and -P cannot be combined with it"},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_COLUMNS,
	 .message = "--explain has no columns: -o, -O, --sort and --group-by cannot be combined "
		    "with it"},
	{.given = GIVEN_EXPLAIN,
	 .with = GIVEN_MANY_NETNS,
	 .message = "--explain is about one network namespace: use at most one -N, and not "
		    "--all-netns"},
	{.given = GIVEN_REPORT_ONCE,
	 .without = GIVEN_CHECK,
	 .message = "--report-once works only with --check"},
	{.given = GIVEN_WATCH, .is_of = is_of_watch, .message = "--watch writes "},
	{.given = GIVEN_WATCH,
	 .with = GIVEN_CHECK,
	 .message = "--watch and --check cannot be combined: --watch shows what listens, --check "
		    "compares it with the rules"},
	{.given = GIVEN_WATCH,
	 .with = GIVEN_LEARN,
	 .message = "--watch and --learn cannot be combined: run --learn by itself"},
	{.given = GIVEN_WATCH,
	 .with = GIVEN_OUTPUT_FILE,
	 .message = "--watch and --output-file cannot be combined: the file is complete only at "
		    "the end of a run; use > FILE"},
	{.given = GIVEN_LEARN,
	 .with = GIVEN_CHECK,
	 .message = "--learn and --check cannot be combined: run --learn first, then --check"},
	{.given = GIVEN_LEARN,
	 .with = GIVEN_SELECTORS | GIVEN_PROTOS | GIVEN_FAMILIES | GIVEN_OTHERS,
	 .message = "--learn covers every listener: selectors, -t, -u, --udplite, -4, -6, -a and "
		    "--connected cannot be combined with it"},
	{.given = GIVEN_CHECK,
	 .with = GIVEN_OTHERS,
	 .message = "--check compares listeners: -a and --connected cannot be combined with it"},
	{.given = GIVEN_CHECK, .is_of = is_of_check, .message = "--check writes "},
	{.given = GIVEN_OTHERS,
	 .is_of = is_of_connections,
	 .message = "connections, as of -a and --connected, are shown by "},
};

static bool is_met(const struct conflict *conflict, unsigned given, const struct format *format)
{
	return given & conflict->given && (!conflict->with || given & conflict->with) &&
	       !(given & conflict->without) &&
	       (!conflict->is_of || (format && !conflict->is_of(format)));
}

int conflicts_check(const struct options *options, struct error *error)
{
	/* An unknown word is refused elsewhere. */
	const struct format *format = options->format ? formats_find(options->format) : NULL;
	unsigned given = given_by(options);
	struct buf text = BUF_INIT;

	/* --help helps, whatever else is said. */
	if (options->action != OPTIONS_ACTION_SHOW)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(conflicts); i++) {
		const struct conflict *conflict = &conflicts[i];

		if (!is_met(conflict, given, format))
			continue;
		if (conflict->is_of)
			buf_printf(&text, "--format %s: ", format->word);
		buf_append_text(&text, conflict->message);
		if (conflict->is_of)
			append_formats(&text, conflict->is_of);
		if (conflict->append)
			conflict->append(&text, options);
		return error_take(error, -EINVAL, &text);
	}
	return 0;
}
