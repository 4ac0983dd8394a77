/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rule files as lines. All errors of a file are reported, not only the first one. A file that was
 * cut or damaged must be refused: a rule that lost its end matches more.
 */
#include "judge/rule_reader.h"

#include <errno.h>

int rule_reader_init(struct rule_reader *reader, struct rule_table *table, const char *name,
		     const struct selector_names *names, struct error *error)
{
	return rule_line_init(&reader->line, table, name, names, error);
}

void rule_reader_deinit(struct rule_reader *reader)
{
	rule_line_deinit(&reader->line);
}

ssize_t rule_reader_scan(struct rule_reader *reader, const char *text, size_t size)
{
	const char *at = text, *end = text + size, *newline;

	while (at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		int r = rule_line_parse(&reader->line, at, newline);

		if (r < 0)
			return r;
		at = newline + 1;
	}
	return at - text;
}

int rule_reader_end(struct rule_reader *reader, size_t left)
{
	const struct rule_line *line = &reader->line;

	if (left)
		rule_line_refuse(&reader->line, "the last line does not end with a newline; the "
						"file may be cut off");
	if (line->error && line->error->text.error)
		return line->error->text.error;
	return line->error_count ? -EINVAL : 0;
}

int rule_reader_parse(struct rule_table *table, const char *name, const char *text, size_t size,
		      const struct selector_names *names, struct error *error)
{
	struct rule_reader reader;
	int r = rule_reader_init(&reader, table, name, names, error);
	ssize_t scanned = r < 0 ? r : rule_reader_scan(&reader, text, size);

	r = scanned < 0 ? (int)scanned : rule_reader_end(&reader, size - (size_t)scanned);
	rule_reader_deinit(&reader);
	return r;
}
