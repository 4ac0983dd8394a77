/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sock_diag as the kernel speaks it, written from net/ipv4/inet_diag.c and not from the code under
 * test. It shares no constant with src/collect but those of the uapi headers.
 */
#include "protocols.h"
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
	uint8_t v6only = socket->v6only == LSP_YES;
	size_t start = out->size;
	struct inet_diag_msg body = {
		.idiag_family = socket->local.family == LSP_FAMILY_IPV6 ? AF_INET6 : AF_INET,
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
	if (socket->v6only != LSP_UNKNOWN)
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

/* Bytes that the address of valid_hostcond() has, -1 for a family that cannot be. */
static int address_length(const struct inet_diag_hostcond *condition)
{
	switch (condition->family) {
	case AF_UNSPEC:
		return 0;
	case AF_INET:
		return 4;
	case AF_INET6:
		return 16;
	default:
		return -1;
	}
}

/* The least length of the op at @code with what it compares with; 0 where it cannot be. */
static size_t op_length(const uint8_t *code, size_t left)
{
	size_t least = sizeof(struct inet_diag_bc_op);
	struct inet_diag_hostcond condition;
	int address;

	switch (code[0]) {
	case INET_DIAG_BC_S_GE:
	case INET_DIAG_BC_S_LE:
		return least * 2;
	case INET_DIAG_BC_AUTO:
	case INET_DIAG_BC_NOP:
	case INET_DIAG_BC_JMP:
		return least;
	case INET_DIAG_BC_DEV_COND:
		return least + sizeof(uint32_t);
	case INET_DIAG_BC_CGROUP_COND:
		return least + sizeof(uint64_t);
	case INET_DIAG_BC_S_COND:
		if (left < least + sizeof(condition))
			return 0;
		memcpy(&condition, code + least, sizeof(condition));
		address = address_length(&condition);
		if (address < 0 || condition.prefix_len > 8 * address)
			return 0;
		return least + sizeof(condition) + (size_t)address;
	default:
		return 0;
	}
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
		size_t left = size - at, least;
		struct inet_diag_bc_op op;

		if (left < sizeof(op))
			return false;
		memcpy(&op, code + at, sizeof(op));
		least = op_length(code + at, left);
		if (!least)
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

/* bitstring_match() */
static bool has_bits(const uint8_t *address, const uint8_t *bits, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if ((address[i / 8] ^ bits[i / 8]) >> (7 - i % 8) & 1)
			return false;
	}
	return true;
}

static bool meets_host(const uint8_t *operand, const struct lsp_socket *socket)
{
	struct inet_diag_hostcond condition;
	int family = socket->local.family == LSP_FAMILY_IPV6 ? AF_INET6 : AF_INET;

	memcpy(&condition, operand, sizeof(condition));
	if (condition.port != -1 && condition.port != socket->local.port)
		return false;
	if (condition.family != AF_UNSPEC && condition.family != family)
		return false;
	return has_bits(socket->local.address, operand + sizeof(condition), condition.prefix_len);
}

static bool meets(const uint8_t *code, const struct lsp_socket *socket)
{
	struct inet_diag_bc_op operand;
	uint32_t device;
	uint64_t cgroup;

	switch (code[0]) {
	case INET_DIAG_BC_JMP:
		return false;
	case INET_DIAG_BC_S_GE:
	case INET_DIAG_BC_S_LE:
		memcpy(&operand, code + 4, sizeof(operand));
		return code[0] == INET_DIAG_BC_S_GE ? socket->local.port >= operand.no
						    : socket->local.port <= operand.no;
	case INET_DIAG_BC_AUTO:
		return socket->is_auto == LSP_YES;
	case INET_DIAG_BC_S_COND:
		return meets_host(code + 4, socket);
	case INET_DIAG_BC_DEV_COND:
		memcpy(&device, code + 4, sizeof(device));
		return device == socket->local.zone_index;
	case INET_DIAG_BC_CGROUP_COND:
		memcpy(&cgroup, code + 4, sizeof(cgroup));
		return cgroup == socket->cgroup_id;
	default:
		return true;
	}
}

bool bytecode_accepts(const uint8_t *code, size_t size, const struct lsp_socket *socket)
{
	long left = (long)size;

	while (left > 0) {
		struct inet_diag_bc_op op;
		bool is_yes = meets(code, socket);

		memcpy(&op, code, sizeof(op));
		left -= is_yes ? op.yes : op.no;
		code += is_yes ? op.yes : op.no;
	}
	return left == 0;
}

static bool has_op(const uint8_t *code, size_t size, uint8_t wanted)
{
	for (size_t at = 0; at < size; at += code[at + 1]) {
		if (code[at] == wanted)
			return true;
	}
	return false;
}

bool bytecode_is_part(const uint8_t *code, size_t size)
{
	return has_op(code, size, INET_DIAG_BC_S_COND) ||
	       has_op(code, size, INET_DIAG_BC_DEV_COND) ||
	       has_op(code, size, INET_DIAG_BC_CGROUP_COND);
}

/* --- a kernel that holds sockets --- */

static struct fake_kernel *fake_of(struct transport *transport)
{
	return (struct fake_kernel *)transport;
}

static struct fake_request *last_request(struct fake_kernel *kernel)
{
	return &kernel->asked[kernel->asked_count - 1];
}

static bool accepts(const struct fake_request *request, const struct lsp_socket *socket)
{
	return !request->code_size || bytecode_accepts(request->code, request->code_size, socket);
}

/* Do the two conditions on the port with which a part begins accept it? */
static bool accepts_port(const struct fake_request *request, unsigned port,
			 enum lsp_tristate is_auto)
{
	const struct lsp_socket socket = {.local.port = (uint16_t)port, .is_auto = is_auto};
	size_t size = request->code_size;

	if (size && bytecode_is_part(request->code, size))
		size = 4 * sizeof(struct inet_diag_bc_op);
	return !size || bytecode_accepts(request->code, size, &socket);
}

static void note_request(struct fake_request *request)
{
	unsigned first = 0, last = UINT16_MAX;

	while (first < last && !accepts_port(request, first, LSP_YES))
		first++;
	while (last > first && !accepts_port(request, last, LSP_YES))
		last--;
	request->ports = (struct lsp_port_range){(uint16_t)first, (uint16_t)last};
	request->is_auto_only = !accepts_port(request, first, LSP_NO);
}

static int fake_send(struct transport *transport, const void *request, size_t size)
{
	struct fake_kernel *kernel = fake_of(transport);
	const size_t fixed = NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2);
	struct inet_diag_req_v2 body;
	struct fake_request *asked;
	struct nlmsghdr header;

	assert_true(size >= fixed);
	memcpy(&header, request, sizeof(header));
	memcpy(&body, (const char *)request + NLMSG_HDRLEN, sizeof(body));
	assert_int_equal(header.nlmsg_len, size);
	assert_true(kernel->asked_count < FAKE_ASKED_MAX);
	asked = &kernel->asked[kernel->asked_count++];
	if (kernel->deadline && kernel->asked_count == kernel->late_after)
		*kernel->deadline = 1;
	*asked = (struct fake_request){.code_size = size - fixed};
	if (asked->code_size) {
		asked->code_size -= NLA_HDRLEN;
		asked->code = malloc(asked->code_size);
		assert_non_null(asked->code);
		memcpy(asked->code, (const char *)request + fixed + NLA_HDRLEN, asked->code_size);
		assert_true(bytecode_is_valid(asked->code, asked->code_size));
	}
	kernel->seq = header.nlmsg_seq;
	kernel->family = body.sdiag_family;
	kernel->protocol = body.sdiag_protocol;
	kernel->states = body.idiag_states;
	kernel->extensions = body.idiag_ext;
	kernel->at = 0;
	kernel->is_done = false;
	note_request(asked);
	return 0;
}

