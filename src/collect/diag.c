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
 * land on the end accepts, to land 4 bytes after it rejects. What an op compares with stands
 * behind it; a port stands in the `no` of a second op.
 */
struct bytecode {
	uint8_t *bytes; /* NULL: only its size is counted */
	size_t size;    /* so far */
	size_t total;
};

static void append_bytes(struct bytecode *code, const void *bytes, size_t size)
{
	if (code->bytes && size)
		memcpy(code->bytes + code->size, bytes, size);
	code->size += size;
}

/* A jump from here behind the end. */
static uint16_t reject(const struct bytecode *code)
{
	return (uint16_t)(code->total - code->size + sizeof(struct inet_diag_bc_op));
}

/* @is_not: what meets the condition is rejected. `yes` has 8 bits: the way out is a second op. */
static void append_op(struct bytecode *code, uint8_t op, const void *operand, size_t size,
		      bool is_not)
{
	const size_t length = sizeof(struct inet_diag_bc_op);
	struct inet_diag_bc_op head = {
		.code = op,
		.yes = (uint8_t)(length + size),
		.no = is_not ? (uint16_t)(length + size + length) : reject(code),
	};

	append_bytes(code, &head, sizeof(head));
	append_bytes(code, operand, size);
	if (!is_not)
		return;
	head = (struct inet_diag_bc_op){
		.code = INET_DIAG_BC_JMP,
		.yes = sizeof(head),
		.no = reject(code),
	};
	append_bytes(code, &head, sizeof(head));
}

static void append_port(struct bytecode *code, uint8_t op, uint16_t port)
{
	const struct inet_diag_bc_op operand = {.code = INET_DIAG_BC_NOP, .no = port};

	append_op(code, op, &operand, sizeof(operand), false);
}

static void append_prefix(struct bytecode *code, const struct endpoint_prefix *prefix, bool is_not)
{
	enum lsp_family family = (enum lsp_family)prefix->family;
	struct inet_diag_hostcond condition;
	uint8_t operand[sizeof(condition) + sizeof(prefix->bytes)];

	if (!prefix->bits)
		return;
	/* A recording compares all bytes, those between the members too. */
	memset(&condition, 0, sizeof(condition));
	condition.family = (uint8_t)endpoint_af(family);
	condition.prefix_len = prefix->bits;
	condition.port = -1; /* any */
	memcpy(operand, &condition, sizeof(condition));
	memcpy(operand + sizeof(condition), prefix->bytes, sizeof(prefix->bytes));
	append_op(code, INET_DIAG_BC_S_COND, operand, sizeof(condition) + endpoint_size(family),
		  is_not);
}

static void append_bytecode(struct bytecode *code, const struct diag_request *request)
{
	if (request->ports.first != 0 || request->ports.last != UINT16_MAX) {
		append_port(code, INET_DIAG_BC_S_GE, request->ports.first);
		append_port(code, INET_DIAG_BC_S_LE, request->ports.last);
	}
	if (request->only_auto)
		append_op(code, INET_DIAG_BC_AUTO, NULL, 0, false);
	append_prefix(code, &request->inside, false);
	append_prefix(code, &request->outside, true);
	for (size_t i = 0; i < request->devices.count; i++) {
		uint32_t device = (uint32_t)request->devices.values[i];

		append_op(code, INET_DIAG_BC_DEV_COND, &device, sizeof(device),
			  request->devices.is_other);
	}
	for (size_t i = 0; i < request->cgroups.count; i++)
		append_op(code, INET_DIAG_BC_CGROUP_COND, &request->cgroups.values[i],
			  sizeof(uint64_t), request->cgroups.is_other);
}

static void put_bytecode(struct nlmsghdr *header, const struct diag_request *request)
{
	struct nlattr *attribute = mnl_nlmsg_get_payload_tail(header);
	struct bytecode code = {0};

	append_bytecode(&code, request);
	if (!code.size)
		return;
	code = (struct bytecode){.bytes = mnl_attr_get_payload(attribute), .total = code.size};
	append_bytecode(&code, request);
	*attribute = (struct nlattr){
		.nla_len = (uint16_t)(MNL_ATTR_HDRLEN + code.size),
		.nla_type = INET_DIAG_REQ_BYTECODE,
	};
	header->nlmsg_len += MNL_ALIGN(attribute->nla_len);
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
	body->sdiag_family = (uint8_t)endpoint_af(request->family);
	body->sdiag_protocol = (uint8_t)lsp_protocol_at(request->proto)->number;
	body->idiag_states = request->states;
	if (request->is_padded)
		body->idiag_ext = 1 << (INET_DIAG_MEMINFO - 1) | 1 << (INET_DIAG_SKMEMINFO - 1);
	put_bytecode(header, request);
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

static int parse_body(const struct inet_diag_msg *body, unsigned proto, struct lsp_socket *socket)
{
	enum lsp_family family = endpoint_family(body->idiag_family);

	if (family == ENDPOINT_NO_FAMILY)
		return -EBADMSG;
	if (body->idiag_state == 0 || body->idiag_state >= LSP_STATE_COUNT)
		return -EBADMSG;
	*socket = (struct lsp_socket){
		.proto = proto,
		.state = (enum lsp_state)body->idiag_state,
		.local.family = family,
		.local.zone_index = body->id.idiag_if,
		.peer.family = family,
		.local.port = ntohs(body->id.idiag_sport),
		.peer.port = ntohs(body->id.idiag_dport),
		.uid = body->idiag_uid,
		.inode = body->idiag_inode,
		.has_interface = true,
		.has_cookie = true,
		.cookie = (uint64_t)body->id.idiag_cookie[1] << 32 | body->id.idiag_cookie[0],
	};
	/* The pseudo-state can be asked for; it is reported as the state that the socket is in
	 * (inet_diag.c). */
	if (socket->state == LSP_STATE_CLOSE && !lsp_socket_is_listener(socket) &&
	    !socket->peer.port)
		socket->state = LSP_STATE_BOUND_INACTIVE;
	memcpy(socket->local.address, body->id.idiag_src, endpoint_size(family));
	memcpy(socket->peer.address, body->id.idiag_dst, endpoint_size(family));
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
	if (lsp_socket_is_listener(socket))
		socket->is_auto = LSP_NO;
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
		socket->v6only = v6only ? LSP_YES : LSP_NO;
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

int diag_parse_socket(const struct nlmsghdr *header, unsigned proto, struct lsp_socket *socket)
{
	const struct nlattr *attribute;
	struct inet_diag_msg body;
	size_t left;
	int r;

	if (header->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(body))
		return -EBADMSG;
	memcpy(&body, mnl_nlmsg_get_payload(header), sizeof(body));
	r = parse_body(&body, proto, socket);
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
