/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/snapshot: sockets have their owners, or the reason why there is none. */
#include "support.h"

#include "model/builder.h"
#include "model/snapshot.h"

static uint32_t add_process(struct lsp_snapshot *snapshot, uint32_t pid, const char *comm)
{
	struct lsp_process process = {.pid = pid, .comm = comm};
	uint32_t index;

	assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
	return index;
}

static void owners_stand_by_pid_once_with_their_lowest_descriptor(void **state)
{
	static const struct {
		uint32_t inode, pid;
		int32_t fd;
	} expected[] = {
		{7, 100, -1}, {8, 30, 3}, {8, 100, 4}, {8, 2000, -1}, {4294967295u, 30, 0},
	};
	uint32_t a = add_process(*state, 2000, "a"), b = add_process(*state, 30, "b");
	uint32_t c = add_process(*state, 100, "c");
	const struct {
		uint32_t inode, process;
		int32_t fd;
	} told[] = {
		{8, a, -1}, {8, c, 9},  {8, b, 5},  {8, b, 3},           {8, c, 4},
		{8, b, -1}, {8, b, 70}, {7, c, -1}, {4294967295u, b, 0}, {8, c, -1},
	};
	static const uint32_t inodes[] = {6, 7, 8, 9, UINT32_MAX};
	size_t row = 0;

	for (size_t i = 0; i < ROWS(told); i++)
		assert_int_equal(
			builder_add_owner(*state, told[i].inode, told[i].process, told[i].fd), 0);
	assert_int_equal(builder_seal(*state), 0);
	for (size_t n = 0; n < ROWS(inodes); n++) {
		struct lsp_socket socket = {.inode = inodes[n]};
		const struct lsp_owner *owners;
		size_t count;

		owners = lsp_snapshot_owners(*state, &socket, &count);
		for (size_t i = 0; i < count; i++, row++) {
			expect(expected[row].inode == socket.inode, "row %zu is of %u", row,
			       socket.inode);
			expect(owners[i].process->pid == expected[row].pid, "row %zu: pid %u", row,
			       owners[i].process->pid);
			expect(owners[i].fd == expected[row].fd, "row %zu: fd %d", row,
			       owners[i].fd);
		}
	}
	assert_int_equal(row, ROWS(expected));
}

/* Inodes may lie far apart, and have many owners. */
static void owners_are_found_by_any_inode(void **state)
{
	static const uint32_t inodes[][4] = {
		{1, UINT32_MAX, 0, 0},
		{UINT32_MAX, 0, 0, 0},
		{5, 6, 1u << 31, 0},
		{1, 1u << 16, 1u << 30, UINT32_MAX},
		{UINT32_MAX - 2, UINT32_MAX - 1, UINT32_MAX, 0},
	};
	const struct lsp_process process = {.pid = 1};

	(void)state;
	for (size_t row = 0; row < ROWS(inodes); row++) {
		struct lsp_snapshot *snapshot;
		uint32_t index;
		size_t count;

		assert_int_equal(builder_new(&snapshot), 0);
		assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
		for (size_t i = 0; i < 4 && inodes[row][i]; i++)
			assert_int_equal(
				builder_add_owner(snapshot, inodes[row][i], index, (int32_t)i), 0);
		assert_int_equal(builder_seal(snapshot), 0);
		for (size_t i = 0; i < 4 && inodes[row][i]; i++) {
			struct lsp_socket socket = {.inode = inodes[row][i]};
			const struct lsp_owner *owner =
				lsp_snapshot_owners(snapshot, &socket, &count);

			expect(count == 1 && owner->fd == (int32_t)i, "row %zu, inode %u", row,
			       socket.inode);
			for (int step = -1; step <= 1; step += 2) {
				bool is_other = true;

				socket.inode = inodes[row][i] + (uint32_t)step;
				for (size_t n = 0; n < 4; n++)
					is_other &= inodes[row][n] != socket.inode;
				lsp_snapshot_owners(snapshot, &socket, &count);
				expect(!is_other || !count, "row %zu, inode %u", row, socket.inode);
			}
		}
		lsp_snapshot_free(snapshot);
	}
}

