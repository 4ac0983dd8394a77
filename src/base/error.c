/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An error as number and text. Decides nothing, prints nothing, and does not know whether a text is
 * fit for a terminal.
 */
#include "error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *error_describe(int number)
{
	const char *text = strerrordesc_np(-number);

	/* As root_open() and atomic_open() mean it. */
	if (number == -EMEDIUMTYPE)
		return "Not a regular file";
	/* As it is meant of the deadline of a run. */
	if (number == -ETIME)
		return "the time limit was reached";
	return text ? text : "unknown error";
}

void error_deinit(struct error *error)
{
	if (!error)
		return;
	buf_deinit(&error->text);
	array_deinit(&error->ends);
	*error = ERROR_INIT;
}

void error_reset(struct error *error)
{
	if (!error)
		return;
	buf_reset(&error->text);
	error->ends.count = 0;
	error->number = 0;
}

#define WORD_SHOWN 200
#define LINE_LONG 1000
#define LINE_START 200
#define LINE_END 400

void error_append_short(struct buf *out, const char *text, size_t size)
{
	if (size <= LINE_LONG) {
		buf_append(out, text, size);
		return;
	}
	buf_append(out, text, LINE_START);
	buf_printf(out, " [... %zu bytes left out ...] ", size - LINE_START - LINE_END);
	buf_append(out, text + size - LINE_END, LINE_END);
}

void error_append_word(struct buf *out, const char *word, size_t size)
{
	size_t shown = size < WORD_SHOWN ? size : WORD_SHOWN;

	buf_append(out, word, shown);
	if (size > shown)
		buf_printf(out, " [... %zu bytes left out ...]", size - shown);
}

/* Terminated at all times, so that who only reads the text need not change the buffer. */
__attribute__((format(printf, 3, 0))) static void append_line(struct error *error, int number,
							      const char *format, va_list args)
{
	struct buf *text = &error->text;
	char *line = NULL;
	size_t *end;
	int size;

	if (!error->number)
		error->number = number;
	if (error->ends.count)
		buf_append_char(text, '\n');
	size = vasprintf(&line, format, args);
	if (size < 0) {
		text->error = -ENOMEM;
		return;
	}
	error_append_short(text, line, (size_t)size);
	free(line);
	if (!buf_text(text))
		return;
	end = array_add(&error->ends, sizeof(*end));
	if (end)
		*end = text->size;
	else
		text->error = -ENOMEM;
}

int error_set(struct error *error, int number, const char *format, ...)
{
	va_list args;

	if (!error)
		return number;
	error_reset(error);
	va_start(args, format);
	append_line(error, number, format, args);
	va_end(args);
	return number;
}

int error_set_errno(struct error *error, int number, const char *what)
{
	return error_set(error, number, "%s: %s", what, error_describe(number));
}

int error_add(struct error *error, int number, const char *format, ...)
{
	va_list args;

	if (!error)
		return number;
	va_start(args, format);
	append_line(error, number, format, args);
	va_end(args);
	return number;
}

int error_add_errno(struct error *error, int number, const char *what)
{
	return error_add(error, number, "%s: %s", what, error_describe(number));
}

int error_note(struct error *error, int number)
{
	if (error && number < 0 && !error->number)
		error->number = number;
	return number;
}

int error_take(struct error *error, int number, struct buf *text)
{
	const char *line = buf_text(text);
	int r = line ? error_set(error, number, "%s", line) : -ENOMEM;

	if (!line)
		error_reset(error);
	error_note(error, r);
	buf_deinit(text);
	return r;
}

int error_append(struct error *error, const struct error *other)
{
	const char *line;
	size_t size;

	for (size_t i = 0; (line = error_line(other, i, &size)); i++)
		error_add(error, other->number, "%.*s", (int)size, line);
	return other->number;
}

const char *error_text(const struct error *error)
{
	if (!error)
		return "";
	if (error->text.error)
		return error_describe(error->text.error);
	if (error->text.size)
		return error->text.data;
	return error->number ? error_describe(error->number) : "";
}

const char *error_line(const struct error *error, size_t index, size_t *size)
{
	const size_t *ends = error ? error->ends.data : NULL;
	const char *text = error_text(error);
	size_t start;

	/* A description of the number is one line. */
	if (!error || text != error->text.data) {
		*size = strlen(text);
		return *size && !index ? text : NULL;
	}
	if (index >= error->ends.count)
		return NULL;
	start = index ? ends[index - 1] + 1 : 0;
	*size = ends[index] - start;
	return text + start;
}
