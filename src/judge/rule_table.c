/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules as they are kept. Reads no text and decides nothing about a listener. */
#include "judge/rule_table.h"

#include "model/fact.h"
#include "select/selector_value.h"

#include <errno.h>
#include <stdlib.h>

void rule_table_deinit(struct rule_table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->files.count; i++)
		free(((char **)table->files.data)[i]);
	array_deinit(&table->files);
	array_deinit(&table->rules);
	buf_deinit(&table->text);
	selector_pool_deinit(&table->pool);
	*table = (struct rule_table){0};
}

int64_t rule_table_add_file(struct rule_table *table, const char *name)
{
	char **slot = array_add(&table->files, sizeof(*slot));

	if (!slot)
		return -ENOMEM;
	*slot = strdup(name);
	return *slot ? (int64_t)table->files.count - 1 : -ENOMEM;
}

/* A rule that only says "auto" is about whatever port the kernel chose. */
static void note_ports(const struct selector_pool *pool, struct rule *rule)
{
	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term = selector_pool_term(pool, &rule->selector, i);
		bool is_named = true;

		if (term->fact != FACT_PORT || term->is_negative)
			continue;
		for (uint32_t v = 0; v < term->value_count; v++) {
			const struct selector_value *value = &selector_pool_values(pool, term)[v];

			rule->has_port |= !value->ports.is_auto;
			is_named &= !value->ports.is_auto && selector_value_names_ports(value);
		}
		rule->is_by_index = is_named && i == 0;
		/* There is one such term: the words of one key are joined. */
		return;
	}
}

static bool names_container(struct rule_table *table, const struct selector *selector)
{
	static const char key[] = "container";

	/* To look it up for each of many rules takes as long as to read them. */
	if (!table->container_fact)
		table->container_fact = UINT64_C(1) << fact_key_index(key, sizeof(key) - 1);
	return selector->facts[0] & table->container_fact;
}

static int add_one(struct rule_table *table, const struct rule *rule)
{
	struct rule *slot = array_add(&table->rules, sizeof(*slot));
	bool is_of_container = names_container(table, &rule->selector);

	if (!slot)
		return -ENOMEM;
	*slot = *rule;
	note_ports(&table->pool, slot);
	slot->use = is_of_container ? SELECTOR_CONTAINER_RULE : SELECTOR_RULE;
	/* A container mostly has a namespace of its own. */
	slot->is_own = !table->is_everywhere && !is_of_container &&
		       !((rule->selector.facts[0] | rule->selector.facts[1]) >> FACT_NETNS & 1);
	return 0;
}

int rule_table_add(struct rule_table *table, const struct rule *rule)
{
	const struct selector_term *ports =
		rule->is_required ? selector_pool_find(&table->pool, &rule->selector, FACT_PORT)
				  : NULL;
	uint32_t count = ports ? ports->value_count : 1;
	int r = 0;

	if (count == 1)
		return add_one(table, rule);
	for (uint32_t i = 0; r >= 0 && i < count; i++) {
		struct rule item = *rule;

		item.is_item = true;
		r = selector_pool_split(&table->pool, &rule->selector, FACT_PORT, i,
					&item.selector);
		if (r >= 0)
			r = add_one(table, &item);
	}
	return r;
}

/* Does the term mean this very port, and not only a wide range around it? */
static bool names_port(const struct rule_table *table, const struct selector_term *term,
		       uint16_t port)
{
	for (uint32_t i = 0; i < term->value_count; i++) {
		const struct selector_value *value = &selector_pool_values(&table->pool, term)[i];

		if (port >= value->ports.first && port <= value->ports.last &&
		    selector_value_names_ports(value))
			return true;
	}
	return false;
}

bool rule_table_names_port(const struct rule_table *table, const struct rule *rule, uint16_t port)
{
	bool is = rule->has_port;

	if (rule->is_by_index)
		return true;
	for (uint32_t i = 0; is && i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&table->pool, &rule->selector, i);

		if (term->fact == FACT_PORT && !term->is_negative)
			is = names_port(table, term, port);
	}
	return is;
}

const char *rule_table_file(const struct rule_table *table, uint32_t file)
{
	return ((char *const *)table->files.data)[file];
}

void rule_table_format_location(const struct rule_table *table, const struct rule *rule,
				struct buf *out)
{
	buf_append_text(out, rule_table_file(table, rule->file));
	buf_append_char(out, ':');
	buf_append_number(out, rule->line);
}

void rule_table_format_text(const struct rule_table *table, const struct rule *rule,
			    struct buf *out)
{
	const struct selector_term *head = selector_pool_term(&table->pool, &rule->selector, 0);

	buf_append(out, table->text.data + head->text_at, head->text_size);
	buf_append(out, table->text.data + rule->tail_at, rule->tail_size);
}

static void append_protos(struct buf *out, uint8_t protos)
{
	const char *before = "";

	for (unsigned proto = 0; proto < lsp_protocol_count(); proto++) {
		if (!(protos & LSP_BIT(proto)))
			continue;
		buf_printf(out, "%s%s", before, lsp_protocol_word(proto));
		before = ",";
	}
	buf_append_char(out, '/');
}

void rule_table_format_missing(const struct rule_table *table, const struct rule *rule,
			       struct buf *out)
{
	const struct selector_term *term =
		selector_pool_find(&table->pool, &rule->selector, FACT_PORT);
	const struct selector_value *value;

	if (rule->is_item) {
		value = selector_pool_values(&table->pool, term);
		if (value->ports.protos != lsp_protocol_all())
			append_protos(out, value->ports.protos);
		if (value->ports.is_auto)
			buf_append_text(out, "auto");
		else
			buf_append_number(out, value->ports.first);
		if (!value->ports.is_auto && value->ports.last != value->ports.first)
			buf_printf(out, "-%u", value->ports.last);
		buf_append_text(out, " of ");
	}
	rule_table_format_text(table, rule, out);
}
