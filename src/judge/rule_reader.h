/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule file while it is read: private to judge/rules.c, which knows of files and lines, and to
 * judge/rule_line.c, which knows what stands in a line.
 */
#ifndef LSPORTS_JUDGE_RULE_READER_H
#define LSPORTS_JUDGE_RULE_READER_H
#pragma once

#include "intmap.h"
#include "judge/rules.h"

/*
 * Lines of a long list mostly differ in their first word, the port: so what stands behind it is
 * looked up as a whole, and then word by word, but the first one never.
 */
struct rule_reader {
	struct rules *rules;
	const struct selector_names *names;
	struct buf *errors;
	size_t error_count;
	uint32_t file, line; /* index, and number from 1 */
	struct intmap terms; /* by hash of a word -> index of its term */
	struct intmap tails; /* by hash of what stands behind the first word -> index of a rule */
};

/* rule_reader_tell() - an error of the line that is read. */
void rule_reader_tell(struct rule_reader *reader, const char *what);

/*
 * rule_line_parse() - one line, from @line to the newline at @end, and its rule if it has one.
 * Return: 0 (errors are told), or -ENOMEM.
 */
int rule_line_parse(struct rule_reader *reader, const char *line, const char *end);

#endif
