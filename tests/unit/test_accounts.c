/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/accounts: uids get their names from the recorded passwd file, and from nothing else. */
#include "support.h"

#include "host/accounts.h"
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#define WHOLE "         0          0 4294967295\n"

/* A snapshot with one socket for each uid. */
static struct lsp_snapshot *resolved(const char *tree, const uint32_t *uids, size_t count)
{
	struct lsp_socket sockets[8] = {0};
	struct lsp_snapshot *snapshot;
	struct root root;

	assert_true(count <= ROWS(sockets));
	for (size_t i = 0; i < count; i++)
		sockets[i] = (struct lsp_socket){
			.inode = (uint32_t)i + 1, .has_uid = true, .uid = uids[i]};
	snapshot = machine_unsealed(sockets, count);
	assert_int_equal(root_init(&root, tree), 0);
	assert_int_equal(accounts_resolve(&root, snapshot), 0);
	root_deinit(&root);
	return snapshot;
}

static void check_name(const struct lsp_snapshot *snapshot, uint32_t uid, const char *expected)
{
	const char *name = lsp_snapshot_user(snapshot, uid);

	expect((name != NULL) == (expected != NULL), "uid %u", uid);
	if (expected)
		assert_string_equal(name, expected);
}

static void names_come_from_the_file(void **state)
{
	static const uint32_t uids[] = {0, 1000, 1001, 4294967294, 7, 33};
	const char *tree = *state;
	struct lsp_snapshot *snapshot;

	tree_write_text(tree, "etc/passwd",
			"root:x:0:0:root:/root:/bin/bash\n"
			"toor:x:0:0:again:/root:/bin/bash\n"
			"# a comment\n"
			"\n"
			"broken\n"
			"alice:x:1000:1000::/home/alice:/bin/sh\n"
			"b\x1b[31mob:x:1001:1001::/:/bin/sh\n"
			"last:x:4294967294:1::/:/bin/sh\n"
			"unasked:x:5:5::/:/bin/sh\n"
			"+nis:x:33:33::/:/bin/sh\n");
	snapshot = resolved(tree, uids, ROWS(uids));
	check_name(snapshot, 0, "root");
	check_name(snapshot, 1000, "alice");
	check_name(snapshot, 1001, "b\x1b[31mob");
	check_name(snapshot, 4294967294, "last");
	check_name(snapshot, 7, NULL);
	check_name(snapshot, 5, NULL);
	check_name(snapshot, 33, NULL);
	assert_false(lsp_snapshot_is_user_unknown(snapshot, 33));
	lsp_snapshot_free(snapshot);
}

static void an_owner_has_a_name_too(void **state)
{
	const struct lsp_process process = {.pid = 1, .has_uid = true, .uid = 5};
	const struct lsp_socket socket = {.local.port = 1, .inode = 1};
	const char *tree = *state;
	struct lsp_snapshot *snapshot = machine_unsealed(&socket, 1);
	struct root root;
	uint32_t index;

	tree_write_text(tree, "etc/passwd", "games:x:5:60::/:/bin/sh\n");
	assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
	assert_int_equal(root_init(&root, tree), 0);
	assert_int_equal(accounts_resolve(&root, snapshot), 0);
	check_name(snapshot, 5, "games");
	root_deinit(&root);
	lsp_snapshot_free(snapshot);
}

static void a_long_entry_is_read_whole(void **state)
{
	static const uint32_t uids[] = {1, 2};
	const char *tree = *state, *head = "long:x:1:1:", *tail = ":/:/bin/sh\nnext:x:2:2::/:/x\n";
	struct lsp_snapshot *snapshot;
	struct buf text = BUF_INIT;

	buf_append_text(&text, head);
	for (unsigned i = 0; i < 100000; i++)
		buf_append_char(&text, 'g');
	buf_append_text(&text, tail);
	assert_non_null(buf_text(&text));
	tree_write(tree, "etc/passwd", text.data, text.size);
	buf_deinit(&text);
	snapshot = resolved(tree, uids, ROWS(uids));
	check_name(snapshot, 1, "long");
	check_name(snapshot, 2, "next");
	lsp_snapshot_free(snapshot);
}

