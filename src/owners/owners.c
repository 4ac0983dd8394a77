/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ways to find owners, in the order in which they are tried. Reads no process itself.
 */
#include "owners/owners.h"

#include "array.h"
#include "buf.h"
#include "cleanup.h"
#include "error.h"
#include "model/builder.h"
#include "model/snapshot.h"
#include "owners/bpf.h"
#include "owners/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#if LSP_HAS_BPF
#define FIRST_SOURCE bpf_source
#else
static int find_nowhere(const struct root *root, const struct lsp_query *query,
			struct lsp_snapshot *snapshot, void *prepared, struct error *why)
{
	(void)root;
	(void)query;
	(void)snapshot;
	(void)prepared;
	return error_set(why, -EOPNOTSUPP, "lsports was built without it");
}

static const struct owner_source no_bpf_source = {
	.name = "bpf",
	.id = LSP_OWNERS_BPF,
	.find = find_nowhere,
};
#define FIRST_SOURCE no_bpf_source
#endif

static const struct owner_source *const sources[] = {
	&FIRST_SOURCE,
	&proc_source,
};

#define SOURCE_COUNT ARRAY_SIZE(sources)

static bool asks_for_owners(const struct lsp_query *query)
{
	return query->lookups & LSP_LOOKUP_OWNERS && query->owners != LSP_OWNERS_NONE;
}

static bool is_allowed(const struct owner_source *source, const struct lsp_query *query)
{
	return query->owners == LSP_OWNERS_AUTO || query->owners == source->id;
}

/* "bpf: Operation not permitted (CAP_BPF and CAP_PERFMON are needed)" */
static void append_refusal(struct buf *out, const struct owner_source *source, int error,
			   const struct error *why)
{
	buf_printf(out, "%s%s: %s", out->size ? "; " : "", source->name, error_describe(error));
	if (why->number)
		buf_printf(out, " (%s)", error_text(why));
}

/* No source could stand in for those that did not work. */
static int add_gap(struct lsp_snapshot *snapshot, const struct buf *refusals)
{
	struct buf why = BUF_INIT;
	int r = -ENOMEM;

	buf_append_text(&why, "could not be looked up: ");
	buf_append(&why, refusals->data, refusals->size);
	if (buf_text(&why))
		r = builder_add_gap(
			snapshot,
			&(struct lsp_gap){.what = "owners", .why = why.data, .hides = true});
	buf_deinit(&why);
	return r;
}

static int add_notes(struct lsp_snapshot *snapshot, const struct owner_source *used,
		     bool has_skipped, const struct buf *refusals)
{
	const struct snapshot_walk *walk = &snapshot->walk;
	char processes[64] = "all processes";
	int r = 0;

	if (refusals->size)
		r = builder_add_note(snapshot, "owners: cannot use %.*s", (int)refusals->size,
				     refusals->data);
	if (r < 0)
		return r;
	if (!walk->is_done)
		return builder_add_note(snapshot, "owners: nothing to look up");
	if (walk->processes)
		snprintf(processes, sizeof(processes), "%" PRIu64 " process%s%s", walk->processes,
			 walk->processes == 1 ? "" : "es", used->which);
	return builder_add_note(snapshot, "owners: found %s %s in %s%s", used->way, processes,
				walk->passes == 1 ? "one pass" : "two passes",
				has_skipped ? ", because there are few" : "");
}

void owners_prepare(struct owner_search *search, const struct root *root,
		    const struct lsp_query *query)
{
	const struct owner_source *first;

	*search = (struct owner_search){0};
	if (!asks_for_owners(query))
		return;
	while (!is_allowed(sources[search->first], query))
		search->first++;
	first = sources[search->first];
	if (query->owners == LSP_OWNERS_AUTO && first->pays_off && !first->pays_off(root)) {
		search->has_skipped = root->is_machine;
		search->first++;
	} else if (first->prepare && !query->port_count) {
		/* The sockets of a few ports are read in no time, and there may be none. */
		search->prepared = first->prepare(root, query);
	}
}

static void discard_prepared(struct owner_search *search)
{
	if (search->prepared)
		sources[search->first]->discard(search->prepared);
	search->prepared = NULL;
}

int owners_find(struct owner_search *search, const struct root *root, const struct lsp_query *query,
		struct lsp_snapshot *snapshot)
{
	struct buf refusals = BUF_INIT;
	const struct builder_owners mark = builder_mark_owners(snapshot);
	const struct owner_source *used = NULL;
	int r = 0;

	if (!asks_for_owners(query))
		return 0;
	for (size_t i = search->first; !used && r != -ENOMEM && i < SOURCE_COUNT; i++) {
		cleanup(error_deinit) struct error why = ERROR_INIT;

		if (!is_allowed(sources[i], query))
			continue;
		r = sources[i]->find(root, query, snapshot,
				     i == search->first ? search->prepared : NULL, &why);
		if (r >= 0) {
			used = sources[i];
		} else {
			/* What a source found before it failed comes again from the next one. */
			builder_rollback_owners(snapshot, mark);
			append_refusal(&refusals, sources[i], r, &why);
		}
	}
	if (r != -ENOMEM)
		r = refusals.error ? refusals.error
		    : used         ? add_notes(snapshot, used, search->has_skipped, &refusals)
				   : add_gap(snapshot, &refusals);
	buf_deinit(&refusals);
	discard_prepared(search);
	return r;
}

void owners_discard(struct owner_search *search)
{
	discard_prepared(search);
	*search = (struct owner_search){0};
}
