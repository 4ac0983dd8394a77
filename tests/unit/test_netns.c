/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/netns: namespaces are listed once each, entered and left. */
#include "support.h"

#include "collect/netns.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OWN "net:[4026531840]"
#define OWN_INODE 4026531840u

struct scene {
	struct root root;
	struct lsp_snapshot *snapshot;
	struct netns_list list;
	struct error error;
	int r;
};

static void scene_init(struct scene *scene, const char *tree, const struct lsp_query *query)
{
	*scene = (struct scene){0};
	assert_int_equal(root_init(&scene->root, tree), 0);
	assert_int_equal(builder_new(&scene->snapshot), 0);
	scene->r = netns_load(&scene->list, &scene->root, query, scene->snapshot, &scene->error);
}

static void scene_deinit(struct scene *scene)
{
	netns_list_deinit(&scene->list);
	netns_list_deinit(&scene->list);
	lsp_snapshot_free(scene->snapshot);
	root_deinit(&scene->root);
	error_deinit(&scene->error);
}

static uint32_t inode_of(const char *tree, const char *path)
{
	char whole[256];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s/%s", tree, path);
	assert_int_equal(stat(whole, &st), 0);
	return (uint32_t)st.st_ino;
}

static void our_own_is_known_by_its_inode_or_unknown(void **state)
{
	static const struct {
		const char *target;
		uint32_t inode;
	} rows[] = {
		{OWN, OWN_INODE},
		{"net:[1]", 1},
		{"net:[4294967295]", UINT32_MAX},
		{NULL, 0},
		{"net:[4294967296]", 0},
		{"net:[]", 0},
		{"net:[", 0},
		{"net:", 0},
		{"net:[x]", 0},
		{"net:[-1]", 0},
		{"mnt:[4026531840]", 0},
		{"/etc/passwd", 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = {0};
		struct scene scene;

		tree_remove(*state, "proc/self/ns/net");
		if (rows[i].target)
			tree_link(*state, "proc/self/ns/net", rows[i].target);
		scene_init(&scene, *state, &query);
		expect(scene.r == 0 && scene.list.items.count == 1, "row %zu: %d", i, scene.r);
		expect(netns_list_at(&scene.list, 0)->inode == rows[i].inode, "row %zu: %u", i,
		       netns_list_at(&scene.list, 0)->inode);
		assert_null(netns_list_at(&scene.list, 0)->path);
		assert_int_equal(scene.list.home, -1);
		assert_int_equal(netns_enter(&scene.list, 0, &scene.root), 0);
		assert_int_equal(netns_leave(&scene.list), 0);
		scene_deinit(&scene);
	}
}

/* A file stands for a mounted namespace; its inode number is that of the namespace. */
static void make_tree(const char *tree)
{
	tree_write_text(tree, "proc/self/ns/net", "");
	tree_write_text(tree, "run/netns/blue", "");
	tree_write_text(tree, "run/netns/red", "");
	tree_write_text(tree, "run/netns/.hidden", "");
	tree_link(tree, "proc/42/ns/net", "net:[77]");
	tree_link(tree, "proc/43/ns/net", "net:[77]");
	tree_link(tree, "proc/44/ns/net", "net:[78]");
	tree_link(tree, "proc/45/ns/net", "damaged");
	tree_mkdir(tree, "proc/46");
	tree_link(tree, "proc/net/ns/net", "net:[99]");
	tree_link(tree, "proc/4x/ns/net", "net:[98]");
	tree_link(tree, "srv/custom", "net:[79]");
}

static void one_is_named_by_name_pid_or_path(void **state)
{
	static const struct {
		const char *name, *path;
		uint32_t inode; /* 0: that of the file */
		int expected;
	} rows[] = {
		{"blue", "run/netns/blue", 0, 0},
		{"42", "proc/42/ns/net", 77, 0},
		{"/srv/custom", "srv/custom", 79, 0},
		{"/run/netns/red", "run/netns/red", 0, 0},
		{"../../run/netns/red", NULL, 0, -EINVAL},
		{"", NULL, 0, -EINVAL},
		{".", NULL, 0, -EINVAL},
		{"..", NULL, 0, -EINVAL},
		{"absent", NULL, 0, -EINVAL},
		{"4711", NULL, 0, -EINVAL},
		{"4x", NULL, 0, -EINVAL},
		{"4294967296", NULL, 0, -EINVAL},
		{"/srv/absent", NULL, 0, -EINVAL},
		{"45", NULL, 0, -EINVAL},
		{"blue/x", NULL, 0, -EINVAL},
	};

	make_tree(*state);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = {.netns = &rows[i].name, .netns_count = 1};
		struct scene scene;

		scene_init(&scene, *state, &query);
		expect(scene.r == rows[i].expected, "\"%s\": %d", rows[i].name, scene.r);
		if (scene.r < 0) {
			expect(scene.error.number == scene.r &&
				       strstr(error_text(&scene.error), rows[i].name),
			       "\"%s\": %s", rows[i].name, error_text(&scene.error));
		} else {
			uint32_t inode =
				rows[i].inode ? rows[i].inode : inode_of(*state, rows[i].path);

			assert_int_equal(scene.list.items.count, 1);
			assert_string_equal(netns_list_at(&scene.list, 0)->path, rows[i].path);
			expect(netns_list_at(&scene.list, 0)->inode == inode, "\"%s\"",
			       rows[i].name);
			assert_true(scene.list.home >= 0);
		}
		scene_deinit(&scene);
	}
}

