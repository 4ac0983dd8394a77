/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways to find owners, in the order in which they are tried. Looks at no process itself.
 */
#include "owners/owners.h"

#include "model/snapshot.h"

#include <errno.h>
#include <string.h>

#if !LSP_HAS_BPF
static int find_nowhere(const struct root *root, const struct lsp_query *query,
			struct lsp_snapshot *snapshot, void *begun, struct buf *why)
{
	(void)root;
	(void)query;
	(void)snapshot;
	(void)begun;
	buf_append_text(why, "lsports was built without it");
	return -EOPNOTSUPP;
}

const struct owner_source owner_source_bpf = {
	.name = "bpf",
	.id = LSP_OWNERS_BPF,
	.find = find_nowhere,
};
#endif

static const struct owner_source *const sources[] = {
	&owner_source_bpf,
	&owner_source_proc,
};

#define SOURCE_COUNT (sizeof(sources) / sizeof(sources[0]))

static bool asks_for_owners(const struct lsp_query *query)
{
	return query->facts & LSP_FACT_OWNERS && query->owners != LSP_OWNERS_NONE;
}

static bool is_allowed(const struct owner_source *source, const struct lsp_query *query)
{
	return query->owners == LSP_OWNERS_AUTO || query->owners == source->id;
}

/* Why one source did not work: "bpf: Operation not permitted". */
static void append_refusal(struct buf *out, const struct owner_source *source, int error,
			   const struct buf *why)
{
	const char *text = strerrordesc_np(error);

	buf_append_text(out, source->name);
	buf_append_text(out, ": ");
	buf_append_text(out, text ? text : "unknown error");
	if (why->size) {
		buf_append_text(out, " (");
		buf_append(out, why->data, why->size);
		buf_append_char(out, ')');
	}
}

/* Nothing could stand in for the sources that did not work. */
static int tell_gap(struct lsp_snapshot *snapshot, const struct buf *refusals)
{
	struct buf why = BUF_INIT;
	int r = -ENOMEM;

	buf_append_text(&why, "could not be looked up: ");
	buf_append(&why, refusals->data, refusals->size);
	if (buf_text(&why))
		r = snapshot_add_gap(
			snapshot,
			&(struct lsp_gap){.what = "owners", .why = why.data, .hides = true});
	buf_deinit(&why);
	return r;
}

/* @is_little: a source was left out because it would not have paid. */
static int tell_notes(struct lsp_snapshot *snapshot, const struct owner_source *used,
		      bool is_little, const struct buf *refusals)
{
	int r = 0;

	if (refusals->size)
		r = snapshot_add_note(snapshot, "owners: not by %.*s", (int)refusals->size,
				      refusals->data);
	return r < 0 ? r
		     : snapshot_add_note(snapshot, "owners: %s%s", used->name,
					 is_little ? ", since there is little to look over" : "");
}

void owners_begin(struct owner_search *search, const struct root *root,
		  const struct lsp_query *query)
{
	const struct owner_source *first;

	*search = (struct owner_search){0};
	if (!asks_for_owners(query))
		return;
	while (!is_allowed(sources[search->first], query))
		search->first++;
	first = sources[search->first];
	if (query->owners == LSP_OWNERS_AUTO && first->is_worth && !first->is_worth(root)) {
		search->is_little = root->is_machine;
		search->first++;
	} else if (first->begin && !query->port_count) {
		/* Sockets of a few ports are read at once, and may be none. */
		search->begun = first->begin(root, query);
	}
}

int owners_find(struct owner_search *search, const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot)
{
	struct buf refusals = BUF_INIT;
	const struct owner_source *used = NULL;
	int r = 0;

	if (!asks_for_owners(query))
		return 0;
	for (size_t i = search->first; !used && r != -ENOMEM && i < SOURCE_COUNT; i++) {
		struct buf why = BUF_INIT;

		if (!is_allowed(sources[i], query))
			continue;
		r = sources[i]->find(root, query, snapshot,
				     i == search->first ? search->begun : NULL, &why);
		if (r >= 0) {
			used = sources[i];
		} else {
			/* What a source found before it failed comes again from the next one. */
			snapshot_drop_owners(snapshot);
			if (refusals.size)
				buf_append_text(&refusals, "; ");
			append_refusal(&refusals, sources[i], -r, &why);
		}
		buf_deinit(&why);
	}
	if (r != -ENOMEM)
		r = refusals.error ? refusals.error
		    : used         ? tell_notes(snapshot, used, search->is_little, &refusals)
				   : tell_gap(snapshot, &refusals);
	buf_deinit(&refusals);
	return r;
}

void owners_end(struct owner_search *search)
{
	if (search->begun)
		sources[search->first]->end(search->begun);
	*search = (struct owner_search){0};
}
