/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IANA's categories of port numbers. Pure: no I/O, no state. */
#include "model/port.h"

#define REGISTERED_FIRST 1024 /* RFC 6335, section 6 */
#define DYNAMIC_FIRST 49152
#define PORT_MAX 65535

enum lsp_category lsp_port_category(uint16_t port)
{
	if (port < REGISTERED_FIRST)
		return LSP_CATEGORY_WELL_KNOWN;
	return port < DYNAMIC_FIRST ? LSP_CATEGORY_REGISTERED : LSP_CATEGORY_DYNAMIC;
}

struct lsp_port_range port_category_range(enum lsp_category category)
{
	switch (category) {
	case LSP_CATEGORY_WELL_KNOWN:
		return (struct lsp_port_range){0, REGISTERED_FIRST - 1};
	case LSP_CATEGORY_REGISTERED:
		return (struct lsp_port_range){REGISTERED_FIRST, DYNAMIC_FIRST - 1};
	case LSP_CATEGORY_DYNAMIC:
		break;
	}
	return (struct lsp_port_range){DYNAMIC_FIRST, PORT_MAX};
}
