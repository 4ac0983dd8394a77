/* SPDX-License-Identifier: GPL-2.0-or-later */
/* select/selector_scope: the kernel is asked for less, but for everything that can match. */
#include "support.h"

#include "machine.h"
#include "protocols.h"
#include "ruling.h"
#include "select/selector_parse.h"
#include "select/selector_match.h"
#include "select/selector_scope.h"

#include <stdlib.h>
#include <string.h>

#define TCP LSP_BIT(LSP_PROTO_TCP)
#define UDP LSP_BIT(LSP_PROTO_UDP)
#define V4 LSP_BIT(LSP_FAMILY_IPV4)
#define V6 LSP_BIT(LSP_FAMILY_IPV6)
#define ESTABLISHED LSP_BIT(LSP_STATE_ESTABLISHED)
#define CLOSE LSP_BIT(LSP_STATE_CLOSE)

struct parsed {
	struct selector_pool pool;
	struct selector selector;
};

static void parse(struct parsed *parsed, const char *text)
{
	const char *end = text + strlen(text);
	struct buf error = BUF_INIT;

	*parsed = (struct parsed){0};
	for (const char *at = text; at < end; at++) {
		size_t size = selector_parse_word_size(at, end);

		expect(ruling_parse_word(&parsed->pool, &parsed->selector, at, size, &error) == 0,
		       "\"%s\": %s", text, buf_text(&error));
		at += size;
	}
	buf_deinit(&error);
}

