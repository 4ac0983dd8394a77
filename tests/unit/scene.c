/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine of scene.h, filled in as a look at a real one would be. */
#include "scene.h"

#include "model/snapshot.h"

#include <stdlib.h>
#include <string.h>

#define HOSTILE "\033[31m\n \xff,\""
#define NETNS 4026531840u

/* --- the machine ----------------------------------------------------------------------------- */

static const struct lsp_socket listeners[] = {
	{.netns = NETNS,
	 .proto = LSP_PROTO_TCP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local = {.port = 22},
	 .v6only = LSP_KNOWN_NO,
	 .is_auto = LSP_KNOWN_NO,
	 .has_uid = true,
	 .has_cookie = true,
	 .has_cgroup = true,
	 .has_backlog = true,
	 .inode = 101,
	 .cookie = 1,
	 .cgroup_id = 50,
	 .recv_queue = 2,
	 .backlog = 128},
	{.netns = NETNS,
	 .proto = LSP_PROTO_TCP,
	 .state = LSP_STATE_LISTEN,
	 .local = {.port = 81},
	 .has_uid = true,
	 .uid = 1000,
	 .inode = 102,
	 .has_cookie = true,
	 .cookie = UINT64_MAX,
	 .has_backlog = true,
	 .backlog = 5},
	{.netns = NETNS,
	 .proto = LSP_PROTO_UDP,
	 .state = LSP_STATE_CLOSE,
	 .interface = "eth0",
	 .local = {.address = {10, 0, 0, 5}, .port = 68},
	 .has_uid = true,
	 .inode = 103,
	 .has_cookie = true,
	 .cookie = 3},
	{.netns = NETNS,
	 .proto = LSP_PROTO_TCP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local = {.address = {[15] = 1}, .port = 5432},
	 .v6only = LSP_KNOWN_YES,
	 .has_uid = true,
	 .uid = 26,
	 .inode = 104,
	 .has_cookie = true,
	 .cookie = 4},
};

static const struct lsp_socket connections[] = {
	/* 2^31 and more bytes in a queue, and an address that is IPv4 inside of IPv6 */
	{.proto = LSP_PROTO_TCP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_ESTABLISHED,
	 .local = {.address = {[10] = 0xff, [11] = 0xff, 1, 2, 3, 4}, .port = 22},
	 .peer = {.address = {[10] = 0xff, [11] = 0xff, 5, 6, 7, 8}, .port = 50000},
	 .has_uid = true,
	 .inode = 105,
	 .has_cookie = true,
	 .cookie = 5,
	 .send_queue = 4000000000u},
	{.proto = LSP_PROTO_TCP,
	 .state = LSP_STATE_TIME_WAIT,
	 .local = {.address = {192, 168, 100, 200}, .port = 60000},
	 .peer = {.address = {1, 1, 1, 1}, .port = 443},
	 .has_cookie = true,
	 .cookie = 6},
};

#define LINK_LOCAL(last)                                                                           \
	{                                                                                          \
		0xfe, 0x80, [15] = (last)                                                          \
	}

static const struct lsp_socket namespaced[] = {
	{.netns = NETNS, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1},
	{.netns = NETNS + 2, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 2},
	{.netns = NETNS + 1, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 3},
	{.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 4},
	{.netns = NETNS,
	 .proto = LSP_PROTO_UDP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_CLOSE,
	 .interface = "e\033h0",
	 .local = {.address = LINK_LOCAL(1), .port = 546}},
	{.netns = NETNS,
	 .proto = LSP_PROTO_UDP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_ESTABLISHED,
	 .interface = "eth0",
	 .local = {.address = LINK_LOCAL(1), .port = 547},
	 .peer = {.address = LINK_LOCAL(2), .port = 546}},
	/* no device is known, no link-local address, or the multicast of a link */
	{.netns = NETNS,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local = {.address = LINK_LOCAL(3), .port = 600}},
	{.netns = NETNS,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .interface = "eth0",
	 .local = {.address = {0xfd, [15] = 3}, .port = 601}},
	{.netns = NETNS,
	 .proto = LSP_PROTO_UDP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_CLOSE,
	 .interface = "eth0",
	 .local = {.address = {0xff, 0x02, [15] = 1}, .port = 602}},
};

static void add_namespaced(struct lsp_snapshot *snapshot)
{
	for (size_t i = 0; i < ROWS(namespaced); i++)
		assert_int_equal(snapshot_add_socket(snapshot, &namespaced[i]), 0);
	assert_int_equal(snapshot_add_netns(snapshot, NETNS, NULL, true), 0);
	assert_int_equal(snapshot_add_netns(snapshot, NETNS + 1, "b\033lue", false), 0);
	assert_int_equal(snapshot_add_netns(snapshot, NETNS + 2, NULL, false), 0);
}

