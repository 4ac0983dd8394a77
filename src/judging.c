/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facade of judging: selectors of a command line, with names of services looked up. What a
 * selector means stands in the room judge.
 */
#include "judging.h"

#include "services.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- names of services ------------------------------------------------------------------ */

static int keep_name(const struct service *service, void *data)
{
	struct judging_names *names = data;
	uint32_t id, *known, ports, shift = service->proto == LSP_PROTO_TCP ? 16 : 0;
	int r = strpool_add(&names->strings, service->name, &id);

	if (r < 0)
		return r;
	known = intmap_find(&names->ports, id);
	ports = known ? *known : 0;
	/* The first line that has the name counts. */
	if (!(ports >> shift & UINT16_MAX))
		ports |= (uint32_t)service->port << shift;
	return intmap_put(&names->ports, id, ports);
}

static int load_names(struct judging_names *names)
{
	const char *failed;
	int r;

	if (names->is_loaded)
		return 0;
	r = services_load(names->root, keep_name, names, &failed);
	names->is_loaded = r >= 0;
	return r;
}

static int find_name(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTO_COUNT])
{
	struct judging_names *names = data;
	char text[256];
	const uint32_t *found;
	uint32_t id;
	int r = load_names(names);

	if (r < 0 || size >= sizeof(text))
		return r < 0 ? r : -ENOENT;
	memcpy(text, name, size);
	text[size] = '\0';
	r = strpool_add(&names->strings, text, &id);
	found = r < 0 ? NULL : intmap_find(&names->ports, id);
	if (!found)
		return r < 0 ? r : -ENOENT;
	ports[LSP_PROTO_TCP] = (uint16_t)(*found >> 16);
	ports[LSP_PROTO_UDP] = (uint16_t)*found;
	return 0;
}

static void offer_names(void *data, struct nearest *nearest)
{
	const struct judging_names *names = data;
	const struct buf *bytes = &names->strings.bytes;

	/* Strings stand one behind the other; those that were only asked for have no port. */
	for (size_t at = 1; at < bytes->size; at += strlen(bytes->data + at) + 1) {
		if (intmap_find(&names->ports, at))
			nearest_try(nearest, bytes->data + at);
	}
}

void judging_names_deinit(struct judging_names *names)
{
	strpool_deinit(&names->strings);
	intmap_deinit(&names->ports);
}

struct selector_names judging_names_of(struct judging_names *names)
{
	return (struct selector_names){.find = find_name, .offer = offer_names, .data = names};
}

/* --- the selector of a command line ------------------------------------------------------- */

struct lsp_selector {
	struct selector_pool pool;
	struct selector selector;
	struct lsp_port_range *ports; /* what lsp_selector_narrow() lends */
	size_t port_count;
};

static int parse_texts(struct lsp_selector *selector, const char *const *texts, size_t count,
		       const struct selector_names *names, struct buf *reason)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < count; i++) {
		struct buf error = BUF_INIT;

		r = selector_parse_word(&selector->pool, &selector->selector, texts[i], 0, 0,
					strlen(texts[i]), names, &error);
		if (r == -EINVAL) {
			buf_printf(reason, "\"%s\": ", texts[i]);
			buf_append(reason, error.data, error.size);
		} else if (r < 0 && r != -ENOMEM) {
			buf_printf(reason, "\"%s\": names of services could not be read: %s",
				   texts[i], strerrordesc_np(-r));
			r = -EINVAL;
		}
		buf_deinit(&error);
	}
	return r;
}

int lsp_selector_parse(const char *const *texts, size_t count, const char *root,
		       struct lsp_selector **out, char **reason)
{
	struct lsp_selector *selector = calloc(1, sizeof(*selector));
	struct judging_names names = {0};
	struct selector_names lookup = judging_names_of(&names);
	struct root opened = {.fd = -1};
	struct buf why = BUF_INIT;
	int r = selector ? root_init(&opened, root) : -ENOMEM;

	*out = NULL;
	*reason = NULL;
	names.root = &opened;
	if (r < 0 && r != -ENOMEM) {
		buf_printf(&why, "%s: %s", root ? root : "/", strerrordesc_np(-r));
		r = -EINVAL;
	}
	if (r >= 0)
		r = parse_texts(selector, texts, count, &lookup, &why);
	if (r >= 0)
		r = selector_list_ports(&selector->pool, &selector->selector, &selector->ports,
					&selector->port_count);
	if (r < 0) {
		lsp_selector_free(selector);
		*reason = r == -EINVAL ? buf_take_text(&why) : NULL;
	} else {
		*out = selector;
	}
	buf_deinit(&why);
	judging_names_deinit(&names);
	root_deinit(&opened);
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

unsigned lsp_selector_facts(const struct lsp_selector *selector)
{
	return selector_facts(&selector->pool, &selector->selector);
}

bool lsp_selector_has(const struct lsp_selector *selector, const char *key)
{
	return selector_find(&selector->pool, &selector->selector, key_find(key, strlen(key)));
}

bool lsp_selector_is_scope(const struct lsp_selector *selector)
{
	static const enum key_id of_scope[] = {KEY_PORT, KEY_PROTO, KEY_FAMILY};
	uint32_t found = 0;

	for (size_t i = 0; i < sizeof(of_scope) / sizeof(of_scope[0]); i++)
		found += selector_find(&selector->pool, &selector->selector, of_scope[i]) != NULL;
	return found == selector->selector.term_count;
}

void lsp_selector_narrow(const struct lsp_selector *selector, struct lsp_query *query)
{
	selector_narrow(&selector->pool, &selector->selector, query);
	if (selector->port_count) {
		query->ports = selector->ports;
		query->port_count = selector->port_count;
	}
}

enum lsp_known lsp_selector_match(const struct lsp_selector *selector,
				  const struct lsp_snapshot *snapshot, size_t index)
{
	struct key_subject subject;
	struct lsp_judgement judgement;

	key_subject_init(&subject, snapshot, index);
	lsp_snapshot_judgement(snapshot, index, &judgement);
	for (size_t i = 0; i < judgement.finding_count; i++)
		subject.findings |= LSP_BIT(judgement.findings[i].id);
	return selector_match(&selector->pool, &selector->selector, &subject);
}
