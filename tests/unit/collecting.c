/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of the room collect share. Collects nothing by itself. */
#include "collecting.h"

#include <string.h>

void collecting_init(struct collecting *collecting, const char *tree, const struct lsp_query *query,
		     uint32_t netns)
{
	*collecting = (struct collecting){.query = *query};
	assert_int_equal(root_init(&collecting->root, tree), 0);
	assert_int_equal(builder_new(&collecting->snapshot), 0);
	assert_int_equal(collection_init(&collecting->collection, &collecting->root,
					 &collecting->query, collecting->snapshot, netns),
			 0);
}

void collecting_deinit(struct collecting *collecting)
{
	collection_deinit(&collecting->collection);
	fake_kernel_deinit(&collecting->kernel);
	lsp_snapshot_free(collecting->snapshot);
	root_deinit(&collecting->root);
	buf_deinit(&collecting->text);
}

void collecting_from_kernel(struct collecting *collecting, const struct lsp_socket *sockets,
			    size_t count)
{
	fake_kernel_init(&collecting->kernel, sockets, count);
	collecting->collection.netlink.transport = &collecting->kernel.transport;
}

void collecting_from_script(struct collecting *collecting, const struct datagram *datagrams,
			    size_t count)
{
	script_init(&collecting->script, datagrams, count);
	collecting->collection.netlink.transport = &collecting->script.transport;
}

size_t collecting_count(const struct collecting *collecting)
{
	return builder_mark(collecting->snapshot);
}

const struct lsp_gap *collecting_gap(const struct collecting *collecting, const char *what,
				     const char *why)
{
	size_t count;
	const struct lsp_gap *gaps = lsp_snapshot_gaps(collecting->snapshot, &count);

	for (size_t i = 0; i < count; i++) {
		if ((!what || strcmp(gaps[i].what, what) == 0) && strstr(gaps[i].why, why))
			return &gaps[i];
	}
	return NULL;
}

bool collecting_has_note(const struct collecting *collecting, const char *note)
{
	size_t count;
	const char *const *notes = lsp_snapshot_notes(collecting->snapshot, &count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(notes[i], note) == 0)
			return true;
	}
	return false;
}
