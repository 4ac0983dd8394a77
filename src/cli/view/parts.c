/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Endpoints, times and foreign texts within a line. Cuts nothing and aligns nothing: that is for
 * who has columns.
 */
#include "view/parts.h"

#include "view/escape.h"

#include <time.h>

void part_append_text(struct buf *out, const char *text)
{
	escape_text(out, text, strlen(text));
}

void part_append_endpoint(struct buf *out, const struct lsp_socket *socket)
{
	static const uint8_t wildcard[16];
	char address[LSP_ADDRESS_SIZE];
	bool is_ipv6 = socket->family == LSP_FAMILY_IPV6;
	bool is_dual = is_ipv6 && socket->v6only == LSP_KNOWN_NO &&
		       memcmp(socket->local.address, wildcard, sizeof(wildcard)) == 0;

	lsp_address_format(socket->family, socket->local.address, address);
	buf_printf(out, is_ipv6 && !is_dual ? "[%s]:%u" : "%s:%u", is_dual ? "*" : address,
		   socket->local.port);
	if (socket->interface) {
		buf_append_char(out, '%');
		part_append_text(out, socket->interface);
	}
}

void part_append_minute(struct buf *out, int64_t seconds)
{
	time_t time = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (localtime_r(&time, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
		buf_append_text(out, text);
	else
		buf_append_char(out, '?');
}
