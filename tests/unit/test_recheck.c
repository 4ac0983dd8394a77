/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/recheck: what becomes of sockets without owner when the machine is asked again. */
#include "protocols.h"
#include "support.h"

#include "model/recheck.h"

#define SOCKET(at, number) .local.port = (at), .inode = (number)
#define LISTEN(at, number) .state = LSP_STATE_LISTEN, SOCKET(at, number)
#define COOKIE(value) .has_cookie = true, .cookie = (value)

static const struct recheck strict = {.keeps_closed = true}, plain = {0};
static const struct recheck strict_last = {.keeps_closed = true, .is_last = true};
static const struct recheck plain_last = {.is_last = true};

static const struct lsp_gap gap = {.what = "tcp sockets", .why = "may be missing", .hides = true};

static void fill(struct lsp_snapshot *snapshot, const struct lsp_socket *sockets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(builder_add_socket(snapshot, &sockets[i]), 0);
	assert_int_equal(builder_sort_dedup(snapshot), 0);
}

/* A search was made; the socket with inode @owned has an owner, 0 for none. */
static void search(struct lsp_snapshot *snapshot, uint32_t owned)
{
	const struct snapshot_walk walk = {.is_done = true};
	const struct lsp_process process = {.pid = 7};
	uint32_t index;

	builder_set_walk(snapshot, &walk);
	if (!owned)
		return;
	assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
	assert_int_equal(builder_add_owner(snapshot, owned, index, 3), 0);
}

static struct recheck_result apply(struct lsp_snapshot *snapshot, const struct recheck *recheck,
				   const struct lsp_socket *later, size_t count, bool has_gap)
{
	struct lsp_snapshot *again = NULL;
	struct intmap unowned = {0};
	struct recheck_result result;

	assert_int_equal(builder_new(&again), 0);
	fill(again, later, count);
	if (has_gap)
		assert_int_equal(builder_add_gap(again, &gap), 0);
	assert_int_equal(builder_list_unowned(snapshot, &unowned), 0);
	assert_int_equal(recheck_apply(recheck, snapshot, &unowned, again, &result), 0);
	intmap_deinit(&unowned);
	lsp_snapshot_free(again);
	return result;
}

/* "22:11 closed, 80:12 open": ports and inodes of all sockets, and what is known of them. */
static void expect_sockets(const char *name, const struct lsp_snapshot *snapshot,
			   const char *expected)
{
	static const char *const words[] = {
		[LSP_UNKNOWN] = "", [LSP_NO] = " closed", [LSP_YES] = " open"};
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		builder_peek(snapshot, i, &socket);
		buf_printf(&out, "%s%u:%u%s", i ? ", " : "", socket.local.port, socket.inode,
			   words[socket.still_open]);
	}
	expect(strcmp(buf_text(&out), expected) == 0, "%s: %s, expected %s", name, out.data,
	       expected);
	buf_deinit(&out);
}

struct scene {
	const char *name;
	const struct recheck *recheck;
	struct lsp_socket before[5], after[4];
	uint32_t owned;
	bool has_gap;
	size_t closed, added;
	const char *expected;
};

static void play(const struct scene *scene)
{
	struct lsp_snapshot *snapshot = NULL;
	struct recheck_result result;
	size_t before = 0, after = 0;

	while (before < ROWS(scene->before) && scene->before[before].state)
		before++;
	while (after < ROWS(scene->after) && scene->after[after].state)
		after++;
	assert_int_equal(builder_new(&snapshot), 0);
	fill(snapshot, scene->before, before);
	search(snapshot, scene->owned);
	result = apply(snapshot, scene->recheck, scene->after, after, scene->has_gap);
	expect_sockets(scene->name, snapshot, scene->expected);
	expect(result.closed == scene->closed && result.added == scene->added,
	       "%s: %zu closed, %zu added", scene->name, result.closed, result.added);
	lsp_snapshot_free(snapshot);
}

static void play_all(const struct scene *scenes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		play(&scenes[i]);
}

