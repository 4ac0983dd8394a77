/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Single values of selectors: ports, prefixes, words, numbers. Knows nothing of terms, and what a
 * value is compared with, facts say.
 */
#include "select/selector_value.h"

#include "num.h"
#include "span.h"
#include "select/selector_text.h"

#define PORT_MAX 65535
#define NAME_LONG 64 /* a longer one is not written again */
#define ALL_PROTOS ((uint8_t)lsp_protocol_all())

static void append_nearest(struct buf *out, const char *word)
{
	if (word)
		buf_printf(out, " (nearest: %s)", word);
}

/* --- numbers and ranges ----------------------------------------------------------------- */

/* "uid=root": the key that takes names. */
static const struct {
	const char *key, *of_names;
} twins[] = {{"uid", "user"}, {"pid", "process"}};

static void append_twin(struct buf *out, const char *key, const struct selector_cursor *cursor)
{
	const struct span item = {cursor->at, selector_cursor_item_size(cursor)};

	if (item.size > NAME_LONG || !span_consists_of(item, SPAN_ALPHANUMERIC "-_.") ||
	    (*item.text | 0x20) < 'a')
		return;
	for (size_t i = 0; i < ARRAY_SIZE(twins); i++)
		if (strcmp(twins[i].key, key) == 0)
			buf_printf(out, "; for a name write %s=%.*s", twins[i].of_names,
				   (int)item.size, item.text);
}

/* @start: where the item begins. */
static int refuse_number(const struct selector_cursor *cursor, uint64_t max, const char *what,
			 const char *start)
{
	struct buf text = BUF_INIT;

	buf_printf(&text, "%s must be a number from 0 to %llu", what, (unsigned long long)max);
	if (cursor->at == start)
		append_twin(&text, what, cursor);
	return error_take(cursor->error, -EINVAL, &text);
}

/* "22", "22-25" or "22-". Errors of @what, "a port". */
static int parse_range(struct selector_cursor *cursor, uint64_t max, const char *what,
		       uint64_t *first, uint64_t *last)
{
	const char *start = cursor->at;

	if (!num_scan(&cursor->at, cursor->end, 10, UINT64_MAX, first))
		goto no_number;
	*last = *first;
	if (!selector_cursor_is_item_end(cursor) && *cursor->at == '-') {
		cursor->at++;
		*last = max;
		if (!selector_cursor_is_item_end(cursor) &&
		    !num_scan(&cursor->at, cursor->end, 10, UINT64_MAX, last))
			goto no_number;
	}
	if (!selector_cursor_is_item_end(cursor))
		goto no_number;
	if (*first > max || *last > max) {
		cursor->at = start;
		return error_set(cursor->error, -EINVAL, "%s is at most %llu", what,
				 (unsigned long long)max);
	}
	if (*last < *first) {
		cursor->at = start;
		return selector_cursor_refuse(cursor, "the range ends below its start");
	}
	return 0;
no_number:
	return refuse_number(cursor, max, what, start);
}

static int parse_number(const struct lsp_fact *fact, struct selector_cursor *cursor, uint64_t max,
			struct selector_value *out)
{
	return parse_range(cursor, max, lsp_fact_key_word(fact), &out->numbers.first,
			   &out->numbers.last);
}

/* --- ports -------------------------------------------------------------------------------- */

/* @slash: what is before it is no protocol. */
static int refuse_proto(struct selector_cursor *cursor, const char *slash)
{
	const struct span port = {cursor->at, (size_t)(slash - cursor->at)};
	size_t last = lsp_protocol_count() - 1, proto;
	struct buf text = BUF_INIT;

	/* As /etc/services, and firewalls, write it. */
	proto = lsp_protocol_find(slash + 1, selector_cursor_item_size(cursor) - port.size - 1);
	if (proto <= last && port.size <= NAME_LONG &&
	    span_consists_of(port, SPAN_ALPHANUMERIC "-"))
		return error_set(cursor->error, -EINVAL, "write %s/%.*s",
				 lsp_protocol_word((unsigned)proto), (int)port.size, port.text);
	buf_append_text(&text, "expected ");
	for (unsigned i = 0; i <= last; i++)
		buf_printf(&text, "%s%s",
			   !i          ? ""
			   : i == last ? " or "
				       : ", ",
			   lsp_protocol_word(i));
	buf_append_text(&text, " before the slash");
	return error_take(cursor->error, -EINVAL, &text);
}

