/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why something failed, on its way to whoever prints it: a number for the program and a text for
 * people. The text is written where the context is known. It is not escaped: file names and other
 * foreign bytes in it are as they were found.
 *
 * Every function takes a NULL error too, for callers that only need the number.
 */
#ifndef LSPORTS_BASE_ERROR_H
#define LSPORTS_BASE_ERROR_H
#pragma once

#include "array.h"
#include "buf.h"

struct error {
	int number;        /* negative errno of the first failure; 0: nothing failed */
	struct buf text;   /* lines with '\n' between them */
	struct array ends; /* size_t: where each line ends in the text */
};

#define ERROR_INIT ((struct error){0})

/* --- create and free --- */
void error_deinit(struct error *error); /* takes a zeroed error too, leaves it zeroed */
void error_reset(struct error *error);  /* forgets everything; memory stays */

/* --- fill --- */

/* error_set() - replaces whatever the error said. Return: @number, a negative errno. */
__attribute__((format(printf, 3, 4))) int error_set(struct error *error, int number,
						    const char *format, ...);

/* error_set_errno() - "what: No such file or directory". Return: @number. */
int error_set_errno(struct error *error, int number, const char *what);

/*
 * error_add() - one more line; the number of the first line stays.
 * Return: @number, which is this line's own.
 */
__attribute__((format(printf, 3, 4))) int error_add(struct error *error, int number,
						    const char *format, ...);
int error_add_errno(struct error *error, int number, const char *what);

/*
 * error_note() - a failure that may have found no words, as one of memory: @number alone, unless
 * the error says something already. Return: @number, which is 0 or more when nothing failed.
 */
int error_note(struct error *error, int number);

/*
 * error_take() - replaces whatever the error said by the line in @text, which is emptied.
 * Return: @number, or -ENOMEM when @text found no memory.
 */
int error_take(struct error *error, int number, struct buf *text);

/*
 * error_append() - each line of @other, or what its number means; the number of the first line
 * stays. Return: the number of @other.
 */
int error_append(struct error *error, const struct error *other);

/*
 * error_append_short() - @text or, where it is long, its beginning and its end: a word that is
 * refused may have any length, and what is wrong with it stands behind it.
 */
void error_append_short(struct buf *out, const char *text, size_t size);

/* error_append_word() - a word that is refused, which may be as long as its file: its beginning. */
void error_append_word(struct buf *out, const char *word, size_t size);

/* --- ask --- */

/* "No such file or directory" of a negative errno; never NULL, and never freed. */
const char *error_describe(int number);

/*
 * error_text() - the lines, without '\n' after the last one. Borrowed until the error changes.
 * An error without text, or whose text found no memory, is described by its number: memory that is
 * short needs no memory to be reported. Return: never NULL; "" when nothing failed.
 */
const char *error_text(const struct error *error);

/*
 * error_line() - line @index of what error_text() says, @size bytes that are not terminated. A '\n'
 * in it is part of a foreign name: it does not make two lines of one.
 * Return: borrowed; NULL after the last line.
 */
const char *error_line(const struct error *error, size_t index, size_t *size);

#endif
