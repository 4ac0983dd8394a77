/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/collection: which sockets are wanted, and what is filled in. */
#include "collecting.h"

static const struct lsp_query listeners = {.listeners = true};

static void only_wanted_ports_are_added(void **state)
{
	static const struct lsp_port_range ranges[] = {{22, 22}, {80, 90}, {65535, 65535}};
	static const struct {
		uint16_t port;
		bool is_added;
	} ports[] = {
		{0, false}, {21, false}, {22, true},  {23, false},    {79, false},
		{80, true}, {90, true},  {91, false}, {65534, false}, {65535, true},
	};
	struct collecting scene;

	collecting_init(&scene, *state, &listeners, 0);
	scene.query.ports = ranges;
	scene.query.port_count = ROWS(ranges);
	for (size_t i = 0; i < ROWS(ports); i++) {
		struct lsp_socket socket = {.local.port = ports[i].port};
		size_t before = collecting_count(&scene);

		assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket), 0);
		expect(collecting_count(&scene) - before == ports[i].is_added, "port %u",
		       ports[i].port);
	}
	collecting_deinit(&scene);
}

static void namespace_and_device_are_filled_in(void **state)
{
	static const uint32_t ifindexes[] = {0, 7, 8, 7, UINT32_MAX};
	static const char *const names[] = {NULL, "if7", "if8", "if7", "if4294967295"};
	struct collecting scene;

	collecting_init(&scene, *state, &listeners, 4026531840u);
	for (size_t i = 0; i < ROWS(ifindexes); i++) {
		struct lsp_socket socket = {.local.port = (uint16_t)i, .inode = (uint32_t)i + 1};

		socket.local.zone_index = ifindexes[i];
		assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket), 0);
	}
	assert_int_equal(builder_sort_dedup(scene.snapshot), 0);
	for (size_t i = 0; i < ROWS(ifindexes); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(scene.snapshot, i, &socket);
		assert_int_equal(socket.netns, 4026531840u);
		if (names[i])
			assert_string_equal(socket.local.zone, names[i]);
		else
			assert_null(socket.local.zone);
	}
	collecting_deinit(&scene);
}

static void on_the_machine_a_device_has_its_name(void **state)
{
	struct lsp_socket socket = {0};
	struct collecting scene;

	(void)state;
	collecting_init(&scene, NULL, &listeners, 0);
	socket.local.zone_index = 1;
	assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket), 0);
	lsp_snapshot_socket(scene.snapshot, 0, &socket);
	assert_string_equal(socket.local.zone, "lo");
	collecting_deinit(&scene);
}

static void auto_is_unknown_unless_it_was_asked_for(void **state)
{
	for (unsigned lookups = 0; lookups <= LSP_LOOKUP_AUTO; lookups += LSP_LOOKUP_AUTO) {
		struct lsp_socket socket = {.is_auto = LSP_NO};
		struct collecting scene;

		collecting_init(&scene, *state, &listeners, 0);
		scene.query.lookups = lookups;
		assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket), 0);
		builder_peek(scene.snapshot, 0, &socket);
		assert_int_equal(socket.is_auto, lookups ? LSP_NO : LSP_UNKNOWN);
		collecting_deinit(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(only_wanted_ports_are_added),
		TREE_TEST(namespace_and_device_are_filled_in),
		cmocka_unit_test(on_the_machine_a_device_has_its_name),
		TREE_TEST(auto_is_unknown_unless_it_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
