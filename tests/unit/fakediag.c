/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sock_diag as the kernel speaks it, written from net/ipv4/inet_diag.c and not from the code under
 * test. It shares no constant with src/collect but those of the uapi headers.
 */
#include "fakediag.h"

#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>

/* --- messages --- */

static void pad(struct buf *out)
{
	while (out->size % NLMSG_ALIGNTO)
		buf_append_char(out, '\0');
}

void reply_header(struct buf *out, const struct reply *reply, uint16_t type, size_t payload)
{
	struct nlmsghdr header = {
		.nlmsg_len = (uint32_t)(NLMSG_HDRLEN + payload),
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_MULTI | reply->flags,
		.nlmsg_seq = reply->seq,
		.nlmsg_pid = reply->portid,
	};

	buf_append(out, &header, sizeof(header));
}

void reply_attribute(struct buf *out, size_t start, uint16_t type, const void *bytes, size_t size)
{
	struct nlattr attribute = {(uint16_t)(NLA_HDRLEN + size), type};
	uint32_t length;

	buf_append(out, &attribute, sizeof(attribute));
	buf_append(out, bytes, size);
	pad(out);
	length = (uint32_t)(out->size - start);
	memcpy(out->data + start, &length, sizeof(length));
}

void reply_socket(struct buf *out, const struct reply *reply, const struct lsp_socket *socket,
		  uint32_t ifindex)
{
	bool is_listen = socket->state == LSP_STATE_LISTEN;
	uint8_t v6only = socket->v6only == LSP_KNOWN_YES;
	size_t start = out->size;
	struct inet_diag_msg body = {
		.idiag_family = socket->family == LSP_FAMILY_IPV6 ? AF_INET6 : AF_INET,
		.idiag_state = (uint8_t)socket->state,
		.id.idiag_sport = htons(socket->local.port),
		.id.idiag_dport = htons(socket->peer.port),
		.id.idiag_if = ifindex,
		.id.idiag_cookie = {(uint32_t)socket->cookie, (uint32_t)(socket->cookie >> 32)},
		.idiag_rqueue = socket->recv_queue,
		.idiag_wqueue = is_listen ? socket->backlog : socket->send_queue,
		.idiag_uid = socket->uid,
		.idiag_inode = socket->inode,
	};

	memcpy(body.id.idiag_src, socket->local.address, sizeof(body.id.idiag_src));
	memcpy(body.id.idiag_dst, socket->peer.address, sizeof(body.id.idiag_dst));
	reply_header(out, reply, SOCK_DIAG_BY_FAMILY, sizeof(body));
	buf_append(out, &body, sizeof(body));
	if (socket->v6only != LSP_KNOWN_NOT)
		reply_attribute(out, start, INET_DIAG_SKV6ONLY, &v6only, sizeof(v6only));
	if (socket->has_cgroup)
		reply_attribute(out, start, INET_DIAG_CGROUP_ID, &socket->cgroup_id,
				sizeof(socket->cgroup_id));
}

void reply_done(struct buf *out, const struct reply *reply, int32_t error)
{
	reply_header(out, reply, NLMSG_DONE, sizeof(error));
	buf_append(out, &error, sizeof(error));
}

void reply_error(struct buf *out, const struct reply *reply, int32_t error)
{
	struct nlmsgerr body = {.error = error};

	reply_header(out, reply, NLMSG_ERROR, sizeof(body));
	buf_append(out, &body, sizeof(body));
}

static void append_record(struct buf *file, const struct buf *record)
{
	uint32_t size = (uint32_t)record->size;

	buf_append(file, &size, sizeof(size));
	buf_append(file, record->data, record->size);
}

void recording_append(struct buf *file, const struct diag_request *request,
		      const struct lsp_socket *sockets, size_t count, int32_t error)
{
	const struct reply as = {.seq = 1, .portid = 2};
	uint8_t bytes[DIAG_REQUEST_SIZE];
	struct buf record = BUF_INIT;

	buf_append(&record, bytes, diag_format_request(request, 1, bytes));
	append_record(file, &record);
	if (count) {
		buf_reset(&record);
		for (size_t i = 0; i < count; i++)
			reply_socket(&record, &as, &sockets[i], 0);
		append_record(file, &record);
	}
	buf_reset(&record);
	reply_done(&record, &as, error);
	append_record(file, &record);
	buf_reset(&record);
	append_record(file, &record);
	buf_deinit(&record);
}

