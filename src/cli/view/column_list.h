/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lists of columns and lists of sort keys have in common. */
#ifndef LSPORTS_CLI_VIEW_COLUMN_LIST_H
#define LSPORTS_CLI_VIEW_COLUMN_LIST_H
#pragma once

#include "view/view.h"

/*
 * column_list_take() - the column that *cursor names, up to a comma or the end; *cursor moves
 * there. Return: 0; -EINVAL with a message as column_list_parse() gives it.
 */
int column_list_take(const char **cursor, const struct column **out, char **reason);

#endif
