/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would a bind succeed? Owns the order of finding out: what a sysctl and a capability refuse is
 * never tried, and what is tried takes no connection. Enters no namespace.
 */
#include <lsports/lsports.h>

#include "host/capabilities.h"
#include "root.h"
#include "cleanup.h"
#include "model/endpoint.h"

#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <sys/socket.h>

#define START "proc/sys/net/ipv4/ip_unprivileged_port_start"

/* Below the sysctl, and without the capability: the kernel must refuse. */
static bool is_refused(const struct root *root, uint16_t port)
{
	uint64_t start = 0, capabilities = 0;
	bool is_known = root_read_numbers(root, START, UINT16_MAX + 1u, &start, 1) == 0 &&
			capabilities_read(root, &capabilities);

	return is_known && port < start && !(capabilities & UINT64_C(1) << CAP_NET_BIND_SERVICE);
}

static int try_wildcard(int fd, enum lsp_family family, uint16_t port)
{
	const struct lsp_endpoint wildcard = {.family = family, .port = port};
	struct sockaddr_storage address;
	socklen_t size = endpoint_format_sockaddr(&wildcard, &address);
	int on = 1;

	/* This family alone: the other one is another question, with another answer. */
	if (endpoint_may_be_dual(family) &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return -errno;
	return bind(fd, (const struct sockaddr *)&address, size) < 0 ? -errno : 0;
}

int lsp_bind_try(unsigned proto, enum lsp_family family, uint16_t port, bool *was_tried)
{
	const struct lsp_protocol *protocol = lsp_protocol_at(proto);
	cleanup(cleanup_close) int fd = -1;
	struct root root;
	bool refused;
	int r = root_init(&root, NULL);

	*was_tried = false;
	if (r < 0)
		return r;
	refused = is_refused(&root, port);
	root_deinit(&root);
	if (refused)
		return -EACCES;
	fd = socket(endpoint_af(family), protocol->socket_type | SOCK_CLOEXEC, protocol->number);
	if (fd < 0)
		return -errno;
	*was_tried = true;
	return try_wildcard(fd, family, port);
}
