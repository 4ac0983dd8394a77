/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine that fuzzed selectors and rules are matched with. Knows nothing of what is fuzzed. */
#include "machine.h"

#include <errno.h>
#include <string.h>

#define OWN 4026531840u
#define WEB 4026532001u

static const struct lsp_socket sockets[] = {
	{.netns = OWN,
	 .proto = LSP_PROTO_TCP,
	 .state = LSP_STATE_LISTEN,
	 .local.port = 22,
	 .interface = "eth0",
	 .has_interface = true,
	 .has_uid = true,
	 .has_cgroup = true,
	 .is_auto = LSP_KNOWN_NO,
	 .inode = 1,
	 .cgroup_id = 10},
	{.netns = WEB,
	 .proto = LSP_PROTO_TCP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local = {.address = {[15] = 1}, .port = 80},
	 .v6only = LSP_KNOWN_NO,
	 .has_interface = true,
	 .has_uid = true,
	 .uid = 33,
	 .is_auto = LSP_KNOWN_NO,
	 .inode = 2},
	{.netns = OWN,
	 .proto = LSP_PROTO_UDP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_CLOSE,
	 .local = {.port = 40000},
	 .has_uid = true,
	 .uid = 1000,
	 .has_cgroup = true,
	 .is_auto = LSP_KNOWN_NO,
	 .inode = 3,
	 .cgroup_id = 11},
	{.proto = LSP_PROTO_UDP,
	 .state = LSP_STATE_CLOSE,
	 .local = {.address = {10, 0, 0, 1}, .port = 53},
	 .inode = 4},
	{.netns = OWN,
	 .proto = LSP_PROTO_TCP,
	 .family = LSP_FAMILY_IPV6,
	 .state = LSP_STATE_ESTABLISHED,
	 .local = {.address = {[10] = 0xff, [11] = 0xff, 10, 1, 2, 3}, .port = 22},
	 .peer = {.address = {[10] = 0xff, [11] = 0xff, 1, 1, 1, 1}, .port = 50000},
	 .inode = 5},
	{.netns = OWN, .proto = LSP_PROTO_TCP, .state = LSP_STATE_TIME_WAIT, .local.port = 22},
};

static const struct {
	uint32_t inode;
	struct lsp_process process;
} owners[] = {
	{1, {.pid = 812, .comm = "sshd", .exe = "/usr/sbin/sshd", .exe_kind = LSP_EXE_KIND_FILE}},
	{1, {.pid = 813, .comm = "a b,*", .exe = "/opt/a b/[x]", .exe_kind = LSP_EXE_KIND_DELETED}},
	{2,
	 {.pid = 901,
	  .comm = "\xff\x01",
	  .exe = "/tmp/x",
	  .exe_kind = LSP_EXE_KIND_FILE,
	  .exe_doubt = LSP_EXE_DOUBT_USERNS}},
	{3, {.pid = 902}},
};

static void add_owner(struct lsp_snapshot *snapshot, uint32_t inode,
		      const struct lsp_process *process)
{
	uint32_t index;

	FUZZ_CHECK(snapshot_add_process(snapshot, process, &index) == 0);
	FUZZ_CHECK(snapshot_add_owner(snapshot, inode, index, 3) == 0);
}

static void seal(struct lsp_snapshot *snapshot)
{
	const struct snapshot_walk walk = {.is_done = true};

	snapshot_set_walk(snapshot, &walk);
	FUZZ_CHECK(snapshot_seal(snapshot) == 0);
}

struct lsp_snapshot *machine_new(void)
{
	struct lsp_snapshot *snapshot;

	FUZZ_CHECK(snapshot_new(&snapshot) == 0);
	FUZZ_CHECK(snapshot_add_netns(snapshot, OWN, NULL, true) == 0);
	FUZZ_CHECK(snapshot_add_netns(snapshot, WEB, "web", false) == 0);
	for (size_t i = 0; i < sizeof(sockets) / sizeof(sockets[0]); i++) {
		struct lsp_socket socket = sockets[i];

		socket.has_cookie = true;
		socket.cookie = i + 1;
		FUZZ_CHECK(snapshot_add_socket(snapshot, &socket) == 0);
	}
	FUZZ_CHECK(snapshot_add_auto(snapshot, OWN, 3) == 0);
	FUZZ_CHECK(snapshot_settle(snapshot) == 0);
	for (size_t i = 0; i < sizeof(owners) / sizeof(owners[0]); i++)
		add_owner(snapshot, owners[i].inode, &owners[i].process);
	FUZZ_CHECK(snapshot_set_cgroup(snapshot, 10, "/ssh.service", "ssh.service", NULL) == 0);
	FUZZ_CHECK(snapshot_set_cgroup(snapshot, 11, "/x", NULL, "web") == 0);
	FUZZ_CHECK(snapshot_set_user(snapshot, 0, "root") == 0);
	FUZZ_CHECK(snapshot_set_user(snapshot, 33, "www-data") == 0);
	seal(snapshot);
	return snapshot;
}

struct lsp_snapshot *machine_new_of_text(const char *text)
{
	const struct lsp_process process = {.pid = 1, .comm = text, .exe = text};
	const struct lsp_socket socket = {.netns = WEB,
					  .proto = LSP_PROTO_TCP,
					  .state = LSP_STATE_LISTEN,
					  .local.port = 22,
					  .interface = text,
					  .has_interface = true,
					  .has_uid = true,
					  .has_cgroup = true,
					  .is_auto = LSP_KNOWN_NO,
					  .inode = 1,
					  .cgroup_id = 10};
	struct lsp_snapshot *snapshot;

	FUZZ_CHECK(snapshot_new(&snapshot) == 0);
	FUZZ_CHECK(snapshot_add_netns(snapshot, WEB, text, false) == 0);
	FUZZ_CHECK(snapshot_add_socket(snapshot, &socket) == 0);
	FUZZ_CHECK(snapshot_settle(snapshot) == 0);
	add_owner(snapshot, 1, &process);
	FUZZ_CHECK(snapshot_set_cgroup(snapshot, 10, text, text, text) == 0);
	FUZZ_CHECK(snapshot_set_user(snapshot, 0, text) == 0);
	seal(snapshot);
	return snapshot;
}

/* --- names ------------------------------------------------------------------------------------ */

static const struct {
	const char *name;
	uint16_t ports[LSP_PROTO_COUNT];
} services[] = {{"ssh", {22, 22}}, {"http", {80, 80}}, {"domain", {53, 53}}, {"syslog", {0, 514}}};

static int find_service(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTO_COUNT])
{
	(void)data;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strlen(services[i].name) != size || memcmp(services[i].name, name, size) != 0)
			continue;
		memcpy(ports, services[i].ports, sizeof(services[i].ports));
		return 0;
	}
	return -ENOENT;
}

static void offer_services(void *data, struct nearest *nearest)
{
	(void)data;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		nearest_try(nearest, services[i].name);
}

const struct selector_names machine_names = {.find = find_service, .offer = offer_services};

struct lsp_query machine_query(const struct lsp_rules *rules)
{
	return (struct lsp_query){
		.protos = LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP),
		.families = LSP_BIT(LSP_FAMILY_IPV4) | LSP_BIT(LSP_FAMILY_IPV6),
		.listeners = true,
		.facts = LSP_FACT_FINDINGS | LSP_FACT_REASONS | JUDGE_FACTS,
		.all_netns = true,
		.rules = rules,
		.judges_all = true,
	};
}
