/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways to find owners, in the order in which they are tried. Looks at no process itself.
 */
#include "owners/owners.h"

#include "model/snapshot.h"

#include <errno.h>
#include <string.h>

static const struct owner_source *const sources[] = {
	&owner_source_proc,
};

#define SOURCE_COUNT (sizeof(sources) / sizeof(sources[0]))

static const char *error_text(int error)
{
	const char *text = strerrordesc_np(error);

	return text ? text : "unknown error";
}

/* Why each source before @used did not work; with none that did, a gap. @used is NULL then. */
static int tell(struct lsp_snapshot *snapshot, const int errors[SOURCE_COUNT],
		const struct owner_source *used)
{
	struct buf why = BUF_INIT;
	int r = 0;

	buf_append_text(&why, "could not be looked up: ");
	for (size_t i = 0; r >= 0 && i < SOURCE_COUNT; i++) {
		if (!errors[i])
			continue;
		if (used)
			r = snapshot_add_note(snapshot, "owners: %s refused: %s", sources[i]->name,
					      error_text(-errors[i]));
		buf_printf(&why, "%s: %s; ", sources[i]->name, error_text(-errors[i]));
	}
	if (why.size >= 2)
		why.size -= 2;
	if (r >= 0 && used)
		r = snapshot_add_note(snapshot, "owners: %s", used->name);
	else if (r >= 0 && !buf_text(&why))
		r = -ENOMEM;
	else if (r >= 0)
		r = snapshot_add_gap(
			snapshot,
			&(struct lsp_gap){.what = "owners", .why = buf_text(&why), .hides = true});
	buf_deinit(&why);
	return r;
}

int owners_find(const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot)
{
	int errors[SOURCE_COUNT] = {0};

	if (!(query->facts & LSP_FACT_OWNERS) || query->owners == LSP_OWNERS_NONE)
		return 0;
	for (size_t i = 0; i < SOURCE_COUNT; i++) {
		if (query->owners != LSP_OWNERS_AUTO && query->owners != sources[i]->id)
			continue;
		errors[i] = sources[i]->find(root, query, snapshot);
		if (errors[i] >= 0) {
			errors[i] = 0;
			return tell(snapshot, errors, sources[i]);
		}
		if (errors[i] == -ENOMEM)
			return -ENOMEM;
	}
	return tell(snapshot, errors, NULL);
}
