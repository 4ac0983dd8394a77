/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/view/sightings: which sockets of two looks are the same. */
#include "support.h"

#include "model/snapshot.h"
#include "view/sightings.h"

#include <string.h>

#define OWN 4026531840u
#define TCP(number)                                                                                \
	.netns = OWN, .proto = LSP_PROTO_TCP, .state = LSP_STATE_LISTEN, .local.port = (number),   \
	.has_uid = true
#define COOKIE(number) .has_cookie = true, .cookie = (number)

static struct lsp_snapshot *snapshot_of(const struct lsp_socket *rows, size_t count)
{
	struct lsp_snapshot *snapshot;

	assert_int_equal(snapshot_new(&snapshot), 0);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(snapshot_add_socket(snapshot, &rows[i]), 0);
	assert_int_equal(snapshot_settle(snapshot), 0);
	assert_int_equal(snapshot_seal(snapshot), 0);
	assert_int_equal(lsp_snapshot_count(snapshot), count);
	return snapshot;
}

static void see(struct sightings *sightings, const struct lsp_socket *rows, size_t count,
		bool has_queues)
{
	struct lsp_snapshot *snapshot = snapshot_of(rows, count);

	assert_int_equal(sightings_init(sightings, snapshot, NULL, 0, has_queues), 0);
	lsp_snapshot_free(snapshot);
}

/* "+22 -80 =443": what became of each port, in the order of keys. */
static void compare(const struct lsp_socket *before, size_t before_count,
		    const struct lsp_socket *after, size_t after_count, const char *expected)
{
	struct lsp_snapshot *snapshots[2] = {snapshot_of(before, before_count),
					     snapshot_of(after, after_count)};
	struct sightings lists[2];
	struct sighting_pair pair;
	struct buf text = BUF_INIT;
	size_t at[2] = {0, 0};

	for (int i = 0; i < 2; i++)
		assert_int_equal(sightings_init(&lists[i], snapshots[i], NULL, 0, false), 0);
	while (sightings_next(&lists[0], &lists[1], at, &pair)) {
		const struct sighting *any = pair.after ? pair.after : pair.before;
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshots[pair.after != NULL], any->index, &socket);
		buf_printf(&text, "%s%c%u", text.size ? " " : "",
			   !pair.before  ? '+'
			   : !pair.after ? '-'
					 : '=',
			   socket.local.port);
	}
	assert_string_equal(buf_text(&text), expected);
	buf_deinit(&text);
	for (int i = 0; i < 2; i++) {
		sightings_deinit(&lists[i]);
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
	/* 80 was opened again, with the inode number of before; 22 has only got another inode. */
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
	/* Without a cookie the inode tells, without both what stands at the ends. */
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
	there.netns = OWN + 1;
	compare(here, 1, &there, 1, "-22 +22");
}

static void test_facts(void **state)
{
	const struct lsp_socket plain = {TCP(22), COOKIE(1), .has_backlog = true, .backlog = 5};
	struct lsp_socket rows[8];
	struct sightings old, new;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		rows[i] = plain;
	rows[0].uid = 7;
	rows[1].interface = "lo";
	rows[2].local.address[0] = 127;
	rows[3].local.port = 23;
	rows[4].backlog = 6;
	rows[5].inode = 9;
	rows[6].recv_queue = 5; /* full */
	rows[7].recv_queue = 1;
	see(&old, &plain, 1, false);
	for (size_t i = 0; i < ROWS(rows); i++) {
		see(&new, &rows[i], 1, false);
		expect(sightings_equal(&old, &new) == (i == 7), "row %zu", i);
		sightings_deinit(&new);
	}
	see(&new, &rows[7], 1, true);
	assert_false(sightings_equal(&old, &new));
	sightings_deinit(&new);
	see(&new, NULL, 0, false);
	assert_false(sightings_equal(&old, &new));
	sightings_deinit(&new);
	sightings_deinit(&new);
	sightings_deinit(&old);
}

static void test_rows(void **state)
{
	static const struct lsp_socket rows[] = {
		{TCP(22), COOKIE(3)}, {TCP(80), COOKIE(2)}, {TCP(443), COOKIE(1)}};
	static const uint32_t chosen[] = {0, 2};
	struct lsp_snapshot *snapshot = snapshot_of(rows, ROWS(rows));
	struct sightings sightings;

	(void)state;
	assert_int_equal(sightings_init(&sightings, snapshot, chosen, 2, false), 0);
	assert_int_equal(sightings.count, 2);
	assert_int_equal(sightings.items[0].index, 2);
	assert_int_equal(sightings.items[1].index, 0);
	sightings_deinit(&sightings);
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
