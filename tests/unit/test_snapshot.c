/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/snapshot: what is filled in is kept, taken back or merged as its header says. */
#include "support.h"

#include "model/snapshot.h"
#include "model/sockets.h"

#include <stdio.h>

static int new_setup(void **state)
{
	struct lsp_snapshot *snapshot;
	int r = snapshot_new(&snapshot);

	*state = snapshot;
	return r;
}

static int new_teardown(void **state)
{
	lsp_snapshot_free(*state);
	return 0;
}

static void add(struct lsp_snapshot *snapshot, const struct lsp_socket *socket)
{
	assert_int_equal(snapshot_add_socket(snapshot, socket), 0);
}

static void a_new_one_is_empty_and_free_takes_null(void **state)
{
	struct intmap map = {0};
	size_t count = 7;

	lsp_snapshot_free(NULL);
	assert_int_equal(snapshot_mark(*state), 0);
	assert_int_equal(snapshot_settle(*state), 0);
	assert_int_equal(snapshot_list_inodes(*state, &map), 0);
	assert_int_equal(snapshot_list_cgroups(*state, &map), 0);
	assert_int_equal(snapshot_list_uids(*state, &map), 0);
	assert_int_equal(map.count, 0);
	assert_int_equal(snapshot_seal(*state), 0);
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
	mark = snapshot_mark(*state);
	for (uint16_t i = 10; i < 1000; i++) {
		socket.cookie = socket.local.port = i;
		add(*state, &socket);
	}
	snapshot_rollback(*state, mark);
	assert_int_equal(snapshot_mark(*state), 3);
	socket.cookie = socket.local.port = 2000;
	add(*state, &socket);
	snapshot_peek(*state, 3, &socket);
	assert_int_equal(socket.local.port, 2000);
	assert_int_equal(snapshot_settle(*state), 0);
	assert_int_equal(lsp_snapshot_count(*state), 4);
}

static void a_look_before_settling_shows_the_order_of_coming(void **state)
{
	static const uint16_t ports[] = {443, 22, 80};

	for (size_t i = 0; i < ROWS(ports); i++) {
		struct lsp_socket socket = {.local.port = ports[i], .inode = (uint32_t)i + 1};

		add(*state, &socket);
	}
	for (size_t i = 0; i < ROWS(ports); i++) {
		struct lsp_socket socket;

		snapshot_peek(*state, i, &socket);
		assert_int_equal(socket.local.port, ports[i]);
	}
	assert_int_equal(snapshot_settle(*state), 0);
	snapshot_seal(*state);
	for (size_t i = 0; i < ROWS(ports); i++) {
		static const uint16_t sorted[] = {22, 80, 443};
		struct lsp_socket socket;

		lsp_snapshot_socket(*state, i, &socket);
		assert_int_equal(socket.local.port, sorted[i]);
	}
}

static void settling_marks_autos_told_in_any_order(void **state)
{
	static const struct socket_mark autos[] = {
		{900, 1}, {5, 1}, {1ull << 40, 1}, {7, 1}, {5, 1}, {3, 2},
	};

	for (uint64_t c = 1; c < 10; c++) {
		struct lsp_socket socket = {
			.netns = 1, .has_cookie = true, .cookie = c, .is_auto = LSP_KNOWN_NO};

		add(*state, &socket);
	}
	for (size_t i = 0; i < ROWS(autos); i++)
		assert_int_equal(snapshot_add_auto(*state, autos[i].netns, autos[i].cookie), 0);
	assert_int_equal(snapshot_settle(*state), 0);
	assert_int_equal(lsp_snapshot_count(*state), 9);
	for (size_t i = 0; i < 9; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(*state, i, &socket);
		expect(socket.is_auto == (socket.cookie == 5 || socket.cookie == 7 ? LSP_KNOWN_YES
										   : LSP_KNOWN_NO),
		       "cookie %llu", (unsigned long long)socket.cookie);
	}
}

static void texts_are_copied(void **state)
{
	char text[16] = "eth0";
	struct lsp_socket socket = {.interface = text, .inode = 1}, out;

	add(*state, &socket);
	strcpy(text, "gone");
	socket.interface = NULL;
	socket.inode = 2;
	add(*state, &socket);
	assert_int_equal(snapshot_settle(*state), 0);
	assert_int_equal(snapshot_seal(*state), 0);
	lsp_snapshot_socket(*state, 0, &out);
	assert_null(out.interface);
	lsp_snapshot_socket(*state, 1, &out);
	assert_string_equal(out.interface, "eth0");
}

