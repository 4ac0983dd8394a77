/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule files as bytes: lines, comments, "required". All errors of a file are told, not only the
 * first one. A file that was cut or damaged must be refused: a rule that lost its end matches more.
 */
#include "judge/rules.h"

#include "hash.h"
#include "intmap.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_MAX 100
#define REQUIRED "required"

void rules_deinit(struct rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->file_count; i++) {
		free(rules->files[i].name);
		free(rules->files[i].text);
	}
	free(rules->files);
	free(rules->rules);
	free(rules->index.firsts);
	free(rules->index.before);
	free(rules->index.starts);
	free(rules->index.rules);
	selector_pool_deinit(&rules->pool);
	*rules = (struct rules){0};
}

/* --- one file --------------------------------------------------------------------------- */

/* A word as it stands in the text. */
struct word {
	const char *at;
	size_t size;
	uint64_t hash;  /* of a word that may have been met before */
	uint32_t known; /* 1 and the index of its term, 0 for none */
};

/*
 * Lines of a long list mostly differ in their first word, the port: so what stands behind it is
 * looked up as a whole, and then word by word, but the first one never.
 */
struct reader {
	struct rules *rules;
	const struct selector_names *names;
	struct buf *errors;
	size_t error_count;
	uint32_t file, line;
	const char *text, *end; /* of the whole file */
	struct intmap terms;    /* by hash of a word -> index of its term */
	struct intmap tails; /* by hash of what stands behind the first word -> index of a rule */
};

static void tell(struct reader *reader, const char *what)
{
	const char *name = reader->rules->files[reader->file].name;

	reader->error_count++;
	if (reader->error_count <= ERRORS_MAX)
		buf_printf(reader->errors, "%s:%u: %s\n", name, reader->line, what);
	else if (reader->error_count == ERRORS_MAX + 1)
		buf_printf(reader->errors, "%s: more than %d errors\n", name, ERRORS_MAX);
}

/* The place of the first byte that is not text, or @end. */
static const char *find_no_text(const char *at, const char *end)
{
	while (at < end) {
		unsigned char byte = (unsigned char)*at;
		uint32_t point;
		size_t size = 1;

		if ((byte < ' ' && byte != '\t') || byte == 0x7f)
			break;
		if (byte >= 0x80)
			size = utf8_decode(at, (size_t)(end - at), &point);
		/* C1 controls, and the mark that some editors begin a file with. */
		if (!size || (size > 1 && (point < 0xa0 || point == 0xfeff)))
			break;
		at += size;
	}
	return at;
}

