/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/follow: signs while a recorded machine changes, and constant memory. */
#include "support.h"

#include "follow.h"

#include <errno.h>
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
	struct error error;
	int64_t now;
};

static void listen_to(const struct watch *watch, const char *sockets)
{
	tree_write_text(watch->tree, "proc/net/tcp", sockets);
}

static void begin(struct watch *watch, void **state, const char *sockets, unsigned sign_ticks)
{
	static const struct target output = {0};

	*watch = (struct watch){.tree = *state,
				.options = {.sysroot = *state,
					    .watch = "1",
					    .source = LSP_SOURCE_PROC,
					    .owners = LSP_OWNERS_NONE},
				.error = ERROR_INIT};
	tree_write_text(*state, "proc/net/tcp6", "header\n");
	tree_write_text(*state, "proc/net/udp", "header\n");
	tree_write_text(*state, "proc/net/udp6", "header\n");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n");
	listen_to(watch, sockets);
	assert_int_equal(
		follow_init(&watch->follow, &watch->options, &output, sign_ticks, 0, &watch->error),
		0);
}

static void end(struct watch *watch)
{
	follow_deinit(&watch->follow);
	follow_deinit(&watch->follow);
	error_deinit(&watch->error);
}

static int tick(struct watch *watch)
{
	return follow_tick(&watch->follow, watch->now += 1000, &watch->error);
}

/* " 22 +80 -443": sockets that are there with their signs, then those that are gone. */
static void expect_signs(const struct watch *watch, const char *expected)
{
	const struct view *view = &watch->follow.inspection.query.view;
	struct buf text = BUF_INIT;
	struct lsp_socket socket;

	for (size_t i = 0; i < lsp_snapshot_count(watch->follow.inspection.snapshot); i++) {
		lsp_snapshot_socket(watch->follow.inspection.snapshot, i, &socket);
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

/* A change that no socket shows is seen after a minute. */
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

/* A failed look does not mean that all listeners are gone. */
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
		assert_int_equal(watch.error.number, 0);
		assert_int_equal(lsp_snapshot_count(watch.follow.inspection.snapshot), 1);
	}
	listen_to(&watch, HEAD WEB);
	assert_int_equal(tick(&watch), 0);
	expect_signs(&watch, " 80 ");
	tree_remove(*state, "proc/net/tcp");
	for (int i = 0; i < 4; i++)
		assert_int_equal(tick(&watch), 0);
	assert_true(tick(&watch) < 0);
	assert_true(*error_text(&watch.error));
	end(&watch);
}

/* As the kernel counts it by walking the page tables, not as the allocator does. */
static size_t anonymous_kb(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[128];
	size_t kb = 0;

	assert_non_null(file);
	while (!kb && fgets(line, sizeof(line), file))
		sscanf(line, "Anonymous: %zu kB", &kb);
	fclose(file);
	assert_true(kb);
	return kb;
}

static void run_ticks(struct watch *watch, int from, int to)
{
	static const char *const states[] = {
		HEAD SSH, HEAD SSH WEB, HEAD WEB, HEAD SSH WEB_AGAIN, HEAD, HEAD SSH WEB_OF_ROOT};

	for (int i = from; i < to; i++) {
		/* Three of four ticks bring no change. */
		if (i % 4 == 0)
			listen_to(watch, states[(size_t)i / 4 % ROWS(states)]);
		expect(tick(watch) >= 0, "tick %d", i);
	}
}

static void test_memory(void **state)
{
	struct watch watch;
	size_t early, late;

	begin(&watch, state, HEAD SSH WEB, FOLLOW_SIGN_TICKS_MAX);
	run_ticks(&watch, 0, 1000);
	early = anonymous_kb();
	run_ticks(&watch, 1000, 16000);
	late = anonymous_kb();
	print_message("after 1,000 ticks %zu kB, after 16,000 %zu kB\n", early, late);
#ifndef __SANITIZE_ADDRESS__
	/* 16 bytes kept by each tick would be 480 kB. ASan does not give memory back at once. */
	assert_true(late <= early + 256);
#endif
	end(&watch);
}

static void test_blind_at_first(void **state)
{
	static const struct target output = {0};
	struct options options = {.sysroot = *state, .watch = "1", .source = LSP_SOURCE_PROC};
	struct error error = ERROR_INIT;
	struct follow follow;

	tree_mkdir(*state, "proc/net");
	assert_true(follow_init(&follow, &options, &output, 1, 0, &error) < 0);
	assert_true(*error_text(&error));
	follow_deinit(&follow);
	error_deinit(&error);
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
