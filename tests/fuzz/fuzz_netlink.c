/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: answers of a kernel. A transport reads the input (netlink_script.h) as the datagrams
 * of all dumps of one collection. The result must be a valid snapshot, or a failure that leaves
 * nothing behind.
 */
#include "fuzz.h"
#include "netlink_script.h"

#include "collect/collect.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <string.h>

#define PORTID 77
#define FILLED 30000 /* bytes that a repeated datagram gets at most */
#define BOTH 3u

struct script {
	struct transport transport;
	const uint8_t *at, *end;
	uint32_t seq;
};

static struct script *script_of(struct transport *transport)
{
	return (struct script *)transport;
}

static int script_send(struct transport *transport, const void *request, size_t size)
{
	struct nlmsghdr header;

	MUST(size >= sizeof(header));
	memcpy(&header, request, sizeof(header));
	MUST(header.nlmsg_len == size);
	script_of(transport)->seq = header.nlmsg_seq;
	return 0;
}

/* Sequence numbers of the complete messages; @ordinal makes each repetition another socket. */
static void adopt(uint8_t *bytes, size_t size, uint32_t seq, unsigned ordinal)
{
	for (size_t at = 0; at <= size && size - at >= sizeof(struct nlmsghdr);) {
		struct nlmsghdr header;
		struct inet_diag_msg body;
		size_t behind = at + sizeof(header);

		memcpy(&header, bytes + at, sizeof(header));
		if (!header.nlmsg_seq)
			header.nlmsg_seq = seq;
		memcpy(bytes + at, &header, sizeof(header));
		if (ordinal && header.nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    size - behind >= sizeof(body)) {
			memcpy(&body, bytes + behind, sizeof(body));
			body.id.idiag_sport = (uint16_t)(body.id.idiag_sport + ordinal);
			body.id.idiag_cookie[0] += ordinal;
			memcpy(bytes + behind, &body, sizeof(body));
		}
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size - at)
			return;
		at += NLMSG_ALIGN(header.nlmsg_len);
	}
}

static ssize_t read_repeated(struct script *script, uint8_t *reply, size_t length)
{
	size_t step = NLMSG_ALIGN(length), filled = 0;

	for (unsigned i = 0; length && filled + step <= FILLED; i++) {
		memset(reply + filled, 0, step);
		memcpy(reply + filled, script->at, length);
		adopt(reply + filled, step, script->seq, i);
		filled += step;
	}
	script->at += length;
	return (ssize_t)filled;
}

static ssize_t script_receive(struct transport *transport, void *reply, size_t size)
{
	struct script *script = script_of(transport);
	size_t left = (size_t)(script->end - script->at), length;
	bool is_repeated;

	MUST(size > FILLED);
	if (left < 2)
		return -EAGAIN;
	length = script->at[0] | (size_t)script->at[1] << 8;
	script->at += 2;
	if (length >= SCRIPT_ERROR)
		return -(ssize_t)(length & 0xff);
	is_repeated = length & SCRIPT_REPEAT;
	length &= SCRIPT_REPEAT - 1;
	length = length < left - 2 ? length : left - 2;
	if (is_repeated)
		return read_repeated(script, reply, length);
	memcpy(reply, script->at, length);
	script->at += length;
	adopt(reply, length, script->seq, 0);
	return (ssize_t)length;
}

/* Lives on the stack. */
static void script_free(struct transport *transport)
{
	(void)transport;
}

static const struct transport_ops script_ops = {
	.send = script_send,
	.receive = script_receive,
	.free = script_free,
};

static void check_socket(const struct lsp_query *query, const struct lsp_socket *socket)
{
	static const uint8_t zero[12];
	char text[LSP_ADDRESS_SIZE];

	MUST(socket->state > LSP_STATE_UNKNOWN && socket->state < LSP_STATE_COUNT);
	MUST(query->protos & LSP_BIT(socket->proto));
	MUST(socket->has_cookie);
	MUST(!query->port_count || (socket->local.port >= query->ports[0].first &&
				    socket->local.port <= query->ports[0].last));
	MUST(lsp_endpoint_format_address(&socket->local, text) == strlen(text));
	MUST(strlen(text) < sizeof(text) && *text);
	MUST(socket->local.family == LSP_FAMILY_IPV6 ||
	     !memcmp(socket->local.address + 4, zero, sizeof(zero)));
	MUST(!socket->has_cgroup || socket->cgroup_id);
	MUST(socket->has_backlog == (socket->state == LSP_STATE_LISTEN));
	MUST(query->lookups & LSP_LOOKUP_AUTO || socket->is_auto == LSP_UNKNOWN);
	MUST(lsp_socket_state_word(socket->proto, socket->state) &&
	     *lsp_socket_state_word(socket->proto, socket->state));
}

/* Sorted, and no socket twice. */
static void check_snapshot(const struct lsp_query *query, struct lsp_snapshot *snapshot)
{
	struct intmap cookies = {0};
	struct lsp_socket before = {0};

	MUST(builder_sort_dedup(snapshot) == 0 && builder_seal(snapshot) == 0);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		check_socket(query, &socket);
		MUST(!intmap_find(&cookies, socket.cookie));
		MUST(intmap_put(&cookies, socket.cookie, 1) == 0);
		MUST(socket.local.port >= before.local.port);
		MUST(socket.local.port > before.local.port || socket.proto >= before.proto);
		before = socket;
	}
	intmap_deinit(&cookies);
}

static void collect(const struct lsp_query *query, struct script *script)
{
	/* No directory: after a failed transport there is no other. */
	const struct root root = {.fd = -1};
	struct collection collection;
	struct lsp_snapshot *snapshot = NULL;
	struct error error = ERROR_INIT;
	int r;

	MUST(builder_new(&snapshot) == 0);
	MUST(collection_init(&collection, &root, query, snapshot, 1) == 0);
	collection.netlink.transport = &script->transport;
	r = collect_sockets(&collection, &error);
	if (r < 0) {
		MUST(error.text.size);
		MUST(builder_mark(snapshot) == 0);
	} else {
		check_snapshot(query, snapshot);
	}
	collection_deinit(&collection);
	lsp_snapshot_free(snapshot);
	error_deinit(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lsp_port_range ports = {1000, 1999};
	struct script script = {
		.transport = {.ops = &script_ops, .portid = PORTID},
		.at = data + 1,
		.end = data + size,
	};
	struct lsp_query query = {.source = LSP_SOURCE_NETLINK, .ports = &ports};

	if (!size)
		return 0;
	query.protos = data[0] & SCRIPT_BOTH ? BOTH : LSP_BIT(data[0] & SCRIPT_UDP ? 1 : 0);
	query.families = data[0] & SCRIPT_BOTH ? BOTH : LSP_BIT(data[0] & SCRIPT_IPV6 ? 1 : 0);
	query.listeners = !(data[0] & SCRIPT_NO_LISTENERS);
	query.others = data[0] & SCRIPT_OTHERS;
	query.strict = data[0] & SCRIPT_STRICT;
	query.lookups = data[0] & SCRIPT_AUTO ? LSP_LOOKUP_AUTO : 0;
	query.port_count = data[0] & SCRIPT_PORTS ? 1 : 0;
	collect(&query, &script);
	return 0;
}
