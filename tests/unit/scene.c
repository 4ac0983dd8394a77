/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machines of scene.h, and their rendering. */
#include "protocols.h"
#include "scene.h"

#include "machine.h"

#include <stdlib.h>
#include <string.h>

#define HOSTILE "\033[31m\n \xff,\""

/* --- the machine ----------------------------------------------------------------------------- */

#define SSHD                                                                                       \
	{                                                                                          \
		.pid = 812, .comm = "sshd", .exe = "/usr/sbin/sshd", .cmdline = "sshd: a b",       \
		.exe_kind = LSP_EXE_KIND_FILE, .has_uid = true, .has_started = true,               \
		.started = 1767323045                                                              \
	}

static const struct machine_row listeners[] = {
	{.socket = {.netns = MACHINE_OWN,
		    .proto = LSP_PROTO_TCP,
		    .local.family = LSP_FAMILY_IPV6,
		    .state = LSP_STATE_LISTEN,
		    .local.port = 22,
		    .v6only = LSP_NO,
		    .is_auto = LSP_NO,
		    .has_uid = true,
		    .has_cookie = true,
		    .has_backlog = true,
		    .inode = 101,
		    .cookie = 1,
		    .cgroup = "/system.slice/ssh.service",
		    .unit = "ssh.service",
		    .recv_queue = 2,
		    .backlog = 128},
	 .user = "root",
	 .owners = {SSHD, {.pid = 9000, .comm = "sshd"}},
	 .fds = {3, -1}},
	{.socket = {.netns = MACHINE_OWN,
		    .proto = LSP_PROTO_TCP,
		    .state = LSP_STATE_LISTEN,
		    .local.port = 81,
		    .has_uid = true,
		    .uid = 1000,
		    .inode = 102,
		    .has_cookie = true,
		    .cookie = UINT64_MAX,
		    .has_backlog = true,
		    .backlog = 5},
	 .owners = {{.pid = 4242,
		     .comm = HOSTILE,
		     .exe = "/tmp/x",
		     .exe_kind = LSP_EXE_KIND_DELETED,
		     .cmdline = "",
		     .has_uid = true,
		     .uid = 1000}},
	 .fds = {4}},
	{.socket = {.netns = MACHINE_OWN,
		    .proto = LSP_PROTO_UDP,
		    .state = LSP_STATE_CLOSE,
		    .local.zone = "eth0",
		    .local.address = {10, 0, 0, 5},
		    .local.port = 68,
		    .has_uid = true,
		    .inode = 103,
		    .has_cookie = true,
		    .cookie = 3}},
	{.socket = {.netns = MACHINE_OWN,
		    .proto = LSP_PROTO_TCP,
		    .local.family = LSP_FAMILY_IPV6,
		    .state = LSP_STATE_LISTEN,
		    .local.address = {[15] = 1},
		    .local.port = 5432,
		    .v6only = LSP_YES,
		    .has_uid = true,
		    .uid = 26,
		    .inode = 104,
		    .has_cookie = true,
		    .cookie = 4},
	 .user = "post\\gres"},
};

static const struct lsp_socket connections[] = {
	/* 2^31 and more bytes in a queue, and an IPv4-mapped IPv6 address */
	{.proto = LSP_PROTO_TCP,
	 .local.family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_ESTABLISHED,
	 .local.address = {[10] = 0xff, [11] = 0xff, 1, 2, 3, 4},
	 .local.port = 22,
	 .peer.address = {[10] = 0xff, [11] = 0xff, 5, 6, 7, 8},
	 .peer.port = 50000,
	 .has_uid = true,
	 .inode = 105,
	 .has_cookie = true,
	 .cookie = 5,
	 .send_queue = 4000000000u},
	{.proto = LSP_PROTO_TCP,
	 .state = LSP_STATE_TIME_WAIT,
	 .local.address = {192, 168, 100, 200},
	 .local.port = 60000,
	 .peer.address = {1, 1, 1, 1},
	 .peer.port = 443,
	 .has_cookie = true,
	 .cookie = 6},
};