static void a_process_that_came_twice_is_two(void **state)
{
	uint32_t first = add_process(*state, 5, "old"), second = add_process(*state, 5, "new");
	struct lsp_socket socket = {.inode = 9};
	const struct lsp_owner *owners;
	size_t count;

	assert_int_equal(builder_add_owner(*state, 9, second, 3), 0);
	assert_int_equal(builder_add_owner(*state, 9, first, 4), 0);
	assert_int_equal(builder_seal(*state), 0);
	owners = lsp_snapshot_owners(*state, &socket, &count);
	assert_int_equal(count, 2);
	assert_string_equal(owners[0].process->comm, "old");
	assert_string_equal(owners[1].process->comm, "new");
}

static void an_owner_that_is_told_again_is_no_other_record(void **state)
{
	uint32_t a = add_process(*state, 5, "a"), b = add_process(*state, 6, "b");
	struct lsp_socket socket = {.inode = 9};
	const struct lsp_owner *owners;
	size_t count;

	assert_int_equal(builder_add_owner(*state, 9, a, -1), 0);
	assert_true(builder_is_owner_again(*state, 0, a, 8));
	assert_true(builder_is_owner_again(*state, 0, a, 7));
	assert_true(builder_is_owner_again(*state, 0, a, 9));
	assert_true(builder_is_owner_again(*state, 0, a, -1));
	assert_false(builder_is_owner_again(*state, 0, b, 3));
	assert_int_equal(builder_mark_owners(*state).found, 1);
	assert_int_equal(builder_seal(*state), 0);
	owners = lsp_snapshot_owners(*state, &socket, &count);
	assert_int_equal(count, 1);
	assert_int_equal(owners[0].fd, 7);
}

static void a_socket_without_owner_has_none(void **state)
{
	static const uint32_t inodes[] = {0, 1, 8, 10, UINT32_MAX};
	uint32_t process = add_process(*state, 5, NULL);
	size_t count = 7;

	assert_int_equal(builder_add_owner(*state, 9, process, 3), 0);
	assert_int_equal(builder_seal(*state), 0);
	for (size_t i = 0; i < ROWS(inodes); i++) {
		struct lsp_socket socket = {.inode = inodes[i]};

		expect(!lsp_snapshot_owners(*state, &socket, &count) && count == 0, "inode %u",
		       inodes[i]);
	}
}

static void facts_of_a_process_are_kept_and_unknown_stays_unknown(void **state)
{
	const struct lsp_process processes[] = {
		{.pid = 1,
		 .comm = "a)b",
		 .exe = "/usr/bin/x",
		 .cmdline = "x -y",
		 .exe_kind = LSP_EXE_KIND_DELETED,
		 .has_uid = true,
		 .uid = 33,
		 .has_started = true,
		 .started = -5},
		{.pid = 2},
	};
	struct lsp_socket socket = {.inode = 9};
	const struct lsp_owner *owners;
	uint32_t index;
	size_t count;

	for (size_t i = 0; i < ROWS(processes); i++) {
		assert_int_equal(builder_add_process(*state, &processes[i], &index), 0);
		assert_int_equal(builder_add_owner(*state, 9, index, 3), 0);
	}
	assert_int_equal(builder_seal(*state), 0);
	owners = lsp_snapshot_owners(*state, &socket, &count);
	assert_int_equal(count, 2);
	assert_string_equal(owners[0].process->comm, "a)b");
	assert_string_equal(owners[0].process->exe, "/usr/bin/x");
	assert_string_equal(owners[0].process->cmdline, "x -y");
	assert_int_equal(owners[0].process->exe_kind, LSP_EXE_KIND_DELETED);
	assert_int_equal(owners[0].process->uid, 33);
	assert_true(owners[0].process->started == -5);
	assert_null(owners[1].process->comm);
	assert_null(owners[1].process->exe);
	assert_null(owners[1].process->cmdline);
	assert_false(owners[1].process->has_uid);
}