static void what_was_named_wrong_is_said(void **state)
{
	static const struct {
		const char *name, *expected;
	} rows[] = {
		{"absent", "network namespace \"absent\": there is none of that name, PID or path"},
		{"blue/x", "network namespace \"blue/x\": there is none of that name, PID or path"},
		{"45", "\"45\" is not a network namespace"},
		{"/srv/wrong", "\"/srv/wrong\" is not a network namespace"},
	};

	make_tree(*state);
	tree_link(*state, "srv/wrong", "pid:[1]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct lsp_query query = {.netns = &rows[i].name, .netns_count = 1};
		struct scene scene;

		scene_init(&scene, *state, &query);
		assert_int_equal(scene.r, -EINVAL);
		assert_string_equal(error_text(&scene.error), rows[i].expected);
		scene_deinit(&scene);
	}
}

static void one_that_was_named_twice_is_one(void **state)
{
	static const char *const names[] = {"42", "blue", "43", "/run/netns/blue", "44"};
	struct lsp_query query = {.netns = names, .netns_count = ROWS(names)};
	struct scene scene;

	make_tree(*state);
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_int_equal(scene.list.items.count, 3);
	assert_string_equal(netns_list_at(&scene.list, 0)->path, "proc/42/ns/net");
	assert_string_equal(netns_list_at(&scene.list, 1)->path, "run/netns/blue");
	assert_string_equal(netns_list_at(&scene.list, 2)->path, "proc/44/ns/net");
	scene_deinit(&scene);
}

static void all_are_those_of_names_and_processes_once_each(void **state)
{
	struct lsp_query query = {.all_netns = true};
	struct scene scene;
	unsigned blue = 0, red = 0, of_77 = 0, of_78 = 0;
	const struct lsp_gap *gaps;
	size_t count;

	make_tree(*state);
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_int_equal(scene.list.items.count, 5);
	assert_null(netns_list_at(&scene.list, 0)->path);
	assert_int_equal(netns_list_at(&scene.list, 0)->inode,
			 inode_of(*state, "proc/self/ns/net"));
	for (size_t i = 1; i < scene.list.items.count; i++) {
		blue += strcmp(netns_list_at(&scene.list, i)->path, "run/netns/blue") == 0;
		red += strcmp(netns_list_at(&scene.list, i)->path, "run/netns/red") == 0;
		of_77 += netns_list_at(&scene.list, i)->inode == 77;
		of_78 += netns_list_at(&scene.list, i)->inode == 78;
	}
	assert_int_equal(blue, 1);
	assert_int_equal(red, 1);
	assert_int_equal(of_77, 1);
	assert_int_equal(of_78, 1);
	/* The damaged link of one process. */
	gaps = lsp_snapshot_gaps(scene.snapshot, &count);
	assert_int_equal(count, 1);
	assert_string_equal(gaps[0].what, "processes");
	assert_int_equal(gaps[0].count, 1);
	assert_true(gaps[0].hides);
	scene_deinit(&scene);
}