#define LINK_LOCAL(last)                                                                           \
	{                                                                                          \
		0xfe, 0x80, [15] = (last)                                                          \
	}

static const struct lsp_socket namespaced[] = {
	{.netns = MACHINE_OWN, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1},
	{.netns = MACHINE_OWN + 2, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 2},
	{.netns = MACHINE_OWN + 1, .state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 3},
	{.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 4},
	{.netns = MACHINE_OWN,
	 .proto = LSP_PROTO_UDP,
	 .local.family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_CLOSE,
	 .local.zone = "e\033h0",
	 .local.address = LINK_LOCAL(1),
	 .local.port = 546},
	{.netns = MACHINE_OWN,
	 .proto = LSP_PROTO_UDP,
	 .local.family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_ESTABLISHED,
	 .local.zone = "eth0",
	 .local.address = LINK_LOCAL(1),
	 .local.port = 547,
	 .peer.address = LINK_LOCAL(2),
	 .peer.port = 546},
	/* no known device, no link-local address, and link-local multicast */
	{.netns = MACHINE_OWN,
	 .local.family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local.address = LINK_LOCAL(3),
	 .local.port = 600},
	{.netns = MACHINE_OWN,
	 .local.family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local.zone = "eth0",
	 .local.address = {0xfd, [15] = 3},
	 .local.port = 601},
	{.netns = MACHINE_OWN,
	 .proto = LSP_PROTO_UDP,
	 .local.family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_CLOSE,
	 .local.zone = "eth0",
	 .local.address = {0xff, 0x02, [15] = 1},
	 .local.port = 602},
};

static const struct machine_host web = {
	.netns = {{.netns = MACHINE_OWN, .is_own = true, .unprivileged_start = 80}},
	.services = {{LSP_PROTO_TCP, 22, "ssh", false}, {LSP_PROTO_TCP, 81, "hosts2-ns", true}},
};
static const struct machine_host three = {
	.netns = {{.netns = MACHINE_OWN, .is_own = true},
		  {.netns = MACHINE_OWN + 1, .name = "b\033lue"},
		  {.netns = MACHINE_OWN + 2}},
};

#define GAPS                                                                                       \
	{                                                                                          \
		{                                                                                  \
			.what = "processes", .why = "run as \"root\"", .count = 2, .hides = true   \
		}                                                                                  \
	}

static const struct machine machines[] = {
	[SCENE_LISTENERS] = {.rows = listeners,
			     .count = ROWS(listeners),
			     .host = &web,
			     .gaps = GAPS},
	[SCENE_ALL] = {.rows = listeners,
		       .count = ROWS(listeners),
		       .sockets = connections,
		       .socket_count = ROWS(connections),
		       .host = &web,
		       .gaps = GAPS},
	[SCENE_EMPTY] = {.host = &machine_no_host},
	[SCENE_NETNS] = {.sockets = namespaced, .socket_count = ROWS(namespaced), .host = &three},
};

/* --- what is asked, and what comes out ------------------------------------------------------- */

void scene_render(const struct scene_view *inspection, struct sink *sink)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machines[inspection->scene]);
	const struct format *format = formats_find(inspection->format);
	struct view view = {
		.has_header = !inspection->has_no_header,
		.has_color = inspection->has_color,
		.is_terminal = inspection->is_terminal,
		.width = inspection->width,
		.host = "web1",
		.version = "1.0",
		.time_sec = 1767323045,
		.grouping =
			groupings_find(inspection->grouping ? inspection->grouping : "category"),
	};

	column_list_by_set(
		&view.columns,
		format->default_set & SET_JSON ? SET_JSON : SET_LISTENERS | format->default_set, 0);
	if (inspection->columns)
		assert_int_equal(column_list_parse(&view.columns, inspection->columns, NULL), 0);
	if (inspection->sort)
		assert_int_equal(sort_list_parse(&view.sort, inspection->sort, NULL), 0);
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

		scene_render(&rows[i].inspection, &sink);
		assert_string_equal(sink.buf.data, rows[i].expected);
		sink_deinit(&sink);
	}
}
