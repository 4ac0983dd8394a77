/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dump over a transport. Every control message is handled here: libmnl's mnl_cb_run() takes
 * the error that a kernel without handler puts into NLMSG_DONE for success, and its
 * mnl_cb_run2() waits for ever when a control slot is empty. It repeats nothing; that is decided
 * by who asks.
 */
#include "collect/netlink.h"

#include "collect/recording.h"
#include "deadline.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <string.h>

/*
 * The largest dump datagram is 32 KiB (net/netlink/af_netlink.c, netlink_dump): the kernel sizes
 * it by the largest buffer that it was ever read with.
 */
#define BUFFER_SIZE 65536

/* However fast batches come, a dump does not take so long. */
#define DUMP_MAX_NSEC INT64_C(20000000000)
#define TIMEOUTS_MAX 3

int netlink_init(struct netlink *netlink, const struct root *root)
{
	*netlink = (struct netlink){.root = root, .buffer = malloc(BUFFER_SIZE)};
	return netlink->buffer ? 0 : -ENOMEM;
}

void netlink_deinit(struct netlink *netlink)
{
	if (!netlink)
		return;
	transport_free(netlink->transport);
	free(netlink->buffer);
	*netlink = (struct netlink){0};
}

struct reader {
	struct netlink *netlink;
	unsigned proto;
	netlink_socket_fn *each;
	void *data;
	struct dump_result *result;
	bool is_noop; /* an acknowledgement is all that comes */
	bool is_done;
};

/* The error number that NLMSG_DONE and NLMSG_ERROR carry first, 0 or negative. */
static int parse_error(const struct nlmsghdr *header)
{
	int32_t error;

	if (header->nlmsg_len < MNL_NLMSG_HDRLEN + sizeof(error))
		return -EBADMSG;
	memcpy(&error, mnl_nlmsg_get_payload(header), sizeof(error));
	return error > 0 || error < -4095 ? -EBADMSG : error;
}

static int read_message(struct reader *reader, const struct nlmsghdr *header, bool *is_socket)
{
	struct lsp_socket socket;
	int r;

	if (header->nlmsg_flags & NLM_F_DUMP_INTR)
		reader->result->was_interrupted = true;
	switch (header->nlmsg_type) {
	case NLMSG_NOOP:
		return 0;
	case NLMSG_OVERRUN:
		return -ENOBUFS;
	case NLMSG_ERROR: /* 0 is an acknowledgement: it ends no dump */
		r = parse_error(header);
		reader->is_done = reader->is_noop || r < 0;
		return r;
	case NLMSG_DONE:
		reader->is_done = true;
		return parse_error(header);
	case SOCK_DIAG_BY_FAMILY:
		*is_socket = true;
		r = diag_parse_socket(header, reader->proto, &socket);
		return r < 0 || !reader->each ? r : reader->each(&socket, reader->data);
	default:
		return -EBADMSG;
	}
}

static int read_batch(struct reader *reader, size_t size)
{
	const struct netlink *netlink = reader->netlink;
	const struct nlmsghdr *header = (const void *)netlink->buffer;
	bool has_sockets = false;
	int left = (int)size;

	/* mnl_nlmsg_ok() takes a length of 2^31 and more for a negative one, which fits. */
	for (; !reader->is_done && mnl_nlmsg_ok(header, left) && header->nlmsg_len <= size;
	     header = mnl_nlmsg_next(header, &left)) {
		int r;

		/* The end of an earlier dump may still be on its way: it is not for us. */
		if (!mnl_nlmsg_seq_ok(header, netlink->seq) ||
		    !mnl_nlmsg_portid_ok(header, netlink->transport->portid))
			continue;
		r = read_message(reader, header, &has_sockets);
		if (r < 0)
			return r;
	}
	if (!reader->is_done && left > 0)
		return -EBADMSG;
	if (has_sockets) {
		reader->result->batches++;
		if (size > reader->result->largest)
			reader->result->largest = size;
	}
	return 0;
}

static int read_replies(struct reader *reader)
{
	struct netlink *netlink = reader->netlink;
	int64_t end = deadline_in(DUMP_MAX_NSEC);

	while (!reader->is_done) {
		ssize_t n = netlink->transport->ops->receive(netlink->transport, netlink->buffer,
							     BUFFER_SIZE);
		int r;

		if (n == -EAGAIN)
			return deadline_is_over(netlink->deadline) ? -ETIME : -ETIMEDOUT;
		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		r = read_batch(reader, (size_t)n);
		if (r < 0)
			return r;
		if (reader->is_done)
			break;
		if (deadline_is_over(netlink->deadline))
			return -ETIME;
		if (deadline_is_over(end))
			return -ETIMEDOUT;
	}
	return 0;
}

static int ask(struct netlink *netlink, const void *message, size_t size, struct reader *reader)
{
	int r = netlink->transport->ops->send(netlink->transport, message, size);

	return r < 0 ? r : read_replies(reader);
}

/*
 * The first datagram of the first dump is small (3,720 bytes) since the kernel does not know our
 * buffer yet. Reading one acknowledgement shows it.
 */
static int prime(struct netlink *netlink)
{
	struct dump_result ignored = {0};
	struct reader reader = {.netlink = netlink, .result = &ignored, .is_noop = true};
	uint8_t message[DIAG_REQUEST_SIZE];

	return ask(netlink, message, diag_format_noop(++netlink->seq, message), &reader);
}

static int open_transport(struct netlink *netlink)
{
	int r;

	if (netlink->transport)
		return 0;
	if (!netlink->root->is_machine)
		return recording_open(netlink->root, &netlink->transport);
	r = transport_open_kernel(&netlink->transport);
	return r < 0 ? r : prime(netlink);
}

int netlink_dump(struct netlink *netlink, const struct diag_request *request,
		 netlink_socket_fn *each, void *data, struct dump_result *result)
{
	struct reader reader = {
		.netlink = netlink,
		.proto = request->proto,
		.each = each,
		.data = data,
		.result = result,
	};
	uint8_t message[DIAG_REQUEST_SIZE];
	int r;

	*result = (struct dump_result){0};
	if (deadline_is_over(netlink->deadline))
		return -ETIME;
	if (netlink->timeouts >= TIMEOUTS_MAX)
		return -ETIMEDOUT;
	r = open_transport(netlink);
	if (r >= 0)
		r = ask(netlink, message, diag_format_request(request, ++netlink->seq, message),
			&reader);
	if (r < 0) {
		/* Replies may still come, and a dump that is not over makes the next one EBUSY. */
		transport_free(netlink->transport);
		netlink->transport = NULL;
		netlink->timeouts += r == -ETIMEDOUT;
	}
	return r;
}
