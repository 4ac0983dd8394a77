/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The selector of a command line: all of its words together, asked about one socket at a time.
 * Looks nothing up; who parses hands over how names of services are found.
 */
#include "select/selector.h"

#include "select/selector_match.h"
#include "select/selector_parse.h"
#include "select/selector_scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct lsp_selector {
	struct selector_pool pool;
	struct selector selector;
	struct lsp_port_range *ports; /* what lsp_selector_narrow() lends */
	size_t port_count;
};

static int parse_text(struct lsp_selector *selector, const char *text,
		      const struct selector_names *names, struct error *error)
{
	const struct selector_word word = {.at = text, .size = strlen(text)};
	struct error failure = ERROR_INIT;
	size_t position;
	int r = selector_parse_word(&selector->pool, &selector->selector, &word, names, &position,
				    &failure);

	if (r < 0 && r != -ENOMEM && *error_text(&failure) == '"')
		/* It says itself what is wrong: most often the word as a whole. */
		r = error_set(error, -EINVAL, "%s", error_text(&failure));
	else if (r < 0 && r != -ENOMEM)
		r = error_set(error, -EINVAL, "\"%s\": %s", text, error_text(&failure));
	error_deinit(&failure);
	return r;
}

int selector_new(const char *const *texts, size_t count, const struct selector_names *names,
		 struct lsp_selector **out, struct error *error)
{
	struct lsp_selector *selector = calloc(1, sizeof(*selector));
	int r = selector ? 0 : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < count; i++)
		r = parse_text(selector, texts[i], names, error);
	if (r >= 0)
		r = selector_scope_list_ports(&selector->pool, &selector->selector,
					      &selector->ports, &selector->port_count);
	if (r < 0)
		lsp_selector_free(selector);
	*out = r < 0 ? NULL : selector;
	return r;
}

void lsp_selector_free(struct lsp_selector *selector)
{
	if (!selector)
		return;
	selector_pool_deinit(&selector->pool);
	free(selector->ports);
	free(selector);
}

unsigned lsp_selector_lookups(const struct lsp_selector *selector)
{
	return selector_pool_lookups(&selector->pool, &selector->selector);
}

bool lsp_selector_has(const struct lsp_selector *selector, const char *key)
{
	return selector_pool_find(&selector->pool, &selector->selector,
				  fact_key_index(key, strlen(key)));
}

bool lsp_selector_is_scope(const struct lsp_selector *selector)
{
	static const enum fact_id of_scope[] = {FACT_PORT, FACT_PROTO, FACT_FAMILY};
	uint32_t found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(of_scope); i++)
		found += selector_pool_find(&selector->pool, &selector->selector, of_scope[i]) !=
			 NULL;
	return found == selector->selector.term_count;
}

void lsp_selector_narrow(const struct lsp_selector *selector, struct lsp_query *query)
{
	selector_scope_narrow(&selector->pool, &selector->selector, query);
	if (selector->port_count) {
		query->ports = selector->ports;
		query->port_count = selector->port_count;
	}
}

enum lsp_tristate lsp_selector_match(const struct lsp_selector *selector,
				     const struct lsp_snapshot *snapshot, size_t index)
{
	struct lsp_subject subject;

	lsp_subject_init(&subject, snapshot, index);
	return selector_match(&selector->pool, &selector->selector, &subject, false);
}
