/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counts descriptors against references. Rather misses a reference than invents one: a table that
 * several threads share allows each of them one more, which its system call may hold (fs/file.c,
 * fdget()), and a process with a ring any number, since requests that wait hold files too.
 */
#include "owners/references.h"

#include "array.h"

#include <errno.h>

/* What is known of one socket. */
struct holding {
	uint32_t inode;
	uint32_t references; /* the lowest number that the kernel reported; 0: it cannot tell */
	uint64_t found;      /* descriptors, and references that are allowed for */
	bool has_ring;
};

struct comparison {
	struct intmap tables;  /* table -> the thread that reported it first */
	struct intmap rings;   /* PIDs that hold one, each with value 0 */
	struct intmap sockets; /* inode -> index in holdings */
	struct array holdings; /* struct holding */
};

static bool is_ring(const struct counted_descriptor *record)
{
	return !record->of.inode && record->of.fd >= 0;
}

static int find_rings(struct comparison *comparison, const struct counted_descriptor *records,
		      size_t count)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++)
		if (is_ring(&records[i]))
			r = intmap_put(&comparison->rings, records[i].of.pid, 0);
	return r;
}

/* Processes can share a table as threads do (CLONE_FILES): its descriptors count once. */
static int was_counted(struct comparison *comparison, const struct counted_descriptor *record)
{
	const uint32_t *thread = intmap_find(&comparison->tables, record->table);

	if (thread)
		return *thread != record->of.thread;
	return intmap_put(&comparison->tables, record->table, record->of.thread);
}

static struct holding *holding_of(struct comparison *comparison, uint32_t inode)
{
	const uint32_t *index = intmap_find(&comparison->sockets, inode);
	struct holding *holding;

	if (index)
		return (struct holding *)comparison->holdings.data + *index;
	if (intmap_put(&comparison->sockets, inode, (uint32_t)comparison->holdings.count) < 0)
		return NULL;
	holding = array_add(&comparison->holdings, sizeof(*holding));
	if (holding)
		*holding = (struct holding){.inode = inode, .references = UINT32_MAX};
	return holding;
}

static int add_record(struct comparison *comparison, const struct counted_descriptor *record)
{
	struct holding *holding = holding_of(comparison, record->of.inode);
	int counted = holding ? was_counted(comparison, record) : -ENOMEM;

	if (counted < 0)
		return counted;
	if (record->references < holding->references)
		holding->references = record->references;
	if (!counted)
		holding->found += record->sharers > 1 ? 1 + (uint64_t)record->sharers : 1;
	if (intmap_find(&comparison->rings, record->of.pid))
		holding->has_ring = true;
	return 0;
}

static int take_excess(const struct comparison *comparison, bool is_first, struct intmap *excess)
{
	const struct holding *holdings = comparison->holdings.data;
	struct intmap still = {0};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < comparison->holdings.count; i++) {
		const struct holding *holding = &holdings[i];

		if (holding->references > holding->found && !holding->has_ring &&
		    (is_first || intmap_find(excess, holding->inode)))
			r = intmap_put(&still, holding->inode,
				       holding->references - (uint32_t)holding->found);
	}
	intmap_deinit(excess);
	*excess = still;
	return r;
}

int references_compare(const struct counted_descriptor *records, size_t count, bool is_first,
		       struct intmap *excess)
{
	struct comparison comparison = {0};
	int r = find_rings(&comparison, records, count);

	for (size_t i = 0; r >= 0 && i < count; i++)
		if (records[i].of.inode)
			r = add_record(&comparison, &records[i]);
	if (r >= 0)
		r = take_excess(&comparison, is_first, excess);
	intmap_deinit(&comparison.tables);
	intmap_deinit(&comparison.rings);
	intmap_deinit(&comparison.sockets);
	array_deinit(&comparison.holdings);
	return r;
}
