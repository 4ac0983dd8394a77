/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/explain: which arguments are one port, and which options go with it. */
#include "protocols.h"
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
		{"22", 22, LSP_PROTO_ALL},
		{":22", 22, LSP_PROTO_ALL},
		{"tcp/22", 22, TCP},
		{"udp/53", 53, UDP},
		{"65535", 65535, LSP_PROTO_ALL},
		{"port=22", 22, LSP_PROTO_ALL},
		{"web", 8080, LSP_PROTO_ALL},
		{"name", 53, LSP_PROTO_ALL},
	};

	tree_write_text(*state, "etc/services", "web 8080/tcp\nname 53/tcp\nname 53/udp\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		unsigned protos = 0;
		uint16_t port = 0;
		struct error error = ERROR_INIT;

		expect(explain_parse_port(rows[i].text, *state, &port, &protos, &error) == 0, "%s",
		       rows[i].text);
		expect(port == rows[i].port && protos == rows[i].protos, "%s: %u %x", rows[i].text,
		       port, protos);
		expect(!error.number, "%s", rows[i].text);
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
		struct error error = ERROR_INIT;

		expect(explain_parse_port(rows[i], *state, &port, &protos, &error) == -EINVAL, "%s",
		       rows[i]);
		expect(strstr(error_text(&error), rows[i]), "%s", rows[i]);
		expect(strstr(error_text(&error), "one port, as in 22, tcp/22 or ssh"), "%s",
		       rows[i]);
		error_deinit(&error);
	}
}

static void selectors_are_not_offered(void **state)
{
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"nosuch", "--explain: \"nosuch\" is not a port or a service name; "},
		{":webb", "--explain: \"webb\" is not a port or a service name (nearest: web); "},
		{"99999", "--explain: \"99999\": a port is at most 65535; "},
		{"127.0.0.1:22", "--explain: \"127.0.0.1:22\": a port must be a number from 0 to "
				 "65535; "},
		{"81/tcp", "--explain: \"81/tcp\": write tcp/81; "},
		{"foo=1", "--explain: \"foo=1\": unknown key \"foo\"; "},
	};

	tree_write_text(*state, "etc/services", "web 8080/tcp\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct error error = ERROR_INIT;
		unsigned protos;
		uint16_t port;

		expect(explain_parse_port(rows[i].text, *state, &port, &protos, &error) == -EINVAL,
		       "%s", rows[i].text);
		expect(strncmp(error_text(&error), rows[i].expected, strlen(rows[i].expected)) == 0,
		       "%s: %s", rows[i].text, error_text(&error));
		error_deinit(&error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(one_port_is_taken),
		TREE_TEST(anything_else_is_named),
		TREE_TEST(selectors_are_not_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
