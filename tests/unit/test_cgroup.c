/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/cgroup: ids of cgroups become paths, units and containers, in a recorded tree. */
#include "cgroup_rows.h"
#include "machine.h"

#include "host/cgroup.h"
#include "model/builder.h"

#include <string.h>

#define MOUNT "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"

static struct lsp_snapshot *with_cgroups(const uint64_t *ids, size_t count)
{
	struct lsp_socket sockets[8] = {0};

	assert_true(count <= ROWS(sockets));
	for (size_t i = 0; i < count; i++)
		sockets[i] = (struct lsp_socket){.local.port = (uint16_t)(i + 1),
						 .inode = (uint32_t)i + 1,
						 .has_cgroup = ids[i] != 0,
						 .cgroup_id = ids[i]};
	return machine_unsealed(sockets, count);
}

/* Return: sockets that the gap "units" counts. */
static uint64_t resolve(const char *tree, struct lsp_snapshot *snapshot, const char *why)
{
	const struct lsp_gap *gaps;
	struct root root;
	int failure;
	size_t count;

	assert_int_equal(root_init(&root, tree), 0);
	assert_int_equal(cgroup_resolve(&root, snapshot, &failure), 0);
	assert_int_equal(cgroup_settle(&root, snapshot, failure), 0);
	assert_int_equal(builder_seal(snapshot), 0);
	root_deinit(&root);
	gaps = lsp_snapshot_gaps(snapshot, &count);
	assert_true(count <= 1);
	if (!count)
		return 0;
	assert_string_equal(gaps->what, "units");
	assert_non_null(strstr(gaps->why, why));
	assert_true(gaps->hides);
	return gaps->count;
}

static void expect_text(const char *found, const char *wanted, const char *what, size_t row)
{
	expect((found != NULL) == (wanted != NULL), "%s of row %zu", what, row);
	if (wanted)
		assert_string_equal(found, wanted);
}

static void ids_are_found_in_a_recorded_tree(void **state)
{
	static const struct {
		uint64_t id;
		enum lsp_unit_state state;
		const char *path, *unit, *container;
	} rows[] = {
		{1, LSP_UNIT_KNOWN, "/", NULL, NULL},
		{10, LSP_UNIT_KNOWN, "/system.slice", "system.slice", NULL},
		{4294967297, LSP_UNIT_KNOWN, "/system.slice/ssh.service", "ssh.service", NULL},
		{12, LSP_UNIT_KNOWN, "/docker/" ID, NULL, SHORT},
		{99, LSP_UNIT_ENDED, NULL, NULL, NULL},
		{0, LSP_UNIT_UNKNOWN, NULL, NULL, NULL},
	};
	uint64_t ids[ROWS(rows)];
	struct lsp_snapshot *snapshot;
	const char *tree = *state;

	for (size_t i = 0; i < ROWS(rows); i++)
		ids[i] = rows[i].id;
	snapshot = with_cgroups(ids, ROWS(ids));
	tree_write_text(tree, "proc/self/mountinfo", MOUNT);
	tree_write_text(tree, "sys/fs/cgroup/unified/cgroup.id", "1\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/system.slice/cgroup.id", "10\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/system.slice/ssh.service/cgroup.id",
			"4294967297\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/docker/" ID "/cgroup.id", "12\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/odd/cgroup.id", "99x\n");
	/* A socket of which no cgroup is told is no gap of the tree. */
	assert_int_equal(resolve(tree, snapshot, ""), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		expect(socket.unit_state == rows[i].state, "state of row %zu", i);
		expect_text(socket.cgroup, rows[i].path, "path", i);
		expect_text(socket.unit, rows[i].unit, "unit", i);
		expect_text(socket.container, rows[i].container, "container", i);
	}
	lsp_snapshot_free(snapshot);
}

