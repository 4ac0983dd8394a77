/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line of a rule file: words, comments, "required". All that is wrong with it is told. What is
 * kept of a text stands in rules->text: the first word of each line, and the rest of it once.
 */
#include "judge/rule_reader.h"

#include "hash.h"
#include "utf8.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REQUIRED "required"

/* A word as it stands in rules->text. */
struct word {
	const char *at;
	size_t size;
	uint64_t hash;  /* of a word that may have been met before */
	uint32_t known; /* 1 and the index of its term, 0 for none */
};

/* --- text --------------------------------------------------------------------------------- */

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
static bool is_text(struct rule_reader *reader, const char *line, const char *at, const char *end)
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
	rule_reader_tell(reader, what);
	return false;
}

static const char *skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* Return: where in rules->text it stands, which stays below 4 GiB; or -ENOMEM. */
static int64_t keep_text(struct rules *rules, const char *text, size_t size)
{
	size_t at = rules->text.size;

	if (size > UINT32_MAX - at)
		return -ENOMEM;
	buf_append(&rules->text, text, size);
	return rules->text.error ? rules->text.error : (int64_t)at;
}

/* --- words -------------------------------------------------------------------------------- */

static bool is_word(const struct word *word, const char *text)
{
	return word->size == strlen(text) && memcmp(word->at, text, word->size) == 0;
}

static void take_word(const struct rule_reader *reader, const struct rule *rule, const char *at,
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
	    memcmp(reader->rules->text.data + term->text_at, at, word->size) == 0)
		word->known = *index + 1;
}

static void refuse_word(struct rule_reader *reader, const struct word *word, const struct buf *what)
{
	struct buf message = BUF_INIT;

	buf_append_char(&message, '"');
	buf_append(&message, word->at, word->size);
	buf_append_text(&message, "\": ");
	buf_append(&message, what->data, what->size);
	rule_reader_tell(reader, buf_text(&message) ? message.data : "out of memory");
	buf_deinit(&message);
}

