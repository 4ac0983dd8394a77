/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/socket_set: which sockets of two snapshots are the same. */
#include "protocols.h"
#include "support.h"

#include "machine.h"

#include <lsports/socket_set.h>

#include <string.h>

#define TCP(number)                                                                                \
	.netns = MACHINE_OWN, .proto = LSP_PROTO_TCP, .state = LSP_STATE_LISTEN,                   \
	.local.port = (number), .has_uid = true
#define COOKIE(number) .has_cookie = true, .cookie = (number)

static struct lsp_snapshot *snapshot_of(const struct lsp_socket *rows, size_t count)
{
	return machine_snapshot(&(struct machine){
		.sockets = rows, .socket_count = count, .host = &machine_no_host});
}

static void see(struct lsp_socket_set **set, const struct lsp_socket *rows, size_t count,
		bool has_queues)
{
	struct lsp_snapshot *snapshot = snapshot_of(rows, count);

	assert_int_equal(lsp_socket_set_new(snapshot, NULL, 0, has_queues, set), 0);
	lsp_snapshot_free(snapshot);
}

/* "+22 -80 =443": what became of each port, in the order of keys. */
static void compare(const struct lsp_socket *before, size_t before_count,
		    const struct lsp_socket *after, size_t after_count, const char *expected)
{
	struct lsp_snapshot *snapshots[2] = {snapshot_of(before, before_count),
					     snapshot_of(after, after_count)};
	struct lsp_socket_set *lists[2];
	struct lsp_socket_set_pair pair;
	struct buf text = BUF_INIT;
	size_t at[2] = {0, 0};

	for (int i = 0; i < 2; i++)
		assert_int_equal(lsp_socket_set_new(snapshots[i], NULL, 0, false, &lists[i]), 0);
	while (lsp_socket_set_next(lists[0], lists[1], at, &pair)) {
		bool is_gone = pair.after == LSP_SOCKET_SET_NONE;
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshots[!is_gone], is_gone ? pair.before : pair.after,
				    &socket);
		buf_printf(&text, "%s%c%u", text.size ? " " : "",
			   pair.before == LSP_SOCKET_SET_NONE ? '+'
			   : is_gone                          ? '-'
							      : '=',
			   socket.local.port);
	}
	assert_string_equal(buf_text(&text), expected);
	buf_deinit(&text);
	for (int i = 0; i < 2; i++) {
		lsp_socket_set_free(lists[i]);
		lsp_snapshot_free(snapshots[i]);
	}
}

static void test_difference(void **state)
{
	static const struct lsp_socket before[] = {
		{TCP(22), COOKIE(1), .inode = 10},
		{TCP(80), COOKIE(2), .inode = 20},
		{TCP(443), COOKIE(3), .inode = 30},
	};
	/* 80 was opened again with the same inode number; 22 has only got another inode. */
	static const struct lsp_socket after[] = {
		{TCP(22), COOKIE(1), .inode = 11},
		{TCP(80), COOKIE(4), .inode = 20},
		{TCP(443), COOKIE(3), .inode = 30},
	};

	(void)state;
	compare(before, 3, after, 3, "=22 -80 =443 +80");
	compare(after, 3, before, 3, "=22 +80 =443 -80");
	compare(before, 3, before, 3, "=22 =80 =443");
	compare(NULL, 0, before, 3, "+22 +80 +443");
	compare(before, 3, NULL, 0, "-22 -80 -443");
	compare(NULL, 0, NULL, 0, "");
}

static void test_keys(void **state)
{
	/* Without a cookie the inode decides, without both the endpoints do. */
	static const struct lsp_socket before[] = {
		{TCP(22), .inode = 10},
		{TCP(80)},
	};
	static const struct lsp_socket after[] = {
		{TCP(22), .inode = 11},
		{TCP(80)},
	};
	/* The same cookie in another namespace is another socket. */
	static const struct lsp_socket here[] = {{TCP(22), COOKIE(1)}};
	struct lsp_socket there = here[0];

	(void)state;
	compare(before, 1, after, 1, "-22 +22");
	compare(before + 1, 1, after + 1, 1, "=80");
	there.netns = MACHINE_OWN + 1;
	compare(here, 1, &there, 1, "-22 +22");
}

static void test_facts(void **state)
{
	const struct lsp_socket plain = {TCP(22), COOKIE(1), .has_backlog = true, .backlog = 5};
	struct lsp_socket rows[8];
	struct lsp_socket_set *old, *new;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i] = plain;
	rows[0].uid = 7;
	rows[1].local.zone = "lo";
	rows[2].local.address[0] = 127;
	rows[3].local.port = 23;
	rows[4].backlog = 6;
	rows[5].inode = 9;
	rows[6].recv_queue = 6; /* full */
	rows[7].recv_queue = 5;
	see(&old, &plain, 1, false);
	for (size_t i = 0; i < ROWS(rows); i++) {
		see(&new, &rows[i], 1, false);
		expect(lsp_socket_set_equal(old, new) == (i == 7), "row %zu", i);
		lsp_socket_set_free(new);
	}
	see(&new, &rows[7], 1, true);
	assert_false(lsp_socket_set_equal(old, new));
	lsp_socket_set_free(new);
	see(&new, NULL, 0, false);
	assert_false(lsp_socket_set_equal(old, new));
	lsp_socket_set_free(new);
	lsp_socket_set_free(old);
}

static void test_rows(void **state)
{
	static const struct lsp_socket rows[] = {
		{TCP(22), COOKIE(3)}, {TCP(80), COOKIE(2)}, {TCP(443), COOKIE(1)}};
	static const uint32_t chosen[] = {0, 2};
	struct lsp_snapshot *snapshot = snapshot_of(rows, ROWS(rows));
	struct lsp_socket_set *set, *none;
	struct lsp_socket_set_pair pair;
	size_t at[2] = {0, 0};

	(void)state;
	assert_int_equal(lsp_socket_set_new(snapshot, chosen, 2, false, &set), 0);
	assert_int_equal(lsp_socket_set_new(snapshot, chosen, 0, false, &none), 0);
	assert_int_equal(lsp_socket_set_count(set), 2);
	/* In the order of cookies. */
	assert_true(lsp_socket_set_next(set, none, at, &pair));
	assert_int_equal(pair.before, 2);
	assert_true(lsp_socket_set_next(set, none, at, &pair));
	assert_int_equal(pair.before, 0);
	assert_false(lsp_socket_set_next(set, none, at, &pair));
	lsp_socket_set_free(set);
	lsp_socket_set_free(none);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_facts),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
