/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/endpoint: text and scope of addresses. */
#include "support.h"

#include <lsports/lsports.h>

#include <arpa/inet.h>
#include <stdio.h>

static void every_byte_of_ipv4_is_written(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256 * 4; i++) {
		struct lsp_endpoint endpoint = {.address = {10, 0, 200, 99}};
		uint8_t *address = endpoint.address;
		char expected[LSP_ADDRESS_SIZE], out[LSP_ADDRESS_SIZE];
		size_t length;

		address[i % 4] = (uint8_t)(i / 4);
		/* IPv4 fills the first four; the others are not looked at. */
		memset(address + 4, 0xee, 12);
		snprintf(expected, sizeof(expected), "%u.%u.%u.%u", address[0], address[1],
			 address[2], address[3]);
		length = lsp_endpoint_format_address(&endpoint, out);
		expect(length == lsp_endpoint_address_width(&endpoint), "width of %s", expected);
		expect(strcmp(out, expected) == 0, "%s is written %s", expected, out);
		expect(length == strlen(expected), "length of %s is %zu", expected, length);
	}
}

static void ipv6_is_written_as_rfc_5952_asks(void **state)
{
	static const char *const texts[] = {
		"::",
		"::1",
		"::2",
		"fe80::1",
		"2001:db8::1",
		"2001:db8:0:1:1:1:1:1",
		"2001:0:0:1::1",
		"ff02::fb",
		"::ffff:192.0.2.1",
		"fd00:1234:5678:9abc:def0:1234:5678:9abc",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		char out[LSP_ADDRESS_SIZE];
		struct lsp_endpoint endpoint = {.family = LSP_FAMILY_IPV6};
		size_t length;

		assert_int_equal(inet_pton(AF_INET6, texts[i], endpoint.address), 1);
		length = lsp_endpoint_format_address(&endpoint, out);
		expect(length == lsp_endpoint_address_width(&endpoint), "width of %s", texts[i]);
		expect(strcmp(out, texts[i]) == 0, "%s is written %s", texts[i], out);
		expect(length == strlen(texts[i]), "length of %s is %zu", texts[i], length);
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
		struct lsp_endpoint endpoint = {.family = is_ipv6 ? LSP_FAMILY_IPV6
								  : LSP_FAMILY_IPV4};
		enum lsp_scope scope;

		/* What IPv4 leaves free must not matter. */
		memset(endpoint.address, 0xff, sizeof(endpoint.address));
		assert_int_equal(inet_pton(is_ipv6 ? AF_INET6 : AF_INET, scopes[i].address,
					   endpoint.address),
				 1);
		scope = lsp_endpoint_scope(&endpoint);
		expect(scope == scopes[i].scope, "%s is %s", scopes[i].address,
		       lsp_words_scope(scope));
		endpoint.zone_index = 1;
		expect(lsp_endpoint_scope(&endpoint) == LSP_SCOPE_LOOPBACK, "%s on lo",
		       scopes[i].address);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_of_ipv4_is_written),
		cmocka_unit_test(ipv6_is_written_as_rfc_5952_asks),
		cmocka_unit_test(a_scope_ends_where_its_rfc_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
