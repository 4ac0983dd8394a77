/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/follow: signs over looks at a recorded machine that changes, and memory that does not. */
#include "support.h"

#include "follow.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD                                                                                       \
	"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "      \
	"timeout inode\n"

/* A listener on port @port_ (four digits, hexadecimal). */
#define LISTENER(port_, uid_, inode_)                                                              \
	"   0: 00000000:" port_ " 00000000:0000 0A 00000000:00000000 00:00000000 00000000 " uid_   \
	" 0 " inode_ " 1 0 100 0 0 10 0\n"

#define SSH LISTENER("0016", "0", "11")
#define WEB LISTENER("0050", "33", "12")
#define WEB_AGAIN LISTENER("0050", "33", "13")
#define WEB_OF_ROOT LISTENER("0050", "0", "12")

struct watch {
	const char *tree;
	struct options options;
	struct follow follow;
	struct buf messages;
	int64_t now;
};

static void listen_to(const struct watch *watch, const char *sockets)
{
	tree_write_text(watch->tree, "proc/net/tcp", sockets);
}

static void begin(struct watch *watch, void **state, const char *sockets, unsigned sign_ticks)
{
	static const struct query_output output = {0};

	*watch = (struct watch){.tree = *state,
				.options = {.sysroot = *state,
					    .watch = "1",
					    .source = LSP_SOURCE_PROC,
					    .owners = LSP_OWNERS_NONE},
				.messages = BUF_INIT};
	tree_write_text(*state, "proc/net/tcp6", "header\n");
	tree_write_text(*state, "proc/net/udp", "header\n");
	tree_write_text(*state, "proc/net/udp6", "header\n");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n");
	listen_to(watch, sockets);
	assert_int_equal(follow_init(&watch->follow, &watch->options, &output, sign_ticks, 0,
				     &watch->messages),
			 0);
}

static void end(struct watch *watch)
{
	follow_deinit(&watch->follow);
	follow_deinit(&watch->follow);
	buf_deinit(&watch->messages);
}

static int tick(struct watch *watch)
{
	return follow_tick(&watch->follow, watch->now += 1000, &watch->messages);
}

/* " 22 +80 -443": sockets that are there with their signs, then those that are gone. */
static void expect_signs(const struct watch *watch, const char *expected)
{
	const struct view *view = &watch->follow.look.query.view;
	struct buf text = BUF_INIT;
	struct lsp_socket socket;

	for (size_t i = 0; i < lsp_snapshot_count(watch->follow.look.snapshot); i++) {
		lsp_snapshot_socket(watch->follow.look.snapshot, i, &socket);
		buf_printf(&text, "%c%u ", view->signs[i], socket.local.port);
	}
	for (size_t i = 0; i < view->past_count; i++) {
		lsp_snapshot_socket(view->past[i].snapshot, view->past[i].index, &socket);
		buf_printf(&text, "-%u ", socket.local.port);
	}
	assert_string_equal(buf_text(&text), expected);
	buf_deinit(&text);
}

static void test_signs(void **state)
{
	struct watch watch;

	begin(&watch, state, HEAD SSH, 3);
	expect_signs(&watch, " 22 ");
	assert_int_equal(tick(&watch), 0);
	listen_to(&watch, HEAD SSH WEB);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22 +80 ");
	assert_true(follow_is_news(&watch.follow, 1));
	assert_false(follow_is_news(&watch.follow, 0));
	assert_int_equal(tick(&watch), 0);
	assert_false(follow_is_news(&watch.follow, 1));
	assert_int_equal(tick(&watch), 0);
	expect_signs(&watch, " 22 +80 ");
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22  80 ");
	assert_int_equal(tick(&watch), 0);
	end(&watch);
}

static void test_gone(void **state)
{
	struct watch watch;

	begin(&watch, state, HEAD SSH WEB, 3);
	listen_to(&watch, HEAD SSH);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22 -80 ");
	assert_true(follow_past_is_news(&watch.follow, 0));
	listen_to(&watch, HEAD);
	assert_int_equal(tick(&watch), 1);
	assert_false(follow_past_is_news(&watch.follow, 0));
	assert_true(follow_past_is_news(&watch.follow, 1));
	expect_signs(&watch, "-80 -22 ");
	assert_int_equal(tick(&watch), 0);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, "-22 ");
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, "");
	assert_int_equal(tick(&watch), 0);
	end(&watch);
}

