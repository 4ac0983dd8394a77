/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two machines, declared as data.
 */
#include "sample.h"

#include <stdio.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(22), .local.zone = "eth0", .cgroup = "/ssh.service",
		    .unit = "ssh.service"},
	 .user = "root",
	 .owners = {MACHINE_OWNER(812, "sshd", "/usr/sbin/sshd"),
		    {.pid = 813,
		     .comm = "a b,*",
		     .exe = "/opt/a b/[x]",
		     .exe_kind = LSP_EXE_KIND_DELETED}}},
	{.socket = {.netns = MACHINE_WEB,
		    .proto = LSP_PROTO_TCP,
		    .local.family = LSP_FAMILY_IPV6,
		    .state = LSP_STATE_LISTEN,
		    .local.address = {[15] = 1},
		    .local.port = 80,
		    .v6only = LSP_NO,
		    .has_interface = true,
		    .has_uid = true,
		    .uid = 33,
		    .is_auto = LSP_NO},
	 .user = "www-data",
	 .owners = {{.pid = 901,
		     .comm = "\xff\x01",
		     .exe = "/tmp/x",
		     .exe_kind = LSP_EXE_KIND_FILE,
		     .exe_unverified = LSP_EXE_UNVERIFIED_USERNS}}},
	{.socket = {.netns = MACHINE_OWN,
		    .proto = LSP_PROTO_UDP,
		    .local.family = LSP_FAMILY_IPV6,
		    .state = LSP_STATE_CLOSE,
		    .local.port = 40000,
		    .has_uid = true,
		    .uid = 1000,
		    .cgroup = "/x",
		    .container = "web",
		    .is_auto = LSP_YES},
	 .owners = {{.pid = 902}}},
	{.socket = {.proto = LSP_PROTO_UDP,
		    .state = LSP_STATE_CLOSE,
		    .local.address = {10, 0, 0, 1},
		    .local.port = 53}},
	{.socket = {.netns = MACHINE_OWN,
		    .proto = LSP_PROTO_TCP,
		    .local.family = LSP_FAMILY_IPV6,
		    .state = LSP_STATE_ESTABLISHED,
		    .local.address = {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3},
		    .local.port = 22,
		    .peer.address = {[10] = 0xff, [11] = 0xff, 1, 1, 1, 1},
		    .peer.port = 50000}},
};
static const struct lsp_socket no_inode = {.netns = MACHINE_OWN,
					   .proto = LSP_PROTO_TCP,
					   .state = LSP_STATE_TIME_WAIT,
					   .local.port = 22,
					   .has_cookie = true,
					   .cookie = 6};

struct lsp_snapshot *sample_new(void)
{
	struct lsp_query query = machine_query;

	query.all_netns = true;
	return machine_snapshot(&(struct machine){.rows = rows,
						  .count = sizeof(rows) / sizeof(rows[0]),
						  .sockets = &no_inode,
						  .socket_count = 1,
						  .query = &query});
}

struct lsp_snapshot *sample_new_of_text(const char *text)
{
	const struct machine_host host = {.netns = {{.netns = MACHINE_WEB, .name = text}}};
	char path[4096];
	struct machine_row row = {
		.socket = {MACHINE_TCP(22), .local.zone = text, .cgroup = text, .unit = text,
			   .container = text},
		.user = text,
		.owners = {{.pid = 1, .comm = text, .exe = path}},
	};

	snprintf(path, sizeof(path), "/%s", text);
	row.socket.netns = MACHINE_WEB;
	return machine_snapshot(&(struct machine){.rows = &row, .count = 1, .host = &host});
}
