/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Differences as lines: a sign, and all that is needed to act. Two blanks stand between the parts,
 * so that mail and grep can tell them apart; nothing is cut, and without a difference nothing is
 * written.
 */
#include "view/cells.h"
#include "view/changes.h"
#include "view/escape.h"
#include "view/render.h"

#include <time.h>

static void append_escaped(struct buf *out, const char *text)
{
	escape_text(out, text, strlen(text));
}

static void append_part(struct buf *out, const char *text)
{
	buf_append_text(out, "  ");
	append_escaped(out, text ? text : "-");
}

/* "tcp [::1]:22%lo"; "*" takes IPv4 and IPv6 in one. */
static void append_endpoint(struct buf *out, const struct lsp_socket *socket)
{
	char address[LSP_ADDRESS_SIZE];
	bool is_ipv6 = socket->family == LSP_FAMILY_IPV6;

	static const uint8_t wildcard[16];
	bool is_dual = is_ipv6 && socket->v6only == LSP_KNOWN_NO &&
		       memcmp(socket->local.address, wildcard, sizeof(wildcard)) == 0;

	lsp_address_format(socket->family, socket->local.address, address);
	buf_printf(out, is_ipv6 && !is_dual ? "%s [%s]:%u" : "%s %s:%u",
		   lsp_proto_word(socket->proto), is_dual ? "*" : address, socket->local.port);
	if (socket->interface) {
		buf_append_char(out, '%');
		append_escaped(out, socket->interface);
	}
}

/* "nc(8123)", and how many more there are. */
static void append_owners(struct buf *out, const struct lsp_owner *owners, size_t count)
{
	buf_append_text(out, "  ");
	if (!count) {
		buf_append_char(out, '-');
		return;
	}
	append_escaped(out, owners[0].process->comm ? owners[0].process->comm : "?");
	buf_printf(out, "(%u)", owners[0].process->pid);
	if (count > 1)
		buf_printf(out, "+%zu", count - 1);
}

/* Local time to the minute, as people write it. */
static void append_since(struct buf *out, const struct lsp_process *process)
{
	time_t seconds = (time_t)process->started;
	char text[32];
	struct tm tm;

	if (process->has_started && localtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		buf_printf(out, "  since %s", text);
}

static void append_listener(struct buf *out, const struct lsp_snapshot *snapshot,
			    const struct change *change)
{
	struct lsp_socket socket;
	const struct lsp_owner *owners;
	const char *user = NULL, *netns;
	size_t count;

	lsp_snapshot_socket(snapshot, change->index, &socket);
	owners = lsp_snapshot_owners(snapshot, &socket, &count);
	append_endpoint(out, &socket);
	netns = lsp_netns_name(snapshot, socket.netns);
	if (netns) {
		buf_append_text(out, "  netns ");
		append_escaped(out, netns);
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
	if (count)
		append_since(out, owners[0].process);
}

static void append_change(struct buf *out, const struct lsp_snapshot *snapshot,
			  const struct change *change)
{
	buf_append_char(out, change_sign(change->kind));
	buf_append_char(out, ' ');
	switch (change->kind) {
	case CHANGE_NEW:
		append_listener(out, snapshot, change);
		break;
	case CHANGE_CHANGED:
		append_listener(out, snapshot, change);
		append_part(out, change->reason);
		break;
	case CHANGE_MISSING:
		append_escaped(out, change->text);
		buf_append_text(out, "  (");
		append_escaped(out, change->rule);
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
