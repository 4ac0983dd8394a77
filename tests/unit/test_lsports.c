/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lsports, the facade: collecting a recorded tree, its gaps, and its error messages. */
#include "protocols.h"
#include "support.h"

#include "error.h"

#include "fakediag.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define TITLE "  sl  local_address rem_address\n"
#define LINE(port, state, uid, inode)                                                              \
	"   0: 0100007F:" port " 00000000:0000 " state " 00000000:00000000 00:00000000 00000000 "  \
	"   " uid "        0 " inode " 1 0000000000000000\n"

static const struct lsp_query listeners = {
	.protos = LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP),
	.families = LSP_BIT(LSP_FAMILY_IPV4) | LSP_BIT(LSP_FAMILY_IPV6),
	.listeners = true,
};

/* sshd's port 22, a web server on 8080, a connection, and DNS over UDP. */
static void make_proc(const char *tree)
{
	tree_link(tree, "proc/self/ns/net", "net:[4026531840]");
	tree_write_text(tree, "proc/net/tcp",
			TITLE LINE("1F90", "0A", "1000", "4712") LINE("0016", "0A", "0", "4711")
				LINE("0016", "01", "0", "4713"));
	tree_write_text(tree, "proc/net/udp", TITLE LINE("0035", "07", "0", "4714"));
	tree_write_text(tree, "proc/sys/net/ipv4/ip_unprivileged_port_start", "1024\n");
	tree_write_text(tree, "etc/services", "ssh 22/tcp\ndomain 53/udp\n");
	tree_write_text(tree, "etc/passwd", "root:x:0:0::/root:/bin/sh\nweb:x:1000:1000::/:\n");
}

static struct lsp_snapshot *collect(const char *tree, const struct lsp_query *query)
{
	struct lsp_snapshot *snapshot = NULL;
	struct lsp_query below = *query;
	struct error error = ERROR_INIT;
	int r;

	error_set(&error, -EIO, "of an earlier run");
	below.root = tree;
	r = lsp_collect(&below, &snapshot, &error);
	expect(r == 0, "%d: %s", r, error_text(&error));
	assert_non_null(snapshot);
	assert_int_equal(error.number, 0);
	assert_string_equal(error_text(&error), "");
	error_deinit(&error);
	return snapshot;
}

static int look_in_vain(const char *tree, const struct lsp_query *query, struct error *error)
{
	struct lsp_snapshot *snapshot = (struct lsp_snapshot *)(uintptr_t)1;
	struct lsp_query below = *query;
	int r;

	below.root = tree;
	*error = ERROR_INIT;
	error_set(error, -EIO, "of an earlier run");
	r = lsp_collect(&below, &snapshot, error);
	assert_true(r < 0);
	assert_null(snapshot);
	assert_true(error->text.size > 0);
	assert_null(strstr(error_text(error), "of an earlier run"));
	return r;
}

static void expect_ports(const struct lsp_snapshot *snapshot, const uint16_t *ports, size_t count)
{
	assert_int_equal(lsp_snapshot_count(snapshot), count);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		expect(socket.local.port == ports[i], "socket %zu is on %u", i, socket.local.port);
	}
}

static bool has_gap(const struct lsp_snapshot *snapshot, const char *what)
{
	const struct lsp_gap *gaps;
	size_t count;

	gaps = lsp_snapshot_gaps(snapshot, &count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(gaps[i].what, what) == 0 && gaps[i].hides)
			return true;
	}
	return false;
}

static void a_recorded_proc_is_shown_in_order_with_its_gap(void **state)
{
	static const uint16_t ports[] = {22, 53, 8080};
	struct lsp_snapshot *snapshot;
	struct lsp_socket socket;

	make_proc(*state);
	snapshot = collect(*state, &listeners);
	expect_ports(snapshot, ports, ROWS(ports));
	assert_true(has_gap(snapshot, "tcp sockets"));
	assert_true(has_gap(snapshot, "udp sockets"));
	lsp_snapshot_socket(snapshot, 2, &socket);
	assert_int_equal(socket.netns, 4026531840u);
	assert_int_equal(socket.inode, 4712);
	assert_int_equal(socket.uid, 1000);
	assert_int_equal(socket.is_auto, LSP_UNKNOWN);
	lsp_snapshot_free(snapshot);
}

