/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/sweep: which failures are worth another try. The first try goes to a script; since a
 * transport that failed is given up, the next ones go to the recording of the tree.
 */
#include "support.h"

#include "collect/sweep.h"
#include "fakediag.h"

#include <errno.h>
#include <stdlib.h>

static const struct diag_request tcp = {.states = 1u << LSP_STATE_LISTEN, .ports = {0, 65535}};
static const struct lsp_query query = {0};

static const struct lsp_socket sockets[] = {
	{.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1},
	{.state = LSP_STATE_LISTEN, .local.port = 80, .cookie = 2},
	{.state = LSP_STATE_LISTEN, .local.port = 443, .cookie = 3},
};

struct scene {
	struct root root;
	struct lsp_snapshot *snapshot;
	struct collection collection;
	struct script script;
	struct buf file;
};

static void scene_init(struct scene *scene, const char *tree)
{
	*scene = (struct scene){0};
	assert_int_equal(root_init(&scene->root, tree), 0);
	assert_int_equal(snapshot_new(&scene->snapshot), 0);
	assert_int_equal(
		collection_init(&scene->collection, &scene->root, &query, scene->snapshot, 0), 0);
}

static void scene_deinit(struct scene *scene)
{
	collection_deinit(&scene->collection);
	lsp_snapshot_free(scene->snapshot);
	root_deinit(&scene->root);
	buf_deinit(&scene->file);
}

/* Every try fails with @error, the first through the script, the next by the recording. */
static void expect_tries(const char *tree, int error, uint32_t tries)
{
	const struct datagram failure = {.size = error};
	struct dump_result result;
	struct scene scene;
	int r;

	scene_init(&scene, tree);
	recording_append(&scene.file, &tcp, sockets, 1, error);
	tree_write(tree, "netlink", scene.file.data, scene.file.size);
	script_init(&scene.script, &failure, 1);
	scene.collection.netlink.transport = &scene.script.transport;
	r = sweep_wide(&scene.collection, &tcp, scene.snapshot, &result);
	expect(r == error, "error %d became %d", error, r);
	expect(scene.collection.netlink.seq == tries, "error %d: %u tries", error,
	       scene.collection.netlink.seq);
	assert_int_equal(scene.script.asked_count, 1);
	scene_deinit(&scene);
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
		struct scene scene;

		scene_init(&scene, *state);
		recording_append(&scene.file, &tcp, sockets, ROWS(sockets), 0);
		tree_write(*state, "netlink", scene.file.data, scene.file.size);
		reply_socket(&first, &as, &sockets[0], 0);
		reply_socket(&first, &as, &sockets[1], 0);
		datagrams[0] = (struct datagram){first.data, (ssize_t)first.size};
		script_init(&scene.script, datagrams, ROWS(datagrams));
		scene.collection.netlink.transport = &scene.script.transport;
		assert_int_equal(sweep_wide(&scene.collection, &tcp, scene.snapshot, &result), 0);
		expect(scene.collection.netlink.seq == 2, "%u dumps", scene.collection.netlink.seq);
		expect(snapshot_mark(scene.snapshot) == ROWS(sockets), "%zu sockets",
		       snapshot_mark(scene.snapshot));
		for (size_t s = 0; s < ROWS(sockets); s++) {
			struct lsp_socket out;

			snapshot_peek(scene.snapshot, s, &out);
			assert_int_equal(out.local.port, sockets[s].local.port);
		}
		assert_int_equal(scene.script.frees, 1);
		buf_deinit(&first);
		scene_deinit(&scene);
	}
}

/* The wide dump that is only the plan may fail; then the narrow one does too. */
static void a_sweep_that_fails_says_so(void **state)
{
	struct scene scene;

	scene_init(&scene, *state);
	recording_append(&scene.file, &tcp, sockets, ROWS(sockets), -ENOBUFS);
	tree_write(*state, "netlink", scene.file.data, scene.file.size);
	assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), -ENOBUFS);
	assert_int_equal(scene.collection.netlink.seq, 6);
	scene_deinit(&scene);
}

static void an_interrupted_dump_is_repeated_and_then_a_gap(void **state)
{
	for (unsigned interrupts = 0; interrupts <= 4; interrupts++) {
		struct dump_result result;
		const struct lsp_gap *gaps;
		struct fake_kernel kernel;
		struct scene scene;
		size_t count;

		scene_init(&scene, *state);
		fake_kernel_init(&kernel, sockets, ROWS(sockets));
		kernel.interrupts = interrupts;
		scene.collection.netlink.transport = &kernel.transport;
		assert_int_equal(sweep_wide(&scene.collection, &tcp, scene.snapshot, &result), 0);
		expect(kernel.asked_count == (interrupts < 2 ? interrupts + 1 : 3),
		       "%u interrupts: %zu requests", interrupts, kernel.asked_count);
		expect(snapshot_mark(scene.snapshot) == ROWS(sockets), "%u interrupts: %zu sockets",
		       interrupts, snapshot_mark(scene.snapshot));
		gaps = lsp_snapshot_gaps(scene.snapshot, &count);
		expect(count == (interrupts >= 3), "%u interrupts: %zu gaps", interrupts, count);
		assert_true(!count || (gaps[0].hides && strstr(gaps[0].why, "changed")));
		scene_deinit(&scene);
		fake_kernel_deinit(&kernel);
	}
}

/* What only plans the narrow dumps may be interrupted without a word. */
static void an_interrupted_plan_is_no_gap(void **state)
{
	for (unsigned interrupts = 0; interrupts <= 6; interrupts++) {
		struct fake_kernel kernel;
		struct scene scene;
		size_t count;

		scene_init(&scene, *state);
		fake_kernel_init(&kernel, sockets, ROWS(sockets));
		kernel.interrupts = interrupts;
		scene.collection.netlink.transport = &kernel.transport;
		assert_int_equal(sweep_listeners(&scene.collection, &tcp, scene.snapshot), 0);
		expect(snapshot_mark(scene.snapshot) == ROWS(sockets), "%u interrupts: %zu sockets",
		       interrupts, snapshot_mark(scene.snapshot));
		lsp_snapshot_gaps(scene.snapshot, &count);
		expect(count == (interrupts >= 6), "%u interrupts: %zu gaps", interrupts, count);
		scene_deinit(&scene);
		fake_kernel_deinit(&kernel);
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
