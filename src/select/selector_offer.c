/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that other programs print, or other languages would take, as selectors. Parses none. */
#include "select/selector_offer.h"

#include "model/endpoint.h"
#include "model/fact.h"
#include "span.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>

#define PORT_LONG 32 /* longer than any name of a service */

/* "127.0.0.53%lo:53", "[::1]:22", "*:80" or an address alone, in parts. */
struct pasted {
	struct span address, interface, port; /* without text: there is none */
};

static bool is_address(struct span text)
{
	struct endpoint_prefix prefix;

	return span_equals(text, "*") ||
	       endpoint_parse_prefix(text.text, text.size, &prefix, NULL) == 0;
}

/* "*" stands for any port where there is a peer. */
static bool is_port(struct span text)
{
	return span_equals(text, "*") ||
	       (text.size <= PORT_LONG && span_consists_of(text, SPAN_ALPHANUMERIC "-_"));
}

/* An address, which may be in brackets and have a zone. */
static bool parse_address(struct span text, struct pasted *out)
{
	const char *zone;

	if (text.size > 2 && *text.text == '[' && text.text[text.size - 1] == ']')
		text = (struct span){text.text + 1, text.size - 2};
	zone = text.size ? memchr(text.text, '%', text.size) : NULL;
	out->address = text;
	out->interface = (struct span){0};
	if (zone) {
		out->address.size = (size_t)(zone - text.text);
		out->interface = (struct span){zone + 1, text.size - out->address.size - 1};
	}
	return is_address(out->address) &&
	       (!zone || (out->interface.size && out->interface.size < IF_NAMESIZE &&
			  !memchr(out->interface.text, ':', out->interface.size)));
}

static bool parse(struct span word, struct pasted *out)
{
	const char *colon = word.size ? memrchr(word.text, ':', word.size) : NULL;
	const struct span before = {word.text, colon ? (size_t)(colon - word.text) : 0};
	struct pasted whole = {0};
	bool is_whole = parse_address(word, &whole);

	*out = (struct pasted){0};
	/* netstat(8) sets no brackets; of these two the port is meant, of others the address. */
	if (colon && (!is_whole || span_equals(before, "::") || span_equals(before, "::1")) &&
	    parse_address(before, out)) {
		out->port = (struct span){colon + 1, word.size - before.size - 1};
		return is_port(out->port);
	}
	*out = whole;
	return is_whole;
}

static void append_span(struct buf *out, const char *before, struct span span)
{
	buf_append_text(out, before);
	buf_append(out, span.text, span.size);
}

static void append_selectors(struct buf *out, const struct pasted *pasted)
{
	const bool has_port = pasted->port.text && !span_equals(pasted->port, "*");

	buf_append_text(out, !has_port                ? "an address is written "
			     : pasted->interface.text ? "address, interface and port are three "
							"selectors: "
						      : "address and port are two selectors: ");
	append_span(out, "address=", pasted->address);
	if (pasted->interface.text)
		append_span(out, " interface=", pasted->interface);
	if (has_port)
		append_span(out, " ", pasted->port);
}

/* Does another selector begin behind a comma: "tcp/22,exe=/x"? */
static bool has_comma(const char *word, const char *end)
{
	const char *comma = word, *equals;

	while ((comma = memchr(comma, ',', (size_t)(end - comma)))) {
		comma++;
		equals = memchr(comma, '=', (size_t)(end - comma));
		if (!equals)
			return false;
		if (equals > comma && equals[-1] == '!')
			equals--;
		if (fact_key_index(comma, (size_t)(equals - comma)) != FACTS_MAX)
			return true;
	}
	return false;
}

bool selector_offer(const char *word, size_t size, struct error *error)
{
	bool has_key = size && memchr(word, '=', size);
	struct buf text = BUF_INIT;
	struct pasted pasted;

	if (!has_key && parse((struct span){word, size}, &pasted)) {
		append_selectors(&text, &pasted);
		error_take(error, -EINVAL, &text);
		return true;
	}
	if (has_key && has_comma(word, word + size)) {
		buf_printf(&text, "%s; separate selectors by blanks, not by commas",
			   error_text(error));
		error_take(error, -EINVAL, &text);
	}
	return false;
}
