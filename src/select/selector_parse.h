/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of the selector language: text -> terms. */
#ifndef LSPORTS_SELECT_SELECTOR_PARSE_H
#define LSPORTS_SELECT_SELECTOR_PARSE_H
#pragma once

#include "select/selector_cursor.h"
#include "select/selector_pool.h"

/* A word and where it stands in the text that its selector was written in. */
struct selector_word {
	const char *at;
	size_t size;
	uint32_t text_at;
};

/*
 * selector_parse_word() - one word more for @selector, the newest of the pool.
 * @position: on -EINVAL, how many bytes of the word are right.
 * @error: on any failure but -ENOMEM what is wrong.
 *
 * Return: 0, -EINVAL, -ENOMEM, or what names->find() failed with.
 */
int selector_parse_word(struct selector_pool *pool, struct selector *selector,
			const struct selector_word *word, const struct selector_names *names,
			size_t *position, struct error *error);

/*
 * selector_parse_port() - the first word of an empty selector, where it is a port by its number, as
 * "22" and "tcp/22" are: nearly every rule begins so, and this takes a tenth of the time of
 * selector_parse_word().
 * @word: its size is not known yet; it ends before @end.
 * Return: 0 with the size of the word, 1 when it is anything else, or -ENOMEM.
 */
int selector_parse_port(struct selector_pool *pool, struct selector *selector,
			struct selector_word *word, const char *end);

/*
 * selector_parse_word_size() - the length of the word at @text: up to @end, where a newline or a
 * NUL must stand, or to a blank that no backslash stands before.
 */
size_t selector_parse_word_size(const char *text, const char *end);

#endif
