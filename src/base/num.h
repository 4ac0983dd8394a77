/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict numbers: no sign, no blank, no overflow, no base prefix, nothing left over. */
#ifndef LSPORTS_BASE_NUM_H
#define LSPORTS_BASE_NUM_H
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * num_scan() - read digits of @base (2 to 16) at *cursor, before @end.
 * Moves *cursor past them. Return: false without a digit or above @max, *cursor unmoved.
 */
bool num_scan(const char **cursor, const char *end, unsigned base, uint64_t max, uint64_t *out);

/* num_parse() - a whole terminated text of decimal digits. Return: false for anything else. */
bool num_parse(const char *text, uint64_t max, uint64_t *out);

/*
 * num_parse_list() - a whole text of @count decimal numbers, with blanks or tabs between them and
 * at most one newline after the last one. Return: false for anything else; @out is then worthless.
 */
bool num_parse_list(const char *text, size_t size, uint64_t max, uint64_t *out, size_t count);

/* Room for every number in decimal digits, and the end of the text. */
#define NUM_DIGITS 21

/* num_format() - decimal digits, terminated, at the end of @out. Return: the first of them. */
const char *num_format(uint64_t value, char out[NUM_DIGITS]);

#endif