/* "tcp/" holds for the items after it too. */
static int parse_protos(struct selector_cursor *cursor)
{
	size_t size = selector_cursor_item_size(cursor);
	const char *slash = memchr(cursor->at, '/', size);
	size_t proto;

	if (!slash)
		return 0;
	proto = lsp_protocol_find(cursor->at, (size_t)(slash - cursor->at));
	if (proto == lsp_protocol_count())
		return refuse_proto(cursor, slash);
	cursor->protos = (uint8_t)LSP_BIT(proto);
	cursor->at = slash + 1;
	return 0;
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
	struct buf word = BUF_INIT, text = BUF_INIT;
	struct nearest nearest;

	buf_append(&word, cursor->at, selector_cursor_item_size(cursor));
	if (buf_text(&word)) {
		nearest_init(&nearest, word.data);
		nearest_try(&nearest, "auto");
		if (!cursor->has_key)
			selector_cursor_offer_words(cursor, &nearest);
		for (size_t i = 0; !cursor->has_key && lsp_fact_key_at(i); i++)
			nearest_try(&nearest, lsp_fact_key_word(lsp_fact_key_at(i)));
		if (cursor->names->offer)
			cursor->names->offer(cursor->names->data, &nearest);
		buf_printf(&text,
			   cursor->has_key ? "\"%s\" is not a port or a service name"
					   : "\"%s\" is not a port, a service name or KEY=VALUE "
					     "(for example process=NAME)",
			   word.data);
		append_nearest(&text, nearest.word);
	} else {
		text.error = word.error;
	}
	buf_deinit(&word);
	return error_take(cursor->error, -EINVAL, &text);
}

