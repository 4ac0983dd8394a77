/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/sockdiag: a query makes the dumps that it needs and no others; LISTEN is always asked for
 * alone. */
#include "protocols.h"
#include "support.h"

#include "collect/sockdiag.h"
#include "collecting.h"

#define TCP_OTHERS 0x1bfeu
#define UDP_OTHERS 0x1f7eu

static const struct lsp_socket sockets[] = {
	{.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1},
	{.state = LSP_STATE_LISTEN, .local.port = 40000, .cookie = 2, .is_auto = LSP_YES},
	{.state = LSP_STATE_ESTABLISHED, .local.port = 22, .peer.port = 1, .cookie = 3},
	{.proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE, .local.port = 53, .cookie = 4},
	{.proto = LSP_PROTO_UDP, .state = LSP_STATE_ESTABLISHED, .local.port = 54, .cookie = 5},
	{.local.family = LSP_FAMILY_IPV6, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 6},
};

static void begin(struct collecting *collecting, const struct lsp_query *query)
{
	collecting_init(collecting, NULL, query, 0);
	collecting_from_kernel(collecting, sockets, ROWS(sockets));
}

static void a_query_becomes_its_dumps(void **state)
{
	static const struct lsp_port_range two[] = {{20, 30}, {40000, 40000}};
	static const struct lsp_port_range nine[] = {{1, 1}, {2, 2}, {3, 3}, {4, 4},  {5, 5},
						     {6, 6}, {7, 7}, {8, 8}, {22, 22}};
	static const struct {
		const char *name;
		struct lsp_query query;
		unsigned proto;
		size_t requests, sockets;
		uint32_t last_states;
	} rows[] = {
		{"listeners of TCP",
		 {.families = 1, .listeners = true},
		 LSP_PROTO_TCP,
		 1,
		 2,
		 0x400},
		{"listeners of UDP", {.families = 1, .listeners = true}, LSP_PROTO_UDP, 1, 1, 0x80},
		{"of IPv6", {.families = 2, .listeners = true}, LSP_PROTO_TCP, 1, 1, 0x400},
		{"of both", {.families = 3, .listeners = true}, LSP_PROTO_TCP, 2, 3, 0x400},
		{"of none", {.listeners = true}, LSP_PROTO_TCP, 0, 0, 0},
		{"other states of TCP",
		 {.families = 1, .others = true},
		 LSP_PROTO_TCP,
		 1,
		 1,
		 TCP_OTHERS},
		{"other states of UDP",
		 {.families = 1, .others = true},
		 LSP_PROTO_UDP,
		 1,
		 1,
		 UDP_OTHERS},
		{"bound without listening",
		 {.families = 1, .others = true, .states = LSP_BIT(LSP_STATE_BOUND_INACTIVE)},
		 LSP_PROTO_TCP,
		 1,
		 0,
		 0x2000},
		{"UDP has no such state",
		 {.families = 1, .others = true, .states = LSP_BIT(LSP_STATE_BOUND_INACTIVE)},
		 LSP_PROTO_UDP,
		 0,
		 0,
		 0},
		{"all states",
		 {.families = 1, .listeners = true, .others = true},
		 LSP_PROTO_TCP,
		 2,
		 3,
		 TCP_OTHERS},
		{"neither", {.families = 1}, LSP_PROTO_TCP, 0, 0, 0},
		{"two ranges",
		 {.families = 1, .listeners = true, .ports = two, .port_count = 2},
		 LSP_PROTO_TCP,
		 2,
		 2,
		 0x400},
		{"too many ranges",
		 {.families = 1, .listeners = true, .ports = nine, .port_count = 9},
		 LSP_PROTO_TCP,
		 1,
		 1,
		 0x400},
		{"with autos",
		 {.families = 1, .listeners = true, .lookups = LSP_LOOKUP_AUTO},
		 LSP_PROTO_TCP,
		 2,
		 2,
		 0x400},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct collecting scene;

		begin(&scene, &rows[i].query);
		expect(sockdiag_collector.collect(&scene.collection, rows[i].proto) == 0, "%s",
		       rows[i].name);
		expect(scene.kernel.asked_count == rows[i].requests, "%s: %zu requests",
		       rows[i].name, scene.kernel.asked_count);
		expect(collecting_count(&scene) == rows[i].sockets, "%s: %zu sockets", rows[i].name,
		       collecting_count(&scene));
		expect(scene.kernel.states == rows[i].last_states, "%s: states %x", rows[i].name,
		       scene.kernel.states);
		collecting_deinit(&scene);
	}
}

static void ports_that_the_kernel_chose_are_marked(void **state)
{
	const struct lsp_query query = {
		.families = 1, .listeners = true, .others = true, .lookups = LSP_LOOKUP_AUTO};
	static const enum lsp_tristate expected[] = {LSP_NO, LSP_UNKNOWN, LSP_YES};
	struct collecting scene;

	(void)state;
	begin(&scene, &query);
	assert_int_equal(sockdiag_collector.collect(&scene.collection, LSP_PROTO_TCP), 0);
	assert_int_equal(scene.kernel.asked_count, 3);
	assert_false(scene.kernel.asked[0].is_auto_only);
	assert_true(scene.kernel.asked[1].is_auto_only);
	assert_false(scene.kernel.asked[2].is_auto_only);
	assert_int_equal(builder_sort_dedup(scene.snapshot), 0);
	assert_int_equal(lsp_snapshot_count(scene.snapshot), 3);
	for (size_t i = 0; i < 3; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(scene.snapshot, i, &socket);
		expect(socket.is_auto == expected[i], "socket %zu: %d", i, socket.is_auto);
	}
	collecting_deinit(&scene);
}

/* The listeners are there, and of none is it said who chose its port; all else is a gap. */
static void at_the_deadline_what_was_not_asked_is_unknown(void **state)
{
	const struct lsp_query query = {
		.families = 1, .listeners = true, .others = true, .lookups = LSP_LOOKUP_AUTO};

	(void)state;
	/* The end of a dump that it comes during is a datagram of its own. */
	for (size_t late_after = 0; late_after <= 2; late_after++) {
		size_t count = late_after ? 2 : 0;
		struct collecting scene;
		const struct lsp_gap *gap;

		begin(&scene, &query);
		if (!late_after)
			scene.collection.netlink.deadline = 1;
		scene.kernel.deadline = &scene.collection.netlink.deadline;
		scene.kernel.late_after = late_after;
		assert_int_equal(sockdiag_collector.collect(&scene.collection, LSP_PROTO_TCP), 0);
		assert_int_equal(scene.kernel.asked_count, late_after);
		gap = collecting_gap(&scene, "tcp sockets", "the time limit was reached");
		assert_non_null(gap);
		assert_true(gap->hides);
		assert_int_equal(gap->unread, LSP_BIT(LSP_PROTO_TCP));
		assert_int_equal(builder_sort_dedup(scene.snapshot), 0);
		assert_int_equal(lsp_snapshot_count(scene.snapshot), count);
		for (size_t i = 0; i < count; i++) {
			struct lsp_socket socket;

			lsp_snapshot_socket(scene.snapshot, i, &socket);
			assert_int_equal(socket.is_auto, LSP_UNKNOWN);
		}
		collecting_deinit(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_becomes_its_dumps),
		cmocka_unit_test(ports_that_the_kernel_chose_are_marked),
		cmocka_unit_test(at_the_deadline_what_was_not_asked_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
