/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/builder: data is kept, rolled back or merged as the header says. */
#include "protocols.h"
#include "support.h"

#include "model/builder.h"
#include "model/socket_order.h"

#include <stdio.h>

static void add(struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	assert_int_equal(builder_add_socket(snapshot, socket), 0);
}

static void a_new_one_is_empty_and_free_takes_null(void **state)
{
	struct intmap map = {0};
	size_t count = 7;

	lsp_snapshot_free(NULL);
	assert_int_equal(builder_mark(*state), 0);
	assert_int_equal(builder_sort_dedup(*state), 0);
	assert_int_equal(builder_list_unowned(*state, &map), 0);
	assert_int_equal(builder_list_cgroups(*state, &map), 0);
	assert_int_equal(builder_list_uids(*state, &map), 0);
	assert_int_equal(map.count, 0);
	assert_int_equal(builder_seal(*state), 0);
	assert_int_equal(lsp_snapshot_count(*state), 0);
	lsp_snapshot_gaps(*state, &count);
	assert_int_equal(count, 0);
	lsp_snapshot_notes(*state, &count);
	assert_int_equal(count, 0);
}

static void a_rollback_forgets_what_came_after_the_mark(void **state)
{
	struct lsp_socket socket = {.has_cookie = true};
	size_t mark;

	for (uint16_t i = 0; i < 3; i++) {
		socket.cookie = socket.local.port = i;
		add(*state, &socket);
	}
	mark = builder_mark(*state);
	for (uint16_t i = 10; i < 1000; i++) {
		socket.cookie = socket.local.port = i;
		add(*state, &socket);
	}
	builder_rollback(*state, mark);
	assert_int_equal(builder_mark(*state), 3);
	socket.cookie = socket.local.port = 2000;
	add(*state, &socket);
	builder_peek(*state, 3, &socket);
	assert_int_equal(socket.local.port, 2000);
	assert_int_equal(builder_sort_dedup(*state), 0);
	assert_int_equal(lsp_snapshot_count(*state), 4);
}

static void before_sorting_sockets_keep_their_order(void **state)
{
	static const uint16_t ports[] = {443, 22, 80};

	for (size_t i = 0; i < ROWS(ports); i++) {
		struct lsp_socket socket = {.local.port = ports[i], .inode = (uint32_t)i + 1};

		add(*state, &socket);
	}
	for (size_t i = 0; i < ROWS(ports); i++) {
		struct lsp_socket socket;

		builder_peek(*state, i, &socket);
		assert_int_equal(socket.local.port, ports[i]);
	}
	assert_int_equal(builder_sort_dedup(*state), 0);
	builder_seal(*state);
	for (size_t i = 0; i < ROWS(ports); i++) {
		static const uint16_t sorted[] = {22, 80, 443};
		struct lsp_socket socket;

		lsp_snapshot_socket(*state, i, &socket);
		assert_int_equal(socket.local.port, sorted[i]);
	}
}

static void sorting_marks_autos_added_in_any_order(void **state)
{
	static const struct socket_mark autos[] = {
		{900, 1}, {5, 1}, {1ull << 40, 1}, {7, 1}, {5, 1}, {3, 2},
	};

	for (uint64_t c = 1; c < 10; c++) {
		struct lsp_socket socket = {
			.netns = 1, .has_cookie = true, .cookie = c, .is_auto = LSP_NO};

		add(*state, &socket);
	}
	for (size_t i = 0; i < ROWS(autos); i++)
		assert_int_equal(builder_add_auto(*state, autos[i].netns, autos[i].cookie), 0);
	assert_int_equal(builder_sort_dedup(*state), 0);
	assert_int_equal(lsp_snapshot_count(*state), 9);
	for (size_t i = 0; i < 9; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(*state, i, &socket);
		expect(socket.is_auto ==
			       (socket.cookie == 5 || socket.cookie == 7 ? LSP_YES : LSP_NO),
		       "cookie %llu", (unsigned long long)socket.cookie);
	}
}

static void texts_are_copied(void **state)
{
	char text[16] = "eth0";
	struct lsp_socket socket = {.local.zone = text, .inode = 1}, out;

	add(*state, &socket);
	strcpy(text, "gone");
	socket.local.zone = NULL;
	socket.inode = 2;
	add(*state, &socket);
	assert_int_equal(builder_sort_dedup(*state), 0);
	assert_int_equal(builder_seal(*state), 0);
	lsp_snapshot_socket(*state, 0, &out);
	assert_null(out.local.zone);
	lsp_snapshot_socket(*state, 1, &out);
	assert_string_equal(out.local.zone, "eth0");
}

