/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/port: the category of a port. */
#include "support.h"

#include "model/port.h"

#include <lsports/lsports.h>

static void a_category_ends_where_iana_says(void **state)
{
	(void)state;
	for (unsigned port = 0; port <= UINT16_MAX; port++) {
		enum lsp_category expected = port <= 1023    ? LSP_CATEGORY_WELL_KNOWN
					     : port <= 49151 ? LSP_CATEGORY_REGISTERED
							     : LSP_CATEGORY_DYNAMIC;

		expect(lsp_port_category((uint16_t)port) == expected, "port %u", port);
	}
}

static void a_category_is_its_ports(void **state)
{
	(void)state;
	for (uint32_t port = 0; port <= 65535; port++) {
		for (unsigned i = 0; i < LSP_CATEGORY_COUNT; i++) {
			struct lsp_port_range ports = port_category_range((enum lsp_category)i);
			bool is_in = port >= ports.first && port <= ports.last;

			expect(is_in == (lsp_port_category((uint16_t)port) == i), "port %u", port);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_category_ends_where_iana_says),
		cmocka_unit_test(a_category_is_its_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
