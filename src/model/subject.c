/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket with what facts ask about it more than once. */
#include <lsports/fact.h>

void lsp_subject_init(struct lsp_subject *subject, const struct lsp_snapshot *snapshot,
		      size_t index)
{
	subject->snapshot = snapshot;
	subject->index = index;
	lsp_snapshot_socket(snapshot, index, &subject->socket);
	subject->owners = lsp_snapshot_owners(snapshot, &subject->socket, &subject->owner_count);
}
