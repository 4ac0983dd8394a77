/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/transport: the running kernel answers, and each socket has its own port id. */
#include "support.h"

#include "collect/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct diag_request everything = {
	.family = LSP_FAMILY_IPV4, .states = LSP_BIT(LSP_STATE_LISTEN), .ports = {0, 65535}};

static struct transport *open_kernel(void)
{
	struct transport *transport;

	assert_int_equal(transport_open_kernel(&transport), 0);
	assert_non_null(transport);
	return transport;
}

static int find_port(const struct lsp_socket *socket, void *data)
{
	uint16_t *port = data;

	if (socket->local.port == *port && socket->local.address[0] == 127)
		*port = 0;
	return 0;
}

static void the_kernel_reports_our_listener(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct dump_result result;
	struct netlink netlink;
	struct root root;
	uint16_t port;
	int r;

	(void)state;
	transport_free(open_kernel());
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	port = ntohs(address.sin_port);
	assert_int_equal(root_init(&root, NULL), 0);
	assert_int_equal(netlink_init(&netlink, &root), 0);
	r = netlink_dump(&netlink, &everything, find_port, &port, &result);
	netlink_deinit(&netlink);
	root_deinit(&root);
	close(fd);
	assert_int_equal(r, 0);
	assert_int_equal(port, 0);
}

static void a_noop_is_acknowledged_to_our_port_id(void **state)
{
	struct transport *transports[2] = {open_kernel(), open_kernel()};

	(void)state;
	assert_int_not_equal(transports[0]->portid, transports[1]->portid);
	for (uint32_t i = 0; i < 2; i++) {
		struct transport *transport = transports[i];
		uint8_t request[DIAG_REQUEST_SIZE], reply[1024];
		struct nlmsghdr header;
		int32_t error;

		assert_int_equal(
			transport->ops->send(transport, request, diag_format_noop(77 + i, request)),
			0);
		assert_true(transport->ops->receive(transport, reply, sizeof(reply)) >=
			    (ssize_t)(sizeof(header) + sizeof(error)));
		memcpy(&header, reply, sizeof(header));
		memcpy(&error, reply + sizeof(header), sizeof(error));
		assert_int_equal(header.nlmsg_type, NLMSG_ERROR);
		assert_int_equal(header.nlmsg_seq, 77 + i);
		assert_int_equal(header.nlmsg_pid, transport->portid);
		assert_int_equal(error, 0);
		transport_free(transport);
	}
}

static void a_reply_that_does_not_fit_is_an_error(void **state)
{
	struct transport *transport = open_kernel();
	uint8_t request[DIAG_REQUEST_SIZE], reply[20];

	(void)state;
	assert_int_equal(transport->ops->send(transport, request, diag_format_noop(1, request)), 0);
	assert_int_equal(transport->ops->receive(transport, reply, sizeof(reply)), -ENOSPC);
	transport_free(transport);
}

static void without_an_answer_it_gives_up(void **state)
{
	struct transport *transport = open_kernel();
	uint8_t reply[64];

	(void)state;
	assert_int_equal(transport->ops->receive(transport, reply, sizeof(reply)), -EAGAIN);
	transport_free(transport);
	transport_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_reports_our_listener),
		cmocka_unit_test(a_noop_is_acknowledged_to_our_port_id),
		cmocka_unit_test(a_reply_that_does_not_fit_is_an_error),
		cmocka_unit_test(without_an_answer_it_gives_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
