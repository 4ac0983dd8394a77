/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dump: a request sent, its replies checked and parsed. */
#ifndef LSPORTS_COLLECT_NETLINK_H
#define LSPORTS_COLLECT_NETLINK_H
#pragma once

#include "collect/diag.h"
#include "collect/transport.h"

struct netlink {
	const struct root *root;     /* borrowed */
	struct transport *transport; /* owned; NULL until the first dump and after a failure */
	uint8_t *buffer;             /* owned */
	uint32_t seq;
	int64_t deadline;  /* of the run */
	unsigned timeouts; /* dumps without an answer in time; after a few nothing more is asked */
};

/* What a dump looked like from outside. */
struct dump_result {
	size_t batches;       /* datagrams that held sockets */
	size_t largest;       /* bytes of the largest of them */
	bool was_interrupted; /* the kernel said so (NLM_F_DUMP_INTR) */
};

/* Return: 0 or a negative errno, which ends the dump. */
typedef int netlink_socket_fn(const struct lsp_socket *socket, void *data);

int netlink_init(struct netlink *netlink, const struct root *root);
void netlink_deinit(struct netlink *netlink);

/*
 * netlink_dump() - ask once and hand every socket to @each. After a failure what @each was given
 * is not the whole.
 *
 * Return: 0, or a negative errno: -ENOENT or -EOPNOTSUPP the kernel has no handler for this
 * protocol; -EPERM, -EACCES refused; -ETIMEDOUT no answer; -ETIME the deadline is over, and what
 * @each was given is true; -EBADMSG a reply that cannot be; else what the kernel or the socket said.
 */
int netlink_dump(struct netlink *netlink, const struct diag_request *request,
		 netlink_socket_fn *each, void *data, struct dump_result *result);

#endif
