/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule files as lines. All errors of a file are told, not only the first one. A file that was cut
 * or damaged must be refused: a rule that lost its end matches more.
 */
#include "judge/rules.h"

#include "judge/rule_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_MAX 100

void rules_deinit(struct rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->file_count; i++)
		free(rules->files[i]);
	free(rules->files);
	free(rules->rules);
	free(rules->index.firsts);
	free(rules->index.before);
	free(rules->index.starts);
	free(rules->index.rules);
	buf_deinit(&rules->text);
	selector_pool_deinit(&rules->pool);
	*rules = (struct rules){0};
}

static int add_file(struct rules *rules, const char *name)
{
	char **files = reallocarray(rules->files, rules->file_count + 1, sizeof(*files));

	if (!files)
		return -ENOMEM;
	rules->files = files;
	files[rules->file_count] = strdup(name);
	return files[rules->file_count++] ? 0 : -ENOMEM;
}

void rule_reader_tell(struct rule_reader *reader, const char *what)
{
	const char *name = reader->rules->files[reader->file];

	reader->error_count++;
	if (reader->error_count <= ERRORS_MAX)
		buf_printf(reader->errors, "%s:%u: %s\n", name, reader->line, what);
	else if (reader->error_count == ERRORS_MAX + 1)
		buf_printf(reader->errors, "%s: more than %d errors, the rest was not read\n", name,
			   ERRORS_MAX);
}

struct rule_reader *rule_reader_new(struct rules *rules, const char *name,
				    const struct selector_names *names, struct buf *errors)
{
	struct rule_reader *reader = malloc(sizeof(*reader));

	if (!reader || add_file(rules, name) < 0) {
		free(reader);
		return NULL;
	}
	*reader = (struct rule_reader){
		.rules = rules,
		.names = names,
		.errors = errors,
		.file = (uint32_t)rules->file_count - 1,
	};
	return reader;
}

ssize_t rule_reader_take(struct rule_reader *reader, const char *text, size_t size)
{
	const char *at = text, *end = text + size, *newline;

	while (at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		int r = 0;

		reader->line++;
		/* What is wrong with a word may take a look at each that there is. */
		if (reader->error_count <= ERRORS_MAX)
			r = rule_line_parse(reader, at, newline);
		if (r < 0)
			return r;
		at = newline + 1;
	}
	return at - text;
}

int rule_reader_end(struct rule_reader *reader, size_t left)
{
	int r;

	if (left) {
		reader->line++;
		rule_reader_tell(reader, "the last line has no end: it may have been cut");
	}
	r = reader->errors->error ? reader->errors->error : reader->error_count ? -EINVAL : 0;
	rule_reader_free(reader);
	return r;
}

void rule_reader_free(struct rule_reader *reader)
{
	if (!reader)
		return;
	intmap_deinit(&reader->terms);
	intmap_deinit(&reader->tails);
	free(reader);
}

int rules_parse(struct rules *rules, const char *name, const char *text, size_t size,
		const struct selector_names *names, struct buf *errors)
{
	struct rule_reader *reader = rule_reader_new(rules, name, names, errors);
	ssize_t taken = reader ? rule_reader_take(reader, text, size) : -ENOMEM;

	if (taken >= 0)
		return rule_reader_end(reader, size - (size_t)taken);
	rule_reader_free(reader);
	return (int)taken;
}

void rule_format_place(const struct rules *rules, const struct rule *rule, struct buf *out)
{
	buf_append_text(out, rules->files[rule->file]);
	buf_append_char(out, ':');
	buf_append_number(out, rule->line);
}

void rule_format_text(const struct rules *rules, const struct rule *rule, struct buf *out)
{
	const struct selector_term *head = &rules->pool.terms[rule->selector.head];

	buf_append(out, rules->text.data + head->text_at, head->text_size);
	buf_append(out, rules->text.data + rule->tail_at, rule->tail_size);
}
