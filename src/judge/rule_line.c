/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of a rule file: words and comments. All that is wrong with it is reported. What
 * is kept of a text stands in table->text: the first word of each line, and the rest of it once.
 */
#include "judge/rule_line.h"

#include "judge/rule_end.h"
#include "judge/rule_text.h"
#include "privileges.h"
#include "select/selector_parse.h"

#include <stdio.h>

#define ERRORS_MAX 100

/* A word as it stands in table->text. */
struct word {
	const char *at;
	size_t size;
	uint64_t hash;  /* of a word that may have been met before */
	uint32_t known; /* 1 and the index of its term, 0 for none */
};

int rule_line_init(struct rule_line *parser, struct rule_table *table, const char *name,
		   const struct selector_names *names, struct error *error)
{
	int64_t file = rule_table_add_file(table, name);

	*parser = (struct rule_line){
		.table = table,
		.names = names,
		.error = error,
		.file = file < 0 ? 0 : (uint32_t)file,
	};
	for (size_t i = 0; lsp_fact_at(i); i++) {
		if (lsp_fact_lookups(lsp_fact_at(i)) & LSP_LOOKUP_FINDINGS)
			parser->judged |= UINT64_C(1) << i;
	}
	hash_seed_init(&parser->seed);
	return file < 0 ? (int)file : 0;
}

void rule_line_deinit(struct rule_line *parser)
{
	intmap_deinit(&parser->terms);
	intmap_deinit(&parser->tails);
}

static void report(struct rule_line *parser, const char *what)
{
	const char *name = rule_table_file(parser->table, parser->file);

	/* Whoever started us may not be the one who may read it. */
	if (privileges_are_lent())
		what = "the line is wrong; its text is not shown to whoever may not read it";
	parser->error_count++;
	if (parser->error_count <= ERRORS_MAX)
		error_add(parser->error, -EINVAL, "%s:%u: %s", name, parser->number, what);
	else if (parser->error_count == ERRORS_MAX + 1)
		error_add(parser->error, -EINVAL, "%s: more than %d errors, the rest was not read",
			  name, ERRORS_MAX);
}

void rule_line_refuse(struct rule_line *parser, const char *why)
{
	parser->number++;
	report(parser, why);
}

/* --- text --------------------------------------------------------------------------------- */

