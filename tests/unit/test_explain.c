/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --explain: what is one port, and what goes with it. */
#include "support.h"

#include "explain.h"

#include <errno.h>
#include <stdlib.h>

#define TCP LSP_BIT(LSP_PROTO_TCP)
#define UDP LSP_BIT(LSP_PROTO_UDP)

static void one_port_is_taken(void **state)
{
	static const struct {
		const char *text;
		uint16_t port;
		unsigned protos;
	} rows[] = {
		{"22", 22, TCP | UDP},    {":22", 22, TCP | UDP},      {"tcp/22", 22, TCP},
		{"udp/53", 53, UDP},      {"65535", 65535, TCP | UDP}, {"port=22", 22, TCP | UDP},
		{"web", 8080, TCP | UDP}, {"name", 53, TCP | UDP},
	};

	tree_write_text(*state, "etc/services", "web 8080/tcp\nname 53/tcp\nname 53/udp\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		unsigned protos = 0;
		uint16_t port = 0;
		char *message;

		expect(explain_parse_port(rows[i].text, *state, &port, &protos, &message) == 0,
		       "%s", rows[i].text);
		expect(port == rows[i].port && protos == rows[i].protos, "%s: %u %x", rows[i].text,
		       port, protos);
		expect(!message, "%s", rows[i].text);
	}
}

static void anything_else_is_named(void **state)
{
	static const char *const rows[] = {
		"0",      "65536", "80,443", "22-23",    "49152-",    "tcp/auto",
		"nosuch", "foo=1", "pid=22", "port!=22", "user=root", "-1",
	};

	tree_write_text(*state, "etc/services", "web 8080/tcp\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		unsigned protos;
		uint16_t port;
		char *message;

		expect(explain_parse_port(rows[i], *state, &port, &protos, &message) == -EINVAL,
		       "%s", rows[i]);
		expect(message && strstr(message, rows[i]), "%s", rows[i]);
		expect(message && strstr(message, "one port, as in 22, tcp/22 or ssh"), "%s",
		       rows[i]);
		free(message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(one_port_is_taken),
		TREE_TEST(anything_else_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