static void what_was_seen_listening_is_kept_or_dropped(void **state)
{
	static const struct scene scenes[] = {
		{"strict", &strict, {{LISTEN(80, 1)}}, {{0}}, 0, false, 1, 0, "80:1 closed"},
		{"plain", &plain, {{LISTEN(80, 1)}}, {{0}}, 0, false, 1, 0, ""},
		{"open",
		 &strict,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 1)}},
		 0,
		 false,
		 0,
		 0,
		 "80:1 open"},
		{"owned", &strict, {{LISTEN(80, 1)}}, {{0}}, 1, false, 0, 0, "80:1"},
		{"some of many",
		 &plain,
		 {{LISTEN(22, 1)}, {LISTEN(80, 2)}, {LISTEN(80, 3)}, {LISTEN(443, 0)}},
		 {{LISTEN(22, 1)}, {LISTEN(9, 9)}},
		 3,
		 false,
		 1,
		 0,
		 "22:1 open, 80:3, 443:0"},
		{"connections go",
		 &strict,
		 {{SOCKET(80, 1), .state = LSP_STATE_ESTABLISHED}},
		 {{0}},
		 0,
		 false,
		 1,
		 0,
		 ""},
	};

	(void)state;
	play_all(scenes, ROWS(scenes));
}

static void what_listens_in_its_place_is_a_socket_too(void **state)
{
	static const struct scene scenes[] = {
		{"strict",
		 &strict,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 2)}},
		 0,
		 false,
		 1,
		 1,
		 "80:1 closed, 80:2"},
		{"plain", &plain, {{LISTEN(80, 1)}}, {{LISTEN(80, 2)}}, 0, false, 1, 1, "80:2"},
		{"last strict",
		 &strict_last,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 2)}},
		 0,
		 false,
		 1,
		 0,
		 "80:1 closed"},
		{"last plain",
		 &plain_last,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 2)}},
		 0,
		 false,
		 1,
		 0,
		 "80:1 closed"},
		{"last plain, nobody", &plain_last, {{LISTEN(80, 1)}}, {{0}}, 0, false, 1, 0, ""},
		{"a stranger beside a known one",
		 &plain_last,
		 {{LISTEN(80, 1)}, {LISTEN(80, 5)}},
		 {{LISTEN(80, 5)}, {LISTEN(80, 2)}},
		 5,
		 false,
		 1,
		 0,
		 "80:1 closed, 80:5"},
		{"only the known one",
		 &plain_last,
		 {{LISTEN(80, 1)}, {LISTEN(80, 5)}},
		 {{LISTEN(80, 5)}},
		 5,
		 false,
		 1,
		 0,
		 "80:5"},
		{"another address and family",
		 &plain,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 2), .local.family = LSP_FAMILY_IPV6}},
		 0,
		 false,
		 1,
		 1,
		 "80:2"},
		{"another port, protocol, namespace, or no listener",
		 &strict,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(81, 2)},
		  {SOCKET(80, 3), .proto = LSP_PROTO_UDP, .state = LSP_STATE_CLOSE},
		  {LISTEN(80, 4), .netns = 7},
		  {SOCKET(80, 5), .state = LSP_STATE_ESTABLISHED}},
		 0,
		 false,
		 1,
		 0,
		 "80:1 closed"},
		{"nothing has closed",
		 &strict,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 1)}, {LISTEN(80, 2)}},
		 0,
		 false,
		 0,
		 0,
		 "80:1 open"},
	};

	(void)state;
	play_all(scenes, ROWS(scenes));
}

static void a_cookie_decides_where_both_have_one(void **state)
{
	static const struct scene scenes[] = {
		{"the inode of another one",
		 &strict,
		 {{LISTEN(80, 11), COOKIE(1)}, {LISTEN(81, 12), COOKIE(2)}},
		 {{LISTEN(80, 11), COOKIE(3)}, {LISTEN(81, 12), COOKIE(2)}},
		 0,
		 false,
		 1,
		 1,
		 "80:11 closed, 80:11, 81:12 open"},
		{"one was read through /proc/net",
		 &plain,
		 {{LISTEN(80, 11)}, {LISTEN(81, 12), COOKIE(2)}, {LISTEN(82, 13)}},
		 {{LISTEN(80, 11), COOKIE(1)}, {LISTEN(81, 12)}},
		 0,
		 false,
		 1,
		 0,
		 "80:11 open, 81:12 open"},
		{"a known one was read through /proc/net",
		 &plain_last,
		 {{LISTEN(80, 11), COOKIE(1)}, {LISTEN(80, 12), COOKIE(2)}},
		 {{LISTEN(80, 12)}},
		 12,
		 false,
		 1,
		 0,
		 "80:12"},
	};

	(void)state;
	play_all(scenes, ROWS(scenes));
}

