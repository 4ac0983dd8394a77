/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which system calls a run needs beside those of every run, and whether it may need names. Both are
 * decided by the options alone: nothing has been read yet.
 */
#include "confinement.h"

#include "filter.h"

#include "view/formats.h"

#include <errno.h>
#include <string.h>

/* A line that is completed may hold any option of a listing. */
static unsigned list_rights(const struct options *options)
{
	bool is_line = options->action == OPTIONS_ACTION_COMPLETE;
	bool has_bpf = options->owners != LSP_OWNERS_PROC && options->owners != LSP_OWNERS_NONE;
	unsigned rights = 0;

	if (is_line || options->has_all_netns || options->netns.count)
		rights |= FILTER_NAMESPACES;
	if (is_line || (has_bpf && options->action == OPTIONS_ACTION_SHOW))
		rights |= FILTER_BPF;
	if (options->explain)
		rights |= FILTER_BIND;
	return rights;
}

static bool has_user(const char *text)
{
	return text && strstr(text, "user");
}

/* Does something beside the columns of the listing need names? */
static bool names_user(const struct options *options)
{
	const struct format *format = options->format ? formats_find(options->format) : NULL;
	bool is_named =
		has_user(options->output) || has_user(options->sort) || has_user(options->group_by);

	for (size_t i = 0; i < options->selector_count; i++)
		is_named |= has_user(options->selectors[i]);
	return is_named || options->is_strict || options->has_all_columns || options->is_check ||
	       options->learn || options->explain || options->expected.count ||
	       (format && format->lookups & (LSP_LOOKUP_USERS | LSP_LOOKUP_FINDINGS));
}

/*
 * The child costs a tenth of a short run, and its place is before the filter: a numeric listing
 * does without, unless names are asked for. Nobody asks the services of this machine about a
 * recorded one.
 */
static bool may_need_names(const struct options *options)
{
	if (options->sysroot)
		return false;
	if (options->action != OPTIONS_ACTION_SHOW)
		return options->action == OPTIONS_ACTION_COMPLETE;
	return !options->is_numeric || names_user(options);
}

int confinement_begin(const struct options *options, struct lsp_names **names, struct error *error)
{
	int r = 0;

	*names = NULL;
	if (may_need_names(options))
		r = lsp_names_start(names);
	if (r < 0)
		return error_set_errno(error, r, "could not start the child that asks for names");
	r = filter_install(list_rights(options));
	return r < 0 && r != -EOPNOTSUPP
		       ? error_set_errno(error, r, "could not install the filter of system calls")
		       : 0;
}

void confinement_format(struct buf *out)
{
	buf_append_text(out,
			!filter_is_built() ? "seccomp: no filter: built without it"
			: filter_is_installed()
				? "seccomp: only the system calls that lsports needs are allowed"
				: "seccomp: no filter: this kernel has none");
}
