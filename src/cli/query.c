/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options -> scope and view. Owns the rule that cost follows what is shown: a fact is asked for
 * when a column, a sort key or the grouping needs it, and never otherwise. Looks at nothing but
 * its arguments.
 */
#include "query.h"

#include "scope.h"

#include <errno.h>
#include <stdlib.h>

#define WORDS_MAX 31
#define NAME_FACTS ((unsigned)LSP_FACT_SERVICES | (unsigned)LSP_FACT_USERS)
#define OWNER_FACTS                                                                                \
	((unsigned)LSP_FACT_OWNERS | (unsigned)LSP_FACT_EXE | (unsigned)LSP_FACT_CMDLINE |         \
	 (unsigned)LSP_FACT_STARTED)

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
	const char *words[WORDS_MAX + 1] = {NULL};

	query->view.grouping = grouping_find(options->group_by ? options->group_by : "category");
	if (query->view.grouping)
		return 0;
	for (size_t i = 0; i < grouping_count && i < WORDS_MAX; i++)
		words[i] = groupings[i].word;
	return refuse_word("--group-by", options->group_by, words, message);
}

/* Facts that must not be looked up, whoever wants them. */
static unsigned forbidden_facts(const struct options *options)
{
	unsigned facts = 0;

	if (options->is_numeric)
		facts |= NAME_FACTS;
	if (options->has_no_service_names)
		facts |= LSP_FACT_SERVICES;
	if (options->owners == LSP_OWNERS_NONE)
		facts |= OWNER_FACTS;
	return facts;
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

	if (!any_of)
		any_of = has_others ? SET_ALL : SET_LISTENERS;
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
	if (!options->output)
		return 0;
	r = column_list_parse(list, options->output, &reason);
	return r < 0 ? refuse("--output", reason, message) : 0;
}

static int parse_sort(struct query *query, const struct options *options, char **message)
{
	char *reason = NULL;

	if (options->sort && sort_list_parse(&query->view.sort, options->sort, &reason) < 0)
		return refuse("--sort", reason, message);
	return 0;
}

static int parse_ports(struct query *query, const struct options *options, char **message)
{
	size_t count = 0;

	for (size_t i = 0; i < options->selector_count; i++) {
		struct buf text = BUF_INIT;
		const char *reason = NULL;
		int r = lsp_ports_parse(options->selectors[i], &query->ports, &count, &reason);

		if (r == 0)
			continue;
		if (r == -ENOMEM)
			return r;
		buf_printf(&text, "\"%s\" selects no port: %s; see lsports --help",
			   options->selectors[i], reason);
		*message = buf_take_text(&text);
		return *message ? -EINVAL : -ENOMEM;
	}
	query->scope.ports = query->ports;
	query->scope.port_count = count;
	return 0;
}

/* Of columns that nobody named, owners are looked up only when they are wanted. */
static unsigned column_facts(const struct column_list *list, const struct options *options)
{
	struct column_list named = {.count = 0};
	unsigned facts = column_list_facts(list);
	const char *text = options->output;
	char *reason = NULL;

	if (is_with_owners(options) || options->has_all_columns)
		return facts;
	if (text && column_list_parse(&named, text + (*text == '+'), &reason) < 0)
		free(reason);
	return (facts & ~OWNER_FACTS) | column_list_facts(&named);
}

static unsigned facts_of(const struct view *view, const struct options *options)
{
	const struct column *group =
		view->grouping->column ? column_find(view->grouping->column) : NULL;
	unsigned facts = column_facts(&view->columns, options);

	for (size_t i = 0; i < view->sort.count; i++)
		facts |= view->sort.keys[i].column->facts;
	if (group)
		facts |= group->facts;
	return facts & ~forbidden_facts(options);
}

static void fill_scope(struct query *query, const struct options *options)
{
	const unsigned states = options->states ? options->states : OPTIONS_STATE_LISTENERS;
	struct lsp_query *scope = &query->scope;

	scope->protos = options->protos ? options->protos : LSP_BIT(LSP_PROTO_COUNT) - 1;
	scope->families = options->families ? options->families : LSP_BIT(LSP_FAMILY_COUNT) - 1;
	scope->listeners = states & OPTIONS_STATE_LISTENERS;
	scope->others = states & OPTIONS_STATE_OTHERS;
	scope->facts = facts_of(&query->view, options);
	scope->source = (enum lsp_source)options->source;
	scope->owners = (enum lsp_owners)options->owners;
	scope->strict = options->is_strict;
	scope->netns = options->netns;
	scope->netns_count = options->netns_count;
	scope->all_netns = options->has_all_netns;
	scope->root = options->sysroot;
}

static bool has_color(const struct options *options, const struct query_output *output)
{
	if (options->color != OPTIONS_COLOR_AUTO)
		return options->color == OPTIONS_COLOR_ALWAYS;
	return output->is_terminal && output->term && *output->term &&
	       strcmp(output->term, "dumb") != 0 && !(output->no_color && *output->no_color);
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
		r = parse_ports(query, options, message);
	if (r < 0) {
		query_deinit(query);
		return r;
	}
	fill_scope(query, options);
	query->view.has_header = !options->has_no_header;
	query->view.has_color = has_color(options, output);
	query->view.is_terminal = output->is_terminal;
	query->view.width = output->is_terminal ? output->width : 0;
	return 0;
}

void query_deinit(struct query *query)
{
	if (!query)
		return;
	free(query->ports);
	*query = (struct query){0};
}
