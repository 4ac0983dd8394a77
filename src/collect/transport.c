/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel as a transport: one netlink socket, through libmnl. Knows nothing of what is asked. */
#include "collect/transport.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The kernel answers a dump as fast as it is read; past this it will not answer at all. */
#define RECEIVE_TIMEOUT_MSEC 1200

struct kernel_transport {
	struct transport transport;
	struct mnl_socket *socket;
};

static struct kernel_transport *kernel_of(struct transport *transport)
{
	return (struct kernel_transport *)transport;
}

static int kernel_send(struct transport *transport, const void *request, size_t size)
{
	ssize_t n;

	do
		n = mnl_socket_sendto(kernel_of(transport)->socket, request, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : 0;
}

static ssize_t kernel_receive(struct transport *transport, void *reply, size_t size)
{
	ssize_t n;

	do
		n = mnl_socket_recvfrom(kernel_of(transport)->socket, reply, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static void kernel_free(struct transport *transport)
{
	struct kernel_transport *kernel = kernel_of(transport);

	if (kernel->socket)
		mnl_socket_close(kernel->socket);
	free(kernel);
}

static const struct transport_ops kernel_ops = {
	.send = kernel_send,
	.receive = kernel_receive,
	.free = kernel_free,
};

int transport_open_kernel(struct transport **out)
{
	const struct timeval timeout = {.tv_sec = RECEIVE_TIMEOUT_MSEC / 1000,
					.tv_usec = RECEIVE_TIMEOUT_MSEC % 1000 * 1000};
	struct kernel_transport *kernel = calloc(1, sizeof(*kernel));
	int fd, r;

	*out = NULL;
	if (!kernel)
		return -ENOMEM;
	kernel->transport.ops = &kernel_ops;
	kernel->socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
	if (!kernel->socket)
		goto fail;
	if (mnl_socket_bind(kernel->socket, 0, MNL_SOCKET_AUTOPID) < 0)
		goto fail;
	fd = mnl_socket_get_fd(kernel->socket);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) < 0)
		goto fail;
	kernel->transport.portid = mnl_socket_get_portid(kernel->socket);
	*out = &kernel->transport;
	return 0;
fail:
	r = errno ? -errno : -EIO;
	kernel_free(&kernel->transport);
	return r;
}

void transport_free(struct transport *transport)
{
	if (transport)
		transport->ops->free(transport);
}
