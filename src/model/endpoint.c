/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses: families, text, prefixes, order, scope. The only file that knows which families there
 * are and how long their addresses are; everybody else asks here.
 */
#include "model/endpoint.h"

#include "array.h"
#include "num.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

_Static_assert(LSP_ADDRESS_SIZE >= INET6_ADDRSTRLEN, "room for every address");

/* --- families -------------------------------------------------------------------------------- */

static const struct {
	const char *word, *title, *wildcard;
	int af;
	size_t size;
	const char *proc_suffix, *proc_table;
	bool may_be_dual;
	bool has_colons;
} families[LSP_FAMILY_COUNT] = {
	[LSP_FAMILY_IPV4] = {.word = "ipv4",
			     .title = "IPv4",
			     .wildcard = "0.0.0.0",
			     .af = AF_INET,
			     .size = 4,
			     .proc_suffix = ""},
	[LSP_FAMILY_IPV6] = {.word = "ipv6",
			     .title = "IPv6",
			     .wildcard = "::",
			     .af = AF_INET6,
			     .size = 16,
			     .proc_suffix = "6",
			     .proc_table = "if_inet6",
			     .may_be_dual = true,
			     .has_colons = true},
};

const char *lsp_endpoint_family_word(enum lsp_family family)
{
	return families[family].word;
}

const char *lsp_endpoint_family_title(enum lsp_family family)
{
	return families[family].title;
}

const char *lsp_endpoint_family_wildcard(enum lsp_family family)
{
	return families[family].wildcard;
}

int endpoint_af(enum lsp_family family)
{
	return families[family].af;
}

enum lsp_family endpoint_family(int af)
{
	unsigned i = 0;

	while (i < LSP_FAMILY_COUNT && families[i].af != af)
		i++;
	return (enum lsp_family)i;
}

size_t endpoint_size(enum lsp_family family)
{
	return families[family].size;
}

const char *endpoint_proc_suffix(enum lsp_family family)
{
	return families[family].proc_suffix;
}

const char *endpoint_proc_table(enum lsp_family family)
{
	return families[family].proc_table;
}

bool endpoint_may_be_dual(enum lsp_family family)
{
	return families[family].may_be_dual;
}

/* --- IPv4 within IPv6 --------------------------------------------------------------------------
 */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
#define MAPPED_BITS (8 * sizeof(mapped))

static bool is_mapped(const struct lsp_endpoint *endpoint)
{
	return endpoint->family == LSP_FAMILY_IPV6 &&
	       memcmp(endpoint->address, mapped, sizeof(mapped)) == 0;
}

void lsp_endpoint_unmap(struct lsp_endpoint *endpoint)
{
	if (!is_mapped(endpoint))
		return;
	memmove(endpoint->address, endpoint->address + sizeof(mapped), 4);
	memset(endpoint->address + 4, 0, sizeof(mapped));
	endpoint->family = LSP_FAMILY_IPV4;
}

/* --- text --------------------------------------------------------------------------------------
 */

/* Written by hand: a listing of 200,000 connections has 400,000 IPv4 addresses. */
static char *format_byte(char *at, unsigned byte)
{
	if (byte >= 100) {
		*at++ = (char)('0' + byte / 100);
		byte %= 100;
		*at++ = (char)('0' + byte / 10);
	} else if (byte >= 10) {
		*at++ = (char)('0' + byte / 10);
	}
	*at++ = (char)('0' + byte % 10);
	return at;
}

size_t lsp_endpoint_format_address(const struct lsp_endpoint *endpoint, char out[LSP_ADDRESS_SIZE])
{
	char *at = out;

	/* inet_ntop(3) knows RFC 5952. */
	if (endpoint->family == LSP_FAMILY_IPV6) {
		inet_ntop(AF_INET6, endpoint->address, out, LSP_ADDRESS_SIZE);
		return strlen(out);
	}
	for (int i = 0; i < 4; i++) {
		if (i)
			*at++ = '.';
		at = format_byte(at, endpoint->address[i]);
	}
	*at = '\0';
	return (size_t)(at - out);
}

