/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/collect: each protocol by the first source that works, and every refusal is told. */
#include "support.h"

#include "collect/collector.h"
#include "fakediag.h"

#include <errno.h>
#include <stdio.h>

#define TITLE "  sl  local_address rem_address\n"
#define LINE(port, state)                                                                          \
	"   0: 0100007F:" port " 00000000:0000 " state " 00000000:00000000 00:00000000 00000000 "  \
	"   0        0 4711 1 0000000000000000\n"

#define ENOENT_TEXT "No such file or directory"

struct scene {
	struct root root;
	struct lsp_query query;
	struct lsp_snapshot *snapshot;
	struct collection collection;
	struct buf reason;
};

static void scene_init(struct scene *scene, const char *tree, uint32_t netns)
{
	*scene = (struct scene){.query = {.protos = LSP_BIT(LSP_PROTO_TCP) | LSP_BIT(LSP_PROTO_UDP),
					  .families = LSP_BIT(LSP_FAMILY_IPV4),
					  .listeners = true}};
	assert_int_equal(root_init(&scene->root, tree), 0);
	assert_int_equal(snapshot_new(&scene->snapshot), 0);
	assert_int_equal(collection_init(&scene->collection, &scene->root, &scene->query,
					 scene->snapshot, netns),
			 0);
}

static void scene_deinit(struct scene *scene)
{
	collection_deinit(&scene->collection);
	lsp_snapshot_free(scene->snapshot);
	root_deinit(&scene->root);
	buf_deinit(&scene->reason);
}

static bool has_note(const struct scene *scene, const char *note)
{
	const char *const *notes;
	size_t count;

	notes = lsp_snapshot_notes(scene->snapshot, &count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(notes[i], note) == 0)
			return true;
	}
	return false;
}

static bool has_gap(const struct scene *scene, const char *what, const char *why)
{
	const struct lsp_gap *gaps;
	size_t count;

	gaps = lsp_snapshot_gaps(scene->snapshot, &count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(gaps[i].what, what) == 0 && strstr(gaps[i].why, why))
			return true;
	}
	return false;
}

/* --- falling back --- */

static const struct diag_request tcp = {.states = 1u << LSP_STATE_LISTEN, .ports = {0, 65535}};
static const struct diag_request udp = {
	.proto = LSP_PROTO_UDP, .states = 1u << LSP_STATE_CLOSE, .ports = {0, 65535}};
static const struct lsp_socket ssh = {.state = LSP_STATE_LISTEN, .local.port = 22, .cookie = 1};
static const struct lsp_socket dns = {.state = LSP_STATE_CLOSE, .local.port = 53, .cookie = 2};

/* What a source can do: 'y' answers, 'n' has no handler, 'h' fails half-way; '-' is not there. */
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
	 "udp through netlink: " ENOENT_TEXT "\nudp through /proc/net: " ENOENT_TEXT "\n"},
	{{"netlink alone on demand", '-', '-', true, true, LSP_SOURCE_NETLINK},
	 -ENOENT,
	 0,
	 NULL,
	 NULL,
	 "tcp through netlink: " ENOENT_TEXT "\nudp through netlink: " ENOENT_TEXT "\n"},
	{{"/proc alone on demand", 'y', 'y', false, false, LSP_SOURCE_PROC},
	 -ENOENT,
	 0,
	 NULL,
	 NULL,
	 "tcp through /proc/net: " ENOENT_TEXT "\nudp through /proc/net: " ENOENT_TEXT "\n"},
	{{"nothing", '-', '-', false, false, LSP_SOURCE_AUTO},
	 -ENOENT,
	 0,
	 NULL,
	 NULL,
	 "tcp through netlink: " ENOENT_TEXT "\ntcp through /proc/net: " ENOENT_TEXT "\n"
	 "udp through netlink: " ENOENT_TEXT "\nudp through /proc/net: " ENOENT_TEXT "\n"},
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

static void expect_source(const struct scene *scene, const char *row, const char *proto,
			  const char *source)
{
	char note[64], what[32];
	bool is_proc = source && strcmp(source, "/proc/net") == 0;

	snprintf(note, sizeof(note), "%s: read through %s", proto, source ? source : "");
	snprintf(what, sizeof(what), "%s sockets", proto);
	expect(!source || has_note(scene, note), "%s: no note \"%s\"", row, note);
	expect(has_gap(scene, what, "could not be read: ") == !source, "%s: %s", row, what);
	expect(has_gap(scene, what, "read through /proc/net") == is_proc, "%s: %s", row, what);
}

static void each_protocol_falls_back_by_itself(void **state)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *name = rows[i].sources.name;
		struct scene scene;
		int r;

		make_tree(*state, &rows[i].sources);
		scene_init(&scene, *state, 0);
		scene.query.source = rows[i].sources.source;
		r = collect_sockets(&scene.collection, &scene.reason);
		expect(r == rows[i].expected, "%s: %d", name, r);
		expect(snapshot_mark(scene.snapshot) == rows[i].sockets, "%s: %zu sockets", name,
		       snapshot_mark(scene.snapshot));
		expect(strcmp(buf_text(&scene.reason), rows[i].reason) == 0, "%s: \"%s\"", name,
		       buf_text(&scene.reason));
		expect_source(&scene, name, "tcp", rows[i].tcp);
		expect_source(&scene, name, "udp", rows[i].udp);
		scene_deinit(&scene);
	}
}