static void threads_count_where_their_leader_is_elsewhere_or_ended(void **state)
{
	struct lsp_query query = {.all_netns = true};
	struct scene scene;

	tree_write_text(*state, "proc/self/ns/net", "");
	tree_link(*state, "proc/50/ns/net", "net:[50]");
	tree_link(*state, "proc/50/task/50/ns/net", "net:[50]");
	tree_link(*state, "proc/50/task/51/ns/net", "net:[51]");
	tree_link(*state, "proc/50/task/5x/ns/net", "net:[99]");
	tree_mkdir(*state, "proc/60");
	tree_link(*state, "proc/60/task/61/ns/net", "net:[61]");
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_int_equal(scene.list.items.count, 4);
	assert_true(netns_list_has(&scene.list, 50));
	assert_true(netns_list_has(&scene.list, 51));
	assert_true(netns_list_has(&scene.list, 61));
	scene_deinit(&scene);
}

static const char *name_of(const struct scene *scene, uint32_t inode)
{
	const char *name;

	assert_int_equal(builder_seal(scene->snapshot), 0);
	name = lsp_snapshot_netns_name(scene->snapshot, inode);
	return name ? name : "";
}

static void a_namespace_is_called_by_its_name_however_it_was_found(void **state)
{
	static const struct {
		const char *asked, *name; /* asked NULL: all */
		uint32_t inode;
		bool is_own;
	} rows[] = {
		{"blue", "blue", 0, false},
		{"/run/netns/blue", "blue", 0, false},
		{"/var/run/netns/blue", "blue", 0, false},
		{"42", "", 77, false},
		{"44", "white", 78, false},
		{"/srv/custom", "", 79, false},
		{"green", "green", 81, false},
		{"47", "", OWN_INODE, true},
		{"home", "", OWN_INODE, true},
		{NULL, "blue", 0, false},
		{NULL, "", 77, false},
		{NULL, "white", 78, false},
		{NULL, "green", 81, false},
		{NULL, "", OWN_INODE, true},
	};
	uint32_t blue;

	make_tree(*state);
	blue = inode_of(*state, "run/netns/blue");
	tree_link(*state, "var/run", "../run");
	tree_remove(*state, "proc/self/ns/net");
	tree_link(*state, "proc/self/ns/net", OWN);
	tree_link(*state, "proc/47/ns/net", OWN);
	tree_link(*state, "run/netns/home", OWN);
	tree_link(*state, "run/netns/white", "net:[78]");
	/* One namespace with several names: always the same name is used. */
	tree_link(*state, "run/netns/zebra", "net:[81]");
	tree_link(*state, "run/netns/green", "net:[81]");
	tree_link(*state, "run/netns/olive", "net:[81]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = {.netns = &rows[i].asked,
					  .netns_count = rows[i].asked != NULL,
					  .all_netns = !rows[i].asked};
		uint32_t inode = rows[i].inode ? rows[i].inode : blue;
		struct scene scene;

		/* The way back must be openable; a dangling link is not. */
		scene_init(&scene, *state, &query);
		expect(scene.r == -ENOENT, "row %zu: %d", i, scene.r);
		expect(strcmp(name_of(&scene, inode), rows[i].name) == 0, "row %zu: \"%s\"", i,
		       name_of(&scene, inode));
		expect(lsp_snapshot_is_own_netns(scene.snapshot, inode) == rows[i].is_own,
		       "row %zu", i);
		scene_deinit(&scene);
	}
}

