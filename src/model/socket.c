/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a socket is by its protocol, state and address. Pure: no I/O, no snapshot. */
#include <lsports/lsports.h>

/* As ss(8) writes them, in lower case. */
static const char *const state_words[LSP_STATE_COUNT] = {
	[LSP_STATE_UNKNOWN] = "unknown",       [LSP_STATE_ESTABLISHED] = "established",
	[LSP_STATE_SYN_SENT] = "syn-sent",     [LSP_STATE_SYN_RECV] = "syn-recv",
	[LSP_STATE_FIN_WAIT1] = "fin-wait-1",  [LSP_STATE_FIN_WAIT2] = "fin-wait-2",
	[LSP_STATE_TIME_WAIT] = "time-wait",   [LSP_STATE_CLOSE] = "close",
	[LSP_STATE_CLOSE_WAIT] = "close-wait", [LSP_STATE_LAST_ACK] = "last-ack",
	[LSP_STATE_LISTEN] = "listen",         [LSP_STATE_CLOSING] = "closing",
	[LSP_STATE_NEW_SYN_RECV] = "syn-recv", [LSP_STATE_BOUND_INACTIVE] = "bound",
};

bool lsp_socket_is_listener(const struct lsp_socket *socket)
{
	return socket->state == lsp_protocol_at(socket->proto)->listen_state;
}

const char *lsp_socket_state_name(enum lsp_state state)
{
	return state_words[state];
}

const char *lsp_socket_state_word(unsigned proto, enum lsp_state state)
{
	const struct lsp_protocol *protocol = lsp_protocol_at(proto);

	return state == protocol->listen_state ? protocol->listen_word : state_words[state];
}

bool lsp_socket_has_peer(const struct lsp_socket *socket)
{
	return socket->peer.port || !lsp_endpoint_is_wildcard(&socket->peer);
}

bool lsp_socket_is_dual_stack(const struct lsp_socket *socket)
{
	return socket->v6only == LSP_NO && lsp_endpoint_is_wildcard(&socket->local);
}

/* As sk_acceptq_is_full() does (include/net/sock.h): so many may wait, and one more. */
bool lsp_socket_is_queue_full(const struct lsp_socket *socket)
{
	return socket->has_backlog && socket->recv_queue > socket->backlog;
}