static bool is_asked_for(struct fake_kernel *kernel, const struct lsp_socket *socket)
{
	return (socket->local.family == LSP_FAMILY_IPV6) == (kernel->family == AF_INET6) &&
	       (socket->proto == LSP_PROTO_UDP) == (kernel->protocol == IPPROTO_UDP) &&
	       kernel->states & LSP_BIT(socket->state) && accepts(last_request(kernel), socket);
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

static ssize_t finish(struct buf *datagram, void *reply)
{
	ssize_t length = (ssize_t)datagram->size;

	memcpy(reply, datagram->data, datagram->size);
	buf_deinit(datagram);
	return length;
}

static ssize_t fake_receive(struct transport *transport, void *reply, size_t size)
{
	struct fake_kernel *kernel = fake_of(transport);
	struct fake_request *request = last_request(kernel);
	struct reply as = {.seq = kernel->seq, .flags = kernel->interrupts ? NLM_F_DUMP_INTR : 0};
	size_t max = size < kernel->datagram_max ? size : kernel->datagram_max;
	bool is_first = kernel->asked_count == 1 && kernel->first_count;
	size_t count = is_first ? kernel->first_count : kernel->count;
	struct buf datagram = BUF_INIT;

	if (kernel->is_done)
		return -EAGAIN;
	if (kernel->has_no_cgroups && request->code_size &&
	    has_op(request->code, request->code_size, INET_DIAG_BC_CGROUP_COND)) {
		reply_error(&datagram, &as, -EINVAL);
		return finish(&datagram, reply);
	}
	for (; kernel->at < count; kernel->at++) {
		const struct lsp_socket *socket = &kernel->sockets[kernel->at];
		size_t before = datagram.size;

		if (!is_asked_for(kernel, socket))
			continue;
		reply_socket(&datagram, &as, socket, socket->local.zone_index);
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
	return finish(&datagram, reply);
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
	for (size_t i = 0; i < kernel->asked_count; i++)
		free(kernel->asked[i].code);
	free(kernel->asked);
	kernel->asked = NULL;
	kernel->asked_count = 0;
}
