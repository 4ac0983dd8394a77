/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses as text. IPv4 is written by hand, since a listing of 200,000 connections writes
 * 400,000 of them; IPv6 is left to inet_ntop(3), which knows RFC 5952.
 */
#include <lsports/lsports.h>

#include <arpa/inet.h>
#include <string.h>

_Static_assert(LSP_ADDRESS_SIZE >= INET6_ADDRSTRLEN, "room for every address");

static char *write_byte(char *at, unsigned byte)
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

size_t lsp_address_format(enum lsp_family family, const uint8_t address[16],
			  char out[LSP_ADDRESS_SIZE])
{
	char *at = out;

	if (family == LSP_FAMILY_IPV6) {
		inet_ntop(AF_INET6, address, out, LSP_ADDRESS_SIZE);
		return strlen(out);
	}
	for (int i = 0; i < 4; i++) {
		if (i)
			*at++ = '.';
		at = write_byte(at, address[i]);
	}
	*at = '\0';
	return (size_t)(at - out);
}