static void a_uid_that_is_not_mapped_has_no_name(void **state)
{
	static const struct {
		const char *uid_map, *overflow;
		uint32_t uid;
		const char *name;
	} rows[] = {
		{WHOLE, "65534\n", 65534, "nobody"},
		{NULL, NULL, 65534, "nobody"},
		{"0 1000 1\n", NULL, 65534, NULL},
		{"0 1000 1\n", "65534\n", 65534, NULL},
		{"0 100000 65536\n", "65534\n", 65534, NULL},
		{"0 1000 1\n", "99\n", 65534, "nobody"},
		{"0 1000 1\n", "99\n", 99, NULL},
		{"0 0 1\n1 1 4294967294\n", "65534\n", 65534, "nobody"},
		{"junk", "junk", 65534, NULL},
		{"0 1000 1\n", NULL, 0, "root"},
	};
	const char *tree = *state;

	tree_write_text(tree, "etc/passwd",
			"root:x:0:0::/:/x\nnobody:x:65534:1::/:/x\nother:x:99:1::/:/x\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot;
		const char *name;

		if (rows[i].uid_map)
			tree_write_text(tree, "proc/self/uid_map", rows[i].uid_map);
		if (rows[i].overflow)
			tree_write_text(tree, "proc/sys/kernel/overflowuid", rows[i].overflow);
		else
			tree_write_text(tree, "proc/sys/kernel/overflowuid", "");
		if (!rows[i].uid_map)
			tree_write_text(tree, "proc/self/uid_map", "");
		snapshot = resolved(tree, &rows[i].uid, 1);
		name = lsp_snapshot_user(snapshot, rows[i].uid);
		expect((name != NULL) == (rows[i].name != NULL), "row %zu", i);
		if (rows[i].name)
			assert_string_equal(name, rows[i].name);
		lsp_snapshot_free(snapshot);
	}
}

static void a_tree_without_the_file_has_no_names_and_no_gap(void **state)
{
	static const uint32_t uids[] = {0};
	struct lsp_snapshot *snapshot = resolved(*state, uids, 1);
	size_t gaps;

	check_name(snapshot, 0, NULL);
	lsp_snapshot_gaps(snapshot, &gaps);
	assert_int_equal(gaps, 0);
	lsp_snapshot_free(snapshot);
}

static void a_file_that_cannot_be_read_is_a_gap_that_hides_nothing(void **state)
{
	static const uint32_t uids[] = {0};
	const char *tree = *state;
	struct lsp_snapshot *snapshot;
	const struct lsp_gap *gap;
	size_t gaps;

	tree_mkdir(tree, "etc/passwd");
	snapshot = resolved(tree, uids, 1);
	gap = lsp_snapshot_gaps(snapshot, &gaps);
	assert_int_equal(gaps, 1);
	assert_string_equal(gap->what, "user names");
	assert_false(gap->hides);
	assert_int_equal(gap->count, 1);
	assert_string_equal(gap->why, "could not be looked up: Is a directory (UID 0)");
	check_name(snapshot, 0, NULL);
	assert_true(lsp_snapshot_is_user_unknown(snapshot, 0));
	assert_false(lsp_snapshot_is_user_unknown(snapshot, 1));
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(names_come_from_the_file),
		TREE_TEST(an_owner_has_a_name_too),
		TREE_TEST(a_long_entry_is_read_whole),
		TREE_TEST(a_uid_that_is_not_mapped_has_no_name),
		TREE_TEST(a_tree_without_the_file_has_no_names_and_no_gap),
		TREE_TEST(a_file_that_cannot_be_read_is_a_gap_that_hides_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