static void a_part_of_the_hierarchy_keeps_its_path(void **state)
{
	static const struct {
		const char *mountinfo, *path, *why;
	} rows[] = {
		{"41 31 0:38 /docker/x /cg rw - cgroup2 none rw\n", "/docker/x/a.service", NULL},
		{"41 31 0:38 /../.. /cg rw - cgroup2 none rw\n", "/a.service", NULL},
		{"41 31 0:38 / /cg rw - cgroup2 none rw\n", "/a.service", NULL},
		{"40 31 0:38 /x /absent rw - cgroup2 none rw\n"
		 "41 31 0:38 /y /cg rw - cgroup2 none rw\n",
		 "/y/a.service", NULL},
		{"41 31 0:38 / /cg rw - cgroup none rw\n", NULL, "no cgroup v2 file system"},
		{"41 31 0:38 / /absent rw - cgroup2 none rw\n", NULL, "No such file"},
		{"", NULL, "no cgroup v2 file system"},
	};
	static const uint64_t ids[] = {7};
	const char *tree = *state;

	tree_write_text(tree, "cg/a.service/cgroup.id", "7\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_snapshot *snapshot = with_cgroups(ids, 1);
		struct lsp_socket socket;

		tree_write_text(tree, "proc/self/mountinfo", rows[i].mountinfo);
		assert_int_equal(resolve(tree, snapshot, rows[i].why), rows[i].why != NULL);
		lsp_snapshot_socket(snapshot, 0, &socket);
		expect_text(socket.cgroup, rows[i].path, "path", i);
		assert_int_equal(socket.unit_state,
				 rows[i].path ? LSP_UNIT_KNOWN : LSP_UNIT_UNKNOWN);
		lsp_snapshot_free(snapshot);
	}
}

/* Only the whole hierarchy shows that there is no such cgroup any more. */
static void what_is_outside_of_the_mount_has_not_ended(void **state)
{
	static const uint64_t ids[] = {7};
	const char *tree = *state;

	tree_write_text(tree, "proc/self/mountinfo", MOUNT);
	for (uint64_t top = 1; top < 3; top++) {
		struct lsp_snapshot *snapshot = with_cgroups(ids, 1);
		struct lsp_socket socket;

		tree_write_text(tree, "sys/fs/cgroup/unified/cgroup.id", top == 1 ? "1\n" : "2\n");
		assert_int_equal(resolve(tree, snapshot, "not below"), top - 1);
		lsp_snapshot_socket(snapshot, 0, &socket);
		assert_int_equal(socket.unit_state, top == 1 ? LSP_UNIT_ENDED : LSP_UNIT_UNKNOWN);
		lsp_snapshot_free(snapshot);
	}
}

/* Nor what there was no time for. */
static void at_the_deadline_units_are_a_gap(void **state)
{
	static const uint64_t ids[] = {7, 8};
	const char *tree = *state;
	struct lsp_snapshot *snapshot = with_cgroups(ids, 2);

	tree_write_text(tree, "proc/self/mountinfo", MOUNT);
	tree_write_text(tree, "sys/fs/cgroup/unified/cgroup.id", "1\n");
	tree_write_text(tree, "sys/fs/cgroup/unified/a.service/cgroup.id", "7\n");
	assert_int_equal(builder_set_query(snapshot, &(struct lsp_query){.deadline = 1}), 0);
	assert_int_equal(resolve(tree, snapshot, "the time limit was reached"), 2);
	for (size_t i = 0; i < 2; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		assert_int_equal(socket.unit_state, LSP_UNIT_UNKNOWN);
	}
	lsp_snapshot_free(snapshot);
}

/* Of two owners, NULL: there is none. */
struct holder_row {
	const char *first, *second, *unit, *container;
	enum lsp_unit_state with_tree, without_tree;
};

static void add_holder(struct lsp_snapshot *snapshot, uint32_t pid, const char *cgroups)
{
	struct lsp_process process = {.pid = pid, .cgroups = *cgroups ? cgroups : NULL};
	uint32_t index;

	assert_int_equal(builder_add_process(snapshot, &process, &index), 0);
	assert_int_equal(builder_add_owner(snapshot, 1, index, 3), 0);
}