static void equal_gaps_are_one_with_their_counts_added(void **state)
{
	static const struct lsp_gap gaps[] = {
		{"tcp sockets", "refused", 1, false, false, 0, true},
		{"udp sockets", "refused", 2, false, false, 0, false},
		{"tcp sockets", "slow", 4, false, true, 0, false},
		{"tcp sockets", "refused", 8, true, false, 0, false},
		{"udp sockets", "slow", 1, true, false, 0, true},
		{"udp sockets", "slow", 1, true, false, 0, true},
		{"udp sockets", "refused", 0, false, false, 0, false},
	};
	static const struct lsp_gap expected[] = {
		{"tcp sockets", "refused", 9, true, false, 0, false},
		{"udp sockets", "refused", 2, false, false, 0, false},
		{"tcp sockets", "slow", 4, false, true, 0, false},
		{"udp sockets", "slow", 2, true, false, 0, true},
	};
	const struct lsp_gap *out;
	size_t count;

	for (size_t i = 0; i < ROWS(gaps); i++)
		assert_int_equal(builder_add_gap(*state, &gaps[i]), 0);
	out = lsp_snapshot_gaps(*state, &count);
	assert_int_equal(count, ROWS(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(out[i].what, expected[i].what);
		assert_string_equal(out[i].why, expected[i].why);
		assert_int_equal(out[i].count, expected[i].count);
		assert_int_equal(out[i].hides, expected[i].hides);
		assert_int_equal(out[i].is_blind, expected[i].is_blind);
		assert_int_equal(out[i].is_in_facts, expected[i].is_in_facts);
		assert_ptr_not_equal(out[i].why, gaps[i].why);
	}
}

static void notes_are_kept_in_order(void **state)
{
	const char *const *notes;
	char expected[32];
	size_t count;

	for (int i = 0; i < 40; i++)
		assert_int_equal(builder_add_note(*state, "note %d%s", i, "!"), 0);
	notes = lsp_snapshot_notes(*state, &count);
	assert_int_equal(count, 40);
	for (int i = 0; i < 40; i++) {
		snprintf(expected, sizeof(expected), "note %d!", i);
		assert_string_equal(notes[i], expected);
	}
}

static void what_is_to_be_looked_up_is_listed_once(void **state)
{
	static const struct lsp_socket sockets[] = {
		{.inode = 0, .uid = 5},
		{.inode = 7, .has_uid = true, .uid = 0, .has_cgroup = true, .cgroup_id = 1},
		{.inode = 7, .has_uid = true, .uid = 1000, .cgroup_id = 77},
		{.inode = 8,
		 .has_uid = true,
		 .uid = 0,
		 .has_cgroup = true,
		 .cgroup_id = 1ull << 40},
	};
	static const struct lsp_process processes[] = {
		{.pid = 1, .has_uid = true, .uid = 33},
		{.pid = 2, .uid = 44},
	};
	struct intmap inodes = {0}, cgroups = {0}, uids = {0};
	uint32_t index;

	for (size_t i = 0; i < ROWS(sockets); i++)
		add(*state, &sockets[i]);
	for (uint32_t i = 0; i < ROWS(processes); i++) {
		assert_int_equal(builder_add_process(*state, &processes[i], &index), 0);
		assert_int_equal(index, i);
	}
	assert_int_equal(builder_list_unowned(*state, &inodes), 0);
	assert_int_equal(builder_list_cgroups(*state, &cgroups), 0);
	assert_int_equal(builder_list_uids(*state, &uids), 0);
	assert_int_equal(inodes.count, 2);
	assert_int_equal(*intmap_find(&inodes, 7), 0);
	assert_non_null(intmap_find(&inodes, 8));
	assert_int_equal(cgroups.count, 2);
	assert_non_null(intmap_find(&cgroups, 1));
	assert_non_null(intmap_find(&cgroups, 1ull << 40));
	assert_int_equal(uids.count, 3);
	assert_non_null(intmap_find(&uids, 0));
	assert_non_null(intmap_find(&uids, 1000));
	assert_non_null(intmap_find(&uids, 33));
	intmap_deinit(&inodes);
	intmap_deinit(&cgroups);
	intmap_deinit(&uids);
}

static void the_first_name_of_a_port_is_kept(void **state)
{
	bool is_guess = true;

	assert_int_equal(builder_add_service(*state, LSP_PROTO_TCP, 22, "ssh", false), 0);
	assert_int_equal(builder_add_service(*state, LSP_PROTO_TCP, 22, "other", true), 0);
	assert_int_equal(builder_add_service(*state, LSP_PROTO_UDP, 65535, "last", true), 0);
	assert_int_equal(builder_seal(*state), 0);
	assert_string_equal(lsp_snapshot_service(*state, LSP_PROTO_TCP, 22, &is_guess), "ssh");
	assert_false(is_guess);
	assert_string_equal(lsp_snapshot_service(*state, LSP_PROTO_UDP, 65535, &is_guess), "last");
	assert_true(is_guess);
	assert_null(lsp_snapshot_service(*state, LSP_PROTO_UDP, 22, &is_guess));
	assert_false(is_guess);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SNAPSHOT_TEST(a_new_one_is_empty_and_free_takes_null),
		SNAPSHOT_TEST(a_rollback_forgets_what_came_after_the_mark),
		SNAPSHOT_TEST(before_sorting_sockets_keep_their_order),
		SNAPSHOT_TEST(sorting_marks_autos_added_in_any_order),
		SNAPSHOT_TEST(texts_are_copied),
		SNAPSHOT_TEST(equal_gaps_are_one_with_their_counts_added),
		SNAPSHOT_TEST(notes_are_kept_in_order),
		SNAPSHOT_TEST(what_is_to_be_looked_up_is_listed_once),
		SNAPSHOT_TEST(the_first_name_of_a_port_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
