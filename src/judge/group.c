/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that share one address and port, and how they differ. Judges nothing. */
#include "judge/group.h"

#include "model/snapshot.h"

#include <string.h>

static bool is_listener(const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;

	lsp_snapshot_socket(snapshot, index, &socket);
	return lsp_socket_is_listener(&socket);
}

/* Sockets are ordered by what makes a group. */
size_t group_end(const struct lsp_snapshot *snapshot, size_t first)
{
	size_t end = first + 1, count = lsp_snapshot_count(snapshot);

	while (end < count && snapshot_same_local_endpoint(snapshot, first, end) &&
	       is_listener(snapshot, first) && is_listener(snapshot, end))
		end++;
	return end;
}

static bool is_equal_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *exe_of(const struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	size_t count;
	const struct lsp_owner *owners = lsp_snapshot_owners(snapshot, socket, &count);

	return count ? owners[0].process->exe : NULL;
}

/* Each fact is compared with the last member of which it is known. */
const char *group_difference(const struct lsp_snapshot *snapshot, size_t first, size_t end)
{
	struct lsp_socket socket, user = {0}, unit = {0};
	const char *exe = NULL, *other_exe;

	for (size_t i = first; i < end; i++) {
		lsp_snapshot_socket(snapshot, i, &socket);
		if (user.has_uid && socket.has_uid && user.uid != socket.uid)
			return "users";
		other_exe = exe_of(snapshot, &socket);
		if (exe && other_exe && strcmp(exe, other_exe) != 0)
			return "programs";
		if (unit.unit_state == LSP_UNIT_KNOWN && socket.unit_state == LSP_UNIT_KNOWN &&
		    !is_equal_text(unit.unit, socket.unit))
			return "units";
		user = socket.has_uid ? socket : user;
		unit = socket.unit_state == LSP_UNIT_KNOWN ? socket : unit;
		exe = other_exe ? other_exe : exe;
	}
	return NULL;
}
