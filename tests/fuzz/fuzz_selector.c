/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: selectors of a command line, separated by NUL. An error names a position.
 * An accepted selector means the same if it is given twice, the opposite if it is negated, and the
 * kernel is asked for everything that it matches.
 */
#include "fuzz.h"
#include "sample.h"
#include "select/selector_match.h"
#include "select/selector_parse.h"
#include "select/selector_scope.h"
#include "unit/ruling.h"

#include <errno.h>
#include <string.h>

#define WORDS_MAX 64

struct words {
	const char *texts[WORDS_MAX];
	size_t count;
};

struct parsed {
	struct selector_pool pool;
	struct selector selector;
};

static bool parse_word(struct parsed *parsed, const char *text)
{
	size_t size = strlen(text);
	char *copy = must_copy(text, size);
	const struct selector_word word = {.at = copy, .size = size};
	struct error error = ERROR_INIT;
	size_t position;
	int r = selector_parse_word(&parsed->pool, &parsed->selector, &word, &ruling_names,
				    &position, &error);

	MUST(r == 0 || r == -EINVAL);
	MUST(position <= size);
	MUST(error.number == r && (r == 0) == !error.text.size);
	error_deinit(&error);
	free(copy);
	return r == 0;
}

static bool parse_words(struct parsed *parsed, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		if (!parse_word(parsed, words->texts[i]))
			return false;
	}
	return true;
}

static enum lsp_tristate match(const struct parsed *parsed, const struct lsp_snapshot *snapshot,
			       size_t index, bool is_rule)
{
	struct lsp_subject subject;
	enum lsp_tristate r;

	lsp_subject_init(&subject, snapshot, index);
	r = selector_match(&parsed->pool, &parsed->selector, &subject, is_rule);
	MUST(r == LSP_UNKNOWN || r == LSP_NO || r == LSP_YES);
	return r;
}

/* --- what must hold ----------------------------------------------------------------------------
 */

static bool has_port(const struct lsp_port_range *ports, size_t count, uint16_t port)
{
	for (size_t i = 0; i < count; i++) {
		if (port >= ports[i].first && port <= ports[i].last)
			return true;
	}
	return !count;
}

static bool is_asked(const struct lsp_query *query, const struct lsp_socket *socket)
{
	if (!(query->protos & LSP_BIT(socket->proto)) ||
	    !(query->families & LSP_BIT(socket->local.family)))
		return false;
	if (lsp_socket_is_listener(socket))
		return query->listeners;
	return query->others && (!query->states || query->states & LSP_BIT(socket->state));
}

static void check_scope(const struct parsed *parsed, const struct lsp_snapshot *snapshot)
{
	struct lsp_query query = machine_query;
	struct lsp_port_range *ports;
	size_t count;

	query.others = true;
	selector_scope_narrow(&parsed->pool, &parsed->selector, &query);
	MUST(selector_scope_list_ports(&parsed->pool, &parsed->selector, &ports, &count) == 0);
	for (size_t i = 0; i < count; i++)
		MUST(ports[i].first <= ports[i].last);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (match(parsed, snapshot, i, false) == LSP_NO)
			continue;
		MUST(is_asked(&query, &socket));
		MUST(has_port(ports, count, socket.local.port));
	}
	free(ports);
}

/* Given twice it is the same: the values of a key add up. */
static void check_twice(const struct parsed *once, const struct words *words,
			const struct lsp_snapshot *snapshot)
{
	struct parsed twice = {0};

	MUST(parse_words(&twice, words) && parse_words(&twice, words));
	MUST(twice.selector.term_count == once->selector.term_count);
	MUST(selector_pool_lookups(&twice.pool, &twice.selector) ==
	     selector_pool_lookups(&once->pool, &once->selector));
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		for (int is_rule = 0; is_rule < 2; is_rule++)
			MUST(match(&twice, snapshot, i, is_rule) ==
			     match(once, snapshot, i, is_rule));
	}
	selector_pool_deinit(&twice.pool);
}

/* "KEY!=" is the opposite of "KEY=", and unknown if that is unknown. */
static void check_negation(const char *word, const struct lsp_snapshot *snapshot)
{
	static const enum lsp_tristate contrary[] = {LSP_UNKNOWN, LSP_YES, LSP_NO};
	struct parsed positive = {0}, negative = {0};
	const char *equals = strchr(word, '=');
	struct buf text = BUF_INIT;

	if (!equals || equals == word || equals[-1] == '!')
		return;
	buf_append(&text, word, (size_t)(equals - word));
	buf_append_char(&text, '!');
	buf_append_text(&text, equals);
	MUST(buf_text(&text));
	MUST(parse_word(&positive, word) == parse_word(&negative, text.data));
	for (size_t i = 0; i < lsp_snapshot_count(snapshot) && positive.selector.term_count; i++)
		MUST(match(&negative, snapshot, i, false) ==
		     contrary[match(&positive, snapshot, i, false)]);
	selector_pool_deinit(&positive.pool);
	selector_pool_deinit(&negative.pool);
	buf_deinit(&text);
}

static void check(const struct words *words, const struct lsp_snapshot *snapshot)
{
	struct parsed parsed = {0};

	if (parse_words(&parsed, words)) {
		check_scope(&parsed, snapshot);
		check_twice(&parsed, words, snapshot);
	}
	for (size_t i = 0; i < words->count; i++)
		check_negation(words->texts[i], snapshot);
	selector_pool_deinit(&parsed.pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct lsp_snapshot *snapshot;
	struct words words = {.count = 0};
	char *bytes = malloc(size + 1);

	MUST(bytes);
	if (!snapshot)
		snapshot = sample_new();
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = '\0';
	for (size_t at = 0; at < size && words.count < WORDS_MAX; at += strlen(bytes + at) + 1)
		words.texts[words.count++] = bytes + at;
	check(&words, snapshot);
	free(bytes);
	return 0;
}
