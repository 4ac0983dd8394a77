/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/endpoint: addresses are written as inet_ntop(3) writes them. */
#include "support.h"

#include <lsports/lsports.h>

#include <arpa/inet.h>
#include <stdio.h>

static void every_byte_of_ipv4_is_written(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 256 * 4; i++) {
		uint8_t address[16] = {10, 0, 200, 99};
		char expected[LSP_ADDRESS_SIZE], out[LSP_ADDRESS_SIZE];
		size_t length;

		address[i % 4] = (uint8_t)(i / 4);
		/* IPv4 fills the first four; the others are not looked at. */
		memset(address + 4, 0xee, 12);
		snprintf(expected, sizeof(expected), "%u.%u.%u.%u", address[0], address[1],
			 address[2], address[3]);
		length = lsp_address_format(LSP_FAMILY_IPV4, address, out);
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
		uint8_t address[16];
		size_t length;

		assert_int_equal(inet_pton(AF_INET6, texts[i], address), 1);
		length = lsp_address_format(LSP_FAMILY_IPV6, address, out);
		expect(strcmp(out, texts[i]) == 0, "%s is written %s", texts[i], out);
		expect(length == strlen(texts[i]), "length of %s is %zu", texts[i], length);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_of_ipv4_is_written),
		cmocka_unit_test(ipv6_is_written_as_rfc_5952_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
