/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the contract for our enums, one table each. */
#include <lsports/judge.h>

static const char *const proto_words[LSP_PROTO_COUNT] = {
	[LSP_PROTO_TCP] = "tcp",
	[LSP_PROTO_UDP] = "udp",
};

static const char *const family_words[LSP_FAMILY_COUNT] = {
	[LSP_FAMILY_IPV4] = "ipv4",
	[LSP_FAMILY_IPV6] = "ipv6",
};

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

static const char *const category_words[LSP_CATEGORY_COUNT] = {
	[LSP_CATEGORY_WELL_KNOWN] = "well-known",
	[LSP_CATEGORY_REGISTERED] = "registered",
	[LSP_CATEGORY_DYNAMIC] = "dynamic",
};

static const char *const scope_words[LSP_SCOPE_COUNT] = {
	[LSP_SCOPE_LOOPBACK] = "loopback", [LSP_SCOPE_LINK] = "link",
	[LSP_SCOPE_PRIVATE] = "private",   [LSP_SCOPE_PUBLIC] = "public",
	[LSP_SCOPE_ANY] = "any",
};

static const char *const owner_gap_words[LSP_OWNER_GAP_COUNT] = {
	[LSP_OWNER_GAP_NONE] = NULL,
	[LSP_OWNER_GAP_UNASKED] = "unasked",
	[LSP_OWNER_GAP_PERMISSION] = "permission",
	[LSP_OWNER_GAP_KERNEL] = "kernel",
	[LSP_OWNER_GAP_NAMESPACE] = "namespace",
	[LSP_OWNER_GAP_UNKNOWN] = "unknown",
};

static const char *const verdict_words[LSP_VERDICT_COUNT] = {
	[LSP_VERDICT_EXPECTED] = "expected",
	[LSP_VERDICT_USUAL] = "usual",
	[LSP_VERDICT_UNEXPECTED] = "unexpected",
	[LSP_VERDICT_UNJUDGED] = "unjudged",
};

const char *lsp_proto_word(enum lsp_proto proto)
{
	return proto_words[proto];
}

const char *lsp_family_word(enum lsp_family family)
{
	return family_words[family];
}

const char *lsp_state_word(const struct lsp_socket *socket)
{
	if (socket->proto == LSP_PROTO_UDP && socket->state == LSP_STATE_CLOSE)
		return "unconnected";
	return state_words[socket->state];
}

const char *lsp_category_word(enum lsp_category category)
{
	return category_words[category];
}

const char *lsp_scope_word(enum lsp_scope scope)
{
	return scope_words[scope];
}

const char *lsp_verdict_word(enum lsp_verdict verdict)
{
	return verdict_words[verdict];
}

const char *lsp_owner_gap_word(enum lsp_owner_gap gap)
{
	return owner_gap_words[gap];
}
