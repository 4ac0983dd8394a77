/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/diag, requests: they are the bytes that the kernel expects, and its interpreter of port
 * bytecode accepts exactly the wanted sockets.
 */
#include "protocols.h"
#include "support.h"

#include "collect/diag.h"
#include "fakediag.h"

#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

static void a_request_is_a_dump_of_one_protocol_and_family(void **state)
{
	static const struct {
		unsigned proto;
		enum lsp_family family;
		uint32_t states;
		uint8_t expected_family, expected_protocol;
	} rows[] = {
		{LSP_PROTO_TCP, LSP_FAMILY_IPV4, 1u << 10, AF_INET, IPPROTO_TCP},
		{LSP_PROTO_TCP, LSP_FAMILY_IPV6, 0x1ffe, AF_INET6, IPPROTO_TCP},
		{LSP_PROTO_UDP, LSP_FAMILY_IPV4, 1u << 7, AF_INET, IPPROTO_UDP},
		{LSP_PROTO_UDP, LSP_FAMILY_IPV6, 0, AF_INET6, IPPROTO_UDP},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct diag_request request = {.proto = rows[i].proto,
					       .family = rows[i].family,
					       .states = rows[i].states,
					       .ports = {0, 65535}};
		struct {
			struct nlmsghdr header;
			struct inet_diag_req_v2 body;
		} expected = {
			.header = {sizeof(expected), SOCK_DIAG_BY_FAMILY,
				   NLM_F_REQUEST | NLM_F_DUMP, 0x01020304, 0},
			.body = {.sdiag_family = rows[i].expected_family,
				 .sdiag_protocol = rows[i].expected_protocol,
				 .idiag_states = rows[i].states},
		};
		uint8_t out[DIAG_REQUEST_SIZE];

		memset(out, 0xaa, sizeof(out));
		expect(diag_format_request(&request, 0x01020304, out) == sizeof(expected),
		       "length of %zu", i);
		expect(memcmp(out, &expected, sizeof(expected)) == 0, "bytes of %zu", i);
	}
}

static const struct lsp_port_range port_ranges[] = {
	{0, 65535},    {0, 0},     {65535, 65535}, {22, 22},       {0, 1023},
	{1024, 65535}, {1, 65534}, {255, 256},     {32768, 60999}, {49152, 65535},
};

static void expect_bytecode(struct lsp_port_range ports, bool only_auto)
{
	const size_t fixed = NLMSG_HDRLEN + sizeof(struct inet_diag_req_v2);
	struct diag_request request = {.ports = ports, .only_auto = only_auto};
	uint8_t out[DIAG_REQUEST_SIZE];
	size_t size = diag_format_request(&request, 1, out);
	struct nlmsghdr header;
	struct nlattr attribute;

	memcpy(&header, out, sizeof(header));
	expect(header.nlmsg_len == size, "length of %u-%u", ports.first, ports.last);
	if (ports.first == 0 && ports.last == 65535 && !only_auto) {
		assert_int_equal(size, fixed);
		return;
	}
	memcpy(&attribute, out + fixed, sizeof(attribute));
	assert_int_equal(attribute.nla_type, INET_DIAG_REQ_BYTECODE);
	assert_int_equal(attribute.nla_len, size - fixed);
	expect(bytecode_is_valid(out + fixed + NLA_HDRLEN, size - fixed - NLA_HDRLEN),
	       "%u-%u is no program for the kernel", ports.first, ports.last);
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		for (int is_auto = 0; is_auto <= 1; is_auto++) {
			bool is_wanted = port >= ports.first && port <= ports.last &&
					 (is_auto || !only_auto);

			const struct lsp_socket socket = {.local.port = (uint16_t)port,
							  .is_auto = is_auto ? LSP_YES : LSP_NO};

			expect(bytecode_accepts(out + fixed + NLA_HDRLEN, size - fixed - NLA_HDRLEN,
						&socket) == is_wanted,
			       "port %u, auto %d of %u-%u, auto only %d", port, is_auto,
			       ports.first, ports.last, only_auto);
		}
	}
}

static void the_kernel_accepts_exactly_the_ports_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(port_ranges); i++)
		expect_bytecode(port_ranges[i], false);
}

static void the_kernel_accepts_exactly_the_autos_asked_for(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(port_ranges); i++)
		expect_bytecode(port_ranges[i], true);
}

/* The validator used by the tests above must be able to refuse. */
static void the_kernels_audit_refuses_what_jumps_astray(void **state)
{
	static const struct {
		const char *name;
		struct inet_diag_bc_op ops[3];
		size_t count;
		bool is_valid;
	} rows[] = {
		{"empty", {{0}}, 0, false},
		{"auto", {{INET_DIAG_BC_AUTO, 4, 8}}, 1, true},
		{"port", {{INET_DIAG_BC_S_GE, 8, 12}, {INET_DIAG_BC_NOP, 0, 22}}, 2, true},
		{"port without operand", {{INET_DIAG_BC_S_GE, 4, 8}}, 1, false},
		{"no step on", {{INET_DIAG_BC_AUTO, 0, 8}}, 1, false},
		{"no step aside", {{INET_DIAG_BC_AUTO, 4, 0}}, 1, false},
		{"unaligned", {{INET_DIAG_BC_AUTO, 4, 6}}, 1, false},
		{"too far", {{INET_DIAG_BC_AUTO, 4, 12}}, 1, false},
		{"yes past the end", {{INET_DIAG_BC_AUTO, 8, 8}}, 1, false},
		{"into an operand",
		 {{INET_DIAG_BC_AUTO, 4, 8}, {INET_DIAG_BC_S_GE, 8, 12}, {0, 0, 1}},
		 3,
		 false},
		{"unknown op", {{200, 4, 8}}, 1, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(bytecode_is_valid((const uint8_t *)rows[i].ops,
					 rows[i].count * sizeof(rows[i].ops[0])) ==
			       rows[i].is_valid,
		       "%s", rows[i].name);
}

static void a_noop_asks_for_its_acknowledgement(void **state)
{
	struct nlmsghdr expected = {sizeof(expected), NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 9, 0};
	uint8_t out[DIAG_REQUEST_SIZE];

	(void)state;
	memset(out, 0xaa, sizeof(out));
	assert_int_equal(diag_format_noop(9, out), sizeof(expected));
	assert_memory_equal(out, &expected, sizeof(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_a_dump_of_one_protocol_and_family),
		cmocka_unit_test(the_kernel_accepts_exactly_the_ports_asked_for),
		cmocka_unit_test(the_kernel_accepts_exactly_the_autos_asked_for),
		cmocka_unit_test(the_kernels_audit_refuses_what_jumps_astray),
		cmocka_unit_test(a_noop_asks_for_its_acknowledgement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
