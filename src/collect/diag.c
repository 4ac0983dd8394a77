/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sock_diag requests and replies as bytes. Replies are foreign bytes: every length is checked
 * before it is used, and nothing is read through a cast pointer (attributes are aligned to 4).
 */
#include "collect/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* --- requests ------------------------------------------------------------------------------ */

/*
 * Bytecode (net/ipv4/inet_diag.c, inet_diag_bc_run): an op jumps `yes` or `no` bytes on. To
 * land on the end accepts, to land 4 bytes behind the end rejects. A port stands in the `no`
 * of a second op.
 */
static size_t append_port_op(struct inet_diag_bc_op *ops, size_t at, size_t total, uint8_t code,
			     uint16_t port)
{
	size_t left = (total - at) * sizeof(*ops);

	ops[at] = (struct inet_diag_bc_op){
		.code = code,
		.yes = 2 * sizeof(*ops),
		.no = (unsigned short)(left + sizeof(*ops)),
	};
	ops[at + 1] = (struct inet_diag_bc_op){.code = INET_DIAG_BC_NOP, .no = port};
	return at + 2;
}

static void append_bytecode(struct nlmsghdr *header, const struct diag_request *request)
{
	bool has_ports = request->ports.first != 0 || request->ports.last != UINT16_MAX;
	size_t total = (has_ports ? 4u : 0u) + (request->only_auto ? 1u : 0u), at = 0;
	struct inet_diag_bc_op ops[5];

	if (!total)
		return;
	if (has_ports) {
		at = append_port_op(ops, at, total, INET_DIAG_BC_S_GE, request->ports.first);
		at = append_port_op(ops, at, total, INET_DIAG_BC_S_LE, request->ports.last);
	}
	if (request->only_auto)
		ops[at] = (struct inet_diag_bc_op){
			.code = INET_DIAG_BC_AUTO,
			.yes = sizeof(*ops),
			.no = 2 * sizeof(*ops),
		};
	mnl_attr_put(header, INET_DIAG_REQ_BYTECODE, total * sizeof(*ops), ops);
}

size_t diag_format_request(const struct diag_request *request, uint32_t seq,
			   uint8_t out[DIAG_REQUEST_SIZE])
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(out);
	struct inet_diag_req_v2 *body;

	header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	header->nlmsg_seq = seq;
	body = mnl_nlmsg_put_extra_header(header, sizeof(*body));
	body->sdiag_family = request->family == LSP_FAMILY_IPV6 ? AF_INET6 : AF_INET;
	body->sdiag_protocol = request->proto == LSP_PROTO_UDP ? IPPROTO_UDP : IPPROTO_TCP;
	body->idiag_states = request->states;
	if (request->is_padded)
		body->idiag_ext = 1 << (INET_DIAG_MEMINFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1);
	append_bytecode(header, request);
	return header->nlmsg_len;
}

size_t diag_format_noop(uint32_t seq, uint8_t out[DIAG_REQUEST_SIZE])
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(out);

	header->nlmsg_type = NLMSG_NOOP;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	header->nlmsg_seq = seq;
	return header->nlmsg_len;
}

/* --- replies ------------------------------------------------------------------------------- */

/* TIME_WAIT and request sockets are not full sockets: the kernel writes uid 0 and inode 0. */
static bool is_full_socket(enum lsp_state state)
{
	return state != LSP_STATE_TIME_WAIT && state != LSP_STATE_SYN_RECV &&
	       state != LSP_STATE_NEW_SYN_RECV;
}

static int parse_body(const struct inet_diag_msg *body, enum lsp_proto proto,
		      struct lsp_socket *socket, uint32_t *ifindex)
{
	size_t size = body->idiag_family == AF_INET6 ? 16 : 4;

	if (body->idiag_family != AF_INET && body->idiag_family != AF_INET6)
		return -EBADMSG;
	if (body->idiag_state == 0 || body->idiag_state >= LSP_STATE_COUNT)
		return -EBADMSG;
	*socket = (struct lsp_socket){
		.proto = proto,
		.family = body->idiag_family == AF_INET6 ? LSP_FAMILY_IPV6 : LSP_FAMILY_IPV4,
		.state = (enum lsp_state)body->idiag_state,
		.local.port = ntohs(body->id.idiag_sport),
		.peer.port = ntohs(body->id.idiag_dport),
		.uid = body->idiag_uid,
		.inode = body->idiag_inode,
		.has_interface = true,
		.has_cookie = true,
		.cookie = (uint64_t)body->id.idiag_cookie[1] << 32 | body->id.idiag_cookie[0],
	};
	/* The pseudo-state can be asked for; it is told as what the socket is in (inet_diag.c). */
	if (proto == LSP_PROTO_TCP && socket->state == LSP_STATE_CLOSE && !socket->peer.port)
		socket->state = LSP_STATE_BOUND_INACTIVE;
	memcpy(socket->local.address, body->id.idiag_src, size);
	memcpy(socket->peer.address, body->id.idiag_dst, size);
	socket->has_uid = is_full_socket(socket->state);
	socket->recv_queue = body->idiag_rqueue;
	if (socket->state == LSP_STATE_LISTEN) {
		/* tcp_diag_get_info(): in LISTEN they are the accept queue's use and limit. */
		socket->has_backlog = true;
		socket->backlog = body->idiag_wqueue;
	} else {
		socket->send_queue = body->idiag_wqueue;
	}
	/* A port of a listener was given or chosen; an accepted connection's was neither. */
	if (lsp_is_listener(socket))
		socket->is_auto = LSP_KNOWN_NO;
	*ifindex = body->id.idiag_if;
	return 0;
}

static void parse_attribute(const struct nlattr *attribute, struct lsp_socket *socket)
{
	size_t size = mnl_attr_get_payload_len(attribute);
	const void *payload = mnl_attr_get_payload(attribute);
	uint8_t v6only;

	switch (mnl_attr_get_type(attribute)) {
	case INET_DIAG_SKV6ONLY:
		if (size < sizeof(v6only))
			break;
		memcpy(&v6only, payload, sizeof(v6only));
		socket->v6only = v6only ? LSP_KNOWN_YES : LSP_KNOWN_NO;
		break;
	case INET_DIAG_CGROUP_ID:
		if (size < sizeof(socket->cgroup_id))
			break;
		memcpy(&socket->cgroup_id, payload, sizeof(socket->cgroup_id));
		/* 0: a socket without cgroup data, which is no cgroup's id. */
		socket->has_cgroup = socket->cgroup_id != 0;
		break;
	}
}

int diag_parse_socket(const struct nlmsghdr *header, enum lsp_proto proto,
		      struct lsp_socket *socket, uint32_t *ifindex)
{
	const struct nlattr *attribute;
	struct inet_diag_msg body;
	size_t left;
	int r;

	if (header->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(body))
		return -EBADMSG;
	memcpy(&body, mnl_nlmsg_get_payload(header), sizeof(body));
	r = parse_body(&body, proto, socket, ifindex);
	if (r < 0)
		return r;
	left = header->nlmsg_len - MNL_NLMSG_HDRLEN - sizeof(body);
	attribute = mnl_nlmsg_get_payload_offset(header, sizeof(body));
	while (left) {
		size_t size;

		if (left < sizeof(*attribute) || !mnl_attr_ok(attribute, (int)left))
			return -EBADMSG;
		parse_attribute(attribute, socket);
		size = MNL_ALIGN(attribute->nla_len);
		left = size < left ? left - size : 0;
		attribute = mnl_attr_next(attribute);
	}
	return 0;
}
