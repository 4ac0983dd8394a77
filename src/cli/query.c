/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options -> scope and view. Owns the rule that cost follows what is shown: a fact is asked for
 * when a column, a sort key, the grouping or a selector needs it, and never otherwise. Looks at
 * nothing but its arguments, and at names of services where a selector has one.
 */
#include "query.h"

#include "scope.h"

#include <errno.h>
#include <stdlib.h>

#define WORDS_MAX 31
#define NAME_FACTS ((unsigned)LSP_FACT_SERVICES | (unsigned)LSP_FACT_USERS)
#define OWNER_FACTS                                                                                \
	((unsigned)LSP_FACT_OWNERS | (unsigned)LSP_FACT_EXE | (unsigned)LSP_FACT_CMDLINE |         \
	 (unsigned)LSP_FACT_STARTED | (unsigned)LSP_FACT_DOUBT | (unsigned)LSP_FACT_FINDINGS)

/* What a line of --check tells about a listener. */
#define CHECK_FACTS                                                                                \
	((unsigned)LSP_FACT_FINDINGS | (unsigned)LSP_FACT_REASONS | (unsigned)LSP_FACT_STARTED)

/* All that --explain tells. */
#define EXPLAIN_FACTS                                                                              \
	(OWNER_FACTS | NAME_FACTS | (unsigned)LSP_FACT_REASONS | (unsigned)LSP_FACT_CGROUP |       \
	 (unsigned)LSP_FACT_AUTO | (unsigned)LSP_FACT_PARENTS)
#define EVENT_FACTS                                                                                \
	((unsigned)LSP_FACT_OWNERS | (unsigned)LSP_FACT_EXE | (unsigned)LSP_FACT_STARTED |         \
	 (unsigned)LSP_FACT_CGROUP | (unsigned)LSP_FACT_USERS)

/* Takes @reason over: "--sort: " and what the view said. */
static int refuse(const char *option, char *reason, char **message)
{
	struct buf text = BUF_INIT;

	if (reason)
		buf_printf(&text, "%s: %s", option, reason);
	free(reason);
	*message = reason ? buf_take_text(&text) : NULL;
	return *message ? -EINVAL : -ENOMEM;
}

static int refuse_word(const char *option, const char *value, const char *const *words,
		       char **message)
{
	*message = options_explain_word(option, value, words);
	return *message ? -EINVAL : -ENOMEM;
}

static int parse_format(struct query *query, const struct options *options, char **message)
{
	const char *words[WORDS_MAX + 1] = {NULL};

	query->format = format_find(options->format ? options->format : "table");
	if (query->format)
		return 0;
	for (size_t i = 0; i < format_count && i < WORDS_MAX; i++)
		words[i] = formats[i].word;
	return refuse_word("--format", options->format, words, message);
}

static int parse_grouping(struct query *query, const struct options *options, char **message)
{
	/* Most other sockets have a port that means nothing. */
	const char *usual = options->states & OPTIONS_STATE_OTHERS ? "none" : "category";
	const char *words[WORDS_MAX + 1] = {NULL};

	query->view.grouping = grouping_find(options->group_by ? options->group_by : usual);
	if (query->view.grouping)
		return 0;
	for (size_t i = 0; i < grouping_count && i < WORDS_MAX; i++)
		words[i] = groupings[i].word;
	return refuse_word("--group-by", options->group_by, words, message);
}

/* Does a terminal of that name know more than lines? */
static bool is_capable(const char *term)
{
	return term && *term && strcmp(term, "dumb") != 0;
}

static bool is_with_owners(const struct options *options)
{
	return options->owners != LSP_OWNERS_NONE &&
	       (options->has_processes || !options->is_numeric);
}

static void drop_columns(struct column_list *list, unsigned facts)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!(list->columns[i]->facts & facts))
			list->columns[kept++] = list->columns[i];
	list->count = kept;
}

/* Columns that nobody named give way to -n, -P and --owners none; those that -O names do not. */
static void choose_columns(struct column_list *list, const struct query *query,
			   const struct options *options)
{
	bool has_others = options->states & OPTIONS_STATE_OTHERS;
	unsigned any_of = query->format->default_set;
	unsigned none_of = 0;

	if (!(any_of & SET_JSON))
		any_of |= has_others ? SET_ALL : SET_LISTENERS;
	if (options->has_all_netns || options->netns.count > 1)
		any_of |= SET_NETNS;
	if (options->has_all_columns) {
		column_list_by_set(list, any_of | SET_EVERY, 0);
		return;
	}
	if (options->is_extended)
		any_of |= SET_EXTENDED;
	if (!is_with_owners(options))
		none_of |= SET_OWNERS;
	if (options->is_numeric)
		none_of |= SET_NAMES;
	column_list_by_set(list, any_of, none_of);
	/* The members of a JSON object are always there; what was not looked up is null. */
	if (!is_with_owners(options) && !(any_of & SET_JSON))
		drop_columns(list, LSP_FACT_OWNERS);
	if (options->has_no_service_names && !(any_of & SET_JSON))
		drop_columns(list, LSP_FACT_SERVICES);
}