static void equal_gaps_are_one_with_their_counts_added(void **state)
{
	static const struct lsp_gap gaps[] = {
		{"tcp sockets", "refused", 1, false, false},
		{"udp sockets", "refused", 2, false, false},
		{"tcp sockets", "slow", 4, false, true},
		{"tcp sockets", "refused", 8, true, false},
		{"udp sockets", "refused", 0, false, false},
	};
	static const struct lsp_gap expected[] = {
		{"tcp sockets", "refused", 9, true, false},
		{"udp sockets", "refused", 2, false, false},
		{"tcp sockets", "slow", 4, false, true},
	};
	const struct lsp_gap *out;
	size_t count;

	for (size_t i = 0; i < ROWS(gaps); i++)
		assert_int_equal(snapshot_add_gap(*state, &gaps[i]), 0);
	out = lsp_snapshot_gaps(*state, &count);
	assert_int_equal(count, ROWS(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(out[i].what, expected[i].what);
		assert_string_equal(out[i].why, expected[i].why);
		assert_int_equal(out[i].count, expected[i].count);
		assert_int_equal(out[i].hides, expected[i].hides);
		assert_int_equal(out[i].is_blind, expected[i].is_blind);
		assert_ptr_not_equal(out[i].why, gaps[i].why);
	}
}

static void notes_are_kept_in_order(void **state)
{
	const char *const *notes;
	char expected[32];
	size_t count;

	for (int i = 0; i < 40; i++)
		assert_int_equal(snapshot_add_note(*state, "note %d%s", i, "!"), 0);
	notes = lsp_snapshot_notes(*state, &count);
	assert_int_equal(count, 40);
	for (int i = 0; i < 40; i++) {
		snprintf(expected, sizeof(expected), "note %d!", i);
		assert_string_equal(notes[i], expected);
	}
}

/* Unowned are those that a walk left without owner; gone are those that a later look lacks. */
static void what_was_closed_before_its_owner_was_seen_is_dropped(void **state)
{
	static const uint32_t inodes[] = {0, 11, 12, 13, 0, 14, 14};
	static const uint16_t kept[] = {0, 2, 3, 4};
	const struct snapshot_walk walk = {.is_done = true};
	const struct lsp_process process = {.pid = 7};
	struct lsp_snapshot *again = NULL;
	struct intmap unowned = {0};
	uint32_t index;

	for (size_t i = 0; i < ROWS(inodes); i++) {
		struct lsp_socket socket = {.inode = inodes[i], .local.port = (uint16_t)i};

		add(*state, &socket);
	}
	assert_int_equal(snapshot_settle(*state), 0);
	assert_int_equal(snapshot_list_unowned(*state, &unowned), 0);
	assert_int_equal(unowned.count, 0);
	snapshot_set_walk(*state, &walk);
	assert_int_equal(snapshot_add_process(*state, &process, &index), 0);
	assert_int_equal(snapshot_add_owner(*state, 12, index, 3), 0);
	assert_int_equal(snapshot_list_unowned(*state, &unowned), 0);
	assert_int_equal(unowned.count, 3);
	assert_int_equal(snapshot_new(&again), 0);
	add(again, &(struct lsp_socket){.inode = 13});
	add(again, &(struct lsp_socket){.inode = 99});
	add(again, &(struct lsp_socket){.inode = 0});
	/* 11 and both of 14 are gone; 12 has an owner, and what has no inode has no owner ever. */
	assert_int_equal(snapshot_drop_gone(*state, &unowned, again), 2);
	assert_int_equal(lsp_snapshot_count(*state), ROWS(kept));
	for (size_t i = 0; i < ROWS(kept); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(*state, i, &socket);
		assert_int_equal(socket.local.port, kept[i]);
	}
	lsp_snapshot_free(again);
	intmap_deinit(&unowned);
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
		assert_int_equal(snapshot_add_process(*state, &processes[i], &index), 0);
		assert_int_equal(index, i);
	}
	assert_int_equal(snapshot_list_inodes(*state, &inodes), 0);
	assert_int_equal(snapshot_list_cgroups(*state, &cgroups), 0);
	assert_int_equal(snapshot_list_uids(*state, &uids), 0);
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

	assert_int_equal(snapshot_add_service(*state, LSP_PROTO_TCP, 22, "ssh", false), 0);
	assert_int_equal(snapshot_add_service(*state, LSP_PROTO_TCP, 22, "other", true), 0);
	assert_int_equal(snapshot_add_service(*state, LSP_PROTO_UDP, 65535, "last", true), 0);
	assert_int_equal(snapshot_seal(*state), 0);
	assert_string_equal(lsp_service_name(*state, LSP_PROTO_TCP, 22, &is_guess), "ssh");
	assert_false(is_guess);
	assert_string_equal(lsp_service_name(*state, LSP_PROTO_UDP, 65535, &is_guess), "last");
	assert_true(is_guess);
	assert_null(lsp_service_name(*state, LSP_PROTO_UDP, 22, &is_guess));
	assert_false(is_guess);
}

#define NEW_TEST(name) cmocka_unit_test_setup_teardown(name, new_setup, new_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NEW_TEST(a_new_one_is_empty_and_free_takes_null),
		NEW_TEST(a_rollback_forgets_what_came_after_the_mark),
		NEW_TEST(a_look_before_settling_shows_the_order_of_coming),
		NEW_TEST(settling_marks_autos_told_in_any_order),
		NEW_TEST(texts_are_copied),
		NEW_TEST(equal_gaps_are_one_with_their_counts_added),
		NEW_TEST(notes_are_kept_in_order),
		NEW_TEST(what_was_closed_before_its_owner_was_seen_is_dropped),
		NEW_TEST(what_is_to_be_looked_up_is_listed_once),
		NEW_TEST(the_first_name_of_a_port_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
