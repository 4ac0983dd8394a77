/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What can stand at the cursor: names of options, words of tables, and what the machine knows
 * (complete_live.c). Owns what a value may look like: shells quote in different ways, so a name
 * that would have to be quoted is left out. Never fails aloud: people are writing.
 */
#include "complete.h"

#include "root.h"
#include "scope.h"

#include "view/escape.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* --- one line --------------------------------------------------------------------------- */

/* Is none of it for a shell, a list or glob(7)? */
static bool is_plain(const char *text)
{
	for (; *text; text++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.+:@%/"
			    "-",
			    *text))
			return false;
	return true;
}

/* Is it in the list that stands before it? */
static bool is_listed(const struct completion *completion, const char *value)
{
	const char *item = completion->word + completion->place.start;
	const char *end = completion->word + completion->place.kept;
	size_t size = strlen(value);

	while (item < end) {
		size_t found;

		item += *item == '-' && completion->place.kind == COMPLETE_KIND_COLUMNS;
		found = strcspn(item, ",");
		if (item + found < end && found == size && memcmp(item, value, size) == 0)
			return true;
		item += found + 1;
	}
	return false;
}

static void append_line(const struct completion *completion, const char *value,
			const char *description)
{
	struct buf *out = completion->out;

	buf_append(out, completion->word, completion->place.kept);
	buf_append_text(out, value);
	buf_append_char(out, '\t');
	if (description)
		escape_text(out, description, strlen(description));
	buf_append_char(out, '\n');
}

/* Does @value go on where the word ends? */
static bool is_fitting(const struct completion *completion, const char *value)
{
	const char *part = completion->word + completion->place.kept;

	return strncmp(value, part, strlen(part)) == 0;
}

/* A word of a table of ours, whatever its bytes. */
static void offer_word(const struct completion *completion, const char *value,
		       const char *description)
{
	if (is_fitting(completion, value) && !is_listed(completion, value))
		append_line(completion, value, description);
}

void complete_offer(const struct completion *completion, const char *value, const char *description)
{
	if (*value && is_plain(value))
		offer_word(completion, value, description);
}

static void offer_files(const struct completion *completion, const char *what)
{
	buf_printf(completion->out, "\t%s\n", what);
}

/* --- tables ------------------------------------------------------------------------------- */

static void offer_options(const struct completion *completion)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		char name[64] = {'-', (char)row->letter};

		if (row->group == OPTION_GROUP_HIDDEN || row->group == OPTION_GROUP_RESERVED)
			continue;
		if (row->name)
			snprintf(name, sizeof(name), "--%s", row->name);
		offer_word(completion, name, row->help);
	}
}

static void offer_words(const struct completion *completion)
{
	const char *const *words = completion->place.row ? completion->place.row->words : NULL;

	for (size_t i = 0; words && words[i]; i++)
		offer_word(completion, words[i], NULL);
}

static void offer_columns(const struct completion *completion)
{
	for (size_t i = 0; i < column_count; i++)
		offer_word(completion, columns[i].key, columns[i].help);
}

static void offer_formats(const struct completion *completion)
{
	for (size_t i = 0; i < format_count; i++)
		offer_word(completion, formats[i].word, formats[i].help);
}

static void offer_groupings(const struct completion *completion)
{
	for (size_t i = 0; i < grouping_count; i++) {
		const struct column *column =
			groupings[i].column ? column_find(groupings[i].column) : NULL;

		offer_word(completion, groupings[i].word, column ? column->help : "no groups");
	}
}

/* --- selectors ---------------------------------------------------------------------------- */

/* "!=" only where somebody has begun it. */
static void offer_keys(const struct completion *completion)
{
	bool is_negated = strchr(completion->word, '!');
	const struct lsp_key *key;
	char text[64];

	for (size_t i = 0; (key = lsp_key_at(i)); i++) {
		snprintf(text, sizeof(text), "%s%s=", key->word, is_negated ? "!" : "");
		offer_word(completion, text, key->help);
	}
	for (unsigned proto = 0; proto < LSP_PROTO_COUNT; proto++) {
		snprintf(text, sizeof(text), "%s/", lsp_proto_word((enum lsp_proto)proto));
		offer_word(completion, text, "port of this protocol alone");
	}
}

/* Two states share one word. */
static bool is_again(size_t key, unsigned number)
{
	const char *word = lsp_key_word(key, number);

	while (number--)
		if (strcmp(lsp_key_word(key, number), word) == 0)
			return true;
	return false;
}