static void test_restart_and_change(void **state)
{
	struct watch watch;

	begin(&watch, state, HEAD SSH WEB, 1);
	listen_to(&watch, HEAD SSH WEB_AGAIN);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22 +80 -80 ");
	listen_to(&watch, HEAD SSH WEB);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22 +80 -80 ");
	listen_to(&watch, HEAD SSH WEB_OF_ROOT);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22 ~80 ");
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22  80 ");
	assert_int_equal(tick(&watch), 0);
	end(&watch);
}

/* What no socket tells is seen after a minute. */
static void test_minute(void **state)
{
	struct watch watch;

	begin(&watch, state, HEAD SSH WEB, 1);
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\nother:x:33:33::/:/bin/sh\n");
	for (int i = 1; i < 60; i++)
		assert_int_equal(tick(&watch), 0);
	assert_int_equal(tick(&watch), 1);
	expect_signs(&watch, " 22 ~80 ");
	end(&watch);
}

/* A look that fails is not one at a machine without listeners. */
static void test_failures(void **state)
{
	struct watch watch;

	begin(&watch, state, HEAD SSH WEB, 2);
	listen_to(&watch, HEAD WEB);
	assert_int_equal(tick(&watch), 1);
	tree_remove(*state, "proc/net/tcp");
	for (int i = 0; i < 4; i++) {
		int r = tick(&watch);

		expect(r == (i == 1), "%d: %d", i, r); /* the sign of 22 ends */
		assert_int_equal(watch.messages.size, 0);
		assert_int_equal(lsp_snapshot_count(watch.follow.look.snapshot), 1);
	}
	listen_to(&watch, HEAD WEB);
	assert_int_equal(tick(&watch), 0);
	expect_signs(&watch, " 80 ");
	tree_remove(*state, "proc/net/tcp");
	for (int i = 0; i < 4; i++)
		assert_int_equal(tick(&watch), 0);
	assert_true(tick(&watch) < 0);
	assert_true(watch.messages.size > 0);
	end(&watch);
}

static size_t resident_pages(void)
{
	unsigned long size, resident;
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu", &size, &resident), 2);
	fclose(file);
	return resident;
}

static void run_ticks(struct watch *watch, int from, int to)
{
	static const char *const states[] = {
		HEAD SSH, HEAD SSH WEB, HEAD WEB, HEAD SSH WEB_AGAIN, HEAD, HEAD SSH WEB_OF_ROOT};

	for (int i = from; i < to; i++) {
		/* Three of four ticks are without news. */
		if (i % 4 == 0)
			listen_to(watch, states[(size_t)i / 4 % ROWS(states)]);
		expect(tick(watch) >= 0, "tick %d", i);
	}
}

static void test_memory(void **state)
{
	struct watch watch;
	size_t early, late;
#ifndef __SANITIZE_ADDRESS__
	size_t early_heap, late_heap;
#endif

	begin(&watch, state, HEAD SSH WEB, FOLLOW_SIGN_TICKS_MAX);
	run_ticks(&watch, 0, 1000);
	early = resident_pages();
#ifndef __SANITIZE_ADDRESS__
	early_heap = mallinfo2().uordblks;
#endif
	run_ticks(&watch, 1000, 10000);
	late = resident_pages();
	print_message("resident after 1,000 ticks %zu kB, after 10,000 %zu kB\n", early * 4,
		      late * 4);
#ifndef __SANITIZE_ADDRESS__
	late_heap = mallinfo2().uordblks;
	print_message("in use after 1,000 ticks %zu bytes, after 10,000 %zu\n", early_heap,
		      late_heap);
	/* 16 bytes kept by each tick would be 144,000. */
	assert_true(late_heap <= early_heap + 20000);
	assert_true(late <= early + 64);
#endif
	end(&watch);
}

static void test_blind_at_first(void **state)
{
	static const struct query_output output = {0};
	struct options options = {.sysroot = *state, .watch = "1", .source = LSP_SOURCE_PROC};
	struct buf messages = BUF_INIT;
	struct follow follow;

	tree_mkdir(*state, "proc/net");
	assert_true(follow_init(&follow, &options, &output, 1, 0, &messages) < 0);
	assert_true(messages.size > 0);
	follow_deinit(&follow);
	buf_deinit(&messages);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(test_signs),
		TREE_TEST(test_gone),
		TREE_TEST(test_restart_and_change),
		TREE_TEST(test_minute),
		TREE_TEST(test_failures),
		TREE_TEST(test_memory),
		TREE_TEST(test_blind_at_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
