/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: selectors of a command line, separated by NUL. What is refused is told with its
 * column. What is taken means the same when it is said twice, the contrary when it is negated, and
 * the kernel is never asked for less than what it holds.
 */
#include "machine.h"

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

/* "column N: what", N within the word or one behind it. */
static void check_error(struct buf *error, size_t size)
{
	const char *text = buf_text(error);
	unsigned long column;
	char *end;

	FUZZ_CHECK(text && strncmp(text, "column ", 7) == 0);
	column = strtoul(text + 7, &end, 10);
	FUZZ_CHECK(column >= 1 && column <= size + 1);
	FUZZ_CHECK(strncmp(end, ": ", 2) == 0 && end[2]);
}

static bool parse_word(struct parsed *parsed, const char *text)
{
	size_t size = strlen(text);
	char *copy = fuzz_copy(text, size);
	struct buf error = BUF_INIT;
	int r = selector_parse_word(&parsed->pool, &parsed->selector, copy, 0, 0, size,
				    &machine_names, &error);

	FUZZ_CHECK(r == 0 || r == -EINVAL);
	if (r == -EINVAL)
		check_error(&error, size);
	else
		FUZZ_CHECK(!error.size);
	buf_deinit(&error);
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

static enum lsp_known match(const struct parsed *parsed, const struct lsp_snapshot *snapshot,
			    size_t index, bool is_rule)
{
	struct key_subject subject;
	enum lsp_known r;

	key_subject_init(&subject, snapshot, index);
	subject.is_rule = is_rule;
	subject.findings = LSP_BIT(LSP_FINDING_ODD_EXE);
	r = selector_match(&parsed->pool, &parsed->selector, &subject);
	FUZZ_CHECK(r == LSP_KNOWN_NOT || r == LSP_KNOWN_NO || r == LSP_KNOWN_YES);
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
	    !(query->families & LSP_BIT(socket->family)))
		return false;
	if (lsp_is_listener(socket))
		return query->listeners;
	return query->others && (!query->states || query->states & LSP_BIT(socket->state));
}

static void check_scope(const struct parsed *parsed, const struct lsp_snapshot *snapshot)
{
	struct lsp_query query = machine_query(NULL);
	struct lsp_port_range *ports;
	size_t count;

	query.others = true;
	selector_narrow(&parsed->pool, &parsed->selector, &query);
	FUZZ_CHECK(selector_list_ports(&parsed->pool, &parsed->selector, &ports, &count) == 0);
	for (size_t i = 0; i < count; i++)
		FUZZ_CHECK(ports[i].first <= ports[i].last);
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (match(parsed, snapshot, i, false) == LSP_KNOWN_NO)
			continue;
		FUZZ_CHECK(is_asked(&query, &socket));
		FUZZ_CHECK(has_port(ports, count, socket.local.port));
	}
	free(ports);
}

/* Said twice it is the same: values of one key add up. */
static void check_twice(const struct parsed *once, const struct words *words,
			const struct lsp_snapshot *snapshot)
{
	struct parsed twice = {0};

	FUZZ_CHECK(parse_words(&twice, words) && parse_words(&twice, words));
	FUZZ_CHECK(twice.selector.term_count == once->selector.term_count);
	FUZZ_CHECK(selector_facts(&twice.pool, &twice.selector) ==
		   selector_facts(&once->pool, &once->selector));
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		for (int is_rule = 0; is_rule < 2; is_rule++)
			FUZZ_CHECK(match(&twice, snapshot, i, is_rule) ==
				   match(once, snapshot, i, is_rule));
	}
	selector_pool_deinit(&twice.pool);
}

/* "KEY!=" is the contrary of "KEY=", and unknown when that is unknown. */
static void check_negation(const char *word, const struct lsp_snapshot *snapshot)
{
	static const enum lsp_known contrary[] = {LSP_KNOWN_NOT, LSP_KNOWN_YES, LSP_KNOWN_NO};
	struct parsed positive = {0}, negative = {0};
	const char *equals = strchr(word, '=');
	struct buf text = BUF_INIT;

	if (!equals || equals == word || equals[-1] == '!')
		return;
	buf_append(&text, word, (size_t)(equals - word));
	buf_append_char(&text, '!');
	buf_append_text(&text, equals);
	FUZZ_CHECK(buf_text(&text));
	FUZZ_CHECK(parse_word(&positive, word) == parse_word(&negative, text.data));
	for (size_t i = 0; i < lsp_snapshot_count(snapshot) && positive.selector.term_count; i++)
		FUZZ_CHECK(match(&negative, snapshot, i, false) ==
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

	FUZZ_CHECK(bytes);
	if (!snapshot)
		snapshot = machine_new();
	if (size)
		memcpy(bytes, data, size);
	bytes[size] = '\0';
	for (size_t at = 0; at < size && words.count < WORDS_MAX; at += strlen(bytes + at) + 1)
		words.texts[words.count++] = bytes + at;
	check(&words, snapshot);
	free(bytes);
	return 0;
}
