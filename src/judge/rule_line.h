/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of one rule file. */
#ifndef LSPORTS_JUDGE_RULE_LINE_H
#define LSPORTS_JUDGE_RULE_LINE_H
#pragma once

#include "error.h"
#include "hash.h"
#include "intmap.h"
#include "judge/rule_table.h"
#include "select/selector_cursor.h"

/*
 * What is known while the lines are parsed. Lines of a long list mostly differ in their first word,
 * the port: so what comes after it is looked up as a whole, and then word by word, but the first
 * word never.
 */
struct rule_line {
	struct rule_table *table; /* borrowed, as all that is given */
	const struct selector_names *names;
	struct error *error;
	uint32_t file, number; /* index, and the line's number from 1 */
	size_t error_count;
	uint64_t judged;        /* facts that rules decide, a bit each: none can be asked for */
	struct selector before; /* the rule before, whose words mostly come again */
	struct hash_seed seed;
	struct intmap terms; /* by hash of a word -> index of its term */
	struct intmap tails; /* by hash of what comes after the first word -> index of a rule */
};

/*
 * rule_line_init() - before the first line of file @name.
 * @error: gets a line for every error, "name:line: column N: what is wrong".
 * Return: 0 or -ENOMEM.
 */
int rule_line_init(struct rule_line *line, struct rule_table *table, const char *name,
		   const struct selector_names *names, struct error *error);
void rule_line_deinit(struct rule_line *line); /* takes a zeroed one too */

/*
 * rule_line_parse() - the next line, from @at to the newline at @end, and its rule if it has one.
 * After many errors lines are only counted.
 * Return: 0 (errors are reported), or -ENOMEM.
 */
int rule_line_parse(struct rule_line *line, const char *at, const char *end);

/* rule_line_refuse() - the next line is one that cannot be parsed. */
void rule_line_refuse(struct rule_line *line, const char *why);

#endif