static void offer_key_words(const struct completion *completion)
{
	const size_t key = completion->place.key;
	const bool is_finding = strcmp(lsp_key_at(key)->word, "finding") == 0;
	const char *word;

	for (unsigned i = 0; (word = lsp_key_word(key, i)); i++)
		if (!is_again(key, i))
			offer_word(completion, word,
				   is_finding ? lsp_finding_help((enum lsp_finding_id)i) : NULL);
}

/* "tcp/auto", "port=auto": alone it is a key, and no port to explain. */
static void offer_auto(const struct completion *completion)
{
	const struct complete_place *place = &completion->place;

	if (!place->row && (place->protos || place->start))
		offer_word(completion, "auto", "chosen by the kernel");
}

/* --- files ---------------------------------------------------------------------------------- */

/* Names in directory @path; those that do not end so are passed over. */
static void offer_names(const struct completion *completion, const char *sysroot, const char *path,
			const char *prefix, const char *ending)
{
	cleanup(scope_closedir) DIR *dir = NULL;
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
		complete_offer(completion, text, NULL);
	}
}

static void offer_netns(const struct completion *completion, const struct options *options)
{
	offer_names(completion, options->sysroot, "run/netns", "", "");
	if (strchr(completion->word + completion->place.kept, '/'))
		offer_files(completion, "FILE");
}

/* Those that are read by themselves, and any other. */
static void offer_rule_files(const struct completion *completion)
{
	offer_names(completion, NULL, &LSP_RULES_DIR[1], LSP_RULES_DIR "/", ".rules");
	offer_word(completion, LSP_RULES_LEARNED, "what --learn has learned");
	offer_files(completion, "FILE");
}

/* --- all of it -------------------------------------------------------------------------------- */

static void offer_key(const struct completion *completion, const struct options *options)
{
	const char *key = lsp_key_at(completion->place.key)->word;

	offer_key_words(completion);
	if (strcmp(key, "netns") == 0) {
		offer_word(completion, "self", "our own");
		offer_netns(completion, options);
	} else if (complete_is_live(key)) {
		complete_offer_live(completion, options);
	}
}

static void offer(const struct completion *completion, const struct options *options)
{
	switch (completion->place.kind) {
	case COMPLETE_KIND_NOTHING:
		return;
	case COMPLETE_KIND_OPTION:
		offer_options(completion);
		return;
	case COMPLETE_KIND_LETTERS:
		buf_printf(completion->out, "%s\t%s\n", completion->word,
			   completion->place.row->help);
		return;
	case COMPLETE_KIND_WORDS:
		offer_words(completion);
		return;
	case COMPLETE_KIND_COLUMNS:
		offer_columns(completion);
		return;
	case COMPLETE_KIND_FORMATS:
		offer_formats(completion);
		return;
	case COMPLETE_KIND_GROUPINGS:
		offer_groupings(completion);
		return;
	case COMPLETE_KIND_NETNS:
		offer_netns(completion, options);
		return;
	case COMPLETE_KIND_RULE_FILE:
		offer_rule_files(completion);
		return;
	case COMPLETE_KIND_FILE:
		offer_files(completion, "FILE");
		return;
	case COMPLETE_KIND_DIRECTORY:
		offer_files(completion, "DIR");
		return;
	case COMPLETE_KIND_SELECTOR:
		offer_words(completion);
		offer_keys(completion);
		complete_offer_live(completion, options);
		return;
	case COMPLETE_KIND_PORT:
		offer_auto(completion);
		complete_offer_live(completion, options);
		return;
	case COMPLETE_KIND_KEY:
		offer_key(completion, options);
		return;
	}
}

/* What was said before the cursor; nothing, when that makes no sense yet. */
static void parse_before(char *const *words, size_t count, struct options *options)
{
	char name[] = "lsports";
	char **argv = calloc(count + 2, sizeof(*argv));
	char *message = NULL;

	*options = (struct options){0};
	if (!argv)
		return;
	argv[0] = name;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = words[i];
	if (options_parse((int)count + 1, argv, options, &message) < 0)
		*options = (struct options){0};
	options->selectors = NULL;
	options->selector_count = 0;
	free(message);
	free(argv);
}

void complete_run(const struct options *options, struct sink *sink)
{
	char empty[] = "";
	char *const nothing[] = {empty};
	char *const *words = options->selectors;
	size_t count = options->selector_count;
	struct completion completion = {.out = &sink->buf};
	struct options before;

	if (!count) {
		words = nothing;
		count = 1;
	}
	completion.word = words[count - 1];
	/* A line holds no such word. */
	if (strpbrk(completion.word, "\t\n"))
		return;
	complete_find_place((const char *const *)words, count, &completion.place);
	parse_before(words, count - 1 - completion.place.is_pending, &before);
	offer(&completion, &before);
	options_deinit(&before);
}