static void check_holders(const char *tree, const struct holder_row *row, bool has_tree)
{
	static const uint64_t ids[] = {7};
	enum lsp_unit_state wanted = has_tree ? row->with_tree : row->without_tree;
	struct lsp_snapshot *snapshot = with_cgroups(ids, 1);
	struct lsp_socket socket;

	tree_write_text(tree, "proc/self/mountinfo", has_tree ? MOUNT : "");
	if (row->first)
		add_holder(snapshot, 10, row->first);
	if (row->second)
		add_holder(snapshot, 11, row->second);
	expect(resolve(tree, snapshot, "no cgroup v2") == (wanted == LSP_UNIT_UNKNOWN),
	       "gap with \"%s\"", row->first);
	lsp_snapshot_socket(snapshot, 0, &socket);
	expect(socket.unit_state == wanted, "state with \"%s\" is %d", row->first,
	       (int)socket.unit_state);
	expect_text(socket.unit, wanted == LSP_UNIT_KNOWN ? row->unit : NULL, row->first, 0);
	expect_text(socket.container, wanted == LSP_UNIT_KNOWN ? row->container : NULL, row->first,
		    0);
	assert_null(socket.cgroup);
	lsp_snapshot_free(snapshot);
}

static void without_a_path_the_holders_say_the_unit(void **state)
{
	static const struct holder_row rows[] = {
		{NULL, NULL, NULL, NULL, LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
		{"", NULL, NULL, NULL, LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
		{"\n", NULL, NULL, NULL, LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
		{"0::/system.slice/a.service\n", NULL, "a.service", NULL, LSP_UNIT_KNOWN,
		 LSP_UNIT_KNOWN},
		{"0::" USER "/a.service\n", NULL, "user@1000.service/a.service", NULL,
		 LSP_UNIT_KNOWN, LSP_UNIT_KNOWN},
		{"0::/docker/" ID "\n", NULL, NULL, SHORT, LSP_UNIT_KNOWN, LSP_UNIT_KNOWN},
		{"0::/\n", NULL, NULL, NULL, LSP_UNIT_KNOWN, LSP_UNIT_KNOWN},
		/* all of them, or none */
		{"0::/system.slice/a.service\n", "0::/system.slice/a.service/x\n", "a.service",
		 NULL, LSP_UNIT_KNOWN, LSP_UNIT_KNOWN},
		{"0::/system.slice/a.service\n", "0::/system.slice/b.service\n", NULL, NULL,
		 LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
		{"0::/docker/" ID "\n", "0::/docker/" ID2 "\n", NULL, NULL, LSP_UNIT_ENDED,
		 LSP_UNIT_UNKNOWN},
		{"0::/system.slice/a.service\n", "", NULL, NULL, LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
		{"", "0::/system.slice/a.service\n", NULL, NULL, LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
		/* nothing that could be checked */
		{"0::/../system.slice/a.service\n", NULL, NULL, NULL, LSP_UNIT_ENDED,
		 LSP_UNIT_UNKNOWN},
		{"0::/system.slice/a.service (deleted)\n", NULL, NULL, NULL, LSP_UNIT_ENDED,
		 LSP_UNIT_UNKNOWN},
		/* lines of version 1 */
		{"4:memory:/b.service\n0::/system.slice/a.service\n", NULL, "a.service", NULL,
		 LSP_UNIT_KNOWN, LSP_UNIT_KNOWN},
		{"1:cpu:/0::/b.service\n", NULL, NULL, NULL, LSP_UNIT_ENDED, LSP_UNIT_UNKNOWN},
	};
	const char *tree = *state;

	tree_write_text(tree, "sys/fs/cgroup/unified/cgroup.id", "1\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_holders(tree, &rows[i], true);
		check_holders(tree, &rows[i], false);
	}
}

static void systemd_may_run_on_version_1(void **state)
{
	static const struct holder_row with = {
		"1:name=systemd:/system.slice/a.service\n0::/\n",
		NULL,
		NULL,
		NULL,
		LSP_UNIT_KNOWN,
		LSP_UNIT_KNOWN,
	};
	struct holder_row without = with;

	without.unit = "a.service";
	tree_write_text(*state, "sys/fs/cgroup/unified/cgroup.id", "1\n");
	check_holders(*state, &with, true);
	check_holders(*state, &without, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(ids_are_found_in_a_recorded_tree),
		TREE_TEST(a_part_of_the_hierarchy_keeps_its_path),
		TREE_TEST(what_is_outside_of_the_mount_has_not_ended),
		TREE_TEST(at_the_deadline_units_are_a_gap),
		TREE_TEST(without_a_path_the_holders_say_the_unit),
		TREE_TEST(systemd_may_run_on_version_1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
