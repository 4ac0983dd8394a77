/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocols that have ports: one row each. All that differs between them is in the row, and
 * nothing else in the program knows one protocol from another by name.
 */
#include "array.h"

#include <lsports/lsports.h>

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

static const struct lsp_protocol protocols[] = {
	{
		.word = "tcp",
		.title = "TCP",
		.number = IPPROTO_TCP,
		.socket_type = SOCK_STREAM,
		.listen_state = LSP_STATE_LISTEN,
		.listen_word = "listen",
		.proc_name = "tcp",
		.services_word = "tcp",
		.letter = 't',
	},
	{
		.word = "udp",
		.title = "UDP",
		.number = IPPROTO_UDP,
		.socket_type = SOCK_DGRAM,
		.listen_state = LSP_STATE_CLOSE,
		.listen_word = "unconnected",
		.proc_name = "udp",
		.services_word = "udp",
		.letter = 'u',
	},
	{
		.word = "udplite",
		.title = "UDP-Lite",
		.number = IPPROTO_UDPLITE,
		.socket_type = SOCK_DGRAM,
		.listen_state = LSP_STATE_CLOSE,
		.listen_word = "unconnected",
		.proc_name = "udplite",
		.services_word = "udp",
	},
};

#define PROTOCOL_COUNT ARRAY_SIZE(protocols)

_Static_assert(PROTOCOL_COUNT <= LSP_PROTOCOLS_MAX, "a set of protocols has a bit for each");

const struct lsp_protocol *lsp_protocol_at(size_t index)
{
	return index < PROTOCOL_COUNT ? &protocols[index] : NULL;
}

size_t lsp_protocol_count(void)
{
	return PROTOCOL_COUNT;
}

unsigned lsp_protocol_all(void)
{
	return LSP_BIT(PROTOCOL_COUNT) - 1;
}

size_t lsp_protocol_find(const char *word, size_t size)
{
	size_t i = 0;

	while (i < PROTOCOL_COUNT &&
	       (strncasecmp(protocols[i].word, word, size) != 0 || protocols[i].word[size]))
		i++;
	return i;
}

const char *lsp_protocol_word(unsigned proto)
{
	return protocols[proto].word;
}

unsigned lsp_protocol_listeners(enum lsp_state state)
{
	unsigned found = 0;

	for (unsigned i = 0; i < PROTOCOL_COUNT; i++)
		found |= protocols[i].listen_state == state ? LSP_BIT(i) : 0;
	return found;
}