static void what_an_incomplete_look_lacks_may_be_open(void **state)
{
	static const struct scene scenes[] = {
		{"missed", &plain, {{LISTEN(80, 1)}}, {{0}}, 0, true, 0, 0, "80:1"},
		{"missed, strict", &strict, {{LISTEN(80, 1)}}, {{0}}, 0, true, 0, 0, "80:1"},
		{"replaced", &plain, {{LISTEN(80, 1)}}, {{LISTEN(80, 2)}}, 0, true, 1, 1, "80:2"},
		{"replaced, strict",
		 &strict,
		 {{LISTEN(80, 1)}},
		 {{LISTEN(80, 2)}},
		 0,
		 true,
		 1,
		 1,
		 "80:1 closed, 80:2"},
		{"a connection",
		 &plain,
		 {{SOCKET(80, 1), .state = LSP_STATE_ESTABLISHED}},
		 {{0}},
		 0,
		 true,
		 0,
		 0,
		 "80:1"},
	};

	(void)state;
	play_all(scenes, ROWS(scenes));
}

/* Each round finds the next socket of a program that opens a new one all the time. */
static void rounds_follow_one_another(void **state)
{
	static const struct lsp_socket sockets[] = {
		{LISTEN(80, 1)}, {LISTEN(80, 2)}, {LISTEN(80, 3)}, {LISTEN(80, 4)}};
	struct lsp_snapshot *snapshot = *state;
	struct intmap unowned = {0};

	fill(snapshot, sockets, 1);
	search(snapshot, 0);
	apply(snapshot, &strict, sockets + 1, 1, false);
	assert_int_equal(builder_list_unowned(snapshot, &unowned), 0);
	assert_int_equal(unowned.count, 1);
	assert_non_null(intmap_find(&unowned, 2));
	apply(snapshot, &strict, sockets + 2, 1, false);
	apply(snapshot, &strict_last, sockets + 3, 1, false);
	expect_sockets("strict", snapshot, "80:1 closed, 80:2 closed, 80:3 closed");
	intmap_deinit(&unowned);
	assert_int_equal(builder_list_unowned(snapshot, &unowned), 0);
	assert_int_equal(unowned.count, 0);
	intmap_deinit(&unowned);
}

static void expect_gap(const struct lsp_snapshot *snapshot, size_t index, const char *what,
		       uint64_t count)
{
	const struct lsp_gap *gaps;
	size_t gap_count;

	gaps = lsp_snapshot_gaps(snapshot, &gap_count);
	assert_true(index < gap_count);
	assert_string_equal(gaps[index].what, what);
	assert_int_equal(gaps[index].count, count);
}

static void two_searches_count_the_same_processes(void **state)
{
	static const struct lsp_gap less = {.what = "less", .why = "x", .count = 5},
				    more = {.what = "more", .why = "x", .count = 2},
				    once = {.what = "once", .why = "x", .count = 1},
				    new = {.what = "new", .why = "x", .count = 4};
	struct lsp_gap change;
	struct array gaps;
	size_t count;

	assert_int_equal(builder_add_gap(*state, &less), 0);
	assert_int_equal(builder_add_gap(*state, &more), 0);
	assert_int_equal(builder_add_gap(*state, &once), 0);
	recheck_begin_search(*state, &gaps);
	lsp_snapshot_gaps(*state, &count);
	assert_int_equal(count, 0);
	assert_int_equal(builder_add_gap(*state, &new), 0);
	change = less;
	change.count = 3;
	assert_int_equal(builder_add_gap(*state, &change), 0);
	change = more;
	change.count = 7;
	assert_int_equal(builder_add_gap(*state, &change), 0);
	assert_int_equal(recheck_end_search(*state, &gaps), 0);
	lsp_snapshot_gaps(*state, &count);
	assert_int_equal(count, 4);
	expect_gap(*state, 0, "new", 4);
	expect_gap(*state, 1, "less", 5);
	expect_gap(*state, 2, "more", 7);
	expect_gap(*state, 3, "once", 1);
	assert_null(gaps.data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_seen_listening_is_kept_or_dropped),
		cmocka_unit_test(what_listens_in_its_place_is_a_socket_too),
		cmocka_unit_test(a_cookie_decides_where_both_have_one),
		cmocka_unit_test(what_an_incomplete_look_lacks_may_be_open),
		SNAPSHOT_TEST(rounds_follow_one_another),
		SNAPSHOT_TEST(two_searches_count_the_same_processes),
	};

	return cmocka_run_group_tests_name("recheck", tests, NULL, NULL);
}
