/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where netlink requests go: the kernel, or a recording of what it once answered. */
#ifndef LSPORTS_COLLECT_TRANSPORT_H
#define LSPORTS_COLLECT_TRANSPORT_H
#pragma once

#include "root.h"

#include <stdint.h>
#include <sys/types.h>

struct transport;

struct transport_ops {
	/* 0 or a negative errno */
	int (*send)(struct transport *transport, const void *request, size_t size);
	/* One datagram. Its length, or a negative errno: -ENOSPC when it was cut to @size,
	 * -EAGAIN when nothing came in time. */
	ssize_t (*receive)(struct transport *transport, void *reply, size_t size);
	void (*free)(struct transport *transport);
};

/* First member of every implementation. */
struct transport {
	const struct transport_ops *ops;
	uint32_t portid; /* ours; replies to others are not for us */
};

/* A NETLINK_SOCK_DIAG socket of the network namespace that we are in. */
int transport_open_kernel(struct transport **out);

void transport_free(struct transport *transport); /* takes NULL too */

#endif