/* A word that was not met before. */
static int parse_new_word(struct rule_reader *reader, struct rule *rule, const char *line,
			  const struct word *word)
{
	const char *text = reader->rules->text.data;
	struct buf what = BUF_INIT;
	int r;

	if (!is_text(reader, line, word->at, word->at + word->size))
		return -EINVAL;
	r = selector_parse_word(&reader->rules->pool, &rule->selector, text, (size_t)(line - text),
				(size_t)(word->at - text), word->size, reader->names, &what);
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

static int parse_word(struct rule_reader *reader, struct rule *rule, const char *line,
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

/*
 * The words from @at to @end or a comment, all in rules->text; columns are counted from @line.
 * @last: where the last word ends, unless there is none.
 * Return: 0, -EINVAL (told), -ENOMEM.
 */
static int parse_words(struct rule_reader *reader, struct rule *rule, const char *line,
		       const char *at, const char *end, const char **last)
{
	int r = 0;

	for (at = skip_blanks(at, end); at < end && *at != '#'; at = skip_blanks(at, end)) {
		struct word word;
		int error = 0;

		take_word(reader, rule, at, end, &word);
		if (rule->is_required) {
			rule_reader_tell(reader, "nothing may stand behind \"" REQUIRED "\"");
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
		*last = at;
	}
	reader->rules->facts |= selector_facts(&reader->rules->pool, &rule->selector);
	/* A comment is text too. */
	return at == end || is_text(reader, line, at, end) ? r : -EINVAL;
}

/* --- rules -------------------------------------------------------------------------------- */

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
static void note_ports(const struct selector_pool *pool, struct rule *rule)
{
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term = selector_term_at(pool, &rule->selector, i);
		bool is_named = true;

		if (term->key != KEY_PORT || term->is_negative)
			continue;
		for (uint32_t v = 0; v < term->value_count; v++) {
			const struct selector_value *value = &pool->values[term->first_value + v];

			rule->has_port |= !value->ports.is_auto;
			is_named &= !value->ports.is_auto && selector_names_ports(value);
		}
		rule->is_by_index = is_named && i == 0;
		/* There is one such term: the words of one key are joined. */
		return;
	}
}

/* What a selector can say and a rule cannot mean. */
static const char *why_no_rule(const struct selector *selector)
{
	if (selector_uses_key(selector, KEY_FINDING))
		return "finding= cannot stand in a rule: findings come from rules";
	return selector->term_count ? NULL : "the rule selects nothing";
}

/* A rule behind whose first word there is the same text, from @at to the newline at @end. */
static const struct rule *find_tail(const struct rule_reader *reader, const char *at,
				    const char *end, uint64_t hash)
{
	const struct rules *rules = reader->rules;
	const uint32_t *index = intmap_find(&reader->tails, hash);
	size_t size = (size_t)(end - at) + 1;
	const struct rule *like;

	/* The one that it was put in for may have been refused. */
	if (!index || *index >= rules->count)
		return NULL;
	like = &rules->rules[*index];
	return size <= rules->text.size - like->tail_at &&
			       memcmp(rules->text.data + like->tail_at, at, size) == 0
		       ? like
		       : NULL;
}

/* Return: 0, or 1 when the tail has to be parsed. */
static int share_tail(const struct rules *rules, struct rule *rule, const struct rule *like)
{
	int r = selector_share(&rules->pool, &rule->selector, &like->selector);

	if (r)
		return r;
	rule->is_required = like->is_required;
	rule->tail_at = like->tail_at;
	rule->tail_size = like->tail_size;
	return 0;
}

/*
 * What stands behind the first word. @line: what is kept of the line so far, its place in
 * rules->text. Return: as parse_words().
 */
static int parse_tail(struct rule_reader *reader, struct rule *rule, size_t line, const char *at,
		      const char *end)
{
	struct rules *rules = reader->rules;
	uint64_t hash = hash_bytes(at, (size_t)(end - at));
	const struct rule *like =
		rule->selector.term_count ? find_tail(reader, at, end, hash) : NULL;
	const char *text, *last;
	int64_t tail;
	int r;

	if (like && share_tail(rules, rule, like) == 0)
		return 0;
	tail = keep_text(rules, at, (size_t)(end - at) + 1);
	if (tail < 0)
		return (int)tail;
	text = rules->text.data;
	last = text + tail;
	r = parse_words(reader, rule, text + line, text + tail, text + tail + (end - at), &last);
	rule->tail_at = (uint32_t)tail;
	rule->tail_size = (uint32_t)(last - text - tail);
	if (r < 0 || like || !rule->selector.term_count)
		return r;
	return intmap_put(&reader->tails, hash, (uint32_t)rules->count);
}

/* The first word, at @at of the line. @behind: its end. Return: as parse_words(). */
static int parse_head(struct rule_reader *reader, struct rule *rule, const char *line,
		      const char *at, const char *end, const char **behind)
{
	struct rules *rules = reader->rules;
	size_t kept = rules->text.size, before = (size_t)(at - line), size = 0;
	int is_other = selector_take_port(&rules->pool, &rule->selector, at, end,
					  (uint32_t)(kept + before), &size);
	const char *text, *last;
	int64_t place;

	if (is_other > 0)
		size = selector_word_size(at, end);
	*behind = at + size;
	/* The byte behind it is looked at too, and comes again with the rest of the line. */
	place = is_other < 0 ? is_other : keep_text(rules, line, before + size + 1);
	if (place < 0)
		return (int)place;
	rules->text.size--;
	text = rules->text.data + kept;
	return is_other
		       ? parse_words(reader, rule, text, text + before, text + before + size, &last)
		       : 0;
}

/* @at: the first word. Return: as parse_words(). */
static int parse_rule(struct rule_reader *reader, struct rule *rule, const char *line,
		      const char *at, const char *end)
{
	size_t kept = reader->rules->text.size;
	const char *behind;
	int r = parse_head(reader, rule, line, at, end, &behind), rest;

	if (r < 0 && r != -EINVAL)
		return r;
	/* What else is wrong in the line is told too. */
	rest = parse_tail(reader, rule, kept, behind, end);
	return rest < 0 ? rest : r;
}

int rule_line_parse(struct rule_reader *reader, const char *line, const char *end)
{
	struct rule rule = {.file = reader->file, .line = reader->line};
	const char *at = skip_blanks(line, end), *why;
	int r;

	/* A blank line or a comment, which is text too. */
	if (at == end || *at == '#') {
		is_text(reader, line, at, end);
		return 0;
	}
	r = parse_rule(reader, &rule, line, at, end);
	if (r < 0)
		return r == -EINVAL ? 0 : r;
	why = why_no_rule(&rule.selector);
	if (why) {
		rule_reader_tell(reader, why);
		return 0;
	}
	note_ports(&reader->rules->pool, &rule);
	return add_rule(reader->rules, &rule);
}
