/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: a file of /proc/net, line by line. The first byte chooses the file. An accepted
 * line, written again as the kernel writes it, must give the same facts.
 */
#include "fuzz.h"

#include "collect/procline.h"

#include <inttypes.h>
#include <string.h>

static size_t format_endpoint(char *out, size_t room, enum lsp_family family,
			      const struct lsp_endpoint *endpoint)
{
	size_t words = family == LSP_FAMILY_IPV6 ? 4 : 1, at = 0;

	for (size_t i = 0; i < words; i++) {
		uint32_t word;

		memcpy(&word, endpoint->address + 4 * i, sizeof(word));
		at += (size_t)snprintf(out + at, room - at, "%08" PRIX32, word);
	}
	return at + (size_t)snprintf(out + at, room - at, ":%04X", endpoint->port);
}

/* As net/ipv4/tcp_ipv4.c does. */
static size_t format_line(char *out, size_t room, const struct lsp_socket *socket)
{
	size_t at = (size_t)snprintf(out, room, "%4d: ", 7);

	at += format_endpoint(out + at, room - at, socket->local.family, &socket->local);
	at += (size_t)snprintf(out + at, room - at, " ");
	at += format_endpoint(out + at, room - at, socket->local.family, &socket->peer);
	return at + (size_t)snprintf(out + at, room - at,
				     " %02X %08X:%08X %02X:%08lX %08X %5u %8d %u %d %016" PRIx64,
				     socket->state, socket->send_queue, socket->recv_queue, 0, 0ul,
				     0u, socket->uid, 0, socket->inode, 1, UINT64_C(0x1234));
}

static void check_same(const struct lsp_socket *a, const struct lsp_socket *b)
{
	MUST(!memcmp(a->local.address, b->local.address, 16));
	MUST(!memcmp(a->peer.address, b->peer.address, 16));
	MUST(a->local.port == b->local.port && a->peer.port == b->peer.port);
	MUST(a->state == b->state && a->inode == b->inode && a->uid == b->uid);
	MUST(a->recv_queue == b->recv_queue && a->send_queue == b->send_queue);
	MUST(a->has_uid == b->has_uid);
}

static void parse(const char *bytes, size_t size, unsigned proto, enum lsp_family family)
{
	char *line = must_copy(bytes, size), text[512];
	struct lsp_socket socket, again;
	size_t length;

	if (procline_parse(line, size, proto, family, &socket) == 0) {
		MUST(socket.proto == proto && socket.local.family == family);
		MUST(socket.state > LSP_STATE_UNKNOWN && socket.state < LSP_STATE_COUNT);
		MUST(!socket.has_cookie && !socket.has_backlog && !socket.has_cgroup);
		MUST(socket.v6only == LSP_UNKNOWN && socket.is_auto == LSP_UNKNOWN);
		length = format_line(text, sizeof(text), &socket);
		MUST(length < sizeof(text));
		MUST(procline_parse(text, length, proto, family, &again) == 0);
		check_same(&socket, &again);
	}
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data + 1, *end = (const char *)data + size;

	while (size && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		parse(at, (size_t)(stop - at), (data[0] & 1), (enum lsp_family)(data[0] >> 1 & 1));
		at = stop + 1;
	}
	return 0;
}
