/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules: text -> rules, and the few of them that can be about a port. Pure: who reads the files
 * hands their text over.
 */
#ifndef LSPORTS_JUDGE_RULES_H
#define LSPORTS_JUDGE_RULES_H
#pragma once

#include "judge/selector.h"

#include <sys/types.h>

struct rule {
	struct selector selector;
	uint32_t file; /* index in files */
	uint32_t line; /* from 1 */
	uint32_t tail_at,
		tail_size; /* in text: what stands behind the first word, up to the last */
	bool is_required;
	bool has_port;    /* it names ports of its own, by number */
	bool is_by_index; /* its first term names ports one by one: what the index finds holds it */
};

/*
 * Which rules can be about a port: a segment tree over the intervals of ports that the rules tell
 * apart, whose node n covers what 2n and 2n+1 cover. A range of ports is the few nodes that make it
 * up, a port is asked of the nodes above its interval. The ports of each protocol stand behind
 * those of the one before: enum lsp_proto in the high 16 bits.
 */
struct rule_index {
	uint64_t *firsts; /* a bit a port: an interval begins with it */
	uint32_t *before; /* how many do below each 64 ports */
	uint32_t leaves;  /* intervals */
	uint32_t *starts; /* of each node in @rules, and of the one behind the last */
	uint32_t *rules;  /* indices, ascending within a node */
};

struct rules {
	struct selector_pool pool;
	struct rule *rules;
	size_t count, capacity;
	char **files; /* their names */
	size_t file_count;
	struct buf text;         /* what was written, as far as it is still asked for */
	struct rule_index index; /* made by rules_index() */
	unsigned facts;          /* enum lsp_fact that their terms need */
};

void rules_deinit(struct rules *rules); /* takes a zeroed one too */

/* --- reading a file, piece by piece --- */

struct rule_reader;

/*
 * rule_reader_new() - rules of one file more.
 * @errors: every error, "name:line: column N: what is wrong" a line.
 * Return: for rule_reader_end() or rule_reader_free(), NULL when memory is short. It borrows all
 * but
 * @name.
 */
struct rule_reader *rule_reader_new(struct rules *rules, const char *name,
				    const struct selector_names *names, struct buf *errors);

/*
 * rule_reader_take() - the lines that are whole.
 * Return: how many bytes they have; what is left must come again with what follows. Or -ENOMEM.
 */
ssize_t rule_reader_take(struct rule_reader *reader, const char *text, size_t size);

/*
 * rule_reader_end() - behind the last byte; frees the reader. @left: bytes that were not taken.
 * Return: 0, -EINVAL with at least one line in the errors, -ENOMEM.
 */
int rule_reader_end(struct rule_reader *reader, size_t left);
void rule_reader_free(struct rule_reader *reader); /* of a file that is given up; takes NULL */

/* rules_parse() - a whole file at once. Return: as rule_reader_end(). */
int rules_parse(struct rules *rules, const char *name, const char *text, size_t size,
		const struct selector_names *names, struct buf *errors);

/* rules_index() - once all files are parsed. Return: 0 or -ENOMEM. */
int rules_index(struct rules *rules);

/* --- rules about a port --- */

struct rule_walk {
	const struct rules *rules;
	uint32_t node, at;
};

/* In no order of the file; each rule comes once or more often. */
void rule_walk_init(struct rule_walk *walk, const struct rules *rules, enum lsp_proto proto,
		    uint16_t port);
const struct rule *rule_walk_next(struct rule_walk *walk);

/* "file:line" */
void rule_format_place(const struct rules *rules, const struct rule *rule, struct buf *out);

/* The rule as it was written, without blanks around it and a comment behind it. */
void rule_format_text(const struct rules *rules, const struct rule *rule, struct buf *out);

#endif
