/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rule files: which ones there are, and their bytes. */
#ifndef LSPORTS_JUDGE_RULE_FILES_H
#define LSPORTS_JUDGE_RULE_FILES_H
#pragma once

#include "error.h"
#include "judge/rule_table.h"
#include "root.h"
#include "select/selector_cursor.h"

/*
 * rule_files_load() - the files of a host, as lsp_rules_new() names them.
 * @root: opened; @files and @extra are not below it.
 * @error: gets a line for every error.
 * Return: 0, -EINVAL for a bad rule, -ENOMEM, or why the first file that could not be read was not.
 */
int rule_files_load(struct rule_table *table, const char *const *files, size_t count,
		    const char *extra, const struct root *root, const struct selector_names *names,
		    struct error *error);

/*
 * rule_files_are_long() - is it worth a thread to read them? A hint: what is not there or cannot be
 * asked is short, and only files of the machine are asked.
 */
bool rule_files_are_long(const char *const *files, size_t count, const char *extra);

#endif
