/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can stand at the cursor: names of options, words of tables, files, and what the machine has
 * (complete_live.c). Fails in silence: nobody reads an error at a prompt.
 */
#include "complete.h"

#include "arguments.h"
#include "complete_live.h"
#include "output.h"

#include "root.h"
#include "cleanup.h"

#include "view/formats.h"

#include <lsports/judgement.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* --- tables ------------------------------------------------------------------------------- */

static void offer_options(const struct completion *completion)
{
	for (size_t i = 0; i < option_rows_count; i++) {
		const struct option_row *row = &option_rows[i];
		char name[64] = {'-', (char)option_rows_letter(row)};

		if (!option_rows_is_shown(row))
			continue;
		if (option_rows_name(row))
			snprintf(name, sizeof(name), "--%s", option_rows_name(row));
		complete_line_add(completion, name, option_rows_help(row));
	}
}

static void offer_words(const struct completion *completion)
{
	const char *const *words = completion->context.row ? completion->context.row->words : NULL;

	for (size_t i = 0; words && words[i]; i++)
		complete_line_add(completion, words[i], NULL);
}

static void offer_columns(const struct completion *completion)
{
	struct column column;

	for (size_t i = 0; column_at(i, &column); i++)
		complete_line_add(completion, column.fact->word, column.fact->help);
}

static void offer_formats(const struct completion *completion)
{
	for (size_t i = 0; i < formats_count; i++)
		complete_line_add(completion, formats[i].word, formats[i].help);
}

static void offer_groupings(const struct completion *completion)
{
	for (size_t i = 0; i < groupings_count; i++) {
		const struct lsp_fact *fact =
			groupings[i].column ? lsp_fact_find(groupings[i].column) : NULL;

		complete_line_add(completion, groupings[i].word, fact ? fact->help : "no groups");
	}
}

/* --- selectors ---------------------------------------------------------------------------- */

/* "!=" is offered only once its "!" is typed. */
static void offer_keys(const struct completion *completion)
{
	bool is_negated = strchr(completion->word, '!');
	const struct lsp_fact *key;
	char text[64];

	for (size_t i = 0; (key = lsp_fact_key_at(i)); i++) {
		snprintf(text, sizeof(text), "%s%s=", lsp_fact_key_word(key),
			 is_negated ? "!" : "");
		complete_line_add(completion, text, key->help);
	}
	for (unsigned proto = 0; proto < lsp_protocol_count(); proto++) {
		snprintf(text, sizeof(text), "%s/", lsp_protocol_word(proto));
		complete_line_add(completion, text, "port of this protocol alone");
	}
}

static void offer_key_words(const struct completion *completion)
{
	const struct lsp_fact *key = completion->context.key;
	const bool is_finding = key->type == LSP_FACT_FINDINGS;
	const char *word;

	for (unsigned i = 0; (word = lsp_fact_word(key, i)); i++)
		if (!lsp_fact_word_is_again(key, i))
			complete_line_add(completion, word,
					  is_finding ? lsp_finding_help(i) : NULL);
}

/* "tcp/auto", "port=auto"; "auto" alone is a key, and not a port that --explain takes. */
static void offer_auto(const struct completion *completion)
{
	const struct complete_context *context = &completion->context;

	if (!context->row && (context->protos || context->start))
		complete_line_add(completion, "auto", "chosen by the kernel");
}

/* --- files ---------------------------------------------------------------------------------- */

/* Names in directory @path that end in @ending. */
static void offer_names(const struct completion *completion, const char *sysroot, const char *path,
			const char *prefix, const char *ending)
{
	cleanup(cleanup_closedir) DIR *dir = NULL;
	struct root root;
	struct dirent *entry;
	char text[PATH_MAX];
	int fd;

	if (root_init(&root, sysroot) < 0)
		return;
	fd = root_open(&root, path, O_RDONLY | O_DIRECTORY);
	root_deinit(&root);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir && fd >= 0)
		close(fd);
	while (dir && (entry = readdir(dir))) {
		const size_t size = strlen(entry->d_name), end = strlen(ending);

		if (entry->d_name[0] == '.' || size < end ||
		    strcmp(entry->d_name + size - end, ending) != 0)
			continue;
		snprintf(text, sizeof(text), "%s%s", prefix, entry->d_name);
		complete_line_add_foreign(completion, text, NULL);
	}
}

