/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns to sort by. */
#ifndef LSPORTS_CLI_VIEW_SORT_LIST_H
#define LSPORTS_CLI_VIEW_SORT_LIST_H
#pragma once

#include "view/column_list.h"

struct sort_key {
	struct column column;
	bool is_descending;
};

struct sort_list {
	struct sort_key keys[COLUMNS_MAX];
	size_t count; /* 0: the order of the snapshot */
};

/*
 * sort_list_parse() - "-port,user": @list is replaced, and unchanged on failure.
 * Return and @error: as column_list_parse().
 */
int sort_list_parse(struct sort_list *list, const char *text, struct error *error);

#endif
