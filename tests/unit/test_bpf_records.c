/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owners/bpf_records: a record becomes an owner if /proc agrees, and no other process is read.
 */
#include "proctree.h"

#include "model/builder.h"
#include "owners/bpf_records.h"

#include <string.h>

#define INODES 4

struct scene {
	struct lsp_snapshot *snapshot;
	struct root root;
	struct walk walk;
};

/* Sockets with the inodes 1 to INODES are wanted. */
static void begin(struct scene *scene, const char *tree)
{
	static const uint32_t inodes[INODES] = {1, 2, 3, 4};
	static const struct lsp_query query = {.lookups = LSP_LOOKUP_OWNERS};

	scene->snapshot = proctree_wanting(inodes, INODES);
	assert_int_equal(root_init(&scene->root, tree), 0);
	assert_int_equal(walk_init(&scene->walk, &scene->root, &query, scene->snapshot), 0);
	assert_int_equal(walk_open(&scene->walk), 0);
	walk_begin_pass(&scene->walk, false);
}

/* PIDs of the owners of each inode; 0 for none. */
static void end(struct scene *scene, const uint32_t pids[INODES])
{
	walk_deinit(&scene->walk);
	root_deinit(&scene->root);
	assert_int_equal(builder_seal(scene->snapshot), 0);
	for (size_t i = 0; i < INODES; i++) {
		const struct lsp_owner *owners = proctree_owners(scene->snapshot, i, pids[i] != 0);

		expect(!pids[i] || owners->process->pid == pids[i], "inode %zu: PID %u", i + 1,
		       owners->process->pid);
	}
	lsp_snapshot_free(scene->snapshot);
}

static int add(struct walk *walk, const struct descriptor *records, size_t count)
{
	return bpf_records_add(
		walk, &(struct bpf_pass_records){(const char *)records, count, sizeof(*records)});
}

static void a_record_is_believed_where_the_link_agrees(void **state)
{
	static const struct descriptor records[] = {
		{.inode = 1, .pid = 10, .thread = 10, .fd = 3},
		/* The PID was used again. */
		{.inode = 2, .pid = 11, .thread = 11, .fd = 3},
		{.inode = 2, .pid = 11, .thread = 11, .fd = 9},
		/* In the table of a thread. */
		{.inode = 3, .pid = 12, .thread = 13, .fd = 4},
		{.inode = 4, .pid = 99, .thread = 99, .fd = 3},
		/* It is not wanted, so its process is not read, nor found to be gone. */
		{.inode = 5, .pid = 98, .thread = 98, .fd = 3},
	};
	struct scene scene;

	proctree_process(*state, 10, "a\n", 3, "socket:[1]");
	proctree_process(*state, 11, "b\n", 3, "socket:[9]");
	proctree_process(*state, 12, "c\n", 3, "socket:[8]");
	proctree_link(*state, 12, "task/13/fd", 4, "socket:[3]");
	begin(&scene, *state);
	assert_int_equal(add(&scene.walk, records, ROWS(records)), 0);
	assert_int_equal(scene.walk.wanted.unowned, 2);
	assert_int_equal(scene.walk.checked.count, 0);
	assert_true(scene.walk.tally.ended == 1);
	end(&scene, (const uint32_t[]){10, 0, 12, 0});
}

static void marks_and_rings_belong_to_a_whole_pass(void **state)
{
	static const struct descriptor records[] = {
		{.inode = 0, .pid = 10, .thread = 10, .fd = -1},
		{.inode = 0, .pid = 10, .thread = 10, .fd = 6},
		{.inode = 0, .pid = 11, .thread = 11, .fd = -1},
	};
	struct scene scene;

	proctree_process(*state, 10, "ring\n", 6, "anon_inode:[io_uring]");
	proctree_add(*state, 10, "UserFiles:\t1\n    0: socket:[1]\n", "fdinfo/6");
	begin(&scene, *state);
	assert_int_equal(add(&scene.walk, records + 1, 1), 0);
	assert_int_equal(scene.walk.wanted.unowned, INODES);
	walk_begin_pass(&scene.walk, true);
	assert_int_equal(add(&scene.walk, records, ROWS(records)), 0);
	assert_int_equal(scene.walk.wanted.unowned, INODES - 1);
	assert_non_null(intmap_find(&scene.walk.checked, 10));
	assert_non_null(intmap_find(&scene.walk.checked, 11));
	assert_int_equal(scene.walk.checked.count, 2);
	end(&scene, (const uint32_t[]){10, 0, 0, 0});
}

static void a_known_process_is_not_checked_again(void **state)
{
	static const struct descriptor records[] = {
		{.inode = 1, .pid = 10, .thread = 10, .fd = 3},
		/* No link says so, but the kernel does, of the same process. */
		{.inode = 2, .pid = 10, .thread = 10, .fd = 7},
	};
	struct scene scene;

	proctree_process(*state, 10, "a\n", 3, "socket:[1]");
	begin(&scene, *state);
	assert_int_equal(add(&scene.walk, records, ROWS(records)), 0);
	end(&scene, (const uint32_t[]){10, 10, 0, 0});
}

static void at_the_deadline_no_more_records_are_read(void **state)
{
	static const struct descriptor record = {.inode = 1, .pid = 10, .thread = 10, .fd = 3};
	struct scene scene;

	proctree_process(*state, 10, "a\n", 3, "socket:[1]");
	begin(&scene, *state);
	scene.walk.deadline = 1;
	assert_int_equal(add(&scene.walk, &record, 1), 0);
	assert_true(scene.walk.tally.is_cut);
	walk_begin_pass(&scene.walk, true);
	assert_false(scene.walk.tally.is_cut);
	assert_true(scene.walk.tally.was_cut);
	end(&scene, (const uint32_t[]){0, 0, 0, 0});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_record_is_believed_where_the_link_agrees),
		TREE_TEST(marks_and_rings_belong_to_a_whole_pass),
		TREE_TEST(a_known_process_is_not_checked_again),
		TREE_TEST(at_the_deadline_no_more_records_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
