/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of some files, in their order, and what was written there. */
#ifndef LSPORTS_JUDGE_RULE_TABLE_H
#define LSPORTS_JUDGE_RULE_TABLE_H
#pragma once

#include "array.h"
#include "buf.h"
#include "select/selector_match.h"

struct rule {
	struct selector selector;
	uint32_t file;               /* index in files */
	uint32_t line;               /* from 1 */
	uint32_t tail_at, tail_size; /* in text: what follows the first word, up to the last one */
	bool is_required;
	uint32_t accepted;     /* LSP_BIT() of each finding that is taken as known */
	bool is_item;          /* of a longer list, which its text has whole */
	bool has_port;         /* it names ports of its own, by number */
	enum selector_use use; /* filled in by rule_table_add() */
	bool is_own;           /* it says nothing of network namespaces: about our own; filled in */
	bool is_by_index; /* its first term names ports one by one: what the index finds holds it */
};

struct rule_table {
	struct selector_pool pool;
	struct array rules; /* struct rule */
	struct array files; /* char *: their names, owned */
	struct buf text;    /* what was written, as far as it is still asked for */
	uint64_t container_fact; /* its bit among the facts of a selector; 0: not looked up yet */
	bool is_everywhere; /* its rules are about every network namespace unless they name some */
};

void rule_table_deinit(struct rule_table *table); /* takes a zeroed one too */

/* One more file; the name is copied. Return: its index, or -ENOMEM. */
int64_t rule_table_add_file(struct rule_table *table, const char *name);

/*
 * rule_table_add() - one more rule, whose terms stand in the pool; which ports it names is filled
 * in. A required one becomes a rule for each item of its list of ports. Return: 0 or -ENOMEM.
 */
int rule_table_add(struct rule_table *table, const struct rule *rule);

static inline size_t rule_table_count(const struct rule_table *table)
{
	return table->rules.count;
}

/* Borrowed until the table gets more. */
static inline const struct rule *rule_table_at(const struct rule_table *table, size_t index)
{
	return (const struct rule *)table->rules.data + index;
}

/* The index of a rule of rule_table_at(). */
static inline size_t rule_table_index_of(const struct rule_table *table, const struct rule *rule)
{
	return (size_t)(rule - rule_table_at(table, 0));
}

/*
 * rule_table_names_port() - is the rule, which rule_index_next() returned for @port, about this
 * very port, whatever else it asks for? One about a wide range is not.
 */
bool rule_table_names_port(const struct rule_table *table, const struct rule *rule, uint16_t port);

/* The name of a file, as it was added. */
const char *rule_table_file(const struct rule_table *table, uint32_t file);

/* "file:line" */
void rule_table_format_location(const struct rule_table *table, const struct rule *rule,
				struct buf *out);

/* The rule as it was written, without blanks around it and a comment after it. */
void rule_table_format_text(const struct rule_table *table, const struct rule *rule,
			    struct buf *out);

/* The same of a rule that no listener holds: "tcp/443 of tcp/80,443 required". */
void rule_table_format_missing(const struct rule_table *table, const struct rule *rule,
			       struct buf *out);

#endif