static void offer_netns(const struct completion *completion, const struct options *options)
{
	offer_names(completion, options->sysroot, "run/netns", "", "");
	if (strchr(completion->word + completion->context.kept, '/'))
		complete_line_add_files(completion, "FILE");
}

/* The files that lsports reads by default, and any other file. */
static void offer_rule_files(const struct completion *completion)
{
	offer_names(completion, NULL, &LSP_RULES_DIR[1], LSP_RULES_DIR "/", ".rules");
	complete_line_add(completion, LSP_RULES_LEARNED, "what --learn has learned");
	complete_line_add_files(completion, "FILE");
}

/* --- all of it -------------------------------------------------------------------------------- */

static void offer_key(const struct completion *completion, const struct options *options)
{
	const struct lsp_fact *key = completion->context.key;

	offer_key_words(completion);
	if (strcmp(key->word, "netns") == 0) {
		complete_line_add(completion, "self", "our own");
		offer_netns(completion, options);
	} else if (!lsp_fact_word(key, 0)) {
		complete_live_add(completion, options);
	}
}

static void offer(const struct completion *completion, const struct options *options)
{
	switch (completion->context.kind) {
	case COMPLETE_CONTEXT_NOTHING:
		return;
	case COMPLETE_CONTEXT_OPTION:
		offer_options(completion);
		return;
	case COMPLETE_CONTEXT_LETTERS:
		buf_printf(completion->out, "%s\t%s\n", completion->word,
			   option_rows_help(completion->context.row));
		return;
	case COMPLETE_CONTEXT_WORDS:
		offer_words(completion);
		return;
	case COMPLETE_CONTEXT_COLUMNS:
		offer_columns(completion);
		return;
	case COMPLETE_CONTEXT_FORMATS:
		offer_formats(completion);
		return;
	case COMPLETE_CONTEXT_GROUPINGS:
		offer_groupings(completion);
		return;
	case COMPLETE_CONTEXT_NETNS:
		offer_netns(completion, options);
		return;
	case COMPLETE_CONTEXT_RULE_FILE:
		offer_rule_files(completion);
		return;
	case COMPLETE_CONTEXT_FILE:
		complete_line_add_files(completion, "FILE");
		return;
	case COMPLETE_CONTEXT_DIRECTORY:
		complete_line_add_files(completion, "DIR");
		return;
	case COMPLETE_CONTEXT_SELECTOR:
		offer_words(completion);
		offer_keys(completion);
		complete_live_add(completion, options);
		return;
	case COMPLETE_CONTEXT_PORT:
		offer_auto(completion);
		complete_live_add(completion, options);
		return;
	case COMPLETE_CONTEXT_KEY:
		offer_key(completion, options);
		return;
	}
}

/* The options before the cursor; none of them while they make no sense. */
static void parse_before(char *const *words, size_t count, struct options *options)
{
	char name[] = "lsports";
	char **argv = calloc(count + 2, sizeof(*argv));
	struct error error = ERROR_INIT;

	*options = (struct options){0};
	if (!argv)
		return;
	argv[0] = name;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = words[i];
	if (arguments_parse((int)count + 1, argv, options, &error) < 0)
		*options = (struct options){0};
	options->selectors = NULL;
	options->selector_count = 0;
	error_deinit(&error);
	free(argv);
}

static void write_completions(const struct options *options, struct lsp_names *names,
			      struct sink *sink)
{
	char empty[] = "";
	char *const nothing[] = {empty};
	char *const *words = options->selectors;
	size_t count = options->selector_count;
	struct completion completion = {.names = names, .out = &sink->buf};
	struct options before;

	if (!count) {
		words = nothing;
		count = 1;
	}
	completion.word = words[count - 1];
	/* A line of the answer could not hold such a word. */
	if (strpbrk(completion.word, "\t\n"))
		return;
	complete_context_parse((const char *const *)words, count, &completion.context);
	parse_before(words, count - 1 - completion.context.is_pending, &before);
	offer(&completion, &before);
	options_deinit(&before);
}

bool complete_is_asked(const struct options *options)
{
	return options->action == OPTIONS_ACTION_COMPLETE;
}

enum status complete_run(const struct options *options, const struct target *target,
			 struct buf *messages)
{
	struct output output;

	(void)messages;
	if (output_open(&output, NULL) == 0) {
		write_completions(options, target->names, &output.sink);
		output_close(&output);
	}
	return STATUS_SHOWN;
}
