/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge/usual: a part of the built-in table says about its ports what all of it says. */
#include "support.h"

#include "judge/usual.h"
#include "machine.h"

#include <stdlib.h>

/* The table is about ports below this one (tests/lint/usual.py). */
#define PORTS 1024

static struct lsp_snapshot *listen_on(const uint16_t *ports, size_t count)
{
	struct machine_row *rows = calloc(count, sizeof(*rows));
	struct lsp_snapshot *snapshot;

	assert_non_null(rows);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct machine_row){.socket = {MACHINE_TCP(ports[i])}};
	snapshot = machine_of(rows, count);
	free(rows);
	return snapshot;
}

static void load(struct usual *usual, const uint16_t *ports, size_t count)
{
	struct lsp_snapshot *snapshot = listen_on(ports, count);

	assert_int_equal(usual_load(usual, snapshot), 0);
	lsp_snapshot_free(snapshot);
}

static void load_all(struct usual *usual)
{
	uint16_t ports[PORTS];

	for (size_t i = 0; i < PORTS; i++)
		ports[i] = (uint16_t)i;
	*usual = (struct usual){0};
	load(usual, ports, PORTS);
}

static int compare_rules(const void *a, const void *b)
{
	const struct rule *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

/* The rules about a port, each once, in the order of the table. */
static void append_rules(struct buf *out, const struct rule_set *set, unsigned proto, uint16_t port)
{
	const struct rule *rules[512], *rule;
	struct rule_index_walk walk;
	size_t count = 0;

	rule_index_begin(&walk, &set->index, proto, port);
	while ((rule = rule_index_next(&walk)) && count < ARRAY_SIZE(rules))
		rules[count++] = rule;
	assert_true(count < ARRAY_SIZE(rules));
	qsort(rules, count, sizeof(*rules), compare_rules);
	for (size_t i = 0; i < count; i++) {
		if (i && rules[i] == rules[i - 1])
			continue;
		rule_table_format_text(&set->table, rules[i], out);
		buf_append_char(out, '\n');
	}
}

static void expect_same(const struct usual *part, const struct usual *all, uint16_t port)
{
	struct buf found = BUF_INIT, wanted = BUF_INIT;

	for (unsigned proto = 0; proto < lsp_protocol_count(); proto++) {
		append_rules(&found, &part->set, proto, port);
		append_rules(&wanted, &all->set, proto, port);
	}
	assert_true(wanted.size > 0);
	assert_string_equal(buf_text(&found), buf_text(&wanted));
	buf_deinit(&found);
	buf_deinit(&wanted);
}

static void each_port_has_the_rules_of_the_whole_table(void **state)
{
	struct usual all;

	(void)state;
	load_all(&all);
	for (uint16_t port = 1; port < PORTS; port++) {
		struct usual part = {0};

		load(&part, &port, 1);
		assert_true(rule_table_count(&part.set.table) < rule_table_count(&all.set.table));
		expect_same(&part, &all, port);
		usual_deinit(&part);
	}
	usual_deinit(&all);
}

/* One that is listened on later comes to the others, and the order stays that of the table. */
static void ports_are_added(void **state)
{
	const uint16_t late_first[] = {990, 22, 21, 631, 80, 600, 1023};
	struct usual all, part = {0};
	size_t count;

	(void)state;
	load_all(&all);
	for (size_t i = 0; i < ARRAY_SIZE(late_first); i++) {
		load(&part, &late_first[i], 1);
		for (size_t j = 0; j <= i; j++)
			expect_same(&part, &all, late_first[j]);
	}
	/* what is there is not read again, and nothing is about a port above */
	count = rule_table_count(&part.set.table);
	load(&part, (const uint16_t[]){22, 1024, 65535}, 3);
	assert_int_equal(rule_table_count(&part.set.table), count);
	usual_deinit(&part);
	usual_deinit(&all);
}

static void nobody_listens(void **state)
{
	struct usual usual = {0};
	struct rule_index_walk walk;

	(void)state;
	load(&usual, (const uint16_t[]){8080}, 1);
	rule_index_begin(&walk, &usual.set.index, LSP_PROTO_TCP, 8080);
	assert_null(rule_index_next(&walk));
	usual_deinit(&usual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_port_has_the_rules_of_the_whole_table),
		cmocka_unit_test(ports_are_added),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