/* --- bytecode --- */

static bool is_port_op(uint8_t code)
{
	return code == INET_DIAG_BC_S_GE || code == INET_DIAG_BC_S_LE;
}

/* valid_cc(): a jump may only land where an op begins, seen from the start. */
static bool is_op_start(const uint8_t *code, size_t size, size_t target)
{
	size_t at = 0;

	while (at < target && at < size) {
		struct inet_diag_bc_op op;

		memcpy(&op, code + at, sizeof(op));
		if (op.yes < sizeof(op) || op.yes & 3)
			return false;
		at += op.yes;
	}
	return at == target;
}

bool bytecode_is_valid(const uint8_t *code, size_t size)
{
	size_t at = 0;

	if (size < sizeof(struct inet_diag_bc_op))
		return false;
	while (at < size) {
		size_t left = size - at, least = sizeof(struct inet_diag_bc_op);
		struct inet_diag_bc_op op;

		if (left < least)
			return false;
		memcpy(&op, code + at, sizeof(op));
		if (is_port_op(op.code))
			least *= 2;
		else if (op.code != INET_DIAG_BC_AUTO && op.code != INET_DIAG_BC_NOP)
			return false;
		if (left < least || op.yes < least || op.yes > left + 4 || op.yes & 3)
			return false;
		if (op.code != INET_DIAG_BC_NOP &&
		    (op.no < least || op.no > left + 4 || op.no & 3 ||
		     (op.no < left && !is_op_start(code, size, at + op.no))))
			return false;
		at += op.yes;
	}
	return at == size;
}

bool bytecode_accepts(const uint8_t *code, size_t size, uint16_t port, bool is_auto)
{
	long left = (long)size;

	while (left > 0) {
		struct inet_diag_bc_op op, operand = {0};
		bool is_yes = true;

		memcpy(&op, code, sizeof(op));
		if (is_port_op(op.code))
			memcpy(&operand, code + sizeof(op), sizeof(operand));
		if (op.code == INET_DIAG_BC_S_GE)
			is_yes = port >= operand.no;
		else if (op.code == INET_DIAG_BC_S_LE)
			is_yes = port <= operand.no;
		else if (op.code == INET_DIAG_BC_AUTO)
			is_yes = is_auto;
		left -= is_yes ? op.yes : op.no;
		code += is_yes ? op.yes : op.no;
	}
	return left == 0;
}

/* --- a kernel that holds sockets --- */

static struct fake_kernel *fake_of(struct transport *transport)
{
	return (struct fake_kernel *)transport;
}

static bool accepts(const struct fake_kernel *kernel, uint16_t port, bool is_auto)
{
	return !kernel->code_size ||
	       bytecode_accepts(kernel->code, kernel->code_size, port, is_auto);
}

static void note_request(struct fake_kernel *kernel)
{
	struct fake_request *request = &kernel->asked[kernel->asked_count++];
	unsigned first = 0, last = UINT16_MAX;

	while (first < last && !accepts(kernel, (uint16_t)first, true))
		first++;
	while (last > first && !accepts(kernel, (uint16_t)last, true))
		last--;
	*request = (struct fake_request){
		.ports = {(uint16_t)first, (uint16_t)last},
		.is_auto_only = !accepts(kernel, (uint16_t)first, false),
	};
}