/* @line: where columns are counted from. */
static bool is_text(struct reader *reader, const char *line, const char *at, const char *end)
{
	const char *wrong = find_no_text(at, end);
	char what[80];

	if (wrong == end)
		return true;
	if (*wrong == '\r' && wrong[1] == '\n')
		snprintf(what, sizeof(what), "the line ends in a carriage return (0x0d)");
	else
		snprintf(what, sizeof(what), "column %zu: byte 0x%02x is not text",
			 (size_t)(wrong - line) + 1, (unsigned char)*wrong);
	tell(reader, what);
	return false;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static int add_rule(struct rules *rules, const struct rule *rule)
{
	if (rules->count == rules->capacity) {
		size_t capacity = rules->capacity ? rules->capacity * 2 : 32;
		struct rule *grown = reallocarray(rules->rules, capacity, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		rules->rules = grown;
		rules->capacity = capacity;
	}
	rules->rules[rules->count++] = *rule;
	return 0;
}

/* A rule that only says "auto" is about whatever port the kernel chose. */
static bool has_port(const struct selector_pool *pool, const struct selector *selector)
{
	for (uint32_t i = 0; i < selector->term_count; i++) {
		const struct selector_term *term = selector_term_at(pool, selector, i);

		for (uint32_t v = 0; term->key == KEY_PORT && v < term->value_count; v++) {
			if (!term->is_negative &&
			    !pool->values[term->first_value + v].ports.is_auto)
				return true;
		}
	}
	return false;
}

/* What a selector can say and a rule cannot mean. */
static const char *why_no_rule(const struct selector *selector)
{
	if (selector_uses_key(selector, KEY_FINDING))
		return "finding= cannot stand in a rule: findings come from rules";
	return selector->term_count ? NULL : "the rule selects nothing";
}

/* --- words --------------------------------------------------------------------------------- */

static bool is_word(const struct word *word, const char *text)
{
	return word->size == strlen(text) && memcmp(word->at, text, word->size) == 0;
}

static void take_word(const struct reader *reader, const struct rule *rule, const char *at,
		      const char *end, struct word *word)
{
	const struct selector_term *term;
	const uint32_t *index;

	*word = (struct word){.at = at, .size = selector_word_size(at, end)};
	if (!rule->selector.term_count)
		return;
	word->hash = hash_bytes(at, word->size);
	index = intmap_find(&reader->terms, word->hash);
	term = index ? &reader->rules->pool.terms[*index] : NULL;
	if (term && term->text_size == word->size &&
	    memcmp(reader->text + term->text_at, at, word->size) == 0)
		word->known = *index + 1;
}

static void refuse_word(struct reader *reader, const struct word *word, const struct buf *what)
{
	struct buf message = BUF_INIT;

	buf_append_char(&message, '"');
	buf_append(&message, word->at, word->size);
	buf_append_text(&message, "\": ");
	buf_append(&message, what->data, what->size);
	tell(reader, buf_text(&message) ? message.data : "out of memory");
	buf_deinit(&message);
}

/* A word that was not met before. */
static int parse_new_word(struct reader *reader, struct rule *rule, const char *line,
			  const struct word *word)
{
	struct buf what = BUF_INIT;
	int r;

	if (!is_text(reader, line, word->at, word->at + word->size))
		return -EINVAL;
	r = selector_parse_word(&reader->rules->pool, &rule->selector, reader->text,
				(size_t)(line - reader->text), (size_t)(word->at - reader->text),
				word->size, reader->names, &what);
	/* What could not be looked up is an error of the word: the next ones are told too. */
	if (r < 0 && r != -EINVAL && r != -ENOMEM) {
		buf_printf(&what, "names of services could not be read: %s", strerrordesc_np(-r));
		r = -EINVAL;
	}
	if (r == -EINVAL)
		refuse_word(reader, word, &what);
	buf_deinit(&what);
	return r;
}

static int parse_word(struct reader *reader, struct rule *rule, const char *line,
		      const struct word *word)
{
	struct selector_pool *pool = &reader->rules->pool;
	uint32_t terms = rule->selector.term_count;
	int r = 1;

	if (word->known)
		r = selector_add_term(pool, &rule->selector, word->known - 1);
	if (r <= 0)
		return r;
	r = parse_new_word(reader, rule, line, word);
	/* One that went into another term of its key has none of its own. */
	if (r >= 0 && terms && rule->selector.term_count > terms)
		r = intmap_put(&reader->terms, word->hash, (uint32_t)pool->term_count - 1);
	return r;
}

/* The words from @at to @end or a comment. Return: 0, -EINVAL (told), -ENOMEM. */
static int parse_words(struct reader *reader, struct rule *rule, const char *line, const char *at,
		       const char *end)
{
	int r = 0;

	for (at = skip_blanks(at, end); at < end && *at != '#'; at = skip_blanks(at, end)) {
		struct word word;
		int error = 0;

		take_word(reader, rule, at, end, &word);
		if (rule->is_required) {
			tell(reader, "nothing may stand behind \"" REQUIRED "\"");
			return -EINVAL;
		}
		if (is_word(&word, REQUIRED))
			rule->is_required = true;
		else
			error = parse_word(reader, rule, line, &word);
		if (error < 0 && error != -EINVAL)
			return error;
		r = error < 0 ? error : r;
		at += word.size;
		rule->text_size = (uint32_t)(at - reader->text) - rule->text_at;
	}
	reader->rules->facts |= selector_facts(&reader->rules->pool, &rule->selector);
	/* A comment is text too. */
	return at == end || is_text(reader, line, at, end) ? r : -EINVAL;
}

/* --- lines --------------------------------------------------------------------------------- */

/* Where in the text the first word of a rule ends. */
static size_t head_end(const struct rules *rules, const struct rule *rule)
{
	const struct selector_term *head = &rules->pool.terms[rule->selector.head];

	return head->text_at + head->text_size;
}

/* A rule that has the same text from @at to @end, and the newline behind it. */
static const struct rule *find_tail(const struct reader *reader, const char *at, const char *end,
				    uint64_t hash)
{
	const struct rules *rules = reader->rules;
	const uint32_t *index = intmap_find(&reader->tails, hash);
	/* A rule that was refused behind its last word is not there. */
	const struct rule *like = index && *index < rules->count ? &rules->rules[*index] : NULL;

	return like && memcmp(reader->text + head_end(rules, like), at, (size_t)(end - at) + 1) == 0
		       ? like
		       : NULL;
}

/* What stands behind the first word, as @like has it. Return: 0, or 1 when it must be parsed. */
static int share_tail(const struct rules *rules, struct rule *rule, const struct rule *like)
{
	int r = selector_share(&rules->pool, &rule->selector, &like->selector);

	if (r)
		return r;
	rule->is_required = like->is_required;
	rule->text_size += like->text_at + like->text_size - (uint32_t)head_end(rules, like);
	return 0;
}

/* From the first word's end on. Return: as parse_words(). */
static int parse_tail(struct reader *reader, struct rule *rule, const char *line, const char *at,
		      const char *end)
{
	uint64_t hash = hash_bytes(at, (size_t)(end - at));
	const struct rule *like = find_tail(reader, at, end, hash);
	int r;

	if (like && share_tail(reader->rules, rule, like) == 0)
		return 0;
	r = parse_words(reader, rule, line, at, end);
	/* The rule will stand behind those that are there. */
	return r < 0 || like ? r : intmap_put(&reader->tails, hash, (uint32_t)reader->rules->count);
}

static int parse_rule(struct reader *reader, struct rule *rule, const char *line, const char *end)
{
	const char *at = skip_blanks(line, end), *behind = end;
	int r, rest;

	rule->text_at = (uint32_t)(at - reader->text);
	if (at < end && *at != '#')
		behind = at + selector_word_size(at, end);
	r = parse_words(reader, rule, line, at, behind);
	if (r >= 0 && rule->selector.term_count)
		return parse_tail(reader, rule, line, behind, end);
	if (r < 0 && r != -EINVAL)
		return r;
	/* What else is wrong in the line is told too. */
	rest = parse_words(reader, rule, line, behind, end);
	return rest < 0 ? rest : r;
}

static int parse_line(struct reader *reader, const char *line, const char *end)
{
	struct rule rule = {.file = reader->file, .line = reader->line};
	const char *why;
	int r = parse_rule(reader, &rule, line, end);

	if (r < 0)
		return r == -EINVAL ? 0 : r;
	/* A blank line or a comment. */
	if (!rule.text_size)
		return 0;
	why = why_no_rule(&rule.selector);
	if (why) {
		tell(reader, why);
		return 0;
	}
	rule.has_port = has_port(&reader->rules->pool, &rule.selector);
	return add_rule(reader->rules, &rule);
}

static int add_file(struct rules *rules, const char *name, char *text)
{
	struct rule_file *files = reallocarray(rules->files, rules->file_count + 1, sizeof(*files));

	if (!files) {
		free(text);
		return -ENOMEM;
	}
	rules->files = files;
	files[rules->file_count] = (struct rule_file){strdup(name), text};
	return files[rules->file_count++].name ? 0 : -ENOMEM;
}

int rules_parse(struct rules *rules, const char *name, char *text, size_t size,
		const struct selector_names *names, struct buf *errors)
{
	struct reader reader = {
		.rules = rules,
		.names = names,
		.errors = errors,
		.file = (uint32_t)rules->file_count,
		.text = text,
		.end = text + size,
	};
	const char *at = text, *end = reader.end;
	int r = add_file(rules, name, text);

	while (r >= 0 && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		reader.line++;
		if (!newline) {
			tell(&reader, "the last line has no end: it may have been cut");
			break;
		}
		r = parse_line(&reader, at, newline);
		at = newline + 1;
	}
	intmap_deinit(&reader.terms);
	intmap_deinit(&reader.tails);
	if (r >= 0 && errors->error)
		r = errors->error;
	return r < 0 ? r : reader.error_count ? -EINVAL : 0;
}

void rule_format_place(const struct rules *rules, const struct rule *rule, struct buf *out)
{
	buf_printf(out, "%s:%u", rules->files[rule->file].name, rule->line);
}
