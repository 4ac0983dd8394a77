/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the inside of the library asks about addresses beyond the contract. */
#ifndef LSPORTS_MODEL_ENDPOINT_H
#define LSPORTS_MODEL_ENDPOINT_H
#pragma once

#include "error.h"

#include <lsports/lsports.h>
#include <sys/socket.h>

/* --- families --- */

#define ENDPOINT_NO_FAMILY LSP_FAMILY_COUNT

int endpoint_af(enum lsp_family family);                  /* AF_INET, AF_INET6 */
enum lsp_family endpoint_family(int af);                  /* ENDPOINT_NO_FAMILY for any other one */
size_t endpoint_size(enum lsp_family family);             /* bytes of an address: 4, 16 */
const char *endpoint_proc_suffix(enum lsp_family family); /* of tables in /proc/net: "", "6" */

/*
 * A table in /proc/net that a kernel has exactly when it has the family; NULL when every kernel
 * has it.
 */
const char *endpoint_proc_table(enum lsp_family family);

/* May a wildcard of this family take the traffic of another family too (IPV6_V6ONLY, ipv6(7))? */
bool endpoint_may_be_dual(enum lsp_family family);

/* --- addresses --- */

/*
 * endpoint_format_sockaddr() - for bind(2); the zone is left out. Return: the length to pass.
 */
socklen_t endpoint_format_sockaddr(const struct lsp_endpoint *endpoint,
				   struct sockaddr_storage *out);

/* Addresses whose first @bits bits are these. */
struct endpoint_prefix {
	uint8_t bytes[16];
	uint8_t bits;
	uint8_t family; /* enum lsp_family */
};

/*
 * endpoint_parse_prefix() - "10.0.0.0/8", "::1". ::ffff:a.b.c.d is taken for IPv4.
 * @error: on failure what is wrong.
 * Return: 0 or -EINVAL.
 */
int endpoint_parse_prefix(const char *text, size_t size, struct endpoint_prefix *out,
			  struct error *error);

/* An IPv4 address within IPv6 (RFC 4291, section 2.5.5.2) has the prefixes of IPv4. */
bool endpoint_has_prefix(const struct lsp_endpoint *endpoint, const struct endpoint_prefix *prefix);

#endif
