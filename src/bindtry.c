/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Would a bind succeed? Owns the order of finding out: what a sysctl and a capability refuse is
 * never tried, and what is tried takes no connection. Enters no namespace.
 */
#include <lsports/lsports.h>

#include "buf.h"
#include "num.h"
#include "owners/procparse.h"
#include "root.h"
#include "scope.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define START "proc/sys/net/ipv4/ip_unprivileged_port_start"
#define START_MAX 64
#define STATUS_MAX (64u << 10)

/* Below the sysctl, and without the capability: the kernel must refuse. */
static bool is_refused(const struct root *root, uint16_t port)
{
	struct buf text = BUF_INIT;
	uint64_t start = 0, capabilities = 0;
	const char *at;
	bool is_known = root_read(root, START, &text, START_MAX) >= 0 && text.size;

	at = text.data;
	is_known = is_known && num_take(&at, text.data + text.size, 10, UINT16_MAX + 1u, &start);
	is_known = is_known && root_read(root, "proc/self/status", &text, STATUS_MAX) >= 0 &&
		   text.size && procparse_capabilities(text.data, text.size, &capabilities);
	buf_deinit(&text);
	return is_known && port < start && !(capabilities & UINT64_C(1) << CAP_NET_BIND_SERVICE);
}

static int try_ipv4(int fd, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};

	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

/* IPv6 alone: IPv4 is another question, with another answer. */
static int try_ipv6(int fd, uint16_t port)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	int on = 1;

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return -errno;
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
}

int lsp_bind_try(enum lsp_proto proto, enum lsp_family family, uint16_t port, bool *was_tried)
{
	bool is_ipv6 = family == LSP_FAMILY_IPV6;
	cleanup(scope_close) int fd = -1;
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
	fd = socket(is_ipv6 ? AF_INET6 : AF_INET,
		    (proto == LSP_PROTO_UDP ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	*was_tried = true;
	return is_ipv6 ? try_ipv6(fd, port) : try_ipv4(fd, port);
}