static int fake_send(struct transport *transport, const void *request, size_t size)
{
	struct fake_kernel *kernel = fake_of(transport);
	const size_t fixed = NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2);
	struct inet_diag_req_v2 body;
	struct nlmsghdr header;

	assert_true(size >= fixed);
	memcpy(&header, request, sizeof(header));
	memcpy(&body, (const char *)request + NLMSG_HDRLEN, sizeof(body));
	assert_int_equal(header.nlmsg_len, size);
	kernel->code_size = 0;
	if (size > fixed) {
		kernel->code_size = size - fixed - NLA_HDRLEN;
		assert_true(kernel->code_size <= sizeof(kernel->code));
		memcpy(kernel->code, (const char *)request + fixed + NLA_HDRLEN, kernel->code_size);
		assert_true(bytecode_is_valid(kernel->code, kernel->code_size));
	}
	kernel->seq = header.nlmsg_seq;
	kernel->family = body.sdiag_family;
	kernel->protocol = body.sdiag_protocol;
	kernel->states = body.idiag_states;
	kernel->extensions = body.idiag_ext;
	kernel->at = 0;
	kernel->is_done = false;
	assert_true(kernel->asked_count < FAKE_ASKED_MAX);
	note_request(kernel);
	return 0;
}

static bool is_asked_for(const struct fake_kernel *kernel, const struct lsp_socket *socket)
{
	return (socket->family == LSP_FAMILY_IPV6) == (kernel->family == AF_INET6) &&
	       (socket->proto == LSP_PROTO_UDP) == (kernel->protocol == IPPROTO_UDP) &&
	       kernel->states & LSP_BIT(socket->state) &&
	       accepts(kernel, socket->local.port, socket->is_auto == LSP_KNOWN_YES);
}

/* inet_sk_diag_fill(): what idiag_ext asks for. */
static void append_extensions(struct buf *datagram, size_t start, uint8_t extensions)
{
	static const uint32_t zero[9];

	if (extensions & 1 << (INET_DIAG_MEMINFO - 1))
		reply_attribute(datagram, start, INET_DIAG_MEMINFO, zero,
				sizeof(struct inet_diag_meminfo));
	if (extensions & 1 << (INET_DIAG_SKMEMINFO - 1))
		reply_attribute(datagram, start, INET_DIAG_SKMEMINFO, zero, sizeof(zero));
}

static ssize_t fake_receive(struct transport *transport, void *reply, size_t size)
{
	struct fake_kernel *kernel = fake_of(transport);
	struct fake_request *request = &kernel->asked[kernel->asked_count - 1];
	struct reply as = {.seq = kernel->seq, .flags = kernel->interrupts ? NLM_F_DUMP_INTR : 0};
	size_t max = size < kernel->datagram_max ? size : kernel->datagram_max;
	bool is_first = kernel->asked_count == 1 && kernel->first_count;
	size_t count = is_first ? kernel->first_count : kernel->count;
	struct buf datagram = BUF_INIT;
	ssize_t length;

	if (kernel->is_done)
		return -EAGAIN;
	for (; kernel->at < count; kernel->at++) {
		const struct lsp_socket *socket = &kernel->sockets[kernel->at];
		size_t before = datagram.size;

		if (!is_asked_for(kernel, socket))
			continue;
		reply_socket(&datagram, &as, socket, 0);
		append_extensions(&datagram, before, kernel->extensions);
		if (datagram.size > max) {
			datagram.size = before;
			break;
		}
		request->sockets++;
	}
	request->datagrams += datagram.size != 0;
	if (datagram.size > request->largest)
		request->largest = datagram.size;
	if (!datagram.size) {
		reply_done(&datagram, &as, 0);
		kernel->is_done = true;
		kernel->interrupts -= kernel->interrupts != 0;
	}
	length = (ssize_t)datagram.size;
	memcpy(reply, datagram.data, datagram.size);
	buf_deinit(&datagram);
	return length;
}

static void fake_free(struct transport *transport)
{
	(void)transport;
}

static const struct transport_ops fake_ops = {
	.send = fake_send,
	.receive = fake_receive,
	.free = fake_free,
};

void fake_kernel_init(struct fake_kernel *kernel, const struct lsp_socket *sockets, size_t count)
{
	*kernel = (struct fake_kernel){
		.transport.ops = &fake_ops,
		.sockets = sockets,
		.count = count,
		.datagram_max = 32768,
		.asked = calloc(FAKE_ASKED_MAX, sizeof(*kernel->asked)),
	};
	assert_non_null(kernel->asked);
}

void fake_kernel_deinit(struct fake_kernel *kernel)
{
	free(kernel->asked);
	kernel->asked = NULL;
}
