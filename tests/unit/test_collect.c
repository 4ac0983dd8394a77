/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/collect: each protocol is read from the first source that works, and every refusal is
 * reported. */
#include "protocols.h"
#include "support.h"

#include "collect/collect.h"
#include "collecting.h"

#include <errno.h>
#include <stdio.h>

#define TITLE "  sl  local_address rem_address\n"
#define LINE(port, state)                                                                          \
	"   0: 0100007F:" port " 00000000:0000 " state " 00000000:00000000 00:00000000 00000000 "  \
	"   0        0 4711 1 0000000000000000\n"

#define ENOENT_TEXT "No such file or directory"

static const struct lsp_query listeners = {.protos =
						   LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP),
					   .families = LSP_BIT(LSP_FAMILY_IPV4),
					   .listeners = true};
static const struct diag_request tcp = {.states = 1u << LSP_STATE_LISTEN, .ports = {0, 65535}};
static const struct diag_request udp = {
	.proto = LSP_PROTO_UDP, .states = 1u << LSP_STATE_CLOSE, .ports = {0, 65535}};
static const struct lsp_socket ssh = {.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1};
static const struct lsp_socket dns = {.state = LSP_STATE_CLOSE, .local.port = 53, .cookie = 2};

/* A source: 'y' answers, 'n' has no handler, 'h' fails half-way, '-' does not exist. */
struct sources {
	const char *name;
	char netlink_tcp, netlink_udp;
	bool proc_tcp, proc_udp;
	enum lsp_source source;
};

static const struct {
	struct sources sources;
	int expected;
	size_t sockets;
	const char *tcp, *udp; /* through what; NULL: not at all */
	const char *reason;
} rows[] = {
	{{"both work", 'y', 'y', true, true, LSP_SOURCE_AUTO}, 0, 2, "netlink", "netlink", ""},
	{{"netlink alone", 'y', 'y', false, false, LSP_SOURCE_AUTO},
	 0,
	 2,
	 "netlink",
	 "netlink",
	 ""},
	{{"no handler for UDP", 'y', 'n', true, true, LSP_SOURCE_AUTO},
	 0,
	 2,
	 "netlink",
	 "/proc/net",
	 ""},
	{{"TCP fails half-way", 'h', 'y', true, true, LSP_SOURCE_AUTO},
	 0,
	 2,
	 "/proc/net",
	 "netlink",
	 ""},
	{{"no netlink", '-', '-', true, true, LSP_SOURCE_AUTO}, 0, 2, "/proc/net", "/proc/net", ""},
	{{"/proc on demand", 'y', 'y', true, true, LSP_SOURCE_PROC},
	 0,
	 2,
	 "/proc/net",
	 "/proc/net",
	 ""},
	{{"UDP nowhere", 'y', 'n', false, false, LSP_SOURCE_AUTO},
	 0,
	 1,
	 "netlink",
	 NULL,
	 "udp through netlink: " ENOENT_TEXT "\nudp through /proc/net: " ENOENT_TEXT},
	{{"netlink alone on demand", '-', '-', true, true, LSP_SOURCE_NETLINK},
	 -ENOENT,
	 0,
	 NULL,
	 NULL,
	 "tcp through netlink: " ENOENT_TEXT "\nudp through netlink: " ENOENT_TEXT},
	{{"/proc alone on demand", 'y', 'y', false, false, LSP_SOURCE_PROC},
	 -ENOENT,
	 0,
	 NULL,
	 NULL,
	 "tcp through /proc/net: " ENOENT_TEXT "\nudp through /proc/net: " ENOENT_TEXT},
	{{"nothing", '-', '-', false, false, LSP_SOURCE_AUTO},
	 -ENOENT,
	 0,
	 NULL,
	 NULL,
	 "tcp through netlink: " ENOENT_TEXT "\ntcp through /proc/net: " ENOENT_TEXT "\n"
	 "udp through netlink: " ENOENT_TEXT "\nudp through /proc/net: " ENOENT_TEXT},
};

static void make_tree(const char *tree, const struct sources *sources)
{
	struct buf file = BUF_INIT;

	tree_remove(tree, "netlink");
	tree_remove(tree, "proc/net/tcp");
	tree_remove(tree, "proc/net/udp");
	if (sources->netlink_tcp == 'y' || sources->netlink_tcp == 'h')
		recording_append(&file, &tcp, &ssh, 1, sources->netlink_tcp == 'h' ? -EIO : 0);
	if (sources->netlink_udp == 'y')
		recording_append(&file, &udp, &dns, 1, 0);
	if (file.size)
		tree_write(tree, "netlink", file.data, file.size);
	if (sources->proc_tcp)
		tree_write_text(tree, "proc/net/tcp", TITLE LINE("0016", "0A"));
	if (sources->proc_udp)
		tree_write_text(tree, "proc/net/udp", TITLE LINE("0035", "07"));
	buf_deinit(&file);
}

