/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns by name, and lists of them. */
#ifndef LSPORTS_CLI_VIEW_COLUMN_LIST_H
#define LSPORTS_CLI_VIEW_COLUMN_LIST_H
#pragma once

#include "view/column.h"
#include "view/sink.h"

#include "error.h"

#define COLUMNS_MAX 64

struct column_list {
	struct column columns[COLUMNS_MAX];
	size_t count;
};

/*
 * column_list_by_set() - columns that are in one of @any_of and in none of @none_of. With
 * SET_JSON @none_of does not count: members of an object do not come and go.
 */
void column_list_by_set(struct column_list *list, unsigned any_of, unsigned none_of);

/*
 * column_list_parse() - "proto,port" replaces @list, "+exe,pid" adds to it; case does not matter,
 * a column that is there already is not added twice. @list is unchanged on failure.
 * @error: names the word and the nearest valid one.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int column_list_parse(struct column_list *list, const char *text, struct error *error);

unsigned column_list_lookups(const struct column_list *list);

void column_list_help(struct sink *sink); /* --list columns: key, type, help */

/*
 * column_list_take() - the column that *cursor names, up to a comma or the end; *cursor moves
 * there. Return and @error: as column_list_parse().
 */
int column_list_take(const char **cursor, struct column *out, struct error *error);

/* By the word of its fact or by title, '-' and '_' alike, in any case. Return: false for none. */
bool column_list_find(const char *word, struct column *out);

#endif
