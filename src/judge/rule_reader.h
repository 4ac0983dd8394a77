/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule file that comes piece by piece. Pure: who reads the file hands its bytes over. */
#ifndef LSPORTS_JUDGE_RULE_READER_H
#define LSPORTS_JUDGE_RULE_READER_H
#pragma once

#include "judge/rule_line.h"

#include <sys/types.h>

struct rule_reader {
	struct rule_line line;
};

/* rule_reader_init() - as rule_line_init(). */
int rule_reader_init(struct rule_reader *reader, struct rule_table *table, const char *name,
		     const struct selector_names *names, struct error *error);
void rule_reader_deinit(struct rule_reader *reader);

/*
 * rule_reader_scan() - the lines that are whole.
 * Return: how many bytes they have; what is left must come again with what follows. Or -ENOMEM.
 */
ssize_t rule_reader_scan(struct rule_reader *reader, const char *text, size_t size);

/*
 * rule_reader_end() - after the last byte. @left: bytes that were not scanned.
 * Return: 0, -EINVAL when there was an error, -ENOMEM.
 */
int rule_reader_end(struct rule_reader *reader, size_t left);

/* rule_reader_parse() - a whole file at once. Return: as rule_reader_end(). */
int rule_reader_parse(struct rule_table *table, const char *name, const char *text, size_t size,
		      const struct selector_names *names, struct error *error);

#endif
