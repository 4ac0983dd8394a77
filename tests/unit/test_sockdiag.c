/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/sockdiag: which dumps a query needs, and no other; LISTEN is always asked for alone. */
#include "support.h"

#include "collect/collector.h"
#include "fakediag.h"

#define TCP_OTHERS 0x1bfeu
#define UDP_OTHERS 0x1f7eu

static const struct lsp_socket sockets[] = {
	{.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1},
	{.state = LSP_STATE_LISTEN, .local.port = 40000, .cookie = 2, .is_auto = LSP_KNOWN_YES},
	{.state = LSP_STATE_ESTABLISHED, .local.port = 22, .peer.port = 1, .cookie = 3},
	{.proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE, .local.port = 53, .cookie = 4},
	{.proto = LSP_PROTO_UDP, .state = LSP_STATE_ESTABLISHED, .local.port = 54, .cookie = 5},
	{.family = LSP_FAMILY_IPV6, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 6},
};

struct scene {
	struct root root;
	struct lsp_query query;
	struct lsp_snapshot *snapshot;
	struct collection collection;
	struct fake_kernel kernel;
};

static void scene_init(struct scene *scene, const struct lsp_query *query)
{
	*scene = (struct scene){.root.fd = -1, .query = *query};
	fake_kernel_init(&scene->kernel, sockets, ROWS(sockets));
	assert_int_equal(snapshot_new(&scene->snapshot), 0);
	assert_int_equal(collection_init(&scene->collection, &scene->root, &scene->query,
					 scene->snapshot, 0),
			 0);
	scene->collection.netlink.transport = &scene->kernel.transport;
}

static void scene_deinit(struct scene *scene)
{
	collection_deinit(&scene->collection);
	fake_kernel_deinit(&scene->kernel);
	lsp_snapshot_free(scene->snapshot);
}

static void a_query_becomes_its_dumps(void **state)
{
	static const struct lsp_port_range two[] = {{20, 30}, {40000, 40000}};
	static const struct lsp_port_range nine[] = {{1, 1}, {2, 2}, {3, 3}, {4, 4},  {5, 5},
						     {6, 6}, {7, 7}, {8, 8}, {22, 22}};
	static const struct {
		const char *name;
		struct lsp_query query;
		enum lsp_proto proto;
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
		 {.families = 1, .listeners = true, .facts = LSP_FACT_AUTO},
		 LSP_PROTO_TCP,
		 2,
		 2,
		 0x400},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct scene scene;

		scene_init(&scene, &rows[i].query);
		expect(collector_netlink.collect(&scene.collection, rows[i].proto) == 0, "%s",
		       rows[i].name);
		expect(scene.kernel.asked_count == rows[i].requests, "%s: %zu requests",
		       rows[i].name, scene.kernel.asked_count);
		expect(snapshot_mark(scene.snapshot) == rows[i].sockets, "%s: %zu sockets",
		       rows[i].name, snapshot_mark(scene.snapshot));
		expect(scene.kernel.states == rows[i].last_states, "%s: states %x", rows[i].name,
		       scene.kernel.states);
		scene_deinit(&scene);
	}
}

static void ports_that_the_kernel_chose_are_marked(void **state)
{
	const struct lsp_query query = {
		.families = 1, .listeners = true, .others = true, .facts = LSP_FACT_AUTO};
	static const enum lsp_known expected[] = {LSP_KNOWN_NO, LSP_KNOWN_NOT, LSP_KNOWN_YES};
	struct scene scene;

	(void)state;
	scene_init(&scene, &query);
	assert_int_equal(collector_netlink.collect(&scene.collection, LSP_PROTO_TCP), 0);
	assert_int_equal(scene.kernel.asked_count, 3);
	assert_false(scene.kernel.asked[0].is_auto_only);
	assert_true(scene.kernel.asked[1].is_auto_only);
	assert_false(scene.kernel.asked[2].is_auto_only);
	assert_int_equal(snapshot_settle(scene.snapshot), 0);
	assert_int_equal(lsp_snapshot_count(scene.snapshot), 3);
	for (size_t i = 0; i < 3; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(scene.snapshot, i, &socket);
		expect(socket.is_auto == expected[i], "socket %zu: %d", i, socket.is_auto);
	}
	scene_deinit(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_query_becomes_its_dumps),
		cmocka_unit_test(ports_that_the_kernel_chose_are_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
