/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sockets still need an owner. Knows no process. */
#include "owners/wanted.h"

#include "model/builder.h"

int wanted_init(struct wanted *wanted, const struct lsp_snapshot *snapshot)
{
	int r;

	*wanted = (struct wanted){0};
	r = builder_list_unowned(snapshot, &wanted->inodes);
	wanted->unowned = wanted->inodes.count;
	return r;
}

void wanted_deinit(struct wanted *wanted)
{
	intmap_deinit(&wanted->inodes);
}

void wanted_begin_pass(struct wanted *wanted, bool is_whole, size_t owners)
{
	wanted->pass++;
	wanted->is_whole = is_whole;
	wanted->before = owners;
}

void wanted_set_owned(struct wanted *wanted, uint32_t *last, size_t owners)
{
	if (!*last)
		wanted->unowned--;
	*last = (uint32_t)owners;
}
