/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options -> scope and view. Owns the rule that cost follows what is shown: a fact is looked up
 * when a column, a sort key, the grouping or a selector needs it, and never otherwise. Reads
 * nothing but its arguments, and names of services where a selector has one.
 */
#include "query.h"

#include "cleanup.h"
#include "deadline.h"
#include "num.h"

#include <errno.h>
#include <stdlib.h>

#define WORDS_MAX 31
#define NSEC_PER_SEC INT64_C(1000000000)
#define TIMEOUT_MAX 86400     /* seconds */
#define TIMEOUT_UNATTENDED 30 /* of what a timer runs, and of what later runs depend on */
#define NAME_LOOKUPS ((unsigned)LSP_LOOKUP_SERVICES | (unsigned)LSP_LOOKUP_USERS)

/* What only a walk over all processes can answer. */
#define WALK_LOOKUPS                                                                               \
	((unsigned)LSP_LOOKUP_OWNERS | (unsigned)LSP_LOOKUP_EXE | (unsigned)LSP_LOOKUP_CMDLINE |   \
	 (unsigned)LSP_LOOKUP_STARTED | (unsigned)LSP_LOOKUP_VERIFY |                              \
	 (unsigned)LSP_LOOKUP_FINDINGS)

/* What a line of --check says about a listener. */
#define CHECK_LOOKUPS                                                                              \
	((unsigned)LSP_LOOKUP_FINDINGS | (unsigned)LSP_LOOKUP_REASONS |                            \
	 (unsigned)LSP_LOOKUP_STARTED)

/* Everything that --explain shows. */
#define EXPLAIN_LOOKUPS                                                                            \
	(WALK_LOOKUPS | NAME_LOOKUPS | (unsigned)LSP_LOOKUP_REASONS |                              \
	 (unsigned)LSP_LOOKUP_CGROUP | (unsigned)LSP_LOOKUP_AUTO | (unsigned)LSP_LOOKUP_PARENTS)

/* What an event of --watch says about a listener. */
#define EVENT_LOOKUPS                                                                              \
	((unsigned)LSP_LOOKUP_OWNERS | (unsigned)LSP_LOOKUP_EXE | (unsigned)LSP_LOOKUP_STARTED |   \
	 (unsigned)LSP_LOOKUP_CGROUP | (unsigned)LSP_LOOKUP_USERS)

/* "--sort: REASON"; @reason is freed. Return: @r. */
static int refuse(const char *option, int r, struct error *reason, struct error *error)
{
	if (r < 0)
		error_set(error, r, "%s: %s", option, error_text(reason));
	error_deinit(reason);
	return r;
}

static int parse_format(struct query *query, const struct options *options, struct error *error)
{
	const char *words[WORDS_MAX + 1] = {NULL};

	query->format = formats_find(options->format ? options->format : "table");
	if (query->format)
		return 0;
	for (size_t i = 0; i < formats_count && i < WORDS_MAX; i++)
		words[i] = formats[i].word;
	return options_refuse_word("--format", options->format, words, error);
}

static int parse_grouping(struct query *query, const struct options *options, struct error *error)
{
	/* The port of most other sockets means nothing. */
	const char *usual = options->states & OPTIONS_STATE_OTHERS ? "none" : "category";
	const char *words[WORDS_MAX + 1] = {NULL};

	query->view.grouping = groupings_find(options->group_by ? options->group_by : usual);
	if (query->view.grouping)
		return 0;
	for (size_t i = 0; i < groupings_count && i < WORDS_MAX; i++)
		words[i] = groupings[i].word;
	return options_refuse_word("--group-by", options->group_by, words, error);
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

static void drop_columns(struct column_list *list, unsigned lookups)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!(lsp_fact_lookups(list->columns[i].fact) & lookups))
			list->columns[kept++] = list->columns[i];
	list->count = kept;
}

/* -n, -P and --owners none remove columns that nobody named; -O names all of them. */
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
		drop_columns(list, LSP_LOOKUP_OWNERS);
	if (options->has_no_service_names && !(any_of & SET_JSON))
		drop_columns(list, LSP_LOOKUP_SERVICES);
}

