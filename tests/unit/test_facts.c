/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/facts: category of a port, scope of an address, and what a listener is. */
#include "support.h"

#include "judge/facts.h"

#include <lsports/lsports.h>

#include <arpa/inet.h>

static void a_category_ends_where_iana_says(void **state)
{
	(void)state;
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		enum lsp_category expected = port <= 1023    ? LSP_CATEGORY_WELL_KNOWN
					     : port <= 49151 ? LSP_CATEGORY_REGISTERED
							     : LSP_CATEGORY_DYNAMIC;

		expect(lsp_category_of((uint16_t)port) == expected, "port %u", port);
	}
}

static const struct {
	const char *address;
	enum lsp_scope scope;
} scopes[] = {
	{"0.0.0.0", LSP_SCOPE_ANY},
	{"0.0.0.1", LSP_SCOPE_PUBLIC},
	{"127.0.0.1", LSP_SCOPE_LOOPBACK},
	{"127.0.0.0", LSP_SCOPE_LOOPBACK},
	{"127.255.255.255", LSP_SCOPE_LOOPBACK},
	{"126.255.255.255", LSP_SCOPE_PUBLIC},
	{"128.0.0.0", LSP_SCOPE_PUBLIC},
	{"169.253.255.255", LSP_SCOPE_PUBLIC},
	{"169.254.0.0", LSP_SCOPE_LINK},
	{"169.254.255.255", LSP_SCOPE_LINK},
	{"169.255.0.0", LSP_SCOPE_PUBLIC},
	{"224.0.0.0", LSP_SCOPE_LINK},
	{"224.0.0.251", LSP_SCOPE_LINK},
	{"224.0.1.0", LSP_SCOPE_PUBLIC},
	{"239.255.255.250", LSP_SCOPE_PRIVATE},
	{"238.255.255.255", LSP_SCOPE_PUBLIC},
	{"9.255.255.255", LSP_SCOPE_PUBLIC},
	{"10.0.0.0", LSP_SCOPE_PRIVATE},
	{"10.255.255.255", LSP_SCOPE_PRIVATE},
	{"11.0.0.0", LSP_SCOPE_PUBLIC},
	{"172.15.255.255", LSP_SCOPE_PUBLIC},
	{"172.16.0.0", LSP_SCOPE_PRIVATE},
	{"172.31.255.255", LSP_SCOPE_PRIVATE},
	{"172.32.0.0", LSP_SCOPE_PUBLIC},
	{"192.167.255.255", LSP_SCOPE_PUBLIC},
	{"192.168.0.0", LSP_SCOPE_PRIVATE},
	{"192.168.255.255", LSP_SCOPE_PRIVATE},
	{"192.169.0.0", LSP_SCOPE_PUBLIC},
	{"100.63.255.255", LSP_SCOPE_PUBLIC},
	{"100.64.0.0", LSP_SCOPE_PRIVATE},
	{"100.127.255.255", LSP_SCOPE_PRIVATE},
	{"100.128.0.0", LSP_SCOPE_PUBLIC},
	{"8.8.8.8", LSP_SCOPE_PUBLIC},
	{"255.255.255.255", LSP_SCOPE_PUBLIC},
	{"::", LSP_SCOPE_ANY},
	{"::1", LSP_SCOPE_LOOPBACK},
	{"::2", LSP_SCOPE_PUBLIC},
	{"1::", LSP_SCOPE_PUBLIC},
	{"1::1", LSP_SCOPE_PUBLIC},
	{"fe80::", LSP_SCOPE_LINK},
	{"febf:ffff::1", LSP_SCOPE_LINK},
	{"fe7f:ffff::1", LSP_SCOPE_PUBLIC},
	{"fec0::1", LSP_SCOPE_PUBLIC},
	{"fc00::", LSP_SCOPE_PRIVATE},
	{"fdff:ffff::1", LSP_SCOPE_PRIVATE},
	{"fbff::1", LSP_SCOPE_PUBLIC},
	{"fe00::1", LSP_SCOPE_PUBLIC},
	{"ff01::1", LSP_SCOPE_LOOPBACK},
	{"ff02::fb", LSP_SCOPE_LINK},
	{"ff05::2", LSP_SCOPE_PRIVATE},
	{"ff08::2", LSP_SCOPE_PRIVATE},
	{"ff0e::1", LSP_SCOPE_PUBLIC},
	{"2001:db8::1", LSP_SCOPE_PUBLIC},
	{"::ffff:0.0.0.0", LSP_SCOPE_ANY},
	{"::ffff:127.0.0.1", LSP_SCOPE_LOOPBACK},
	{"::ffff:10.1.2.3", LSP_SCOPE_PRIVATE},
	{"::ffff:8.8.8.8", LSP_SCOPE_PUBLIC},
	{"::fffe:127.0.0.1", LSP_SCOPE_PUBLIC},
	{"1::ffff:127.0.0.1", LSP_SCOPE_PUBLIC},
};

static void a_scope_ends_where_its_rfc_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(scopes); i++) {
		bool is_ipv6 = strchr(scopes[i].address, ':') != NULL;
		uint8_t address[16];
		enum lsp_scope scope;

		/* What IPv4 leaves free must not matter. */
		memset(address, 0xff, sizeof(address));
		assert_int_equal(
			inet_pton(is_ipv6 ? AF_INET6 : AF_INET, scopes[i].address, address), 1);
		scope = lsp_scope_of(is_ipv6 ? LSP_FAMILY_IPV6 : LSP_FAMILY_IPV4, address);
		expect(scope == scopes[i].scope, "%s is %s", scopes[i].address,
		       lsp_scope_word(scope));
	}
}

static void a_listener_is_tcp_in_listen_or_udp_without_peer(void **state)
{
	(void)state;
	for (int s = 0; s < LSP_STATE_COUNT; s++) {
		struct lsp_socket tcp = {.proto = LSP_PROTO_TCP, .state = (enum lsp_state)s};
		struct lsp_socket udp = {.proto = LSP_PROTO_UDP, .state = (enum lsp_state)s};

		expect(lsp_is_listener(&tcp) == (s == LSP_STATE_LISTEN), "tcp state %d", s);
		expect(lsp_is_listener(&udp) == (s == LSP_STATE_CLOSE), "udp state %d", s);
	}
}

static void a_category_is_its_ports(void **state)
{
	(void)state;
	for (uint32_t port = 0; port <= 65535; port++) {
		for (unsigned i = 0; i < LSP_CATEGORY_COUNT; i++) {
			struct lsp_port_range ports = facts_ports_of((enum lsp_category)i);
			bool is_in = port >= ports.first && port <= ports.last;

			expect(is_in == (lsp_category_of((uint16_t)port) == i), "port %u", port);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_category_ends_where_iana_says),
		cmocka_unit_test(a_scope_ends_where_its_rfc_says),
		cmocka_unit_test(a_listener_is_tcp_in_listen_or_udp_without_peer),
		cmocka_unit_test(a_category_is_its_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