static int parse_columns(struct query *query, const struct options *options, char **message)
{
	struct column_list *list = &query->view.columns;
	char *reason = NULL;
	int r;

	choose_columns(list, query, options);
	query->view.may_leave_out = !options->output && !options->has_all_columns;
	if (!options->output)
		return 0;
	r = column_list_parse(list, options->output, &reason);
	return r < 0 ? refuse(options->is_output_short ? "-o" : "--output", reason, message) : 0;
}

static int parse_sort(struct query *query, const struct options *options, char **message)
{
	char *reason = NULL;

	if (options->sort && sort_list_parse(&query->view.sort, options->sort, &reason) < 0)
		return refuse("--sort", reason, message);
	return 0;
}

static int parse_selectors(struct query *query, const struct options *options, char **message)
{
	struct buf text = BUF_INIT;
	char *reason = NULL;
	int r = lsp_selector_parse((const char *const *)options->selectors, options->selector_count,
				   options->sysroot, &query->selector, &reason);

	if (r < 0 && reason) {
		buf_printf(&text, "%s; see lsports --list keys", reason);
		*message = buf_take_text(&text);
	}
	free(reason);
	return r == -EINVAL && !*message ? -ENOMEM : r;
}

/* A check has a format for differences, and looks at listeners alone. */
static int check_mode(struct query *query, const struct options *options, char **message)
{
	struct buf text = BUF_INIT;

	query->is_check = options->is_check || query->format->is_check;
	if (options->report_once && !query->is_check)
		buf_append_text(&text, "--report-once is for --check");
	else if (options->learn && query->is_check)
		buf_append_text(&text, "--learn and --check are two runs: learn first");
	else if (query->is_check && options->states & OPTIONS_STATE_OTHERS)
		buf_append_text(
			&text, "--check is about listeners: -a and --connected have no part in it");
	else if (query->is_check && !query->format->render_changes)
		buf_printf(
			&text,
			"--check has no format %s: table, json, jsonl, prometheus and monitoring",
			query->format->word);
	if (!text.size)
		return 0;
	*message = buf_take_text(&text);
	return *message ? -EINVAL : -ENOMEM;
}

/* A watch draws the table where it can, and writes events elsewhere. */
static int watch_mode(struct query *query, const struct options *options,
		      const struct query_output *output, char **message)
{
	bool has_columns = options->output || options->has_all_columns || options->is_extended;
	bool is_table = strcmp(query->format->word, "table") == 0;
	bool is_stream = strcmp(query->format->word, "jsonl") == 0;
	struct buf text = BUF_INIT;

	if (!options->watch)
		return 0;
	query->is_drawn = is_table && output->is_terminal && is_capable(output->term);
	query->event_style = is_stream                        ? EVENT_JSON
			     : has_columns || query->is_drawn ? EVENT_CELLS
							      : EVENT_LISTENER;
	if (query->is_check)
		buf_append_text(&text, "--watch shows what listens: --check has no part in it");
	else if (options->learn)
		buf_append_text(&text, "--watch shows what listens: --learn has no part in it");
	else if (options->output_file)
		buf_append_text(&text, "--watch never ends: --output-file would never be in place; "
				       "use > FILE");
	else if (!is_table && !is_stream)
		buf_printf(&text, "--watch has no format %s: table and jsonl", query->format->word);
	if (!text.size)
		return 0;
	*message = buf_take_text(&text);
	return *message ? -EINVAL : -ENOMEM;
}

/* What an event tells about a listener, as far as names and owners are wanted. */
static unsigned event_facts(const struct query *query, const struct options *options)
{
	unsigned facts = EVENT_FACTS;

	if (!options->watch || query->event_style != EVENT_LISTENER)
		return 0;
	if (!is_with_owners(options))
		facts &= ~OWNER_FACTS;
	return options->is_numeric ? facts & ~NAME_FACTS : facts;
}

/* Facts of what the command line names, one by one. */
static unsigned named_facts(const struct view *view, const struct options *options)
{
	const struct column *group =
		view->grouping->column ? column_find(view->grouping->column) : NULL;
	unsigned facts = group ? group->facts : 0;
	struct column_list named = {.count = 0};
	const char *text = options->output;
	char *reason = NULL;

	if (text && column_list_parse(&named, text + (*text == '+'), &reason) < 0)
		free(reason);
	for (size_t i = 0; i < view->sort.count; i++)
		facts |= view->sort.keys[i].column->facts;
	return facts | column_list_facts(&named);
}

