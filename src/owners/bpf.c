/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The owner source that asks the kernel: a BPF program runs over all descriptors of all processes
 * (descriptors.bpf.c) and reports those that may matter in one pass. Decides when that is done, and
 * what is left to a walk over /proc.
 */
#include "owners/bpf.h"

#include "cleanup.h"
#include "host/capabilities.h"
#include "model/builder.h"
#include "owners/bpf_pass.h"
#include "owners/bpf_records.h"
#include "owners/pass.h"
#include "owners/procgaps.h"
#include "owners/references.h"
#include "owners/walk.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/stat.h>

/*
 * Nanoseconds, as measured with two threads: a process and a descriptor that are walked over, and
 * what the program costs before it has read any, with a margin for files that are held open without
 * a descriptor.
 */
#define WALK_PROCESS 6000
#define WALK_DESCRIPTOR 650
#define LOAD 2500000

#define FILE_NR_COUNT 3 /* allocated, free, maximum: proc_sys_fs(5) */

/* --- whether it is worth it ------------------------------------------------------------------ */

/*
 * Loading the program costs as much as walking over a hundred processes or so. Both numbers are
 * those of the whole machine: inside a PID namespace there is less to walk over.
 */
static bool pays_off(const struct root *root)
{
	uint64_t files[FILE_NR_COUNT] = {0}, processes = 0;
	struct stat status;

	if (!root->is_machine)
		return false;
	/* The link count of /proc is the number of processes, and a few (fs/proc/root.c). */
	if (fstatat(root->fd, "proc", &status, 0) == 0)
		processes = status.st_nlink;
	if (root_read_numbers(root, "proc/sys/fs/file-nr", UINT64_MAX, files, FILE_NR_COUNT) < 0)
		files[0] = 0;
	return processes * WALK_PROCESS + files[0] * WALK_DESCRIPTOR > LOAD;
}

static bool has_privileges(const struct root *root)
{
	const uint64_t bpf = UINT64_C(1) << CAP_BPF | UINT64_C(1) << CAP_PERFMON;
	uint64_t effective;

	capabilities_read(root, &effective);
	return (effective & bpf) == bpf || effective & UINT64_C(1) << CAP_SYS_ADMIN;
}

/* --- the first pass -------------------------------------------------------------------------- */

/* Types of the sockets that the query wants: 1 << SOCK_STREAM, ... */
static unsigned socket_types(const struct lsp_query *query)
{
	const struct lsp_protocol *protocol;
	unsigned types = 0;

	for (unsigned i = 0; (protocol = lsp_protocol_at(i)); i++) {
		if (query->protos & LSP_BIT(i))
			types |= 1u << protocol->socket_type;
	}
	return types;
}

static struct bpf_pass *begin_pass(const struct lsp_query *query, bool is_aside)
{
	return bpf_pass_new(socket_types(query), !query->others, query->strict, query->deadline,
			    is_aside);
}

static void *prepare(const struct root *root, const struct lsp_query *query)
{
	return root->is_machine ? begin_pass(query, true) : NULL;
}

static void discard(void *prepared)
{
	bpf_pass_free(prepared);
}

static void free_pass(struct bpf_pass **pass)
{
	bpf_pass_free(*pass);
}

/* --- the source ------------------------------------------------------------------------------ */

/* Passes that have to agree on what is held elsewhere. */
#define AGREEING_PASSES 3

/* In a pass that counts references. */
static int compare(const struct bpf_pass_records *records, bool is_first, struct intmap *excess)
{
	return references_compare((const void *)records->bytes, records->count, is_first, excess);
}

static int find_held_elsewhere(struct walk *walk, struct bpf_pass *pass,
			       struct bpf_pass_records *records)
{
	struct intmap excess = {0};
	/* A pass that was cut has not seen all who hold it, nor all rings. */
	bool is_cut = walk->tally.is_cut;
	int r = is_cut ? 0 : compare(records, true, &excess);

	for (int i = 1; r >= 0 && !is_cut && excess.count && i < AGREEING_PASSES; i++) {
		r = bpf_pass_run_whole(pass, records);
		is_cut = bpf_pass_was_cut(pass);
		if (r >= 0 && !is_cut)
			r = compare(records, false, &excess);
	}
	for (size_t i = 0; r >= 0 && !is_cut && i < excess.capacity; i++) {
		const struct intmap_slot *slot = &excess.slots[i];

		/* A ring holds references of its own. */
		if (slot->is_used && intmap_find(&walk->wanted.inodes, slot->key) &&
		    !intmap_find(&walk->in_rings, slot->key))
			r = builder_set_held_elsewhere(walk->snapshot, (uint32_t)slot->key,
						       slot->value);
	}
	intmap_deinit(&excess);
	walk->tally.is_cut = is_cut;
	return r;
}

static int add_owners(struct walk *walk, bool is_whole, const struct bpf_pass *pass,
		      const struct bpf_pass_records *records)
{
	walk_begin_pass(walk, is_whole);
	walk->tally.is_cut = bpf_pass_was_cut(pass);
	return bpf_records_add(walk, records);
}

/* @prepared: NULL where the first pass is still to be made. */
static int find_by_passes(struct walk *walk, const struct lsp_query *query,
			  struct bpf_pass *prepared, struct error *why)
{
	cleanup(free_pass) struct bpf_pass *own = prepared ? NULL : begin_pass(query, false);
	struct bpf_pass *pass = prepared ? prepared : own;
	struct bpf_pass_records records;
	int r = pass ? bpf_pass_wait(pass, &records) : -ENOMEM;

	if (r < 0 && r != -ENOMEM && !has_privileges(walk->proc.root))
		error_set(why, r, "CAP_BPF and CAP_PERFMON are needed");
	if (r >= 0)
		r = add_owners(walk, query->strict, pass, &records);
	if (r >= 0 && query->strict)
		r = find_held_elsewhere(walk, pass, &records);
	/* For a socket without owner: rings, and processes that were given it meanwhile. */
	if (r < 0 || !walk->wanted.unowned)
		return r;
	r = bpf_pass_run_whole(pass, &records);
	return r < 0 ? r : add_owners(walk, true, pass, &records);
}

static int find_by_bpf(const struct root *root, const struct lsp_query *query,
		       struct lsp_snapshot *snapshot, void *prepared, struct error *why)
{
	cleanup(walk_deinit) struct walk walk;
	int r = walk_init(&walk, root, query, snapshot);

	if (!root->is_machine)
		return error_set(why, -EOPNOTSUPP, "a recorded machine has no kernel to ask");
	if (r < 0 || !walk.wanted.unowned)
		return r;
	r = walk_open(&walk);
	if (r >= 0 && !walk.proc.is_own)
		return error_set(why, -EXDEV, "/proc shows another PID namespace");
	if (r >= 0)
		r = find_by_passes(&walk, query, prepared, why);
	/* A holder may be hidden from BPF, or younger than the pass. */
	if (r >= 0 && walk.wanted.unowned)
		r = pass_run(&walk);
	walk.tally.processes += walk.checked.count;
	if (r >= 0)
		r = cmdlines_end(&walk.facts.cmdlines);
	return r < 0 ? r : procgaps_report(&walk, true);
}

const struct owner_source bpf_source = {
	.name = "bpf",
	.id = LSP_OWNERS_BPF,
	.way = "by a BPF program among",
	.which = " with descriptors",
	.pays_off = pays_off,
	.prepare = prepare,
	.find = find_by_bpf,
	.discard = discard,
};