static void add_owner(struct lsp_snapshot *snapshot, uint32_t inode, int32_t fd,
		      const struct lsp_process *process)
{
	uint32_t index;

	assert_int_equal(snapshot_add_process(snapshot, process, &index), 0);
	assert_int_equal(snapshot_add_owner(snapshot, inode, index, fd), 0);
}

static void add_names(struct lsp_snapshot *snapshot)
{
	static const struct lsp_process sshd = {.pid = 812,
						.comm = "sshd",
						.exe = "/usr/sbin/sshd",
						.cmdline = "sshd: a b",
						.exe_kind = LSP_EXE_KIND_FILE,
						.has_uid = true,
						.has_started = true,
						.started = 1767323045};
	static const struct lsp_process child = {.pid = 9000, .comm = "sshd"};
	static const struct lsp_process hostile = {.pid = 4242,
						   .comm = HOSTILE,
						   .exe = "/tmp/x",
						   .exe_kind = LSP_EXE_KIND_DELETED,
						   .cmdline = "",
						   .has_uid = true,
						   .uid = 1000};
	const struct snapshot_walk walk = {.is_done = true};
	const struct lsp_gap gap = {
		.what = "processes", .why = "run as \"root\"", .count = 2, .hides = true};

	add_owner(snapshot, 101, 3, &sshd);
	add_owner(snapshot, 101, -1, &child);
	add_owner(snapshot, 102, 4, &hostile);
	snapshot_set_walk(snapshot, &walk);
	assert_int_equal(snapshot_set_user(snapshot, 0, "root"), 0);
	assert_int_equal(snapshot_set_user(snapshot, 26, "post\\gres"), 0);
	assert_int_equal(
		snapshot_set_cgroup(snapshot, 50, "/system.slice/ssh.service", "ssh.service", NULL),
		0);
	assert_int_equal(snapshot_add_service(snapshot, LSP_PROTO_TCP, 22, "ssh", false), 0);
	assert_int_equal(snapshot_add_service(snapshot, LSP_PROTO_TCP, 81, "hosts2-ns", true), 0);
	assert_int_equal(snapshot_set_unprivileged_start(snapshot, NETNS, 80), 0);
	assert_int_equal(snapshot_add_gap(snapshot, &gap), 0);
}

static struct lsp_snapshot *make_scene(enum scene scene)
{
	bool is_web = scene == SCENE_LISTENERS || scene == SCENE_ALL;
	struct lsp_snapshot *snapshot;

	assert_int_equal(snapshot_new(&snapshot), 0);
	if (scene == SCENE_NETNS)
		add_namespaced(snapshot);
	for (size_t i = 0; is_web && i < ROWS(listeners); i++)
		assert_int_equal(snapshot_add_socket(snapshot, &listeners[i]), 0);
	for (size_t i = 0; scene == SCENE_ALL && i < ROWS(connections); i++)
		assert_int_equal(snapshot_add_socket(snapshot, &connections[i]), 0);
	assert_int_equal(snapshot_settle(snapshot), 0);
	if (is_web)
		add_names(snapshot);
	assert_int_equal(snapshot_seal(snapshot), 0);
	return snapshot;
}

/* --- what is asked, and what comes out ------------------------------------------------------- */

void scene_render(const struct look *look, struct sink *sink)
{
	struct lsp_snapshot *snapshot = make_scene(look->scene);
	const struct format *format = format_find(look->format);
	struct view view = {
		.has_header = !look->has_no_header,
		.has_color = look->has_color,
		.is_terminal = look->is_terminal,
		.width = look->width,
		.host = "web1",
		.version = "1.0",
		.time_sec = 1767323045,
		.grouping = grouping_find(look->grouping ? look->grouping : "category"),
	};
	char *reason;

	column_list_by_set(
		&view.columns,
		format->default_set & SET_JSON ? SET_JSON : SET_LISTENERS | format->default_set, 0);
	if (look->columns)
		assert_int_equal(column_list_parse(&view.columns, look->columns, &reason), 0);
	if (look->sort)
		assert_int_equal(sort_list_parse(&view.sort, look->sort, &reason), 0);
	sink_init(sink, -1);
	format->render(&view, snapshot, sink);
	assert_int_equal(sink->error, 0);
	assert_non_null(buf_text(&sink->buf));
	lsp_snapshot_free(snapshot);
}

void scene_expect(const struct golden *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sink sink;

		scene_render(&rows[i].look, &sink);
		assert_string_equal(sink.buf.data, rows[i].expected);
		sink_deinit(&sink);
	}
}