/* What is named is looked up; what only stands there gives way to -n and -P. */
static unsigned facts_of(const struct view *view, const struct options *options)
{
	unsigned facts = column_list_facts(&view->columns);

	if (!is_with_owners(options) && !options->has_all_columns)
		facts &= ~OWNER_FACTS;
	if (options->is_numeric)
		facts &= ~NAME_FACTS;
	if (options->has_no_service_names)
		facts &= ~(unsigned)LSP_FACT_SERVICES;
	facts |= named_facts(view, options);
	return options->owners == LSP_OWNERS_NONE ? facts & ~OWNER_FACTS : facts;
}

static unsigned states_of(const struct query *query, const struct options *options)
{
	if (options->states)
		return options->states;
	/* "state=established" says by itself that connections are meant. */
	return lsp_selector_has(query->selector, "state")
		       ? (unsigned)OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS
		       : OPTIONS_STATE_LISTENERS;
}

static void fill_scope(struct query *query, const struct options *options)
{
	const unsigned states = states_of(query, options);
	struct lsp_query *scope = &query->scope;

	scope->protos = options->protos ? options->protos : LSP_BIT(LSP_PROTO_COUNT) - 1;
	scope->families = options->families ? options->families : LSP_BIT(LSP_FAMILY_COUNT) - 1;
	scope->listeners = states & OPTIONS_STATE_LISTENERS;
	scope->others = states & OPTIONS_STATE_OTHERS;
	scope->facts = facts_of(&query->view, options);
	/* Who judges or selects may need names that -n and -P want left away. */
	if (options->is_numeric || options->has_no_service_names)
		query->view.hidden = NAME_FACTS & ~scope->facts;
	scope->facts |= event_facts(query, options);
	scope->facts |= query->format->facts | lsp_selector_facts(query->selector);
	if (query->is_check || options->learn)
		scope->facts |= CHECK_FACTS;
	/* In JSON findings stand with their reasons. */
	if (scope->facts & LSP_FACT_FINDINGS && query->format->default_set & SET_JSON)
		scope->facts |= LSP_FACT_REASONS;
	scope->source = (enum lsp_source)options->source;
	scope->owners = (enum lsp_owners)options->owners;
	/* What is watched must not be fooled, whatever it costs. */
	scope->strict = options->is_strict || query->is_check || options->learn ||
			query->format->facts & LSP_FACT_FINDINGS;
	scope->judges_all = query->is_check || options->learn;
	scope->netns = options->netns.items;
	scope->netns_count = options->netns.count;
	scope->all_netns = options->has_all_netns;
	scope->root = options->sysroot;
	lsp_selector_narrow(query->selector, scope);
	if (!options->explain)
		return;
	scope->facts |= EXPLAIN_FACTS;
	/* A recording answers what was asked when it was made: every port, the usual states. */
	if (options->sysroot)
		scope->port_count = 0;
	else
		scope->states = LSP_BIT(LSP_STATE_COUNT) - 1;
}

static bool has_color(const struct options *options, const struct query_output *output)
{
	if (options->color != OPTIONS_COLOR_AUTO)
		return options->color == OPTIONS_COLOR_ALWAYS;
	return output->is_terminal && is_capable(output->term) &&
	       !(output->no_color && *output->no_color);
}

int query_init(struct query *query, const struct options *options,
	       const struct query_output *output, char **message)
{
	int r;

	*query = (struct query){0};
	*message = NULL;
	r = parse_format(query, options, message);
	if (r == 0)
		r = parse_grouping(query, options, message);
	if (r == 0)
		r = parse_columns(query, options, message);
	if (r == 0)
		r = parse_sort(query, options, message);
	if (r == 0)
		r = parse_selectors(query, options, message);
	if (r == 0)
		r = check_mode(query, options, message);
	if (r == 0)
		r = watch_mode(query, options, output, message);
	if (r < 0) {
		query_deinit(query);
		return r;
	}
	fill_scope(query, options);
	query->view.has_header = !options->has_no_header;
	query->view.has_color = has_color(options, output);
	query->view.is_terminal = output->is_terminal;
	query->view.is_everything = options->is_extended;
	query->view.is_recorded = options->sysroot;
	query->view.width = output->is_terminal ? output->width : 0;
	return 0;
}

void query_deinit(struct query *query)
{
	if (!query)
		return;
	lsp_selector_free(query->selector);
	*query = (struct query){0};
}