/* @line: where columns are counted from. */
static bool is_text(struct rule_line *parser, const char *line, const char *at, const char *end)
{
	const char *wrong = rule_text_find_wrong(at, end);
	char what[80];

	if (wrong == end)
		return true;
	if (*wrong == '\r' && wrong[1] == '\n')
		snprintf(what, sizeof(what), "the line ends in a carriage return (0x0d)");
	else
		snprintf(what, sizeof(what), "column %zu: byte 0x%02x is not text",
			 (size_t)(wrong - line) + 1, (unsigned char)*wrong);
	report(parser, what);
	return false;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* Return: where in table->text it stands, which stays below 4 GiB; or -ENOMEM. */
static int64_t keep_text(struct rule_table *table, const char *text, size_t size)
{
	size_t at = table->text.size;

	if (size > UINT32_MAX - at)
		return -ENOMEM;
	buf_append(&table->text, text, size);
	return table->text.error ? table->text.error : (int64_t)at;
}

/* --- words -------------------------------------------------------------------------------- */

/* Did the term mean this word, and nothing else? */
static bool is_term(const struct rule_table *table, uint32_t index, const char *at, size_t size)
{
	const struct selector_term *term =
		(const struct selector_term *)table->pool.terms.data + index;

	return term->text_size == size && !term->is_merged &&
	       memcmp(table->text.data + term->text_at, at, size) == 0;
}

/* The next word, and its term if it was met before: most words stand where they stood in the rule
 * before, which is asked first.
 */
static void scan_word(const struct rule_line *parser, const struct rule *rule, const char *at,
		      const char *end, struct word *word)
{
	const struct rule_table *table = parser->table;
	uint32_t number = rule->selector.term_count;
	const uint32_t *index;

	*word = (struct word){.at = at, .size = selector_parse_word_size(at, end)};
	if (!number)
		return;
	if (number < parser->before.term_count) {
		uint32_t likely = selector_pool_index(&table->pool, &parser->before, number);

		if (is_term(table, likely, at, word->size)) {
			word->known = likely + 1;
			return;
		}
	}
	word->hash = hash_bytes(&parser->seed, at, word->size);
	index = intmap_find(&parser->terms, word->hash);
	if (index && is_term(table, *index, at, word->size))
		word->known = *index + 1;
}

/* @column: counted from 1, 0 where no part of the word is to blame. */
static void refuse_word(struct rule_line *parser, const struct word *word, size_t column,
			const char *why)
{
	struct buf message = BUF_INIT;

	buf_append_char(&message, '"');
	error_append_word(&message, word->at, word->size);
	buf_append_text(&message, "\": ");
	if (column)
		buf_printf(&message, "column %zu: ", column);
	buf_append_text(&message, why);
	report(parser, buf_text(&message) ? message.data : why);
	buf_deinit(&message);
}

/* A word that was not met before. */
static int parse_new_word(struct rule_line *parser, struct rule *rule, const char *line,
			  const struct word *word)
{
	const struct selector_word at = {
		.at = word->at,
		.size = word->size,
		.text_at = (uint32_t)(word->at - parser->table->text.data),
	};
	struct error error = ERROR_INIT;
	size_t position;
	int r;

	if (!is_text(parser, line, word->at, word->at + word->size))
		return -EINVAL;
	r = selector_parse_word(&parser->table->pool, &rule->selector, &at, parser->names,
				&position, &error);
	if (r < 0 && r != -ENOMEM)
		refuse_word(parser, word,
			    r == -EINVAL ? (size_t)(word->at - line) + position + 1 : 0,
			    error_text(&error));
	error_deinit(&error);
	/* What could not be looked up is an error of the word: the next ones are reported too. */
	return r < 0 && r != -ENOMEM ? -EINVAL : r;
}

static int parse_word(struct rule_line *parser, struct rule *rule, const char *line,
		      const struct word *word)
{
	struct selector_pool *pool = &parser->table->pool;
	uint32_t terms = rule->selector.term_count;
	int r = 1;

	if (word->known)
		r = selector_pool_reuse(pool, &rule->selector, word->known - 1);
	if (r <= 0)
		return r;
	r = parse_new_word(parser, rule, line, word);
	/* A word that added values to another term has no term of its own. */
	if (r >= 0 && terms && rule->selector.term_count > terms)
		r = intmap_put(&parser->terms, word->hash, (uint32_t)pool->terms.count - 1);
	return r;
}

/* Return: as rule_end_parse(); an error is reported. */
static int parse_end(struct rule_line *parser, struct rule *rule, const char *line,
		     const struct word *word)
{
	struct error error = ERROR_INIT;
	size_t position;
	int r = rule_end_parse(rule, word->at, word->size, &position, &error);

	if (r < 0)
		refuse_word(parser, word, (size_t)(word->at - line) + position + 1,
			    error_text(&error));
	error_deinit(&error);
	return r;
}

/*
 * The words from @at to @end or a comment, all in table->text; columns are counted from @line.
 * @last: where the last word ends, unless there is none.
 * Return: 0, -EINVAL (reported), -ENOMEM.
 */
static int parse_words(struct rule_line *parser, struct rule *rule, const char *line,
		       const char *at, const char *end, const char **last)
{
	int r = 0;

	for (at = skip_blanks(at, end); at < end && *at != '#'; at = skip_blanks(at, end)) {
		struct word word;
		int error;

		scan_word(parser, rule, at, end, &word);
		error = parse_end(parser, rule, line, &word);
		if (error == 0 && rule_end_is_begun(rule)) {
			refuse_word(parser, &word, 0, "must stand before \"required\" and accept=");
			return -EINVAL;
		}
		if (error == 0)
			error = parse_word(parser, rule, line, &word);
		if (error < 0 && error != -EINVAL)
			return error;
		r = error < 0 ? error : r;
		at += word.size;
		*last = at;
	}
	/* A comment is text too. */
	return at == end || is_text(parser, line, at, end) ? r : -EINVAL;
}

/* --- rules -------------------------------------------------------------------------------- */

/* What a selector can say and a rule cannot mean. */
static const char *why_no_rule(const struct rule_line *parser, const struct rule *rule)
{
	const struct selector *selector = &rule->selector;

	if ((selector->facts[0] | selector->facts[1]) & parser->judged)
		return "a rule cannot use finding=";
	if (selector->term_count)
		return NULL;
	return rule->is_required ? "\"required\" needs a selector before it"
				 : "accept= needs a selector before it";
}

/* A rule whose first word is followed by the same text, from @at to the newline at @end. */
static const struct rule *find_tail(const struct rule_line *parser, const char *at, const char *end,
				    uint64_t hash)
{
	const struct rule_table *table = parser->table;
	const uint32_t *index = intmap_find(&parser->tails, hash);
	size_t size = (size_t)(end - at) + 1;
	const struct rule *like;

	/* The one that it was put in for may have been refused; an item has less than its text. */
	if (!index || *index >= rule_table_count(table))
		return NULL;
	like = rule_table_at(table, *index);
	return !like->is_item && size <= table->text.size - like->tail_at &&
			       memcmp(table->text.data + like->tail_at, at, size) == 0
		       ? like
		       : NULL;
}

/* Return: 0, or 1 when the tail has to be parsed. */
static int share_tail(const struct rule_table *table, struct rule *rule, const struct rule *like)
{
	int r = selector_pool_share(&table->pool, &rule->selector, &like->selector);

	if (r)
		return r;
	rule->is_required = like->is_required;
	rule->accepted = like->accepted;
	rule->tail_at = like->tail_at;
	rule->tail_size = like->tail_size;
	return 0;
}

/*
 * What follows the first word. @line: where in table->text the line begins, as far as it is kept.
 * Return: as parse_words().
 */
static int parse_tail(struct rule_line *parser, struct rule *rule, size_t line, const char *at,
		      const char *end)
{
	struct rule_table *table = parser->table;
	uint64_t hash = hash_bytes(&parser->seed, at, (size_t)(end - at));
	const struct rule *like =
		rule->selector.term_count ? find_tail(parser, at, end, hash) : NULL;
	const char *text, *last;
	int64_t tail;
	int r;

	if (like && share_tail(table, rule, like) == 0)
		return 0;
	tail = keep_text(table, at, (size_t)(end - at) + 1);
	if (tail < 0)
		return (int)tail;
	text = table->text.data;
	last = text + tail;
	r = parse_words(parser, rule, text + line, text + tail, text + tail + (end - at), &last);
	rule->tail_at = (uint32_t)tail;
	rule->tail_size = (uint32_t)(last - text - tail);
	if (r < 0 || like || !rule->selector.term_count)
		return r;
	return intmap_put(&parser->tails, hash, (uint32_t)rule_table_count(table));
}

/* The first word, at @at of the line. @after: its end. Return: as parse_words(). */
static int parse_head(struct rule_line *parser, struct rule *rule, const char *line, const char *at,
		      const char *end, const char **after)
{
	struct rule_table *table = parser->table;
	size_t kept = table->text.size, before = (size_t)(at - line);
	struct selector_word word = {.at = at, .text_at = (uint32_t)(kept + before)};
	int is_other = selector_parse_port(&table->pool, &rule->selector, &word, end);
	const char *text, *last;
	int64_t position;

	if (is_other > 0)
		word.size = selector_parse_word_size(at, end);
	*after = at + word.size;
	/* The byte after it is read too, and comes again with the rest of the line. */
	position = is_other < 0 ? is_other : keep_text(table, line, before + word.size + 1);
	if (position < 0)
		return (int)position;
	table->text.size--;
	text = table->text.data + kept;
	return is_other ? parse_words(parser, rule, text, text + before, text + before + word.size,
				      &last)
			: 0;
}

/* @at: the first word. Return: as parse_words(). */
static int parse_rule(struct rule_line *parser, struct rule *rule, const char *line, const char *at,
		      const char *end)
{
	size_t kept = parser->table->text.size;
	const char *after;
	int r = parse_head(parser, rule, line, at, end, &after), rest;

	if (r < 0 && r != -EINVAL)
		return r;
	/* What else is wrong in the line is reported too. */
	rest = parse_tail(parser, rule, kept, after, end);
	return rest < 0 ? rest : r;
}

int rule_line_parse(struct rule_line *parser, const char *line, const char *end)
{
	struct rule rule = {.file = parser->file, .line = ++parser->number};
	const char *at = skip_blanks(line, end), *why;
	int r;

	/* What is wrong with a word may take a comparison with every name that there is. */
	if (parser->error_count > ERRORS_MAX)
		return 0;
	/* A blank line or a comment, which is text too. */
	if (at == end || *at == '#') {
		is_text(parser, line, at, end);
		return 0;
	}
	r = parse_rule(parser, &rule, line, at, end);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	why = why_no_rule(parser, &rule);
	if (why) {
		report(parser, why);
		return 0;
	}
	parser->before = rule.selector;
	return rule_table_add(parser->table, &rule);
}
