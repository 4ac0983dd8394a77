/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line says, one member an option. */
#ifndef LSPORTS_CLI_OPTIONS_H
#define LSPORTS_CLI_OPTIONS_H
#pragma once

#include "array.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>

enum options_action {
	OPTIONS_ACTION_SHOW,
	OPTIONS_ACTION_HELP,
	OPTIONS_ACTION_VERSION,
	OPTIONS_ACTION_LIST_COLUMNS,
	OPTIONS_ACTION_LIST_KEYS,
	OPTIONS_ACTION_LIST_FORMATS,
	OPTIONS_ACTION_LIST_FINDINGS,
	OPTIONS_ACTION_COMPLETE,
};

enum options_state { OPTIONS_STATE_LISTENERS = 1u << 0, OPTIONS_STATE_OTHERS = 1u << 1 };

enum options_color { OPTIONS_COLOR_AUTO, OPTIONS_COLOR_ALWAYS, OPTIONS_COLOR_NEVER };

/* Texts are borrowed from argv. Zero and NULL: not given. */
struct options {
	unsigned action;   /* enum options_action */
	unsigned states;   /* enum options_state */
	unsigned protos;   /* LSP_BIT */
	unsigned families; /* LSP_BIT(enum lsp_family) */
	unsigned color;    /* enum options_color */
	unsigned source;   /* enum lsp_source */
	unsigned owners;   /* enum lsp_owners */
	bool has_all_netns, is_numeric, has_no_service_names, has_processes, is_extended;
	bool has_all_columns, has_no_header, is_strict, is_verbose, is_check;
	const char *output, *sort, *group_by, *format, *output_file, *sysroot;
	bool is_output_short; /* -o and not --output */
	const char *learn, *report_once, *explain, *watch, *timeout;
	struct array netns, expected; /* const char * */
	char *const *selectors;       /* words that are not options: the tail of argv */
	size_t selector_count;
};

/* Takes a zeroed one too, leaves it zeroed. */
void options_deinit(struct options *options);

/*
 * options_refuse_word() - the error that @value is none of @words, with the nearest of them.
 * @words: ends with NULL.
 * Return: -EINVAL or -ENOMEM.
 */
int options_refuse_word(const char *option, const char *value, const char *const *words,
			struct error *error);

#endif
