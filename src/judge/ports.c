/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bare port selector: "22", ":22", "80,443", "8000-8999", "49152-". Pure. */
#include <lsports/lsports.h>

#include "num.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PORT_MAX 65535

/* Above PORT_MAX the number is still read, so that the message can tell why. */
static bool take_port(const char **at, const char *end, uint64_t *port, const char **reason)
{
	if (!num_take(at, end, 10, UINT64_MAX, port)) {
		*reason = "a port is a number from 0 to 65535";
		return false;
	}
	if (*port > PORT_MAX) {
		*reason = "the highest port is 65535";
		return false;
	}
	return true;
}

/* One item of the list, "22" or "8000-8999" or "49152-", up to a comma or @end. */
static int parse_item(const char **at, const char *end, struct lsp_port_range *range,
		      const char **reason)
{
	uint64_t first, last;

	if (!take_port(at, end, &first, reason))
		return -EINVAL;
	last = first;
	if (*at < end && **at == '-') {
		(*at)++;
		last = PORT_MAX;
		if (*at < end && **at != ',' && !take_port(at, end, &last, reason))
			return -EINVAL;
	}
	if (*at < end && **at != ',') {
		*reason = "a port is a number from 0 to 65535";
		return -EINVAL;
	}
	if (last < first) {
		*reason = "the range ends below its start";
		return -EINVAL;
	}
	*range = (struct lsp_port_range){(uint16_t)first, (uint16_t)last};
	return 0;
}

int lsp_ports_parse(const char *text, struct lsp_port_range **ranges, size_t *count,
		    const char **reason)
{
	const char *at = text, *end = text + strlen(text);

	if (*at == ':')
		at++;
	for (;;) {
		struct lsp_port_range range, *grown;
		int r = parse_item(&at, end, &range, reason);

		if (r < 0)
			return r;
		grown = realloc(*ranges, (*count + 1) * sizeof(**ranges));
		if (!grown)
			return -ENOMEM;
		*ranges = grown;
		grown[(*count)++] = range;
		if (at == end)
			return 0;
		at++; /* the comma; behind it another port must stand */
	}
}