size_t lsp_endpoint_address_width(const struct lsp_endpoint *endpoint)
{
	char text[LSP_ADDRESS_SIZE];
	size_t width = strlen("0.0.0.0");

	if (endpoint->family == LSP_FAMILY_IPV6)
		return lsp_endpoint_format_address(endpoint, text);
	for (int i = 0; i < 4; i++)
		width += (size_t)(endpoint->address[i] >= 10) + (endpoint->address[i] >= 100);
	return width;
}

bool lsp_endpoint_has_colons(const struct lsp_endpoint *endpoint)
{
	return families[endpoint->family].has_colons;
}

socklen_t endpoint_format_sockaddr(const struct lsp_endpoint *endpoint,
				   struct sockaddr_storage *out)
{
	struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(endpoint->port)};
	struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(endpoint->port)};

	memset(out, 0, sizeof(*out));
	if (endpoint->family == LSP_FAMILY_IPV4) {
		memcpy(&ipv4.sin_addr, endpoint->address, sizeof(ipv4.sin_addr));
		memcpy(out, &ipv4, sizeof(ipv4));
		return sizeof(ipv4);
	}
	memcpy(&ipv6.sin6_addr, endpoint->address, sizeof(ipv6.sin6_addr));
	memcpy(out, &ipv6, sizeof(ipv6));
	return sizeof(ipv6);
}

/* --- order and kinds ---------------------------------------------------------------------------
 */

bool lsp_endpoint_is_wildcard(const struct lsp_endpoint *endpoint)
{
	static const uint8_t wildcard[sizeof(endpoint->address)];

	return memcmp(endpoint->address, wildcard, sizeof(wildcard)) == 0;
}

int lsp_endpoint_compare_address(const struct lsp_endpoint *a, const struct lsp_endpoint *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->address, b->address, sizeof(a->address));
}

bool lsp_endpoint_is_link_local(const struct lsp_endpoint *endpoint)
{
	/* fe80::/10 (RFC 4291, section 2.5.6): it means nothing without its link. */
	return endpoint->family == LSP_FAMILY_IPV6 && endpoint->address[0] == 0xfe &&
	       (endpoint->address[1] & 0xc0) == 0x80;
}

/* --- prefixes ----------------------------------------------------------------------------------
 */

static bool has_bits(const uint8_t *address, const uint8_t *prefix, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	for (unsigned i = 0; i < whole; i++)
		if (address[i] != prefix[i])
			return false;
	return !rest || (address[whole] ^ prefix[whole]) >> (8 - rest) == 0;
}

/* What stands in the packets of a mapped one is IPv4. *address is borrowed. */
static enum lsp_family unmapped(const struct lsp_endpoint *endpoint, const uint8_t **address)
{
	bool is = is_mapped(endpoint);

	*address = is ? endpoint->address + sizeof(mapped) : endpoint->address;
	return is ? LSP_FAMILY_IPV4 : endpoint->family;
}

bool endpoint_has_prefix(const struct lsp_endpoint *endpoint, const struct endpoint_prefix *prefix)
{
	const uint8_t *address;
	enum lsp_family family = unmapped(endpoint, &address);

	return prefix->family == family && has_bits(address, prefix->bytes, prefix->bits);
}

static bool has_host_bits(const struct endpoint_prefix *prefix)
{
	for (size_t i = prefix->bits / 8; i < families[prefix->family].size; i++) {
		uint8_t mask = i == prefix->bits / 8 ? (uint8_t)(0xff >> prefix->bits % 8) : 0xff;

		if (prefix->bytes[i] & mask)
			return true;
	}
	return false;
}

