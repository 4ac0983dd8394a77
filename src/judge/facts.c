/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port number and a bind address say by themselves. Pure: no I/O, no state. */
#include "judge/facts.h"

#include <string.h>

#define REGISTERED_FIRST 1024 /* RFC 6335, section 6 */
#define DYNAMIC_FIRST 49152
#define PORT_MAX 65535

enum lsp_category lsp_category_of(uint16_t port)
{
	if (port < REGISTERED_FIRST)
		return LSP_CATEGORY_WELL_KNOWN;
	return port < DYNAMIC_FIRST ? LSP_CATEGORY_REGISTERED : LSP_CATEGORY_DYNAMIC;
}

struct lsp_port_range facts_ports_of(enum lsp_category category)
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

struct prefix {
	uint8_t bytes[16];
	unsigned bits;
	enum lsp_scope scope;
};

/* The first that fits decides. */
static const struct prefix prefixes_ipv4[] = {
	{{0, 0, 0, 0}, 32, LSP_SCOPE_ANY},   {{127}, 8, LSP_SCOPE_LOOPBACK},
	{{169, 254}, 16, LSP_SCOPE_LINK},    /* RFC 3927 */
	{{224, 0, 0}, 24, LSP_SCOPE_LINK},   /* RFC 5771: local network control */
	{{10}, 8, LSP_SCOPE_PRIVATE},        /* RFC 1918 */
	{{172, 16}, 12, LSP_SCOPE_PRIVATE},  /* RFC 1918 */
	{{192, 168}, 16, LSP_SCOPE_PRIVATE}, /* RFC 1918 */
	{{100, 64}, 10, LSP_SCOPE_PRIVATE},  /* RFC 6598: carrier-grade NAT */
	{{239}, 8, LSP_SCOPE_PRIVATE},       /* RFC 2365: administratively scoped */
};

static const struct prefix prefixes_ipv6[] = {
	{{0}, 128, LSP_SCOPE_ANY},
	{{[15] = 1}, 128, LSP_SCOPE_LOOPBACK},
	{{0xff, 0x01}, 16, LSP_SCOPE_LOOPBACK}, /* RFC 4291: interface-local multicast */
	{{0xfe, 0x80}, 10, LSP_SCOPE_LINK},     /* RFC 4291 */
	{{0xff, 0x02}, 16, LSP_SCOPE_LINK},     /* RFC 4291: link-local multicast */
	{{0xfc}, 7, LSP_SCOPE_PRIVATE},         /* RFC 4193 */
	{{0xff, 0x05}, 16, LSP_SCOPE_PRIVATE},  /* RFC 7346: site-local multicast */
	{{0xff, 0x08}, 16, LSP_SCOPE_PRIVATE},  /* RFC 7346: organization-local multicast */
};

static bool has_prefix(const uint8_t *address, const struct prefix *prefix)
{
	size_t whole = prefix->bits / 8;
	unsigned rest = prefix->bits % 8;

	if (memcmp(address, prefix->bytes, whole) != 0)
		return false;
	return !rest || (address[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0;
}

static enum lsp_scope find_scope(const struct prefix *prefixes, size_t count,
				 const uint8_t *address)
{
	for (size_t i = 0; i < count; i++) {
		if (has_prefix(address, &prefixes[i]))
			return prefixes[i].scope;
	}
	return LSP_SCOPE_PUBLIC;
}

enum lsp_scope lsp_scope_of(enum lsp_family family, const uint8_t address[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	/* ::ffff:a.b.c.d is reached over IPv4. */
	if (family == LSP_FAMILY_IPV6 && memcmp(address, mapped, sizeof(mapped)) == 0) {
		family = LSP_FAMILY_IPV4;
		address += sizeof(mapped);
	}
	if (family == LSP_FAMILY_IPV4)
		return find_scope(prefixes_ipv4, sizeof(prefixes_ipv4) / sizeof(prefixes_ipv4[0]),
				  address);
	return find_scope(prefixes_ipv6, sizeof(prefixes_ipv6) / sizeof(prefixes_ipv6[0]), address);
}

bool lsp_is_listener(const struct lsp_socket *socket)
{
	if (socket->proto == LSP_PROTO_TCP)
		return socket->state == LSP_STATE_LISTEN;
	return socket->state == LSP_STATE_CLOSE;
}
