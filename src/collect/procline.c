/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of /proc/net as a socket. Reads no byte after the line and guesses nothing. */
#include "collect/procline.h"

#include "model/endpoint.h"
#include "num.h"

#include <errno.h>
#include <string.h>

struct cursor {
	const char *at, *end;
};

static bool scan_char(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

static bool scan_blanks(struct cursor *cursor)
{
	const char *start = cursor->at;

	while (cursor->at < cursor->end && *cursor->at == ' ')
		cursor->at++;
	return cursor->at > start;
}

static bool scan_number(struct cursor *cursor, unsigned base, uint64_t max, uint64_t *out)
{
	return num_scan(&cursor->at, cursor->end, base, max, out);
}

/* Eight hex digits: 32 bits of the address as this machine reads them. */
static bool scan_word(struct cursor *cursor, uint8_t *out)
{
	struct cursor word = {cursor->at, cursor->at + 8};
	uint64_t value;
	uint32_t native;

	if (cursor->end - cursor->at < 8 || !scan_number(&word, 16, UINT32_MAX, &value) ||
	    word.at != word.end)
		return false;
	native = (uint32_t)value;
	memcpy(out, &native, sizeof(native));
	cursor->at = word.at;
	return true;
}

static bool scan_endpoint(struct cursor *cursor, enum lsp_family family, struct lsp_endpoint *out)
{
	size_t size = endpoint_size(family);
	uint64_t port;

	for (size_t i = 0; i < size; i += 4) {
		if (!scan_word(cursor, out->address + i))
			return false;
	}
	if (!scan_char(cursor, ':') || !scan_number(cursor, 16, UINT16_MAX, &port))
		return false;
	out->port = (uint16_t)port;
	return true;
}

/* "tr tm->when retrnsmt uid timeout inode" as the six numbers that they are. */
static bool scan_tail(struct cursor *cursor, uint64_t *uid, uint64_t *inode)
{
	uint64_t ignored;

	return scan_number(cursor, 16, UINT64_MAX, &ignored) && scan_char(cursor, ':') &&
	       scan_number(cursor, 16, UINT64_MAX, &ignored) && scan_blanks(cursor) &&
	       scan_number(cursor, 16, UINT64_MAX, &ignored) && scan_blanks(cursor) &&
	       scan_number(cursor, 10, UINT32_MAX, uid) && scan_blanks(cursor) &&
	       scan_number(cursor, 10, UINT64_MAX, &ignored) && scan_blanks(cursor) &&
	       scan_number(cursor, 10, UINT32_MAX, inode);
}

int procline_parse(const char *line, size_t size, unsigned proto, enum lsp_family family,
		   struct lsp_socket *socket)
{
	struct cursor cursor = {line, line + size};
	uint64_t ordinal, state, send_queue, recv_queue, uid, inode;

	*socket =
		(struct lsp_socket){.proto = proto, .local.family = family, .peer.family = family};
	scan_blanks(&cursor);
	if (!scan_number(&cursor, 10, UINT64_MAX, &ordinal) || !scan_char(&cursor, ':') ||
	    !scan_blanks(&cursor) || !scan_endpoint(&cursor, family, &socket->local) ||
	    !scan_blanks(&cursor) || !scan_endpoint(&cursor, family, &socket->peer) ||
	    !scan_blanks(&cursor) || !scan_number(&cursor, 16, UINT8_MAX, &state) ||
	    !scan_blanks(&cursor) || !scan_number(&cursor, 16, UINT32_MAX, &send_queue) ||
	    !scan_char(&cursor, ':') || !scan_number(&cursor, 16, UINT32_MAX, &recv_queue) ||
	    !scan_blanks(&cursor) || !scan_tail(&cursor, &uid, &inode))
		return -EBADMSG;
	/* Reference count and more always follow: without a blank the inode may have been cut. */
	if (cursor.at == cursor.end || *cursor.at != ' ')
		return -EBADMSG;
	if (state == 0 || state >= LSP_STATE_COUNT)
		return -EBADMSG;
	socket->state = (enum lsp_state)state;
	socket->send_queue = (uint32_t)send_queue;
	socket->recv_queue = (uint32_t)recv_queue;
	socket->inode = (uint32_t)inode;
	socket->uid = (uint32_t)uid;
	/* TIME_WAIT and request sockets are written with uid 0 and inode 0, which is no root. */
	socket->has_uid = state != LSP_STATE_TIME_WAIT && state != LSP_STATE_SYN_RECV &&
			  state != LSP_STATE_NEW_SYN_RECV;
	return 0;
}
