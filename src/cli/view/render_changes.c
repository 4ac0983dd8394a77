/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences as lines: a sign, and all that is needed to act. Two blanks stand between the parts,
 * so that mail and grep can tell them apart; nothing is cut, and without a difference nothing is
 * written.
 */
#include "view/changes.h"
#include "view/parts.h"
#include "view/render.h"

static void append_part(struct buf *out, const char *text)
{
	buf_append_text(out, "  ");
	part_append_text(out, text ? text : "-");
}

/* "nc(8123)", and how many more there are. */
static void append_owners(struct buf *out, const struct lsp_owner *owners, size_t count)
{
	buf_append_text(out, "  ");
	if (!count) {
		buf_append_char(out, '-');
		return;
	}
	part_append_text(out, owners[0].process->comm ? owners[0].process->comm : "?");
	buf_printf(out, "(%u)", owners[0].process->pid);
	if (count > 1)
		buf_printf(out, "+%zu", count - 1);
}

void render_listener(struct buf *out, const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_socket socket;
	const struct lsp_owner *owners;
	const char *user = NULL, *netns;
	size_t count;

	lsp_snapshot_socket(snapshot, index, &socket);
	owners = lsp_snapshot_owners(snapshot, &socket, &count);
	buf_printf(out, "%s ", lsp_proto_word(socket.proto));
	part_append_endpoint(out, &socket);
	netns = lsp_netns_name(snapshot, socket.netns);
	if (netns) {
		buf_append_text(out, "  netns ");
		part_append_text(out, netns);
	}
	append_owners(out, owners, count);
	if (socket.has_uid)
		user = lsp_user_name(snapshot, socket.uid);
	if (socket.has_uid && !user)
		buf_printf(out, "  %u", socket.uid);
	else
		append_part(out, user);
	append_part(out, socket.unit);
	append_part(out, count ? owners[0].process->exe : NULL);
	if (count && owners[0].process->has_started) {
		buf_append_text(out, "  since ");
		part_append_minute(out, owners[0].process->started);
	}
}

static void append_change(struct buf *out, const struct lsp_snapshot *snapshot,
			  const struct change *change)
{
	buf_append_char(out, change_sign(change->kind));
	buf_append_char(out, ' ');
	switch (change->kind) {
	case CHANGE_NEW:
		render_listener(out, snapshot, change->index);
		break;
	case CHANGE_CHANGED:
		render_listener(out, snapshot, change->index);
		append_part(out, change->reason);
		break;
	case CHANGE_MISSING:
		part_append_text(out, change->text);
		buf_append_text(out, "  (");
		part_append_text(out, change->rule);
		buf_append_char(out, ')');
		break;
	}
	buf_append_char(out, '\n');
}

void render_changes(const struct view *view, const struct lsp_snapshot *snapshot, struct sink *sink)
{
	size_t left_out = 0;

	for (size_t i = 0; i < view->changes->count && !sink->error; i++) {
		const struct change *change = &view->changes->items[i];

		left_out += change->is_left_out && !change->was_told;
		if (change->was_told || change->is_left_out)
			continue;
		append_change(&sink->buf, snapshot, change);
		sink_flush_some(sink);
	}
	if (left_out)
		buf_printf(&sink->buf, "... and %zu more\n", left_out);
}
