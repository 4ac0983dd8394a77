/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/bind: the answer that another bind would get, and no socket is left behind. */
#include "protocols.h"
#include "support.h"

#include <lsports/lsports.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket of @type bound to a port of the kernel's choice. */
static int take_port(int type, uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, type, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void a_port_is_free_once_it_is_let_go(void **state)
{
	static const struct {
		unsigned proto;
		int type;
	} rows[] = {{LSP_PROTO_TCP, SOCK_STREAM}, {LSP_PROTO_UDP, SOCK_DGRAM}};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool was_tried = false;
		uint16_t port;
		int fd = take_port(rows[i].type, &port);

		expect(lsp_bind_try(rows[i].proto, LSP_FAMILY_IPV4, port, &was_tried) ==
			       -EADDRINUSE,
		       "row %zu: taken", i);
		expect(was_tried, "row %zu", i);
		/* The other protocol has ports of its own; so has IPv6 alone. */
		expect(lsp_bind_try(rows[1 - i].proto, LSP_FAMILY_IPV4, port, &was_tried) !=
			       -EACCES,
		       "row %zu: other protocol", i);
		close(fd);
		for (unsigned again = 0; again < 2; again++)
			expect(lsp_bind_try(rows[i].proto, LSP_FAMILY_IPV4, port, &was_tried) == 0,
			       "row %zu: free", i);
	}
}

static void ipv6_is_asked_for_alone(void **state)
{
	bool was_tried;
	uint16_t port;
	int fd = take_port(SOCK_STREAM, &port), r;

	(void)state;
	r = lsp_bind_try(LSP_PROTO_TCP, LSP_FAMILY_IPV6, port, &was_tried);
	close(fd);
	expect(r == 0 || r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL, "IPv4 is in its way: %d", r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_port_is_free_once_it_is_let_go),
		cmocka_unit_test(ipv6_is_asked_for_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