static void no_owner_says_why(void **state)
{
	static const struct snapshot_walk none = {0}, whole = {.is_done = true};
	static const struct snapshot_walk partial = {.is_done = true, .is_partial = true};
	static const struct snapshot_walk nested = {.is_done = true, .is_pid_namespace = true};
	static const struct snapshot_walk both = {
		.is_done = true, .is_partial = true, .is_pid_namespace = true};
	static const struct snapshot_walk cgroups = {.is_done = true, .has_cgroups = true};
	static const struct lsp_socket owned = {.inode = 9}, lost = {.inode = 10}, wait = {0};
	static const struct lsp_socket kernel = {
		.inode = 10, .has_cgroup = true, .cgroup_id = 1, .has_uid = true};
	static const struct lsp_socket user = {
		.inode = 10, .has_cgroup = true, .cgroup_id = 1, .has_uid = true, .uid = 1000};
	static const struct lsp_socket no_uid = {.inode = 10, .has_cgroup = true, .cgroup_id = 1};
	static const struct lsp_socket open = {.inode = 10, .still_open = LSP_YES};
	static const struct lsp_socket closed = {.inode = 10,
						 .has_cgroup = true,
						 .cgroup_id = 1,
						 .has_uid = true,
						 .still_open = LSP_NO};
	static const struct lsp_socket unit = {
		.inode = 10, .has_cgroup = true, .cgroup_id = 2, .has_uid = true};
	const struct {
		const struct snapshot_walk *walk;
		const struct lsp_socket *socket;
		enum lsp_owner_gap expected;
	} rows[] = {
		{&none, &lost, LSP_OWNER_GAP_UNASKED},
		{&none, &wait, LSP_OWNER_GAP_KERNEL},
		{&none, &owned, LSP_OWNER_GAP_UNASKED},
		{&whole, &owned, LSP_OWNER_GAP_NONE},
		{&partial, &owned, LSP_OWNER_GAP_NONE},
		{&whole, &wait, LSP_OWNER_GAP_KERNEL},
		{&whole, &lost, LSP_OWNER_GAP_UNKNOWN},
		{&partial, &lost, LSP_OWNER_GAP_PERMISSION},
		{&nested, &lost, LSP_OWNER_GAP_NAMESPACE},
		{&both, &lost, LSP_OWNER_GAP_PERMISSION},
		{&whole, &kernel, LSP_OWNER_GAP_UNKNOWN},
		{&cgroups, &kernel, LSP_OWNER_GAP_KERNEL},
		{&partial, &kernel, LSP_OWNER_GAP_PERMISSION},
		{&cgroups, &user, LSP_OWNER_GAP_UNKNOWN},
		{&cgroups, &no_uid, LSP_OWNER_GAP_UNKNOWN},
		{&cgroups, &unit, LSP_OWNER_GAP_UNKNOWN},
		{&whole, &closed, LSP_OWNER_GAP_CLOSED},
		{&both, &closed, LSP_OWNER_GAP_CLOSED},
		{&cgroups, &closed, LSP_OWNER_GAP_CLOSED},
		{&none, &closed, LSP_OWNER_GAP_UNASKED},
		{&whole, &open, LSP_OWNER_GAP_UNKNOWN},
	};
	uint32_t process = add_process(*state, 5, "x");

	assert_int_equal(builder_add_owner(*state, 9, process, 3), 0);
	assert_int_equal(builder_seal(*state), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		enum lsp_owner_gap gap;

		builder_set_walk(*state, rows[i].walk);
		gap = lsp_snapshot_owner_gap(*state, rows[i].socket);
		expect(gap == rows[i].expected, "row %zu: %d", i, gap);
	}
}

static void a_cgroup_names_the_sockets_that_were_made_in_it(void **state)
{
	static const struct lsp_socket sockets[] = {
		{.inode = 1, .local.port = 1, .has_cgroup = true, .cgroup_id = 50},
		{.inode = 2, .local.port = 2, .has_cgroup = true, .cgroup_id = 51},
		{.inode = 3, .local.port = 3, .has_cgroup = true, .cgroup_id = 52},
		{.inode = 4, .local.port = 4, .cgroup_id = 50},
	};
	struct lsp_socket out[ROWS(sockets)];

	for (size_t i = 0; i < ROWS(sockets); i++)
		assert_int_equal(builder_add_socket(*state, &sockets[i]), 0);
	assert_int_equal(builder_sort_dedup(*state), 0);
	assert_int_equal(
		builder_set_cgroup(*state, 50, "/system.slice/ssh.service", "ssh.service", NULL),
		0);
	assert_int_equal(builder_set_cgroup(*state, 51, "/", NULL, "0123"), 0);
	assert_int_equal(builder_seal(*state), 0);
	for (size_t i = 0; i < ROWS(sockets); i++)
		lsp_snapshot_socket(*state, i, &out[i]);
	assert_string_equal(out[0].cgroup, "/system.slice/ssh.service");
	assert_string_equal(out[0].unit, "ssh.service");
	assert_null(out[0].container);
	assert_string_equal(out[1].cgroup, "/");
	assert_null(out[1].unit);
	assert_string_equal(out[1].container, "0123");
	assert_null(out[2].cgroup);
	assert_null(out[3].cgroup);
}

