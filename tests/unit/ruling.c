/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules for tests of the room judge. */
#include "ruling.h"

#include "judge/rule_end.h"
#include "judge/rule_reader.h"
#include "must.h"
#include "select/selector_parse.h"

#include <errno.h>

/* --- names of services --------------------------------------------------------------------- */

#define SERVICES (sizeof(services) / sizeof(services[0]))

static const struct {
	const char *name;
	uint16_t ports[LSP_PROTOCOLS_MAX];
} services[] = {
	{"ssh", {22, 22}},   {"domain", {53, 53}}, {"http", {80, 80}},
	{"shell", {514, 0}}, {"syslog", {0, 514}}, {"odd", {1, 2}},
};

static int find_service(void *data, const char *name, size_t size,
			uint16_t ports[LSP_PROTOCOLS_MAX])
{
	(void)data;
	for (size_t i = 0; i < SERVICES; i++) {
		if (strlen(services[i].name) != size || memcmp(services[i].name, name, size) != 0)
			continue;
		memcpy(ports, services[i].ports, sizeof(services[i].ports));
		return 0;
	}
	return -ENOENT;
}

static void offer_services(void *data, struct nearest *nearest)
{
	(void)data;
	for (size_t i = 0; i < SERVICES; i++)
		nearest_try(nearest, services[i].name);
}

const struct selector_names ruling_names = {.find = find_service, .offer = offer_services};

int ruling_parse_word(struct selector_pool *pool, struct selector *selector, const char *at,
		      size_t size, struct buf *error)
{
	const struct selector_word word = {.at = at, .size = size};
	struct error failure = ERROR_INIT;
	size_t position;
	int r = selector_parse_word(pool, selector, &word, &ruling_names, &position, &failure);

	if (r < 0)
		buf_printf(error, "column %zu: %s", position + 1, error_text(&failure));
	error_deinit(&failure);
	return r;
}

/* --- rules ------------------------------------------------------------------------------------ */

int ruling_parse(struct rule_table *rules, const char *name, const void *text, size_t size,
		 struct buf *errors)
{
	const struct selector_names names = {
		.find = find_service, .offer = offer_services, .words = rule_end_words};
	char *copy = must_copy(text, size);
	struct error error = ERROR_INIT;
	int r = rule_reader_parse(rules, name, copy, size, &names, &error);
	const char *line;

	for (size_t i = 0; (line = error_line(&error, i, &size)); i++) {
		buf_append(errors, line, size);
		buf_append_char(errors, '\n');
	}
	error_deinit(&error);
	free(copy);
	return r;
}

static void parse_whole(struct rule_table *rules, const char *name, const char *text)
{
	struct buf errors = BUF_INIT;
	int r = text ? ruling_parse(rules, name, text, strlen(text), &errors) : 0;

	if (errors.size)
		fprintf(stderr, "%s: %s", name, buf_text(&errors));
	MUST(r == 0 && !errors.size);
	buf_deinit(&errors);
}

static const char *usual_text; /* of the last rules */

struct lsp_rules *ruling_rules(const char *host, const char *usual)
{
	struct lsp_rules *rules = calloc(1, sizeof(*rules));

	MUST(rules);
	rules->is_read = true;
	parse_whole(&rules->host.table, "host.rules", host);
	MUST(rule_index_init(&rules->host.index, &rules->host.table) == 0);
	usual_text = usual ? usual : "";
	rules->usual.texts = &usual_text;
	rules->usual.text_count = 1;
	return rules;
}