static void a_recorded_netlink_is_preferred_and_has_no_gap(void **state)
{
	static const struct diag_request tcp = {.states = 1u << 10, .ports = {0, 65535}};
	static const struct lsp_socket told = {
		.state = LSP_STATE_LISTEN, .local.port = 443, .cookie = 9, .inode = 7};
	struct lsp_query query = listeners;
	struct lsp_snapshot *snapshot;
	struct buf file = BUF_INIT;
	size_t count;

	make_proc(*state);
	recording_append(&file, &tcp, &told, 1, 0);
	tree_write(*state, "netlink", file.data, file.size);
	query.protos = LSP_BIT(LSP_PROTO_TCP);
	query.families = LSP_BIT(LSP_FAMILY_IPV4);
	snapshot = collect(*state, &query);
	expect_ports(snapshot, &told.local.port, 1);
	lsp_snapshot_gaps(snapshot, &count);
	assert_int_equal(count, 0);
	lsp_snapshot_free(snapshot);
	buf_deinit(&file);
}

static void states_and_protocols_are_those_of_the_query(void **state)
{
	static const struct {
		unsigned protos;
		bool listeners, others;
		uint16_t ports[4];
		size_t count;
	} rows[] = {
		{LSP_BIT(LSP_PROTO_TCP), true, false, {22, 8080}, 2},
		{LSP_BIT(LSP_PROTO_TCP), false, true, {22}, 1},
		{LSP_BIT(LSP_PROTO_TCP), true, true, {22, 22, 8080}, 3},
		{LSP_BIT(LSP_PROTO_UDP), true, true, {53}, 1},
		{3, true, true, {22, 22, 53, 8080}, 4},
		{0, true, true, {0}, 0},
	};

	make_proc(*state);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = listeners;
		struct lsp_snapshot *snapshot;

		query.protos = rows[i].protos;
		query.listeners = rows[i].listeners;
		query.others = rows[i].others;
		snapshot = collect(*state, &query);
		expect_ports(snapshot, rows[i].ports, rows[i].count);
		lsp_snapshot_free(snapshot);
	}
}

static void nothing_readable_is_an_error_with_every_reason(void **state)
{
	static const char *const parts[] = {"tcp through netlink: ", "tcp through /proc/net: ",
					    "udp through netlink: ", "udp through /proc/net: "};
	struct error error;

	assert_int_equal(look_in_vain(*state, &listeners, &error), -ENOENT);
	for (size_t i = 0; i < ROWS(parts); i++)
		expect(strstr(error_text(&error), parts[i]), "no \"%s\" in \"%s\"", parts[i],
		       error_text(&error));
	error_deinit(&error);
}

static void a_protocol_that_cannot_be_read_is_a_gap(void **state)
{
	static const uint16_t ports[] = {22};
	struct lsp_query query = listeners;
	struct lsp_snapshot *snapshot;
	const struct lsp_gap *gaps;
	size_t count, found = 0;

	tree_write_text(*state, "proc/net/tcp", TITLE LINE("0016", "0A", "0", "4711"));
	query.families = LSP_BIT(LSP_FAMILY_IPV4);
	snapshot = collect(*state, &query);
	expect_ports(snapshot, ports, 1);
	gaps = lsp_snapshot_gaps(snapshot, &count);
	for (size_t i = 0; i < count; i++)
		found += strcmp(gaps[i].what, "udp sockets") == 0 && gaps[i].hides &&
			 gaps[i].is_blind && strstr(gaps[i].why, "could not be read: ") &&
			 strstr(gaps[i].why, "udp through /proc/net: ");
	assert_int_equal(found, 1);
	lsp_snapshot_free(snapshot);
}

static void a_root_that_is_none_is_an_error_that_names_it(void **state)
{
	struct error error;
	char path[256];

	snprintf(path, sizeof(path), "%s/absent", (char *)*state);
	assert_int_equal(look_in_vain(path, &listeners, &error), -ENOENT);
	assert_non_null(strstr(error_text(&error), path));
	error_deinit(&error);
	tree_write_text(*state, "absent", "");
	assert_int_equal(look_in_vain(path, &listeners, &error), -ENOTDIR);
	error_deinit(&error);
}

static void a_namespace_that_is_none_is_an_error_that_names_it(void **state)
{
	static const char *const names[] = {"purple"};
	struct lsp_query query = listeners;
	struct error error;

	make_proc(*state);
	query.netns = names;
	query.netns_count = 1;
	assert_int_equal(look_in_vain(*state, &query, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "\"purple\""));
	error_deinit(&error);
}