static void names_of_users_are_known_or_null(void **state)
{
	assert_int_equal(builder_set_user(*state, 0, "root"), 0);
	assert_int_equal(builder_set_user(*state, UINT32_MAX, "nobody"), 0);
	assert_int_equal(builder_set_user(*state, 7, NULL), 0);
	assert_int_equal(builder_seal(*state), 0);
	assert_string_equal(lsp_snapshot_user(*state, 0), "root");
	assert_string_equal(lsp_snapshot_user(*state, UINT32_MAX), "nobody");
	assert_null(lsp_snapshot_user(*state, 7));
	assert_null(lsp_snapshot_user(*state, 1));
}

static void a_port_is_privileged_by_the_sysctl_of_its_own_namespace(void **state)
{
	static const struct {
		uint32_t netns;
		uint16_t port;
		enum lsp_tristate expected;
	} rows[] = {
		{1, 0, LSP_YES},      {1, 1023, LSP_YES},      {1, 1024, LSP_NO},
		{2, 0, LSP_NO},       {2, 22, LSP_NO},         {3, 65535, LSP_YES},
		{4, 22, LSP_UNKNOWN}, {4, 65535, LSP_UNKNOWN}, {0, 22, LSP_UNKNOWN},
	};

	assert_int_equal(builder_set_unprivileged_start(*state, 1, 1024), 0);
	assert_int_equal(builder_set_unprivileged_start(*state, 2, 0), 0);
	assert_int_equal(builder_set_unprivileged_start(*state, 3, 65536), 0);
	assert_int_equal(builder_seal(*state), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket = {.netns = rows[i].netns, .local.port = rows[i].port};

		expect(lsp_snapshot_is_privileged(*state, &socket) == rows[i].expected, "row %zu",
		       i);
	}
}

static void a_port_is_ephemeral_by_the_ranges_of_its_own_namespace(void **state)
{
	static const struct lsp_port_range one[] = {{10, 20}, {22, 22}, {65535, 65535}};
	static const struct lsp_port_range two[] = {{0, 0}, {100, 200}};
	static const struct {
		uint32_t netns;
		uint16_t port;
		enum lsp_tristate expected;
	} rows[] = {
		{1, 0, LSP_NO},       {1, 9, LSP_NO},     {1, 10, LSP_YES}, {1, 20, LSP_YES},
		{1, 21, LSP_NO},      {1, 22, LSP_YES},   {1, 23, LSP_NO},  {1, 65534, LSP_NO},
		{1, 65535, LSP_YES},  {2, 0, LSP_YES},    {2, 15, LSP_NO},  {2, 150, LSP_YES},
		{2, 201, LSP_NO},     {2, 65535, LSP_NO}, {3, 15, LSP_NO},  {4, 15, LSP_UNKNOWN},
		{0, 15, LSP_UNKNOWN}, {3, 0, LSP_NO},
	};

	assert_int_equal(builder_set_ephemeral(*state, 1, one, ROWS(one)), 0);
	/* Known to be empty. */
	assert_int_equal(builder_set_ephemeral(*state, 3, NULL, 0), 0);
	assert_int_equal(builder_set_ephemeral(*state, 2, two, ROWS(two)), 0);
	assert_int_equal(builder_seal(*state), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket = {.netns = rows[i].netns, .local.port = rows[i].port};

		expect(lsp_snapshot_is_ephemeral(*state, &socket) == rows[i].expected, "row %zu",
		       i);
	}
}

static void a_namespace_has_its_name_or_is_our_own(void **state)
{
	char name[] = "blue";

	assert_false(lsp_snapshot_is_own_netns(*state, 0));
	assert_int_equal(builder_add_netns(*state, 5, NULL, true), 0);
	assert_int_equal(builder_add_netns(*state, 6, name, false), 0);
	assert_int_equal(builder_add_netns(*state, 7, NULL, false), 0);
	strcpy(name, "gone");
	assert_int_equal(builder_seal(*state), 0);
	assert_null(lsp_snapshot_netns_name(*state, 5));
	assert_string_equal(lsp_snapshot_netns_name(*state, 6), "blue");
	assert_null(lsp_snapshot_netns_name(*state, 7));
	assert_null(lsp_snapshot_netns_name(*state, 8));
	assert_true(lsp_snapshot_is_own_netns(*state, 5));
	assert_false(lsp_snapshot_is_own_netns(*state, 6));
	assert_false(lsp_snapshot_is_own_netns(*state, 7));
	assert_false(lsp_snapshot_is_own_netns(*state, 8));
	assert_false(lsp_snapshot_is_own_netns(*state, 0));
}