static int parse_columns(struct query *query, const struct options *options, struct error *error)
{
	struct column_list *list = &query->view.columns;
	struct error reason = ERROR_INIT;
	int r = 0;

	choose_columns(list, query, options);
	query->view.may_leave_out = !options->output && !options->has_all_columns;
	if (options->output)
		r = column_list_parse(list, options->output, &reason);
	return refuse(options->is_output_short ? "-o" : "--output", r, &reason, error);
}

static int parse_sort(struct query *query, const struct options *options, struct error *error)
{
	struct error reason = ERROR_INIT;
	int r = 0;

	if (options->sort)
		r = sort_list_parse(&query->view.sort, options->sort, &reason);
	return refuse("--sort", r, &reason, error);
}

static int parse_selectors(struct query *query, const struct options *options, struct error *error)
{
	struct error failure = ERROR_INIT;
	int r = lsp_selector_parse((const char *const *)options->selectors, options->selector_count,
				   options->sysroot, &query->selector, &failure);

	if (r == -EINVAL)
		error_set(error, r, "%s; see lsports --list keys", error_text(&failure));
	else if (r < 0 && r != -ENOMEM)
		error_set(error, r, "%s", error_text(&failure));
	error_deinit(&failure);
	return r;
}

static int parse_timeout(struct query *query, const struct options *options, struct error *error)
{
	uint64_t seconds = 0;

	if (!options->timeout)
		return 0;
	if (!num_parse(options->timeout, TIMEOUT_MAX, &seconds) || !seconds)
		return error_set(error, -EINVAL,
				 "--timeout: \"%s\" is not a number of seconds from 1 to %d",
				 options->timeout, TIMEOUT_MAX);
	query->timeout = (int64_t)seconds * NSEC_PER_SEC;
	return 0;
}

int64_t query_deadline(const struct query *query)
{
	return query->timeout ? deadline_in(query->timeout) : 0;
}

bool query_is_check(const struct options *options)
{
	const struct format *format = options->format ? formats_find(options->format) : NULL;

	return options->is_check || (format && format->is_check);
}

/* A watch draws the table where it can, and writes events elsewhere. */
static void set_watch(struct query *query, const struct options *options,
		      const struct target *target)
{
	bool has_columns = options->output || options->has_all_columns || options->is_extended;
	bool is_table = strcmp(query->format->word, "table") == 0;
	bool is_stream = strcmp(query->format->word, "jsonl") == 0;

	if (!options->watch)
		return;
	query->is_drawn = is_table && target->is_terminal && is_capable(target->term);
	query->event_style = is_stream                        ? EVENT_JSON
			     : has_columns || query->is_drawn ? EVENT_CELLS
							      : EVENT_LISTENER;
}

/* Look-ups of an event, without names and owners where -n and --owners none turn them off. */
static unsigned event_lookups(const struct query *query, const struct options *options)
{
	unsigned lookups = EVENT_LOOKUPS;

	if (!options->watch || query->event_style != EVENT_LISTENER)
		return 0;
	if (!is_with_owners(options))
		lookups &= ~WALK_LOOKUPS;
	return options->is_numeric ? lookups & ~NAME_LOOKUPS : lookups;
}

/* Look-ups of the columns, sort keys and the grouping that the command line names. */
static unsigned named_lookups(const struct view *view, const struct options *options)
{
	const char *group = view->grouping->column;
	unsigned lookups = group ? lsp_fact_lookups(lsp_fact_find(group)) : 0;
	struct column_list named = {.count = 0};
	const char *text = options->output;

	if (text)
		column_list_parse(&named, text + (*text == '+'), NULL);
	for (size_t i = 0; i < view->sort.count; i++)
		lookups |= lsp_fact_lookups(view->sort.keys[i].column.fact);
	return lookups | column_list_lookups(&named);
}

/* What the command line names is looked up; -n, -P and --owners none turn off the rest. */
static unsigned shown_lookups(const struct view *view, const struct options *options)
{
	unsigned lookups = column_list_lookups(&view->columns);

	if (!is_with_owners(options) && !options->has_all_columns)
		lookups &= ~WALK_LOOKUPS;
	if (options->is_numeric)
		lookups &= ~NAME_LOOKUPS;
	if (options->has_no_service_names)
		lookups &= ~(unsigned)LSP_LOOKUP_SERVICES;
	lookups |= named_lookups(view, options);
	return options->owners == LSP_OWNERS_NONE ? lookups & ~WALK_LOOKUPS : lookups;
}