static void unmap_prefix(struct endpoint_prefix *prefix)
{
	if (prefix->family != LSP_FAMILY_IPV6 || prefix->bits < MAPPED_BITS ||
	    memcmp(prefix->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(prefix->bytes, prefix->bytes + sizeof(mapped), 4);
	memset(prefix->bytes + 4, 0, sizeof(mapped));
	prefix->family = LSP_FAMILY_IPV4;
	prefix->bits = (uint8_t)(prefix->bits - MAPPED_BITS);
}

static bool parse_address(const char *text, size_t size, struct endpoint_prefix *out)
{
	char copy[INET6_ADDRSTRLEN];

	if (size >= sizeof(copy))
		return false;
	memcpy(copy, text, size);
	copy[size] = '\0';
	for (unsigned i = 0; i < LSP_FAMILY_COUNT; i++) {
		if (inet_pton(families[i].af, copy, out->bytes) == 1) {
			out->family = (uint8_t)i;
			return true;
		}
	}
	return false;
}

int endpoint_parse_prefix(const char *text, size_t size, struct endpoint_prefix *out,
			  struct error *error)
{
	const char *slash = memchr(text, '/', size), *end = text + size, *at;
	uint64_t bits, max;

	*out = (struct endpoint_prefix){0};
	if (!parse_address(text, slash ? (size_t)(slash - text) : size, out))
		return error_set(error, -EINVAL,
				 "not an address (examples: 192.0.2.1, 10.0.0.0/8, ::1, "
				 "fe80::/10)");
	bits = max = 8 * families[out->family].size;
	at = slash ? slash + 1 : NULL;
	if (slash && (!num_scan(&at, end, 10, max, &bits) || at != end))
		return error_set(error, -EINVAL, "after the slash comes a number from 0 to %u",
				 (unsigned)max);
	out->bits = (uint8_t)bits;
	if (has_host_bits(out))
		return error_set(error, -EINVAL, "the address has bits set after its prefix");
	unmap_prefix(out);
	return 0;
}

/* --- scope -------------------------------------------------------------------------------------
 */

struct scope_row {
	uint8_t bytes[16];
	unsigned bits;
	enum lsp_scope scope;
};

static const struct scope_row ipv4_scopes[] = {
	{{0}, 32, LSP_SCOPE_ANY},
	{{127}, 8, LSP_SCOPE_LOOPBACK},
	{{169, 254}, 16, LSP_SCOPE_LINK},    /* RFC 3927 */
	{{224, 0, 0}, 24, LSP_SCOPE_LINK},   /* RFC 5771: local network control */
	{{10}, 8, LSP_SCOPE_PRIVATE},        /* RFC 1918 */
	{{172, 16}, 12, LSP_SCOPE_PRIVATE},  /* RFC 1918 */
	{{192, 168}, 16, LSP_SCOPE_PRIVATE}, /* RFC 1918 */
	{{100, 64}, 10, LSP_SCOPE_PRIVATE},  /* RFC 6598: carrier-grade NAT */
	{{239}, 8, LSP_SCOPE_PRIVATE},       /* RFC 2365: administratively scoped */
};

static const struct scope_row ipv6_scopes[] = {
	{{0}, 128, LSP_SCOPE_ANY},
	{{[15] = 1}, 128, LSP_SCOPE_LOOPBACK},
	{{0xff, 0x01}, 16, LSP_SCOPE_LOOPBACK}, /* RFC 4291: interface-local */
	{{0xfe, 0x80}, 10, LSP_SCOPE_LINK},     /* RFC 4291 */
	{{0xff, 0x02}, 16, LSP_SCOPE_LINK},     /* RFC 4291: link-local */
	{{0xfc}, 7, LSP_SCOPE_PRIVATE},         /* RFC 4193 */
	{{0xff, 0x05}, 16, LSP_SCOPE_PRIVATE},  /* RFC 7346: site-local */
	{{0xff, 0x08}, 16, LSP_SCOPE_PRIVATE},  /* RFC 7346: organization-local */
};

/* The first that matches decides. */
static const struct {
	const struct scope_row *rows;
	size_t count;
} scopes[LSP_FAMILY_COUNT] = {
	[LSP_FAMILY_IPV4] = {ipv4_scopes, ARRAY_SIZE(ipv4_scopes)},
	[LSP_FAMILY_IPV6] = {ipv6_scopes, ARRAY_SIZE(ipv6_scopes)},
};

/* The loopback device of every network namespace (include/net/flow.h, LOOPBACK_IFINDEX). */
#define LOOPBACK_INDEX 1

enum lsp_scope lsp_endpoint_scope(const struct lsp_endpoint *endpoint)
{
	const uint8_t *address;
	enum lsp_family family = unmapped(endpoint, &address);

	/* Whatever the address: nothing else gets in by that device. */
	if (endpoint->zone_index == LOOPBACK_INDEX)
		return LSP_SCOPE_LOOPBACK;
	for (size_t i = 0; i < scopes[family].count; i++) {
		const struct scope_row *row = &scopes[family].rows[i];

		if (has_bits(address, row->bytes, row->bits))
			return row->scope;
	}
	return LSP_SCOPE_PUBLIC;
}
