/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The output formats. */
#ifndef LSPORTS_CLI_VIEW_FORMATS_H
#define LSPORTS_CLI_VIEW_FORMATS_H
#pragma once

#include "view/view.h"

#include "error.h"

/*
 * One output format. Formats that write a stream hold one socket at a time. Whatever goes wrong
 * is the error of the sink.
 */
struct format {
	const char *word;
	unsigned default_set; /* SET_JSON; else what is added to the columns of a table */
	unsigned lookups;     /* enum lsp_lookup that it needs whatever the columns are */
	bool is_check;        /* it shows differences, as --check does */
	bool is_of_listeners; /* it has nothing to say about connections */
	const char *help;
	void (*render)(const struct view *view, const struct lsp_snapshot *snapshot,
		       struct sink *sink);
	/* What --check writes, NULL when the format has nothing of the kind. */
	void (*render_changes)(const struct view *view, const struct lsp_snapshot *snapshot,
			       struct sink *sink);
	/* That this run failed, and why; NULL when the format has no word for it. */
	void (*render_failure)(const struct view *view, const struct error *error,
			       struct sink *sink);
	/* The exit status of a plugin, @snapshot NULL when the run failed; NULL: that of --check.
	 */
	int (*exit_status)(const struct view *view, const struct lsp_snapshot *snapshot);
};

extern const struct format formats[];
extern const size_t formats_count;

/* NULL when there is none. */
const struct format *formats_find(const char *word);

void formats_help(struct sink *sink); /* --list formats: word, help */

#endif