static void our_own_alone_has_no_name(void **state)
{
	struct lsp_query query = {0};
	struct scene scene;

	tree_link(*state, "proc/self/ns/net", OWN);
	tree_link(*state, "run/netns/home", OWN);
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_string_equal(name_of(&scene, OWN_INODE), "");
	assert_true(lsp_snapshot_is_own_netns(scene.snapshot, OWN_INODE));
	scene_deinit(&scene);
}

static void no_proc_is_a_gap_when_all_are_asked_for(void **state)
{
	struct lsp_query query = {.all_netns = true};
	const struct lsp_gap *gaps;
	struct scene scene;
	size_t count;

	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_int_equal(scene.list.items.count, 1);
	gaps = lsp_snapshot_gaps(scene.snapshot, &count);
	assert_int_equal(count, 1);
	assert_string_equal(gaps[0].what, "network namespaces");
	assert_true(gaps[0].hides);
	scene_deinit(&scene);
}

static void at_the_deadline_those_that_were_not_asked_are_a_gap(void **state)
{
	struct lsp_query query = {.all_netns = true, .deadline = 1};
	const struct lsp_gap *gaps;
	struct scene scene;
	size_t count;

	make_tree(*state);
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_int_equal(scene.list.items.count, 1);
	gaps = lsp_snapshot_gaps(scene.snapshot, &count);
	assert_int_equal(count, 1);
	assert_string_equal(gaps[0].what, "network namespaces");
	assert_non_null(strstr(gaps[0].why, "the time limit was reached"));
	assert_true(gaps[0].hides);
	scene_deinit(&scene);
}

static void without_a_way_back_none_is_entered(void **state)
{
	static const char *const names[] = {"blue"};
	struct lsp_query query = {.netns = names, .netns_count = 1};
	struct scene scene;

	tree_write_text(*state, "run/netns/blue", "");
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, -ENOENT);
	assert_non_null(strstr(error_text(&scene.error), "our own network namespace"));
	scene_deinit(&scene);
}

static void one_that_is_gone_or_another_is_not_entered(void **state)
{
	struct lsp_query query = {0};
	struct scene scene;
	uint32_t own;

	(void)state;
	scene_init(&scene, NULL, &query);
	own = netns_list_at(&scene.list, 0)->inode;
	assert_int_equal(own, inode_of("", "proc/self/ns/net"));
	assert_int_equal(netns_list_add(&scene.list, own + 1, "proc/self/ns/net", -1), 0);
	assert_int_equal(netns_list_add(&scene.list, own + 2, "run/netns/lsports-absent", -1), 0);
	assert_int_equal(netns_enter(&scene.list, 1, &scene.root), -ESRCH);
	assert_int_equal(netns_enter(&scene.list, 2, &scene.root), -ESRCH);
	/* What was lost may be found again. */
	netns_list_at(&scene.list, 1)->is_lost = true;
	assert_true(netns_list_has(&scene.list, own + 1));
	assert_int_equal(netns_list_forget_lost(&scene.list), 1);
	assert_int_equal(netns_list_forget_lost(&scene.list), 0);
	assert_false(netns_list_has(&scene.list, own + 1));
	assert_int_equal(netns_list_add(&scene.list, own + 1, NULL, -1), 0);
	assert_int_equal(scene.list.items.count, 4);
	scene_deinit(&scene);
}

static void a_name_that_means_something_else_is_shown_as_a_path(void **state)
{
	static const struct {
		const char *file, *asked, *name;
	} rows[] = {
		{"self", "self", "/run/netns/self"},
		{"self", "/run/netns/self", "/run/netns/self"},
		{"1", "1", "1"},
		{"4026531840", "4026531840", "/run/netns/4026531840"},
		{"blue", "blue", "blue"},
	};

	tree_write_text(*state, "proc/self/ns/net", "");
	tree_link(*state, "proc/1/ns/net", "net:[99]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = {.netns = &rows[i].asked, .netns_count = 1};
		char path[64];
		struct scene scene;

		snprintf(path, sizeof(path), "run/netns/%s", rows[i].file);
		tree_link(*state, path, "net:[77]");
		scene_init(&scene, *state, &query);
		expect(scene.r == 0 && netns_list_at(&scene.list, 0)->inode == 77, "row %zu: %d", i,
		       scene.r);
		expect(strcmp(name_of(&scene, 77), rows[i].name) == 0, "row %zu: %s", i,
		       name_of(&scene, 77));
		assert_false(lsp_snapshot_is_own_netns(scene.snapshot, 77));
		scene_deinit(&scene);
		tree_remove(*state, path);
	}
}

