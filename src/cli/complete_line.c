/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of --complete. Owns what a value may look like: shells quote in different ways, so a name
 * that would have to be quoted is left out.
 */
#include "complete_line.h"

#include "view/escape.h"

#include <string.h>

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
	const char *item = completion->word + completion->context.start;
	const char *end = completion->word + completion->context.kept;
	size_t size = strlen(value);

	while (item < end) {
		size_t found;

		item += *item == '-' && completion->context.kind == COMPLETE_CONTEXT_COLUMNS;
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

	buf_append(out, completion->word, completion->context.kept);
	buf_append_text(out, value);
	buf_append_char(out, '\t');
	if (description)
		escape_text(out, description, strlen(description));
	buf_append_char(out, '\n');
}

bool complete_line_continues(const struct completion *completion, const char *value)
{
	const char *part = completion->word + completion->context.kept;

	return strncmp(value, part, strlen(part)) == 0;
}

void complete_line_add(const struct completion *completion, const char *value,
		       const char *description)
{
	if (complete_line_continues(completion, value) && !is_listed(completion, value))
		append_line(completion, value, description);
}

void complete_line_add_foreign(const struct completion *completion, const char *value,
			       const char *description)
{
	if (*value && is_plain(value))
		complete_line_add(completion, value, description);
}

void complete_line_add_files(const struct completion *completion, const char *what)
{
	buf_printf(completion->out, "\t%s\n", what);
}