static void a_namespace_that_cannot_be_entered_is_an_error_or_a_gap(void **state)
{
	static const char *const names[] = {"blue"};
	struct lsp_query query = listeners;
	struct lsp_snapshot *snapshot;
	struct error error;

	make_proc(*state);
	/* Files: no namespace is mounted on them, so setns(2) refuses. */
	tree_write_text(*state, "run/netns/blue", "");
	query.netns = names;
	query.netns_count = 1;
	assert_int_equal(look_in_vain(*state, &query, &error), -ENOENT);
	assert_non_null(strstr(error_text(&error), "our own network namespace"));
	error_deinit(&error);
	tree_remove(*state, "proc/self/ns/net");
	tree_write_text(*state, "proc/self/ns/net", "");
	assert_int_equal(look_in_vain(*state, &query, &error), -EINVAL);
	assert_non_null(strstr(error_text(&error), "network namespace /run/netns/blue: "));
	error_deinit(&error);
	query.netns_count = 0;
	query.all_netns = true;
	snapshot = collect(*state, &query);
	assert_true(has_gap(snapshot, "network namespaces"));
	assert_int_equal(lsp_snapshot_count(snapshot), 3);
	lsp_snapshot_free(snapshot);
}

static void privileged_is_what_the_sysctl_says(void **state)
{
	static const struct {
		const char *text; /* NULL: no file */
		enum lsp_tristate ssh, web;
	} rows[] = {
		{"1024\n", LSP_YES, LSP_NO},
		{"1024", LSP_YES, LSP_NO},
		{"0\n", LSP_NO, LSP_NO},
		{"22\n", LSP_NO, LSP_NO},
		{"23\n", LSP_YES, LSP_NO},
		{"65536\n", LSP_YES, LSP_YES},
		{"65537\n", LSP_UNKNOWN, LSP_UNKNOWN},
		{"", LSP_UNKNOWN, LSP_UNKNOWN},
		{"\n", LSP_UNKNOWN, LSP_UNKNOWN},
		{"x\n", LSP_UNKNOWN, LSP_UNKNOWN},
		{"-1\n", LSP_UNKNOWN, LSP_UNKNOWN},
		{"10 24\n", LSP_UNKNOWN, LSP_UNKNOWN},
		{NULL, LSP_UNKNOWN, LSP_UNKNOWN},
	};

	make_proc(*state);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *path = "proc/sys/net/ipv4/ip_unprivileged_port_start";
		struct lsp_snapshot *snapshot;
		struct lsp_socket ssh, web;

		tree_remove(*state, path);
		if (rows[i].text)
			tree_write_text(*state, path, rows[i].text);
		snapshot = collect(*state, &listeners);
		lsp_snapshot_socket(snapshot, 0, &ssh);
		lsp_snapshot_socket(snapshot, 2, &web);
		expect(lsp_snapshot_is_privileged(snapshot, &ssh) == rows[i].ssh, "row %zu: ssh",
		       i);
		expect(lsp_snapshot_is_privileged(snapshot, &web) == rows[i].web, "row %zu: web",
		       i);
		lsp_snapshot_free(snapshot);
	}
}

static void the_sysctls_and_the_namespace_reach_the_snapshot(void **state)
{
	struct lsp_snapshot *snapshot;
	struct lsp_socket ssh, web;

	make_proc(*state);
	tree_write_text(*state, "proc/sys/net/ipv4/ip_local_port_range", "20\t9000\n");
	tree_write_text(*state, "proc/sys/net/ipv4/ip_local_reserved_ports", "22\n");
	snapshot = collect(*state, &listeners);
	lsp_snapshot_socket(snapshot, 0, &ssh);
	lsp_snapshot_socket(snapshot, 2, &web);
	assert_int_equal(lsp_snapshot_is_ephemeral(snapshot, &ssh), LSP_NO);
	assert_int_equal(lsp_snapshot_is_ephemeral(snapshot, &web), LSP_YES);
	assert_true(lsp_snapshot_is_own_netns(snapshot, ssh.netns));
	assert_null(lsp_snapshot_netns_name(snapshot, ssh.netns));
	assert_false(ssh.has_interface);
	lsp_snapshot_free(snapshot);
}

