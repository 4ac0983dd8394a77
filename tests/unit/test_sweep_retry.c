/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/sweep: which failures are retried. The first try goes to a script; a failed transport is
 * closed, so later tries go to the recording of the tree.
 */
#include "support.h"

#include "collect/dump.h"
#include "collect/sweep.h"
#include "collecting.h"

#include <errno.h>
#include <stdlib.h>

static const struct diag_request tcp = {.states = 1u << LSP_STATE_LISTEN, .ports = {0, 65535}};
static const struct lsp_query query = {0};

static const struct lsp_socket sockets[] = {
	{.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1},
	{.state = LSP_STATE_LISTEN, .local.port = 80, .cookie = 2},
	{.state = LSP_STATE_LISTEN, .local.port = 443, .cookie = 3},
};

/* Every try fails with @error, the first through the script, the next by the recording. */
static void expect_tries(const char *tree, int error, uint32_t tries)
{
	const struct datagram failure = {.size = error};
	struct dump_result result;
	struct collecting scene;
	int r;

	collecting_init(&scene, tree, &query, 0);
	recording_append(&scene.text, &tcp, sockets, 1, error);
	tree_write(tree, "netlink", scene.text.data, scene.text.size);
	collecting_from_script(&scene, &failure, 1);
	r = dump_wide(&scene.collection, &tcp, scene.snapshot, &result);
	expect(r == error, "error %d became %d", error, r);
	expect(scene.collection.netlink.seq == tries, "error %d: %u tries", error,
	       scene.collection.netlink.seq);
	assert_int_equal(scene.script.asked_count, 1);
	collecting_deinit(&scene);
}

static void what_will_not_pass_is_not_tried_again(void **state)
{
	static const int errors[] = {ENOENT, EOPNOTSUPP, EPERM, EACCES, EINVAL, EPROTONOSUPPORT};

	for (size_t i = 0; i < ROWS(errors); i++)
		expect_tries(*state, -errors[i], 1);
}

static void what_may_pass_is_tried_three_times(void **state)
{
	static const int errors[] = {ENOBUFS, ENOSPC, EBUSY, EIO, EBADMSG, ENOMEM, EINTR};

	for (size_t i = 0; i < ROWS(errors); i++)
		expect_tries(*state, -errors[i], 3);
}

static void a_failure_half_way_doubles_nothing(void **state)
{
	static const int errors[] = {ENOBUFS, ENOSPC, EAGAIN};

	for (size_t i = 0; i < ROWS(errors); i++) {
		const struct reply as = {.seq = 1};
		struct datagram datagrams[2] = {{0}, {.size = -errors[i]}};
		struct buf first = BUF_INIT;
		struct dump_result result;
		struct collecting scene;

		collecting_init(&scene, *state, &query, 0);
		recording_append(&scene.text, &tcp, sockets, ROWS(sockets), 0);
		tree_write(*state, "netlink", scene.text.data, scene.text.size);
		reply_socket(&first, &as, &sockets[0], 0);
		reply_socket(&first, &as, &sockets[1], 0);
		datagrams[0] = (struct datagram){first.data, (ssize_t)first.size};
		collecting_from_script(&scene, datagrams, ROWS(datagrams));
		assert_int_equal(dump_wide(&scene.collection, &tcp, scene.snapshot, &result), 0);
		expect(scene.collection.netlink.seq == 2, "%u dumps", scene.collection.netlink.seq);
		expect(collecting_count(&scene) == ROWS(sockets), "%zu sockets",
		       collecting_count(&scene));
		for (size_t s = 0; s < ROWS(sockets); s++) {
			struct lsp_socket out;

			builder_peek(scene.snapshot, s, &out);
			assert_int_equal(out.local.port, sockets[s].local.port);
		}
		assert_int_equal(scene.script.frees, 1);
		buf_deinit(&first);
		collecting_deinit(&scene);
	}
}

/* The wide dump that makes the plan may fail; then the narrow dump fails too. */
static void a_sweep_that_fails_says_so(void **state)
{
	struct collecting scene;

	collecting_init(&scene, *state, &query, 0);
	recording_append(&scene.text, &tcp, sockets, ROWS(sockets), -ENOBUFS);
	tree_write(*state, "netlink", scene.text.data, scene.text.size);
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), -ENOBUFS);
	assert_int_equal(scene.collection.netlink.seq, 6);
	collecting_deinit(&scene);
}

static void an_interrupted_dump_is_repeated_and_then_a_gap(void **state)
{
	for (unsigned interrupts = 0; interrupts <= 4; interrupts++) {
		struct dump_result result;
		const struct lsp_gap *gaps;
		struct collecting scene;
		size_t count;

		collecting_init(&scene, *state, &query, 0);
		collecting_from_kernel(&scene, sockets, ROWS(sockets));
		scene.kernel.interrupts = interrupts;
		assert_int_equal(dump_wide(&scene.collection, &tcp, scene.snapshot, &result), 0);
		expect(scene.kernel.asked_count == (interrupts < 2 ? interrupts + 1 : 3),
		       "%u interrupts: %zu requests", interrupts, scene.kernel.asked_count);
		expect(collecting_count(&scene) == ROWS(sockets), "%u interrupts: %zu sockets",
		       interrupts, collecting_count(&scene));
		gaps = lsp_snapshot_gaps(scene.snapshot, &count);
		expect(count == (interrupts >= 3), "%u interrupts: %zu gaps", interrupts, count);
		assert_true(!count || (gaps[0].hides && strstr(gaps[0].why, "changed")));
		collecting_deinit(&scene);
	}
}

/* The dump that only makes the plan may be interrupted without a gap. */
static void an_interrupted_plan_is_no_gap(void **state)
{
	for (unsigned interrupts = 0; interrupts <= 6; interrupts++) {
		struct collecting scene;
		size_t count;

		collecting_init(&scene, *state, &query, 0);
		collecting_from_kernel(&scene, sockets, ROWS(sockets));
		scene.kernel.interrupts = interrupts;
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect(collecting_count(&scene) == ROWS(sockets), "%u interrupts: %zu sockets",
		       interrupts, collecting_count(&scene));
		lsp_snapshot_gaps(scene.snapshot, &count);
		expect(count == (interrupts >= 6), "%u interrupts: %zu gaps", interrupts, count);
		collecting_deinit(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(what_will_not_pass_is_not_tried_again),
		TREE_TEST(what_may_pass_is_tried_three_times),
		TREE_TEST(a_failure_half_way_doubles_nothing),
		TREE_TEST(a_sweep_that_fails_says_so),
		TREE_TEST(an_interrupted_dump_is_repeated_and_then_a_gap),
		TREE_TEST(an_interrupted_plan_is_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
