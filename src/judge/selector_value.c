/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single values of selectors: ports, prefixes, words, numbers. Knows nothing of terms, and what a
 * value is compared with stands in judge/key.c.
 */
#include "judge/selector.h"

#include "num.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define PORT_MAX 65535
#define ALL_PROTOS (LSP_BIT(LSP_PROTO_COUNT) - 1)
#define NUMBER_MAX UINT32_MAX

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

static void append_item(const struct selector_cursor *cursor)
{
	buf_append_char(cursor->error, '"');
	buf_append(cursor->error, cursor->at, selector_item_size(cursor));
	buf_append_char(cursor->error, '"');
}

static void append_nearest(const struct selector_cursor *cursor, const char *word)
{
	if (word)
		buf_printf(cursor->error, " (nearest: %s)", word);
}

/* --- numbers and ranges ----------------------------------------------------------------- */

/* "22", "22-25" or "22-". Errors of @what, "a port". */
static int parse_range(struct selector_cursor *cursor, uint64_t max, const char *what,
		       uint64_t *first, uint64_t *last)
{
	const char *start = cursor->at;

	if (!num_take(&cursor->at, cursor->end, 10, UINT64_MAX, first))
		goto no_number;
	*last = *first;
	if (!selector_is_item_end(cursor) && *cursor->at == '-') {
		cursor->at++;
		*last = max;
		if (!selector_is_item_end(cursor) &&
		    !num_take(&cursor->at, cursor->end, 10, UINT64_MAX, last))
			goto no_number;
	}
	if (!selector_is_item_end(cursor))
		goto no_number;
	if (*first > max || *last > max) {
		cursor->at = start;
		buf_printf(cursor->error, "%s is at most %llu", what, (unsigned long long)max);
		return -EINVAL;
	}
	if (*last < *first) {
		cursor->at = start;
		return selector_refuse(cursor, "the range ends below its start");
	}
	return 0;
no_number:
	buf_printf(cursor->error, "%s is a number from 0 to %llu", what, (unsigned long long)max);
	return -EINVAL;
}

static int parse_number(struct selector_cursor *cursor, struct selector_value *out)
{
	return parse_range(cursor, NUMBER_MAX, "this", &out->numbers.first, &out->numbers.last);
}

/* --- ports -------------------------------------------------------------------------------- */

/* "tcp/" and "udp/" hold for the items behind them too. */
static int parse_protos(struct selector_cursor *cursor)
{
	size_t size = selector_item_size(cursor);
	const char *slash = memchr(cursor->at, '/', size);

	if (!slash)
		return 0;
	for (unsigned i = 0; i < LSP_PROTO_COUNT; i++) {
		const char *word = lsp_proto_word((enum lsp_proto)i);

		if (strlen(word) == (size_t)(slash - cursor->at) &&
		    memcmp(word, cursor->at, strlen(word)) == 0) {
			cursor->protos = (uint8_t)LSP_BIT(i);
			cursor->at = slash + 1;
			return 0;
		}
	}
	return selector_refuse(cursor, "before the slash stands tcp or udp");
}

static bool has_letter(const struct selector_cursor *cursor)
{
	for (const char *at = cursor->at; at < cursor->end && *at != ','; at++) {
		if ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z')
			return true;
	}
	return false;
}

static int refuse_service(struct selector_cursor *cursor)
{
	struct buf word = BUF_INIT;
	struct nearest nearest;

	append_item(cursor);
	buf_append_text(cursor->error, " is no port, no name of a service and no KEY=VALUE, as "
				       "process=NAME or address=ADDRESS");
	buf_append(&word, cursor->at, selector_item_size(cursor));
	if (buf_text(&word)) {
		nearest_init(&nearest, word.data);
		nearest_try(&nearest, "auto");
		for (size_t i = 0; lsp_key_at(i); i++)
			nearest_try(&nearest, lsp_key_at(i)->word);
		if (cursor->names->offer)
			cursor->names->offer(cursor->names->data, &nearest);
		append_nearest(cursor, nearest.word);
	}
	buf_deinit(&word);
	return -EINVAL;
}

/* A name may stand for one port with TCP and another one with UDP; it seldom does. */
static int parse_service(struct selector_cursor *cursor, struct selector_value *out)
{
	uint16_t ports[LSP_PROTO_COUNT] = {0}, port = 0;
	unsigned protos = 0;
	int r = -ENOENT;

	if (cursor->names->find)
		r = cursor->names->find(cursor->names->data, cursor->at, selector_item_size(cursor),
					ports);
	if (r < 0 && r != -ENOENT)
		return r;
	for (unsigned i = 0; i < LSP_PROTO_COUNT; i++) {
		if (!ports[i] || !(cursor->protos & LSP_BIT(i)) || (port && ports[i] != port))
			continue;
		port = ports[i];
		protos |= LSP_BIT(i);
	}
	if (!port)
		return refuse_service(cursor);
	/* "ssh" is port 22 of any protocol, as "22" is; "tcp/ssh" is not. */
	if (cursor->protos == ALL_PROTOS)
		protos = ALL_PROTOS;
	out->ports.first = out->ports.last = port;
	out->ports.protos = (uint8_t)protos;
	cursor->at += selector_item_size(cursor);
	return 0;
}

static int parse_ports(struct selector_cursor *cursor, struct selector_value *out)
{
	uint64_t first, last;
	int r = parse_protos(cursor);

	if (r < 0)
		return r;
	out->ports.protos = cursor->protos;
	if (selector_item_size(cursor) == 4 && memcmp(cursor->at, "auto", 4) == 0) {
		out->ports.last = PORT_MAX;
		out->ports.is_auto = true;
		cursor->at += 4;
		return 0;
	}
	if (has_letter(cursor))
		return parse_service(cursor, out);
	r = parse_range(cursor, PORT_MAX, "a port", &first, &last);
	if (r < 0)
		return r;
	out->ports.first = (uint16_t)first;
	out->ports.last = (uint16_t)last;
	return 0;
}