static void the_answer_remembers_its_question(void **state)
{
	const struct lsp_port_range ports = {22, 8080};
	struct lsp_query query = listeners;
	const struct lsp_query *got;
	struct lsp_snapshot *snapshot;

	make_proc(*state);
	query.ports = &ports;
	query.port_count = 1;
	query.lookups = LSP_LOOKUP_FINDINGS;
	query.owners = LSP_OWNERS_NONE;
	snapshot = collect(*state, &query);
	got = lsp_snapshot_query(snapshot);
	assert_int_equal(got->protos, listeners.protos);
	assert_int_equal(got->port_count, 1);
	assert_ptr_not_equal(got->ports, &ports);
	assert_int_equal(got->ports[0].last, 8080);
	assert_string_equal(got->root, *state);
	/* with the facts that the judge needs */
	assert_true(got->lookups & LSP_LOOKUP_FINDINGS && got->lookups & LSP_LOOKUP_OWNERS);
	lsp_snapshot_free(snapshot);
}

static void names_are_looked_up_only_when_asked_for(void **state)
{
	for (unsigned lookups = 0; lookups <= 3; lookups++) {
		struct lsp_query query = listeners;
		struct lsp_snapshot *snapshot;
		const char *service, *user;
		bool is_guess;

		if (!lookups)
			make_proc(*state);
		query.lookups = (lookups & 1 ? LSP_LOOKUP_SERVICES : 0u) |
				(lookups & 2 ? LSP_LOOKUP_USERS : 0u);
		snapshot = collect(*state, &query);
		service = lsp_snapshot_service(snapshot, LSP_PROTO_UDP, 53, &is_guess);
		user = lsp_snapshot_user(snapshot, 1000);
		expect(lookups & 1 ? service && strcmp(service, "domain") == 0 : !service,
		       "lookups %u: %s", lookups, service ? service : "none");
		expect(lookups & 2 ? user && strcmp(user, "web") == 0 : !user, "lookups %u: %s",
		       lookups, user ? user : "none");
		assert_false(is_guess);
		lsp_snapshot_free(snapshot);
	}
}

static void owners_are_looked_up_only_when_asked_for(void **state)
{
	static const struct {
		unsigned lookups;
		enum lsp_owners owners;
		bool is_walked;
	} rows[] = {
		{0, LSP_OWNERS_AUTO, false},
		{LSP_LOOKUP_OWNERS, LSP_OWNERS_NONE, false},
		{LSP_LOOKUP_OWNERS, LSP_OWNERS_AUTO, true},
		{LSP_LOOKUP_OWNERS, LSP_OWNERS_PROC, true},
	};

	make_proc(*state);
	tree_write_text(*state, "proc/500/comm", "sshd\n");
	tree_write_text(*state, "proc/500/status", "Name:\tsshd\nUid:\t0\t0\t0\t0\n");
	tree_write_text(*state, "proc/500/stat", "500 (sshd) S 1 500 500 0 -1 0\n");
	tree_link(*state, "proc/500/fd/3", "socket:[4711]");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_query query = listeners;
		struct lsp_snapshot *snapshot;
		const struct lsp_owner *owners;
		struct lsp_socket socket;
		size_t count;

		query.lookups = rows[i].lookups;
		query.owners = rows[i].owners;
		snapshot = collect(*state, &query);
		lsp_snapshot_socket(snapshot, 0, &socket);
		owners = lsp_snapshot_owners(snapshot, &socket, &count);
		expect(count == rows[i].is_walked, "row %zu: %zu owners", i, count);
		expect(!count || (owners[0].process->pid == 500 && owners[0].fd == 3), "row %zu",
		       i);
		expect((lsp_snapshot_owner_gap(snapshot, &socket) == LSP_OWNER_GAP_UNASKED) ==
			       !rows[i].is_walked,
		       "row %zu", i);
		lsp_snapshot_free(snapshot);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_recorded_proc_is_shown_in_order_with_its_gap),
		TREE_TEST(a_recorded_netlink_is_preferred_and_has_no_gap),
		TREE_TEST(states_and_protocols_are_those_of_the_query),
		TREE_TEST(nothing_readable_is_an_error_with_every_reason),
		TREE_TEST(a_protocol_that_cannot_be_read_is_a_gap),
		TREE_TEST(a_root_that_is_none_is_an_error_that_names_it),
		TREE_TEST(a_namespace_that_is_none_is_an_error_that_names_it),
		TREE_TEST(a_namespace_that_cannot_be_entered_is_an_error_or_a_gap),
		TREE_TEST(privileged_is_what_the_sysctl_says),
		TREE_TEST(the_sysctls_and_the_namespace_reach_the_snapshot),
		TREE_TEST(the_answer_remembers_its_question),
		TREE_TEST(names_are_looked_up_only_when_asked_for),
		TREE_TEST(owners_are_looked_up_only_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
