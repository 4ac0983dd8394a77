/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines and rules for tests of the room judge. Whatever cannot be made fails the test. */
#include "ruling.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_INODE 1000u
#define FIRST_CGROUP 5000u

/* --- machines ------------------------------------------------------------------------------ */

static struct lsp_socket whole_socket(const struct ruling_row *row, size_t at)
{
	struct lsp_socket socket = row->socket;

	if (!socket.inode)
		socket.inode = FIRST_INODE + (uint32_t)at;
	if (!socket.has_cookie) {
		socket.has_cookie = true;
		socket.cookie = socket.inode;
	}
	if (socket.cgroup && !socket.has_cgroup) {
		socket.has_cgroup = true;
		socket.cgroup_id = FIRST_CGROUP + at;
	}
	if (socket.is_auto == LSP_KNOWN_YES)
		socket.is_auto = LSP_KNOWN_NO; /* snapshot_add_auto() tells */
	return socket;
}

static void add_names(struct lsp_snapshot *snapshot, const struct ruling_row *row, size_t at)
{
	struct lsp_socket socket = whole_socket(row, at);
	uint32_t process;

	if (socket.cgroup)
		assert_int_equal(snapshot_set_cgroup(snapshot, socket.cgroup_id, socket.cgroup,
						     socket.unit, socket.container),
				 0);
	if (row->user)
		assert_int_equal(snapshot_set_user(snapshot, socket.uid, row->user), 0);
	for (size_t i = 0; i < RULING_OWNERS_MAX && row->owners[i].pid; i++) {
		assert_int_equal(snapshot_add_process(snapshot, &row->owners[i], &process), 0);
		assert_int_equal(
			snapshot_add_owner(snapshot, socket.inode, process, row->fd ? row->fd : 3),
			0);
	}
}

static void add_machine(struct lsp_snapshot *snapshot)
{
	static const struct lsp_port_range ephemeral = {32768, 60999};

	assert_int_equal(snapshot_add_netns(snapshot, RULING_OWN, NULL, true), 0);
	assert_int_equal(snapshot_add_netns(snapshot, RULING_WEB, "web", false), 0);
	assert_int_equal(snapshot_set_unprivileged_start(snapshot, RULING_OWN, 1024), 0);
	assert_int_equal(snapshot_set_ephemeral(snapshot, RULING_OWN, &ephemeral, 1), 0);
}

struct lsp_snapshot *ruling_snapshot(const struct ruling_row *rows, size_t count,
				     const struct snapshot_walk *walk)
{
	static const struct snapshot_walk whole_walk = {.is_done = true};
	struct lsp_snapshot *snapshot;

	assert_int_equal(snapshot_new(&snapshot), 0);
	add_machine(snapshot);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket = whole_socket(&rows[i], i);

		assert_int_equal(snapshot_add_socket(snapshot, &socket), 0);
		if (rows[i].socket.is_auto == LSP_KNOWN_YES)
			assert_int_equal(snapshot_add_auto(snapshot, socket.netns, socket.cookie),
					 0);
	}
	assert_int_equal(snapshot_settle(snapshot), 0);
	for (size_t i = 0; i < count; i++)
		add_names(snapshot, &rows[i], i);
	snapshot_set_walk(snapshot, walk ? walk : &whole_walk);
	assert_int_equal(snapshot_add_service(snapshot, LSP_PROTO_TCP, 22, "ssh", false), 0);
	assert_int_equal(snapshot_add_service(snapshot, LSP_PROTO_TCP, 80, "http", false), 0);
	assert_int_equal(snapshot_seal(snapshot), 0);
	assert_int_equal(lsp_snapshot_count(snapshot), count);
	return snapshot;
}

size_t ruling_find(const struct lsp_snapshot *snapshot, uint16_t port)
{
	for (size_t i = 0; i < lsp_snapshot_count(snapshot); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		if (socket.local.port == port)
			return i;
	}
	fail_msg("no socket has port %u", port);
	return 0;
}

/* --- names of services --------------------------------------------------------------------- */

static const struct {
	const char *name;
	uint16_t ports[LSP_PROTO_COUNT];
} services[] = {
	{"ssh", {22, 22}},   {"domain", {53, 53}}, {"http", {80, 80}},
	{"shell", {514, 0}}, {"syslog", {0, 514}}, {"odd", {1, 2}},
};

static int find_service(void *data, const char *name, size_t size, uint16_t ports[LSP_PROTO_COUNT])
{
	(void)data;
	for (size_t i = 0; i < ROWS(services); i++) {
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
	for (size_t i = 0; i < ROWS(services); i++)
		nearest_try(nearest, services[i].name);
}

const struct selector_names ruling_names = {.find = find_service, .offer = offer_services};

/* --- rules ------------------------------------------------------------------------------------ */

int ruling_parse(struct rules *rules, const char *name, const void *text, size_t size,
		 struct buf *errors)
{
	char *copy = malloc(size ? size : 1);
	int r;

	assert_non_null(copy);
	if (size)
		memcpy(copy, text, size);
	r = rules_parse(rules, name, copy, size, &ruling_names, errors);
	free(copy);
	return r;
}

static void parse_whole(struct rules *rules, const char *name, const char *text)
{
	struct buf errors = BUF_INIT;
	int r = text ? ruling_parse(rules, name, text, strlen(text), &errors) : 0;

	expect(r == 0, "%s: %s", name, buf_text(&errors));
	assert_int_equal(errors.size, 0);
	assert_int_equal(rules_index(rules), 0);
	buf_deinit(&errors);
}

struct lsp_rules *ruling_rules(const char *host, const char *usual)
{
	struct lsp_rules *rules = calloc(1, sizeof(*rules));

	assert_non_null(rules);
	parse_whole(&rules->host, "host.rules", host);
	parse_whole(&rules->usual, "usual.rules", usual);
	return rules;
}

struct lsp_query ruling_query(const struct lsp_rules *rules)
{
	return (struct lsp_query){
		.protos = LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP),
		.families = LSP_BIT(LSP_FAMILY_IPV4) | LSP_BIT(LSP_FAMILY_IPV6),
		.listeners = true,
		.facts = LSP_FACT_FINDINGS | LSP_FACT_REASONS | JUDGE_FACTS,
		.rules = rules,
		.judges_all = true,
	};
}