/* --- prefixes ------------------------------------------------------------------------------ */

static bool has_host_bits(const uint8_t *bytes, size_t size, unsigned bits)
{
	for (size_t i = bits / 8; i < size; i++) {
		uint8_t mask = i == bits / 8 ? (uint8_t)(0xff >> bits % 8) : 0xff;

		if (bytes[i] & mask)
			return true;
	}
	return false;
}

/* ::ffff:a.b.c.d is IPv4, as it is in a socket. */
static void unmap(struct selector_value *out)
{
	if (out->prefix.family != LSP_FAMILY_IPV6 || out->prefix.bits < 96 ||
	    memcmp(out->prefix.bytes, mapped_prefix, sizeof(mapped_prefix)) != 0)
		return;
	memmove(out->prefix.bytes, out->prefix.bytes + 12, 4);
	memset(out->prefix.bytes + 4, 0, 12);
	out->prefix.family = LSP_FAMILY_IPV4;
	out->prefix.bits -= 96;
}

static int parse_prefix(struct selector_cursor *cursor, struct selector_value *out)
{
	size_t size = selector_item_size(cursor), address_size;
	const char *slash = memchr(cursor->at, '/', size), *at;
	char text[INET6_ADDRSTRLEN];
	uint64_t bits;
	size_t max;

	if (size == 1 && *cursor->at == '*') {
		out->prefix.is_dual = true;
		cursor->at++;
		return 0;
	}
	address_size = slash ? (size_t)(slash - cursor->at) : size;
	if (address_size >= sizeof(text))
		return selector_refuse(cursor, "this is no address");
	memcpy(text, cursor->at, address_size);
	text[address_size] = '\0';
	if (inet_pton(AF_INET, text, out->prefix.bytes) == 1)
		out->prefix.family = LSP_FAMILY_IPV4;
	else if (inet_pton(AF_INET6, text, out->prefix.bytes) == 1)
		out->prefix.family = LSP_FAMILY_IPV6;
	else
		return selector_refuse(
			cursor, "this is no address: 192.0.2.1, 10.0.0.0/8, ::1 and fe80::/10 "
				"are");
	bits = max = out->prefix.family == LSP_FAMILY_IPV4 ? 32 : 128;
	at = slash ? slash + 1 : NULL;
	if (slash && (!num_take(&at, cursor->at + size, 10, max, &bits) || at != cursor->at + size))
		return selector_refuse(
			cursor, max == 32 ? "behind the slash stands a number from 0 to 32"
					  : "behind the slash stands a number from 0 to 128");
	if (has_host_bits(out->prefix.bytes, max / 8, (unsigned)bits))
		return selector_refuse(cursor, "the address has bits behind its prefix");
	out->prefix.bits = (uint8_t)bits;
	unmap(out);
	cursor->at += size;
	return 0;
}

/* --- words ----------------------------------------------------------------------------------- */

/* Two states of the kernel are called syn-recv. */
static bool is_first_of_word(const struct key *key, unsigned number)
{
	for (unsigned i = 0; i < number; i++) {
		if (strcmp(key->word(i), key->word(number)) == 0)
			return false;
	}
	return true;
}

static int parse_word(const struct key *key, struct selector_cursor *cursor,
		      struct selector_value *out)
{
	size_t size = selector_item_size(cursor);
	struct buf word = BUF_INIT;
	struct nearest nearest;

	for (unsigned i = 0; key->word(i); i++) {
		/* ss(8) writes LISTEN. */
		if (strlen(key->word(i)) == size &&
		    strncasecmp(key->word(i), cursor->at, size) == 0)
			out->bits |= LSP_BIT(i);
	}
	if (out->bits) {
		cursor->at += size;
		return 0;
	}
	append_item(cursor);
	buf_printf(cursor->error, " is no %s: ", key->shown.word);
	buf_append(&word, cursor->at, size);
	if (buf_text(&word)) {
		nearest_init(&nearest, word.data);
		for (unsigned i = 0; key->word(i); i++) {
			if (!is_first_of_word(key, i))
				continue;
			buf_printf(cursor->error, "%s%s", i ? ", " : "", key->word(i));
			nearest_try(&nearest, key->word(i));
		}
		append_nearest(cursor, nearest.word);
	}
	buf_deinit(&word);
	return -EINVAL;
}

int selector_parse_value(struct selector_pool *pool, enum key_id key,
			 struct selector_cursor *cursor, struct selector_value *out)
{
	*out = (struct selector_value){0};
	if (selector_is_item_end(cursor))
		return selector_refuse(cursor, "a value is missing");
	switch (keys[key].kind) {
	case KEY_KIND_PORTS:
		return parse_ports(cursor, out);
	case KEY_KIND_PREFIXES:
		return parse_prefix(cursor, out);
	case KEY_KIND_WORDS:
		return parse_word(&keys[key], cursor, out);
	case KEY_KIND_NUMBERS:
		return parse_number(cursor, out);
	case KEY_KIND_TEXTS:
		return selector_parse_text(pool, false, cursor, out);
	case KEY_KIND_GLOBS:
	case KEY_KIND_PATHS:
		out->text.is_none =
			keys[key].has_none && selector_item_size(cursor) == 1 && *cursor->at == '-';
		return selector_parse_text(pool, true, cursor, out);
	}
	return -EINVAL;
}
