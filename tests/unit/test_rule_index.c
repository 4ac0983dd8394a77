/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/rule_index: for every port exactly the rules that a plain loop finds. */
#include "ruling.h"

#include <stdlib.h>
#include <string.h>

#define SEED 20240229u

/* The same numbers on every machine. */
static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static void load(struct rules *rules, const char *text, size_t size)
{
	struct buf errors = BUF_INIT;

	*rules = (struct rules){0};
	expect(ruling_parse(rules, "f", text, size, &errors) == 0, "%s", buf_text(&errors));
	assert_int_equal(rules_index(rules), 0);
	buf_deinit(&errors);
}

/* Can the rule be about the port? What proto= says is left to matching. */
static bool is_of_port(const struct rules *rules, const struct rule *rule, enum lsp_proto proto,
		       uint16_t port)
{
	bool is = true;

	for (uint32_t i = 0; i < rule->selector.term_count; i++) {
		const struct selector_term *term =
			selector_term_at(&rules->pool, &rule->selector, i);
		const struct selector_value *values = &rules->pool.values[term->first_value];

		if (term->key == KEY_CATEGORY && !term->is_negative) {
			is = false;
			for (uint32_t v = 0; v < term->value_count; v++)
				is |= values[v].bits >> lsp_category_of(port) & 1;
		}
		if (term->key != KEY_PORT || term->is_negative)
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

/* No rule is left out, and none comes that is not of the port. */
static void expect_proto_port(const struct rules *rules, enum lsp_proto proto, uint16_t port,
			      uint8_t *seen)
{
	const struct rule *rule;
	struct rule_walk walk;

	memset(seen, 0, rules->count);
	rule_walk_init(&walk, rules, proto, port);
	while ((rule = rule_walk_next(&walk)))
		seen[rule - rules->rules] = 1;
	assert_null(rule_walk_next(&walk)); /* and stays at its end */
	for (size_t i = 0; i < rules->count; i++)
		expect(seen[i] == is_of_port(rules, &rules->rules[i], proto, port),
		       "%s/%u, rule %zu", lsp_proto_word(proto), port, i);
}

static void expect_port(const struct rules *rules, uint16_t port, uint8_t *seen)
{
	expect_proto_port(rules, LSP_PROTO_TCP, port, seen);
	expect_proto_port(rules, LSP_PROTO_UDP, port, seen);
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
		struct rules rules;

		load(&rules, texts[i], strlen(texts[i]));
		for (unsigned port = 0; port <= 65535; port++)
			expect_port(&rules, (uint16_t)port, seen);
		rules_deinit(&rules);
	}
}

static void random_ranges(void **state)
{
	uint64_t seed = SEED;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct buf text = BUF_INIT;
		struct rules rules;
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
		seen = calloc(rules.count, 1);
		assert_non_null(seen);
		for (unsigned i = 0; i < 500; i++) {
			/* Half of them where ranges begin and end. */
			const struct selector_value *value =
				&rules.pool.values[next_random(&seed) % rules.pool.value_count];
			uint16_t port = (uint16_t)next_random(&seed);

			if (i & 1)
				port = (uint16_t)((i & 2 ? value->ports.first : value->ports.last) +
						  i % 3 - 1);
			expect_port(&rules, port, seen);
		}
		free(seen);
		buf_deinit(&text);
		rules_deinit(&rules);
	}
}

/* The rules of one port come without the others being looked at. */
static void a_hundred_thousand_rules(void **state)
{
	struct buf text = BUF_INIT;
	struct rules rules;
	uint8_t *seen;

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "%s/%u family=ipv4 user=root\n", i % 2 ? "tcp" : "udp",
			   i % 60000);
	load(&rules, text.data, text.size);
	assert_int_equal(rules.count, 100000);
	seen = calloc(rules.count, 1);
	assert_non_null(seen);
	for (unsigned port = 0; port <= 65535; port += 771) {
		struct rule_walk walk;
		size_t steps = 0;

		expect_port(&rules, (uint16_t)port, seen);
		rule_walk_init(&walk, &rules, LSP_PROTO_TCP, (uint16_t)port);
		while (rule_walk_next(&walk))
			steps++;
		expect(steps <= 2, "port %u: %zu rules are looked at", port, steps);
	}
	free(seen);
	buf_deinit(&text);
	rules_deinit(&rules);
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
		struct rules rules;

		load(&rules, rows[i].text, strlen(rows[i].text));
		expect(rules.rules[0].has_port == rows[i].expected, "%s", rows[i].text);
		rules_deinit(&rules);
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