/* A name may stand for one port with TCP and another one with UDP; it seldom does. */
static int parse_service(struct selector_cursor *cursor, struct selector_value *out)
{
	uint16_t ports[LSP_PROTOCOLS_MAX] = {0}, port = 0;
	unsigned protos = 0;
	int r = -ENOENT;

	if (cursor->names->find)
		r = cursor->names->find(cursor->names->data, cursor->at,
					selector_cursor_item_size(cursor), ports);
	if (r == -ENOMEM)
		return r;
	if (r < 0 && r != -ENOENT)
		return error_set_errno(cursor->error, r, "names of services could not be read");
	for (unsigned i = 0; i < lsp_protocol_count(); i++) {
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
	cursor->at += selector_cursor_item_size(cursor);
	return 0;
}

static int parse_ports(struct selector_cursor *cursor, struct selector_value *out)
{
	uint64_t first, last;
	int r = parse_protos(cursor);

	if (r < 0)
		return r;
	out->ports.protos = cursor->protos;
	if (selector_cursor_item_size(cursor) == 4 && memcmp(cursor->at, "auto", 4) == 0) {
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

static int parse_prefix(struct selector_cursor *cursor, struct selector_value *out)
{
	size_t size = selector_cursor_item_size(cursor);
	int r = 0;

	out->prefix.is_dual = size == 1 && *cursor->at == '*';
	if (!out->prefix.is_dual)
		r = endpoint_parse_prefix(cursor->at, size, &out->prefix.prefix, cursor->error);
	if (r >= 0)
		cursor->at += size;
	return r;
}

/* --- words ----------------------------------------------------------------------------------- */

static bool is_offered(const struct lsp_fact *fact, const struct selector_cursor *cursor,
		       unsigned index)
{
	return !lsp_fact_word_is_again(fact, index) && !(cursor->unoffered & LSP_BIT(index));
}

static void append_words(struct buf *out, const struct lsp_fact *fact,
			 const struct selector_cursor *cursor)
{
	const char *between = ": ";

	for (unsigned i = 0; lsp_fact_word(fact, i); i++) {
		if (!is_offered(fact, cursor, i))
			continue;
		buf_printf(out, "%s%s", between, lsp_fact_word(fact, i));
		between = ", ";
	}
}

static int refuse_word(const struct lsp_fact *fact, struct selector_cursor *cursor)
{
	bool is_finding = fact->type == LSP_FACT_FINDINGS;
	struct buf word = BUF_INIT, text = BUF_INIT;
	struct nearest nearest;

	buf_append(&word, cursor->at, selector_cursor_item_size(cursor));
	if (buf_text(&word)) {
		nearest_init(&nearest, word.data);
		for (unsigned i = 0; lsp_fact_word(fact, i); i++)
			if (is_offered(fact, cursor, i))
				nearest_try(&nearest, lsp_fact_word(fact, i));
		if (is_finding)
			buf_printf(&text, "no finding is called \"%s\"", word.data);
		else
			buf_printf(&text, "\"%s\" is not a value of %s", word.data,
				   lsp_fact_key_word(fact));
		/* There are many findings. */
		if (!is_finding || !nearest.word)
			append_words(&text, fact, cursor);
		append_nearest(&text, nearest.word);
	} else {
		text.error = word.error;
	}
	buf_deinit(&word);
	return error_take(cursor->error, -EINVAL, &text);
}

static int parse_word(const struct lsp_fact *fact, struct selector_cursor *cursor,
		      struct selector_value *out)
{
	size_t size = selector_cursor_item_size(cursor);

	for (unsigned i = 0; lsp_fact_word(fact, i); i++) {
		/* ss(8) writes LISTEN. */
		if (strlen(lsp_fact_word(fact, i)) == size &&
		    strncasecmp(lsp_fact_word(fact, i), cursor->at, size) == 0)
			out->bits |= LSP_BIT(i);
	}
	if (!out->bits)
		return refuse_word(fact, cursor);
	cursor->at += size;
	return 0;
}

static bool is_dash(const struct selector_cursor *cursor)
{
	return selector_cursor_item_size(cursor) == 1 && *cursor->at == '-';
}

/* A digest alone is one of all programs. */
static bool is_of_programs(const struct lsp_fact *fact)
{
	return fact->of == LSP_FACT_OF_OWNER && fact->type == LSP_FACT_PATH;
}

/* Can a path that begins with a slash be what the text, or pattern, means? */
static bool can_be_absolute(const struct selector_value *value)
{
	return *value->text.plain == '/' ||
	       (value->text.is_glob && strchr("*?[", *value->text.plain));
}

/* A name, a path or another text. */
static int parse_text(struct selector_pool *pool, const struct lsp_fact *fact,
		      struct selector_cursor *cursor, struct selector_value *out)
{
	const char *start = cursor->at;
	int r;

	out->text.is_none = fact->flags & LSP_FACT_NONE_IS_DASH && is_dash(cursor);
	r = selector_text_parse(pool, !(fact->flags & LSP_FACT_LITERAL), cursor, out);
	if (r < 0)
		return r;
	if (out->text.digits && !*out->text.plain) {
		if (is_of_programs(fact))
			return r;
		cursor->at = start;
		return selector_cursor_refuse(cursor, "the beginning of the text is missing");
	}
	if (fact->flags & LSP_FACT_ABSOLUTE && !can_be_absolute(out)) {
		cursor->at = start;
		return selector_cursor_refuse(cursor,
					      "a program is named by its path, which begins with "
					      "a slash; its name alone is process=NAME");
	}
	return r;
}

int selector_value_parse(struct selector_pool *pool, const struct lsp_fact *fact,
			 struct selector_cursor *cursor, struct selector_value *out)
{
	*out = (struct selector_value){0};
	if (selector_cursor_is_item_end(cursor))
		return selector_cursor_refuse(cursor, "a value is missing");
	switch (fact->type) {
	case LSP_FACT_PORT:
		return parse_ports(cursor, out);
	case LSP_FACT_ADDRESS:
		return parse_prefix(cursor, out);
	case LSP_FACT_WORD:
	case LSP_FACT_BOOLEAN:
	case LSP_FACT_FINDINGS:
		return parse_word(fact, cursor, out);
	case LSP_FACT_NUMBER:
		return parse_number(fact, cursor, UINT32_MAX, out);
	case LSP_FACT_ID:
	case LSP_FACT_TIME:
		return parse_number(fact, cursor, UINT64_MAX, out);
	case LSP_FACT_NAME:
	case LSP_FACT_TEXT:
	case LSP_FACT_PATH:
	case LSP_FACT_PROCESS:
	case LSP_FACT_OWNERS:
	case LSP_FACT_REASONS:
		break;
	}
	return parse_text(pool, fact, cursor, out);
}