/* Where its number could not be read our own is 0, as it is in its sockets. */
static void our_own_namespace_may_have_no_number(void **state)
{
	assert_int_equal(builder_add_netns(*state, 0, NULL, true), 0);
	assert_int_equal(builder_seal(*state), 0);
	assert_true(lsp_snapshot_is_own_netns(*state, 0));
	assert_false(lsp_snapshot_is_own_netns(*state, 1));
}

static void a_view_is_complete_or_blind_by_its_gaps(void **state)
{
	static const struct {
		struct lsp_gap gap;
		bool is_complete, is_judged, is_blind;
	} rows[] = {
		{{.what = "accounts", .why = "slow"}, true, true, false},
		{{.what = "units", .why = "slow", .hides = true, .is_in_facts = true},
		 false,
		 true,
		 false},
		{{.what = "processes", .why = "refused", .hides = true}, false, false, false},
		{{.what = "udp sockets", .why = "refused", .hides = true, .is_blind = true},
		 false,
		 false,
		 true},
		{{.what = "accounts", .why = "refused"}, false, false, true},
	};

	assert_true(lsp_snapshot_is_complete(*state));
	assert_false(lsp_snapshot_is_blind(*state));
	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(builder_add_gap(*state, &rows[i].gap), 0);
		expect(lsp_snapshot_is_complete(*state) == rows[i].is_complete, "gap %zu", i);
		expect(lsp_snapshot_lacks_facts_alone(*state) == rows[i].is_judged, "gap %zu", i);
		expect(lsp_snapshot_is_judged(*state) == rows[i].is_judged, "gap %zu", i);
		expect(lsp_snapshot_is_blind(*state) == rows[i].is_blind, "gap %zu", i);
	}
}

static void a_verdict_that_needs_a_fact_minds_that_it_is_hidden(void **state)
{
	static const struct lsp_gap gap = {
		.what = "units", .why = "slow", .hides = true, .is_in_facts = true};
	struct lsp_snapshot *snapshot = *state;

	assert_int_equal(builder_add_gap(snapshot, &gap), 0);
	assert_true(lsp_snapshot_is_judged(snapshot));
	snapshot->verdicts.unjudged = 1;
	assert_false(lsp_snapshot_is_judged(snapshot));
	assert_true(lsp_snapshot_lacks_facts_alone(snapshot));
	/* In a whole view it is the verdict alone that says so. */
	snapshot->gaps.count = 0;
	assert_true(lsp_snapshot_is_judged(snapshot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SNAPSHOT_TEST(owners_stand_by_pid_once_with_their_lowest_descriptor),
		SNAPSHOT_TEST(owners_are_found_by_any_inode),
		SNAPSHOT_TEST(a_process_that_came_twice_is_two),
		SNAPSHOT_TEST(an_owner_that_is_told_again_is_no_other_record),
		SNAPSHOT_TEST(a_socket_without_owner_has_none),
		SNAPSHOT_TEST(facts_of_a_process_are_kept_and_unknown_stays_unknown),
		SNAPSHOT_TEST(no_owner_says_why),
		SNAPSHOT_TEST(a_cgroup_names_the_sockets_that_were_made_in_it),
		SNAPSHOT_TEST(names_of_users_are_known_or_null),
		SNAPSHOT_TEST(a_port_is_privileged_by_the_sysctl_of_its_own_namespace),
		SNAPSHOT_TEST(a_port_is_ephemeral_by_the_ranges_of_its_own_namespace),
		SNAPSHOT_TEST(a_namespace_has_its_name_or_is_our_own),
		SNAPSHOT_TEST(our_own_namespace_may_have_no_number),
		SNAPSHOT_TEST(a_view_is_complete_or_blind_by_its_gaps),
		SNAPSHOT_TEST(a_verdict_that_needs_a_fact_minds_that_it_is_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