static void a_query_is_narrowed(void **state)
{
	static const struct {
		const char *text;
		bool wants_others;
		unsigned protos, families;
		bool listeners, others;
		unsigned states;
	} rows[] = {
		{"", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
		{"22", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
		{"tcp/22", true, TCP, V4 | V6, true, true, 0},
		{"udp/53,123", false, UDP, V4 | V6, true, false, 0},
		{"tcp/22,udp/53", false, TCP | UDP, V4 | V6, true, false, 0},
		{"udp/auto", false, UDP, V4 | V6, true, false, 0},
		{"proto=tcp", false, TCP, V4 | V6, true, false, 0},
		{"proto=tcp udp/53", false, 0, V4 | V6, true, false, 0},
		{"family=ipv6", false, LSP_PROTO_ALL, V6, true, false, 0},
		{"family=ipv6,ipv4", false, LSP_PROTO_ALL, V4 | V6, true, false, 0},
		{"state=listen", true, TCP, V4 | V6, true, false, 0},
		{"state=listen", false, TCP, V4 | V6, true, false, 0},
		{"state=unconnected", true, LSP_PROTO_ALL & ~TCP, V4 | V6, true, false, 0},
		{"state=listen,unconnected", true, LSP_PROTO_ALL, V4 | V6, true, false, 0},
		{"state=established", true, LSP_PROTO_ALL, V4 | V6, false, true, ESTABLISHED},
		{"state=established", false, LSP_PROTO_ALL, V4 | V6, false, false, ESTABLISHED},
		{"state=listen,established", true, LSP_PROTO_ALL, V4 | V6, true, true, ESTABLISHED},
		{"state=close", true, LSP_PROTO_ALL, V4 | V6, false, true, CLOSE},
		/* negations are left to matching */
		{"proto!=tcp", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
		{"family!=ipv4", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
		{"state!=listen", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
		{"port!=tcp/22", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
		/* IPv6 sockets can serve IPv4 */
		{"address=10.0.0.0/8", true, LSP_PROTO_ALL, V4 | V6, true, true, 0},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = {.protos = LSP_PROTO_ALL,
					  .families = V4 | V6,
					  .listeners = true,
					  .others = rows[i].wants_others};
		struct parsed parsed;

		parse(&parsed, rows[i].text);
		selector_scope_narrow(&parsed.pool, &parsed.selector, &query);
		expect(query.protos == rows[i].protos, "row %zu: protos %x", i, query.protos);
		expect(query.families == rows[i].families, "row %zu: %x", i, query.families);
		expect(query.listeners == rows[i].listeners, "row %zu: listeners", i);
		expect(query.others == rows[i].others, "row %zu: others", i);
		/* Without other sockets in the query, its states do not matter. */
		expect(!query.others || query.states == rows[i].states, "row %zu: states %x", i,
		       query.states);
		selector_pool_deinit(&parsed.pool);
	}
}

static void ports_are_listed(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		struct lsp_port_range ranges[4];
	} rows[] = {
		{"", 0, {{0}}},
		{"user=root", 0, {{0}}},
		{"22", 1, {{22, 22}}},
		{"22 80 443", 3, {{22, 22}, {80, 80}, {443, 443}}},
		{"1-,22,30-40", 3, {{1, 65535}, {22, 22}, {30, 40}}},
		{"tcp/22,udp/53", 2, {{22, 22}, {53, 53}}},
		{"ssh", 1, {{22, 22}}},
		{"0-", 1, {{0, 65535}}},
		{"auto", 0, {{0}}},
		{"22,auto", 0, {{0}}}, /* whatever the kernel chose: no range */
		{"port=auto 22", 0, {{0}}},
		{"port!=22", 0, {{0}}},
		{"22 port!=22", 1, {{22, 22}}},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool is_bare = strcmp(rows[i].text, "auto") == 0;
		struct lsp_port_range *ranges;
		struct parsed parsed;
		size_t count;

		parse(&parsed, is_bare ? "port=auto" : rows[i].text);
		assert_int_equal(
			selector_scope_list_ports(&parsed.pool, &parsed.selector, &ranges, &count),
			0);
		expect(count == rows[i].count, "\"%s\" has %zu ranges", rows[i].text, count);
		for (size_t j = 0; j < count; j++)
			expect(ranges[j].first == rows[i].ranges[j].first &&
				       ranges[j].last == rows[i].ranges[j].last,
			       "range %zu of \"%s\" is %u-%u", j, rows[i].text, ranges[j].first,
			       ranges[j].last);
		free(ranges);
		selector_pool_deinit(&parsed.pool);
	}
}

static void a_key_is_had_when_it_must_hold(void **state)
{
	struct parsed parsed;

	(void)state;
	parse(&parsed, "22 state!=listen user=root");
	assert_non_null(selector_pool_find(&parsed.pool, &parsed.selector, FACT_PORT));
	assert_non_null(
		selector_pool_find(&parsed.pool, &parsed.selector, fact_key_index("user", 4)));
	assert_null(selector_pool_find(&parsed.pool, &parsed.selector, FACT_STATE));
	assert_null(selector_pool_find(&parsed.pool, &parsed.selector, fact_key_index("uid", 3)));
	assert_null(selector_pool_find(&parsed.pool, &parsed.selector, FACTS_MAX));
	selector_pool_deinit(&parsed.pool);
}

/* A rule is missing only if the query covers everything that could satisfy it. */
static void a_query_covers_a_selector_or_not(void **state)
{
	static const struct lsp_port_range low[] = {{0, 1023}}, two[] = {{80, 89}, {22, 79}},
					   all[] = {{32768, 65535}, {0, 32767}};
	static const struct {
		const char *text;
		unsigned protos, families;
		const struct lsp_port_range *ports;
		size_t port_count;
		bool expected;
	} rows[] = {
		{"22", LSP_PROTO_ALL, V4 | V6, NULL, 0, true},
		{"22", TCP, V4 | V6, NULL, 0, false},
		{"22", LSP_PROTO_ALL, V4, NULL, 0, false},
		{"tcp/22", TCP, V4 | V6, NULL, 0, true},
		{"tcp/22", UDP, V4 | V6, NULL, 0, false},
		{"22 proto=tcp family=ipv4", TCP, V4, NULL, 0, true},
		{"22 family=ipv4", TCP, V4, NULL, 0, false},
		{"user=root", LSP_PROTO_ALL, V4 | V6, NULL, 0, true},
		{"22", LSP_PROTO_ALL, V4 | V6, low, 1, true},
		{"1023-1024", LSP_PROTO_ALL, V4 | V6, low, 1, false},
		{"22,8080", LSP_PROTO_ALL, V4 | V6, low, 1, false},
		{"user=root", LSP_PROTO_ALL, V4 | V6, low, 1, false},
		{"tcp/auto", LSP_PROTO_ALL, V4 | V6, low, 1, false},
		{"tcp/auto", LSP_PROTO_ALL, V4 | V6, NULL, 0, true},
		{"port!=22", LSP_PROTO_ALL, V4 | V6, low, 1, false},
		{"22-89", LSP_PROTO_ALL, V4 | V6, two, 2, true},
		{"21-89", LSP_PROTO_ALL, V4 | V6, two, 2, false},
		{"22-90", LSP_PROTO_ALL, V4 | V6, two, 2, false},
		{"0-65535", LSP_PROTO_ALL, V4 | V6, all, 2, true},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = {
			.protos = rows[i].protos,
			.families = rows[i].families,
			.listeners = true,
			.ports = rows[i].ports,
			.port_count = rows[i].port_count,
		};
		struct parsed parsed;

		parse(&parsed, rows[i].text);
		expect(selector_scope_is_covered(&parsed.pool, &parsed.selector, &query) ==
			       rows[i].expected,
		       "row %zu: %s", i, rows[i].text);
		query.listeners = false;
		assert_false(selector_scope_is_covered(&parsed.pool, &parsed.selector, &query));
		selector_pool_deinit(&parsed.pool);
	}
}

/* The kernel may leave out only what would not match, in every state, protocol and port. */
static void nothing_that_matches_is_left_out(void **state)
{
	static const char *const texts[] = {
		"state=listen",
		"state=unconnected",
		"state=close",
		"state=established,listen",
		"state!=listen",
		"tcp/22",
		"udp/auto,22",
		"proto=udp state=unconnected",
		"22-23",
		"state=listen,unconnected",
		"proto=tcp state=unconnected",
		"state=bound,syn-recv",
		"port!=22 proto=tcp",
		"state=time-wait 22",
	};

	(void)state;
	for (size_t t = 0; t < ROWS(texts); t++) {
		struct lsp_query query = {.protos = LSP_PROTO_ALL,
					  .families = V4 | V6,
					  .listeners = true,
					  .others = true};
		struct lsp_port_range *ports;
		struct parsed parsed;
		size_t count;

		parse(&parsed, texts[t]);
		selector_scope_narrow(&parsed.pool, &parsed.selector, &query);
		assert_int_equal(
			selector_scope_list_ports(&parsed.pool, &parsed.selector, &ports, &count),
			0);
		for (unsigned n = 0; n < 2 * 14 * 3; n++) {
			struct machine_row row = {
				.socket = {.proto = (n % 2),
					   .state = (enum lsp_state)(n / 2 % 14),
					   .local.port = (uint16_t)(21 + n / 28)}};
			bool is_possible = row.socket.proto == LSP_PROTO_TCP ||
					   row.socket.state == LSP_STATE_ESTABLISHED ||
					   row.socket.state == LSP_STATE_CLOSE;
			struct lsp_snapshot *snapshot = machine_of(&row, 1);
			bool is_asked, has_port = !count;
			struct lsp_subject subject;

			lsp_subject_init(&subject, snapshot, 0);
			is_asked = lsp_socket_is_listener(&row.socket)
					   ? query.listeners
					   : query.others &&
						     (!query.states ||
						      query.states & LSP_BIT(row.socket.state));
			for (size_t p = 0; p < count; p++)
				has_port |= row.socket.local.port >= ports[p].first &&
					    row.socket.local.port <= ports[p].last;
			is_asked &= has_port && query.protos & LSP_BIT(row.socket.proto);
			expect(is_asked || !is_possible ||
				       selector_match(&parsed.pool, &parsed.selector, &subject,
						      false) != LSP_YES,
			       "\"%s\" leaves out %s %u in state %u", texts[t],
			       lsp_protocol_word(row.socket.proto), row.socket.local.port,
			       row.socket.state);
			lsp_snapshot_free(snapshot);
		}
		free(ports);
		selector_pool_deinit(&parsed.pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_is_narrowed),
		cmocka_unit_test(ports_are_listed),
		cmocka_unit_test(a_key_is_had_when_it_must_hold),
		cmocka_unit_test(a_query_covers_a_selector_or_not),
		cmocka_unit_test(nothing_that_matches_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