/*
 * Where only differences are shown, their users are looked up once there is a difference
 * (inspection.c), unless a selector needs them before.
 */
static void defer_users(struct query *query)
{
	struct lsp_query *scope = &query->scope;

	query->has_late_users = scope->lookups & LSP_LOOKUP_USERS;
	if (!(lsp_selector_lookups(query->selector) & LSP_LOOKUP_USERS))
		scope->lookups &= ~(unsigned)LSP_LOOKUP_USERS;
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
	bool is_alarm =
		query->is_check || options->learn || query->format->lookups & LSP_LOOKUP_FINDINGS;

	scope->protos = options->protos ? options->protos : lsp_protocol_all();
	scope->families = options->families ? options->families : LSP_BIT(LSP_FAMILY_COUNT) - 1;
	scope->listeners = states & OPTIONS_STATE_LISTENERS;
	scope->others = states & OPTIONS_STATE_OTHERS;
	scope->lookups = shown_lookups(&query->view, options);
	/* Judging and selecting may need names that -n and -P do not show. */
	if (options->is_numeric || options->has_no_service_names)
		query->view.hidden = NAME_LOOKUPS & ~scope->lookups;
	scope->lookups |= event_lookups(query, options);
	scope->lookups |= query->format->lookups | lsp_selector_lookups(query->selector);
	if (query->is_check || options->learn)
		scope->lookups |= CHECK_LOOKUPS;
	/* The rule of a difference is the same whatever else is shown. */
	if (query->is_check || options->learn)
		scope->lookups |= LSP_LOOKUP_USERS;
	if (!options->learn && is_alarm && !options->is_extended)
		defer_users(query);
	/* JSON shows findings with their reasons. */
	if (scope->lookups & LSP_LOOKUP_FINDINGS && query->format->default_set & SET_JSON)
		scope->lookups |= LSP_LOOKUP_REASONS;
	scope->source = (enum lsp_source)options->source;
	scope->owners = (enum lsp_owners)options->owners;
	/* What raises an alarm must not be fooled, whatever it costs. */
	scope->strict = options->is_strict || is_alarm;
	/* Nobody waits for a run that a timer started. */
	if (!query->timeout && is_alarm)
		query->timeout = TIMEOUT_UNATTENDED * NSEC_PER_SEC;
	query->judge_flags = query->is_check || options->learn ? (unsigned)LSP_JUDGE_ALL : 0;
	scope->netns = options->netns.data;
	scope->netns_count = options->netns.count;
	scope->all_netns = options->has_all_netns;
	scope->root = options->sysroot;
	lsp_selector_narrow(query->selector, scope);
	if (!options->explain)
		return;
	scope->lookups |= EXPLAIN_LOOKUPS;
	/* A recording answers what was asked when it was made: every port, the usual states. */
	if (options->sysroot)
		scope->port_count = 0;
	else
		scope->states = LSP_BIT(LSP_STATE_COUNT) - 1;
}

static bool has_color(const struct options *options, const struct target *target)
{
	if (options->color != OPTIONS_COLOR_AUTO)
		return options->color == OPTIONS_COLOR_ALWAYS;
	return target->is_terminal && is_capable(target->term) &&
	       !(target->no_color && *target->no_color);
}

int query_init(struct query *query, const struct options *options, const struct target *target,
	       struct error *error)
{
	int r;

	*query = (struct query){0};
	r = parse_format(query, options, error);
	if (r == 0)
		r = parse_grouping(query, options, error);
	if (r == 0)
		r = parse_columns(query, options, error);
	if (r == 0)
		r = parse_sort(query, options, error);
	if (r == 0)
		r = parse_timeout(query, options, error);
	if (r == 0)
		r = parse_selectors(query, options, error);
	if (r < 0) {
		query_deinit(query);
		return r;
	}
	query->is_check = query_is_check(options);
	set_watch(query, options, target);
	fill_scope(query, options);
	query->scope.names = target->names;
	query->view.has_header = !options->has_no_header;
	query->view.has_color = has_color(options, target);
	query->view.is_terminal = target->is_terminal;
	query->view.is_everything = options->is_extended;
	query->view.is_recorded = options->sysroot;
	query->view.width = target->is_terminal ? target->width : 0;
	return 0;
}

void query_deinit(struct query *query)
{
	if (!query)
		return;
	lsp_selector_free(query->selector);
	*query = (struct query){0};
}