static void expect_source(const struct collecting *scene, const char *row, const char *proto,
			  const char *source)
{
	char note[64], what[32];
	bool is_proc = source && strcmp(source, "/proc/net") == 0;

	snprintf(note, sizeof(note), "%s: read through %s", proto, source ? source : "");
	snprintf(what, sizeof(what), "%s sockets", proto);
	expect(!source || collecting_has_note(scene, note), "%s: no note \"%s\"", row, note);
	expect(!collecting_gap(scene, what, "could not be read: ") == !!source, "%s: %s", row,
	       what);
	expect(!collecting_gap(scene, what, "read through /proc/net") == !is_proc, "%s: %s", row,
	       what);
}

static void each_protocol_falls_back_by_itself(void **state)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].sources.name;
		struct error error = ERROR_INIT;
		struct collecting scene;
		int r;

		make_tree(*state, &rows[i].sources);
		collecting_init(&scene, *state, &listeners, 0);
		scene.query.source = rows[i].sources.source;
		r = collect_sockets(&scene.collection, &error);
		expect(r == rows[i].expected, "%s: %d", name, r);
		expect(collecting_count(&scene) == rows[i].sockets, "%s: %zu sockets", name,
		       collecting_count(&scene));
		expect(strcmp(error_text(&error), rows[i].reason) == 0, "%s: \"%s\"", name,
		       error_text(&error));
		expect_source(&scene, name, "tcp", rows[i].tcp);
		expect_source(&scene, name, "udp", rows[i].udp);
		error_deinit(&error);
		collecting_deinit(&scene);
	}
}

static void a_refusal_that_was_made_good_is_a_note(void **state)
{
	const struct sources sources = {"", '-', '-', true, true, LSP_SOURCE_AUTO};
	struct error error = ERROR_INIT;
	struct collecting scene;

	make_tree(*state, &sources);
	collecting_init(&scene, *state, &listeners, 0);
	assert_int_equal(collect_sockets(&scene.collection, &error), 0);
	assert_int_equal(error.number, 0);
	assert_true(collecting_has_note(&scene, "tcp through netlink: " ENOENT_TEXT));
	assert_true(collecting_has_note(&scene, "udp through netlink: " ENOENT_TEXT));
	error_deinit(&error);
	collecting_deinit(&scene);
}

static void what_is_not_asked_for_is_not_missed(void **state)
{
	struct error error = ERROR_INIT;
	struct collecting scene;
	size_t count;

	collecting_init(&scene, *state, &listeners, 0);
	scene.query.protos = 0;
	assert_int_equal(collect_sockets(&scene.collection, &error), 0);
	lsp_snapshot_gaps(scene.snapshot, &count);
	assert_int_equal(count, 0);
	error_deinit(&error);
	collecting_deinit(&scene);
}

/* Neither protocol can be read; the result depends on the kernel's list. */
static void a_protocol_that_the_kernel_lacks_is_a_note(void **state)
{
	static const struct {
		const char *list;
		bool has_tcp, has_udp;
	} lists[] = {
		{"protocol  size\nUDPv6  1\nUDP  1\nTCPv6  1\nTCP  1\n", true, true},
		{"protocol  size\nUDPv6  1\nTCPv6  1\nTCP  1\n", true, false},
		{"protocol  size\nUDP-Lite  1\nTCP  1", true, false},
		{"protocol  size\n", false, false},
		{"protocol  size", false, false},
		/* not the list */
		{"TCP  1\n", true, true},
		{"protocols  1\nTCP  1\n", true, true},
		{"", true, true},
		{NULL, true, true},
	};

	for (size_t i = 0; i < ROWS(lists); i++) {
		struct error error = ERROR_INIT;
		struct collecting scene;
		int r;

		tree_remove(*state, "proc/net/protocols");
		if (lists[i].list)
			tree_write_text(*state, "proc/net/protocols", lists[i].list);
		collecting_init(&scene, *state, &listeners, 0);
		r = collect_sockets(&scene.collection, &error);
		expect(r == (lists[i].has_tcp && lists[i].has_udp ? -ENOENT : 0), "list %zu", i);
		expect(!collecting_gap(&scene, "tcp sockets", "") == !lists[i].has_tcp, "%zu", i);
		expect(!collecting_gap(&scene, "udp sockets", "") == !lists[i].has_udp, "%zu", i);
		expect(collecting_has_note(&scene, "tcp: this kernel does not support it") ==
			       !lists[i].has_tcp,
		       "list %zu", i);
		expect(collecting_has_note(&scene, "udp: this kernel does not support it") ==
			       !lists[i].has_udp,
		       "list %zu", i);
		error_deinit(&error);
		collecting_deinit(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(each_protocol_falls_back_by_itself),
		TREE_TEST(a_refusal_that_was_made_good_is_a_note),
		TREE_TEST(what_is_not_asked_for_is_not_missed),
		TREE_TEST(a_protocol_that_the_kernel_lacks_is_a_note),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