static void a_refusal_that_was_made_good_is_a_note(void **state)
{
	const struct sources sources = {"", '-', '-', true, true, LSP_SOURCE_AUTO};
	struct scene scene;

	make_tree(*state, &sources);
	scene_init(&scene, *state, 0);
	assert_int_equal(collect_sockets(&scene.collection, &scene.reason), 0);
	assert_int_equal(scene.reason.size, 0);
	assert_true(has_note(&scene, "tcp through netlink: " ENOENT_TEXT));
	assert_true(has_note(&scene, "udp through netlink: " ENOENT_TEXT));
	scene_deinit(&scene);
}

static void what_is_not_asked_for_is_not_missed(void **state)
{
	struct scene scene;
	size_t count;

	scene_init(&scene, *state, 0);
	scene.query.protos = 0;
	assert_int_equal(collect_sockets(&scene.collection, &scene.reason), 0);
	lsp_snapshot_gaps(scene.snapshot, &count);
	assert_int_equal(count, 0);
	scene_deinit(&scene);
}

/* --- one socket --- */

static void only_wanted_ports_are_added(void **state)
{
	static const struct lsp_port_range ranges[] = {{22, 22}, {80, 90}, {65535, 65535}};
	static const struct {
		uint16_t port;
		bool is_added;
	} ports[] = {
		{0, false}, {21, false}, {22, true},  {23, false},    {79, false},
		{80, true}, {90, true},  {91, false}, {65534, false}, {65535, true},
	};
	struct scene scene;

	scene_init(&scene, *state, 0);
	scene.query.ports = ranges;
	scene.query.port_count = ROWS(ranges);
	for (size_t i = 0; i < ROWS(ports); i++) {
		struct lsp_socket socket = {.local.port = ports[i].port};
		size_t before = snapshot_mark(scene.snapshot);

		assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket, 0), 0);
		expect(snapshot_mark(scene.snapshot) - before == ports[i].is_added, "port %u",
		       ports[i].port);
	}
	scene_deinit(&scene);
}

static void namespace_and_device_are_filled_in(void **state)
{
	static const uint32_t ifindexes[] = {0, 7, 8, 7, UINT32_MAX};
	static const char *const names[] = {NULL, "if7", "if8", "if7", "if4294967295"};
	struct scene scene;

	scene_init(&scene, *state, 4026531840u);
	for (size_t i = 0; i < ROWS(ifindexes); i++) {
		struct lsp_socket socket = {.local.port = (uint16_t)i, .inode = (uint32_t)i + 1};

		assert_int_equal(
			collection_add(&scene.collection, scene.snapshot, &socket, ifindexes[i]),
			0);
	}
	assert_int_equal(snapshot_settle(scene.snapshot), 0);
	for (size_t i = 0; i < ROWS(ifindexes); i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(scene.snapshot, i, &socket);
		assert_int_equal(socket.netns, 4026531840u);
		if (names[i])
			assert_string_equal(socket.interface, names[i]);
		else
			assert_null(socket.interface);
	}
	scene_deinit(&scene);
}

static void on_the_machine_a_device_has_its_name(void **state)
{
	struct lsp_socket socket = {0};
	struct scene scene;

	(void)state;
	scene_init(&scene, NULL, 0);
	assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket, 1), 0);
	lsp_snapshot_socket(scene.snapshot, 0, &socket);
	assert_string_equal(socket.interface, "lo");
	scene_deinit(&scene);
}

static void auto_is_unknown_unless_it_was_asked_for(void **state)
{
	for (unsigned facts = 0; facts <= LSP_FACT_AUTO; facts += LSP_FACT_AUTO) {
		struct lsp_socket socket = {.is_auto = LSP_KNOWN_NO};
		struct scene scene;

		scene_init(&scene, *state, 0);
		scene.query.facts = facts;
		assert_int_equal(collection_add(&scene.collection, scene.snapshot, &socket, 0), 0);
		snapshot_peek(scene.snapshot, 0, &socket);
		assert_int_equal(socket.is_auto, facts ? LSP_KNOWN_NO : LSP_KNOWN_NOT);
		scene_deinit(&scene);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(each_protocol_falls_back_by_itself),
		TREE_TEST(a_refusal_that_was_made_good_is_a_note),
		TREE_TEST(what_is_not_asked_for_is_not_missed),
		TREE_TEST(only_wanted_ports_are_added),
		TREE_TEST(namespace_and_device_are_filled_in),
		cmocka_unit_test(on_the_machine_a_device_has_its_name),
		TREE_TEST(auto_is_unknown_unless_it_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