static void self_and_a_pid_are_what_they_say_without_such_a_name(void **state)
{
	static const char *const asked[] = {"self", "1"};
	struct lsp_query query = {.netns = asked, .netns_count = 2};
	struct scene scene;

	tree_write_text(*state, "proc/self/ns/net", "");
	tree_link(*state, "proc/1/ns/net", "net:[99]");
	scene_init(&scene, *state, &query);
	assert_int_equal(scene.r, 0);
	assert_int_equal(netns_list_at(&scene.list, 0)->inode,
			 inode_of(*state, "proc/self/ns/net"));
	assert_int_equal(netns_list_at(&scene.list, 1)->inode, 99);
	scene_deinit(&scene);
}

/* --- for real: two namespaces of a user namespace of our own --- */

static uint32_t current(void)
{
	return inode_of("", "proc/self/ns/net");
}

/* Ours is a new one; @pid lives in another. Return: 0 if we entered it and came back. */
static int go_and_return(pid_t pid)
{
	char name[16], path[64];
	const char *const names[] = {name};
	struct lsp_query query = {.netns = names, .netns_count = 1};
	uint32_t home = current(), there;
	struct scene scene;

	snprintf(name, sizeof(name), "%d", pid);
	snprintf(path, sizeof(path), "proc/%d/ns/net", pid);
	there = inode_of("", path);
	scene_init(&scene, NULL, &query);
	if (scene.r < 0 || there == home || netns_list_at(&scene.list, 0)->inode != there)
		return 1;
	if (netns_enter(&scene.list, 0, &scene.root) < 0 || current() != there)
		return 2;
	if (netns_leave(&scene.list) < 0 || current() != home)
		return 3;
	scene_deinit(&scene);
	return 0;
}

static int with_two_namespaces(void)
{
	int ready[2], status;
	pid_t other;
	char byte;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 || pipe(ready) < 0)
		return CANNOT;
	other = fork();
	if (other == 0) {
		byte = unshare(CLONE_NEWNET) == 0;
		if (write(ready[1], &byte, 1) == 1)
			pause();
		_exit(0);
	}
	if (other < 0 || read(ready[0], &byte, 1) != 1 || !byte)
		return CANNOT;
	status = go_and_return(other);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return status;
}

static void one_is_entered_and_left(void **state)
{
	(void)state;
	expect_child(with_two_namespaces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(our_own_is_known_by_its_inode_or_unknown),
		TREE_TEST(one_is_named_by_name_pid_or_path),
		TREE_TEST(what_was_named_wrong_is_said),
		TREE_TEST(one_that_was_named_twice_is_one),
		TREE_TEST(all_are_those_of_names_and_processes_once_each),
		TREE_TEST(a_namespace_is_called_by_its_name_however_it_was_found),
		TREE_TEST(our_own_alone_has_no_name),
		TREE_TEST(no_proc_is_a_gap_when_all_are_asked_for),
		TREE_TEST(at_the_deadline_those_that_were_not_asked_are_a_gap),
		TREE_TEST(without_a_way_back_none_is_entered),
		TREE_TEST(threads_count_where_their_leader_is_elsewhere_or_ended),
		TREE_TEST(a_name_that_means_something_else_is_shown_as_a_path),
		TREE_TEST(self_and_a_pid_are_what_they_say_without_such_a_name),
		cmocka_unit_test(one_that_is_gone_or_another_is_not_entered),
		cmocka_unit_test(one_is_entered_and_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
