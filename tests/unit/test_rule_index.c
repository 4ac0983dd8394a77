/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rule_index: for every port it finds exactly the rules that a plain loop finds. */
#include "support.h"

#include "protocols.h"
#include "ruling.h"

#include <stdlib.h>
#include <string.h>

#define SEED 20240229u

/* The sequence is the same on every machine. */
static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static void load(struct rule_set *set, const char *text, size_t size)
{
	struct buf errors = BUF_INIT;

	*set = (struct rule_set){0};
	expect(ruling_parse(&set->table, "f", text, size, &errors) == 0, "%s", buf_text(&errors));
	assert_int_equal(rule_index_init(&set->index, &set->table), 0);
	buf_deinit(&errors);
}

/* Can the rule be about the port? proto= is left to matching. */
static bool is_of_port(const struct rule_table *rules, const struct rule *rule, unsigned proto,
		       uint16_t port)
{
	bool is = true;

	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_pool_term(&rules->pool, &rule->selector, i);
		const struct selector_value *values = selector_pool_values(&rules->pool, term);

		if (lsp_fact_at(term->fact) == lsp_fact_find("category") && !term->is_negative) {
			is = false;
			for (uint32_t v = 0; v < term->value_count; v++)
				is |= values[v].bits >> lsp_port_category(port) & 1;
		}
		if (term->fact != FACT_PORT || term->is_negative)
			continue;
		for (uint32_t v = 0; v < term->value_count; v++) {
			if (values[v].ports.protos & LSP_BIT(proto) &&
			    port >= values[v].ports.first && port <= values[v].ports.last)
				return true;
		}
		return false;
	}
	return is;
}

/* No rule is missed, and no rule of another port is found. */
static void expect_proto_port(const struct rule_set *set, unsigned proto, uint16_t port,
			      uint8_t *seen)
{
	const struct rule_table *rules = &set->table;
	struct rule_index_walk walk;
	const struct rule *rule;

	memset(seen, 0, rule_table_count(rules));
	rule_index_begin(&walk, &set->index, proto, port);
	while ((rule = rule_index_next(&walk)))
		seen[rule_table_index_of(rules, rule)] = 1;
	assert_null(rule_index_next(&walk)); /* and stays at its end */
	for (size_t i = 0; i < rule_table_count(rules); i++)
		expect(seen[i] == is_of_port(rules, rule_table_at(rules, i), proto, port),
		       "%s/%u, rule %zu", lsp_protocol_word(proto), port, i);
}

static void expect_port(const struct rule_set *set, uint16_t port, uint8_t *seen)
{
	expect_proto_port(set, LSP_PROTO_TCP, port, seen);
	expect_proto_port(set, LSP_PROTO_UDP, port, seen);
}

static void the_ends_of_ranges(void **state)
{
	static const char *const texts[] = {
		"", /* no rule at all */
		"0\n",
		"65535\n",
		"0-\n",
		"0-65534\n",
		"1-\n",
		"1-65534\n",
		"32767\n32768\n32767-32768\n",
		"22\n22\n22\n",
		"22,22 22\n",
		"tcp/22,udp/53,1000-1999\n",
		"tcp/65535\nudp/0\ntcp/0-\nudp/0-\n",
		"udp/65535\nudp/65534-\n",
		"user=root\n",
		"category=well-known user=root\ncategory=dynamic\ncategory!=registered\n",
		"category=registered,dynamic\ncategory=well-known,registered,dynamic\n",
		"category=well-known 8080\ncategory=well-known port!=22\n",
		"port!=22\n",
		"22 port!=22\n",
		"tcp/auto\n",
		"tcp/auto,22\n80\nuser=root\n65535\n0\n",
	};

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++) {
		uint8_t seen[8];
		struct rule_set rules;

		load(&rules, texts[i], strlen(texts[i]));
		for (unsigned port = 0; port <= 65535; port++)
			expect_port(&rules, (uint16_t)port, seen);
		rule_set_deinit(&rules);
	}
}

static void random_ranges(void **state)
{
	uint64_t seed = SEED;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct buf text = BUF_INIT;
		struct rule_set rules;
		uint8_t *seen;

		for (unsigned i = 0; i < 300; i++) {
			unsigned items = 1 + next_random(&seed) % 3;

			while (items--) {
				unsigned first = next_random(&seed) % 65536;
				unsigned wide = next_random(&seed) % 3;
				unsigned room = wide == 2 ? 65535 - first : wide * 20;
				unsigned last = first + next_random(&seed) % (room + 1);

				buf_printf(&text, "%u-%u ", first, last < 65536 ? last : 65535);
			}
			buf_append_char(&text, '\n');
		}
		load(&rules, text.data, text.size);
		seen = calloc(rule_table_count(&rules.table), 1);
		assert_non_null(seen);
		for (unsigned i = 0; i < 500; i++) {
			/* Half of the ports are where ranges begin or end. */
			const struct selector_value *value =
				(const struct selector_value *)rules.table.pool.values.data +
				next_random(&seed) % rules.table.pool.values.count;
			uint16_t port = (uint16_t)next_random(&seed);

			if (i & 1)
				port = (uint16_t)((i & 2 ? value->ports.first : value->ports.last) +
						  i % 3 - 1);
			expect_port(&rules, port, seen);
		}
		free(seen);
		buf_deinit(&text);
		rule_set_deinit(&rules);
	}
}

/* Finding the rules of one port does not touch the others. */
static void a_hundred_thousand_rules(void **state)
{
	struct buf text = BUF_INIT;
	struct rule_set rules;
	uint8_t *seen;

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "%s/%u family=ipv4 user=root\n", i % 2 ? "tcp" : "udp",
			   i % 60000);
	load(&rules, text.data, text.size);
	assert_int_equal(rule_table_count(&rules.table), 100000);
	seen = calloc(rule_table_count(&rules.table), 1);
	assert_non_null(seen);
	for (unsigned port = 0; port <= 65535; port += 771) {
		struct rule_index_walk walk;
		size_t steps = 0;

		expect_port(&rules, (uint16_t)port, seen);
		rule_index_begin(&walk, &rules.index, LSP_PROTO_TCP, (uint16_t)port);
		while (rule_index_next(&walk))
			steps++;
		expect(steps <= 2, "port %u: %zu rules are looked at", port, steps);
	}
	free(seen);
	buf_deinit(&text);
	rule_set_deinit(&rules);
}

static void a_rule_that_names_ports_is_marked(void **state)
{
	static const struct {
		const char *text;
		bool expected;
	} rows[] = {
		{"22\n", true},         {"tcp/22 user=root\n", true}, {"tcp/auto\n", false},
		{"user=root\n", false}, {"port!=22\n", false},        {"22,auto\n", true},
		{"0-\n", true},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rule_set rules;

		load(&rules, rows[i].text, strlen(rows[i].text));
		expect(rule_table_at(&rules.table, 0)->has_port == rows[i].expected, "%s",
		       rows[i].text);
		rule_set_deinit(&rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ends_of_ranges),
		cmocka_unit_test(random_ranges),
		cmocka_unit_test(a_hundred_thousand_rules),
		cmocka_unit_test(a_rule_that_names_ports_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
