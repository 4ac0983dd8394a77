/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/procnet: every line of the files is read, and lines that cannot be parsed are counted. */
#include "protocols.h"
#include "support.h"

#include "collect/procnet.h"
#include "collecting.h"

#include <errno.h>

#define TITLE "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
#define LINE(port, state, inode)                                                                   \
	"   0: 0100007F:" port " 00000000:0000 " state " 00000000:00000000 00:00000000 00000000 "  \
	"   0        0 " inode " 1 0000000000000000\n"
#define LINE6(port, inode)                                                                         \
	"   0: 00000000000000000000000000000000:" port                                             \
	" 00000000000000000000000000000000:0000 0A "                                               \
	"00000000:00000000 00:00000000 00000000     0        0 " inode " 1 0000000000000000\n"

static const struct lsp_query ipv4 = {
	.families = LSP_BIT(LSP_FAMILY_IPV4), .listeners = true, .others = true};

static int collect(struct collecting *scene, unsigned proto)
{
	return procnet_collector.collect(&scene->collection, proto);
}

/* Count of the gap whose text has @word, or -1 without one. */
static long find_gap(const struct collecting *scene, const char *word)
{
	const struct lsp_gap *gap = collecting_gap(scene, NULL, word);

	assert_true(!gap || gap->hides);
	return gap ? (long)gap->count : -1;
}

static void a_file_is_its_lines_and_damage_is_counted(void **state)
{
	static const struct {
		const char *name, *text;
		int expected;
		size_t sockets;
		long bad_lines; /* -1: no gap */
	} rows[] = {
		{"empty", "", -EBADMSG, 0, -1},
		{"title", TITLE, 0, 0, -1},
		{"title without its newline", "  sl", -EBADMSG, 0, -1},
		{"one", TITLE LINE("0016", "0A", "7"), 0, 1, -1},
		{"two", TITLE LINE("0016", "0A", "7") LINE("0017", "0A", "8"), 0, 2, -1},
		{"the first is always the title", LINE("0016", "0A", "7"), 0, 0, -1},
		{"one damaged", TITLE LINE("0016", "0A", "7") "x\n" LINE("0017", "0A", "8"), 0, 2,
		 1},
		{"an empty line", TITLE "\n" LINE("0017", "0A", "8"), 0, 1, 1},
		{"all damaged", TITLE "x\ny\nz\n", 0, 0, 3},
		{"the last one cut", TITLE LINE("0016", "0A", "7") "   1: 0100007F:0017 0000", 0, 1,
		 1},
		{"of the other family", TITLE LINE6("0016", "7"), 0, 0, 1},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct collecting scene;
		int r;

		tree_write_text(*state, "proc/net/tcp", rows[i].text);
		collecting_init(&scene, *state, &ipv4, 0);
		r = collect(&scene, LSP_PROTO_TCP);
		expect(r == rows[i].expected, "%s: %d", rows[i].name, r);
		expect(collecting_count(&scene) == rows[i].sockets, "%s: %zu sockets", rows[i].name,
		       collecting_count(&scene));
		expect(find_gap(&scene, "not understood") == rows[i].bad_lines, "%s: %ld damaged",
		       rows[i].name, find_gap(&scene, "not understood"));
		expect((find_gap(&scene, "can miss a socket") == 0) == (r == 0), "%s: gap",
		       rows[i].name);
		collecting_deinit(&scene);
	}
}

static void what_was_not_asked_for_is_passed_over(void **state)
{
	static const struct lsp_port_range only_23 = {0x17, 0x17};
	static const struct {
		bool listeners, others;
		const struct lsp_port_range *ports;
		size_t sockets;
	} rows[] = {
		{true, false, NULL, 2},  {false, true, NULL, 3},    {true, true, NULL, 5},
		{false, false, NULL, 0}, {true, true, &only_23, 2},
	};

	tree_write_text(*state, "proc/net/tcp",
			TITLE LINE("0016", "0A", "1") LINE("0017", "0A", "2")
				LINE("0016", "01", "3") LINE("0017", "06", "0")
					LINE("0018", "07", "4"));
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct collecting scene;

		collecting_init(&scene, *state, &ipv4, 0);
		scene.query.listeners = rows[i].listeners;
		scene.query.others = rows[i].others;
		scene.query.ports = rows[i].ports;
		scene.query.port_count = rows[i].ports != NULL;
		assert_int_equal(collect(&scene, LSP_PROTO_TCP), 0);
		expect(collecting_count(&scene) == rows[i].sockets, "row %zu: %zu", i,
		       collecting_count(&scene));
		collecting_deinit(&scene);
	}
}

static void each_protocol_and_family_has_its_own_file(void **state)
{
	static const uint16_t ports[LSP_PROTOCOLS_MAX][LSP_FAMILY_COUNT] = {{1, 2}, {3, 4}, {5, 6}};

	tree_write_text(*state, "proc/net/tcp", TITLE LINE("0001", "0A", "1"));
	tree_write_text(*state, "proc/net/tcp6", TITLE LINE6("0002", "1"));
	tree_write_text(*state, "proc/net/udp", TITLE LINE("0003", "07", "1"));
	tree_write_text(*state, "proc/net/udp6", TITLE LINE6("0004", "1"));
	tree_write_text(*state, "proc/net/udplite", TITLE LINE("0005", "07", "1"));
	tree_write_text(*state, "proc/net/udplite6", TITLE LINE6("0006", "1"));
	for (int p = 0; p < (int)lsp_protocol_count(); p++) {
		for (int f = 0; f < LSP_FAMILY_COUNT; f++) {
			struct lsp_socket socket;
			struct collecting scene;

			collecting_init(&scene, *state, &ipv4, 0);
			scene.query.families = LSP_BIT(f);
			assert_int_equal(collect(&scene, p), 0);
			expect(collecting_count(&scene) == 1, "file %d %d", p, f);
			builder_peek(scene.snapshot, 0, &socket);
			expect(socket.local.port == ports[p][f], "file %d %d", p, f);
			expect(socket.proto == (unsigned)p &&
				       socket.local.family == (enum lsp_family)f,
			       "file %d %d", p, f);
			collecting_deinit(&scene);
		}
	}
}

static void ipv6_may_be_absent_as_a_whole_but_not_in_part(void **state)
{
	struct collecting scene;

	tree_write_text(*state, "proc/net/tcp", TITLE LINE("0016", "0A", "1"));
	collecting_init(&scene, *state, &ipv4, 0);
	scene.query.families |= LSP_BIT(LSP_FAMILY_IPV6);
	assert_int_equal(collect(&scene, LSP_PROTO_TCP), 0);
	assert_int_equal(collecting_count(&scene), 1);
	tree_write_text(*state, "proc/net/if_inet6", "");
	assert_int_equal(collect(&scene, LSP_PROTO_TCP), -ENOENT);
	collecting_deinit(&scene);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct collecting scene;

	collecting_init(&scene, *state, &ipv4, 0);
	assert_int_equal(collect(&scene, LSP_PROTO_TCP), -ENOENT);
	scene.query.families = LSP_BIT(LSP_FAMILY_IPV6);
	assert_int_equal(collect(&scene, LSP_PROTO_TCP), -ENOENT);
	scene.query.families = LSP_BIT(LSP_FAMILY_IPV4);
	tree_mkdir(*state, "proc/net/udp");
	assert_int_equal(collect(&scene, LSP_PROTO_UDP), -EISDIR);
	assert_int_equal(find_gap(&scene, ""), -1);
	collecting_deinit(&scene);
}

/* Lines may be split between reads. */
static void lines_are_whole_over_the_edges_of_reads(void **state)
{
	const size_t lines = 3000;
	struct buf text = BUF_INIT;
	struct collecting scene;

	buf_append_text(&text, TITLE);
	for (size_t i = 0; i < lines; i++)
		buf_printf(&text,
			   "%4zu: 0100007F:%04zX 00000000:0000 0A 00000000:00000000 00:00000000 "
			   "00000000     0        0 %zu 1 0000000000000000 %*s\n",
			   i, i, i + 1, (int)(i % 50), "");
	assert_true(text.size > 5 * 65536);
	tree_write(*state, "proc/net/tcp", text.data, text.size);
	collecting_init(&scene, *state, &ipv4, 0);
	assert_int_equal(collect(&scene, LSP_PROTO_TCP), 0);
	assert_int_equal(find_gap(&scene, "not understood"), -1);
	assert_int_equal(collecting_count(&scene), lines);
	for (size_t i = 0; i < lines; i++) {
		struct lsp_socket socket;

		builder_peek(scene.snapshot, i, &socket);
		expect(socket.local.port == i && socket.inode == i + 1, "line %zu", i);
	}
	collecting_deinit(&scene);
	buf_deinit(&text);
}

static void a_line_without_end_does_not_fill_the_memory(void **state)
{
	struct buf text = BUF_INIT;
	struct collecting scene;

	buf_append_text(&text, TITLE);
	buf_append_blanks(&text, 1u << 20);
	tree_write(*state, "proc/net/tcp", text.data, text.size);
	collecting_init(&scene, *state, &ipv4, 0);
	assert_int_equal(collect(&scene, LSP_PROTO_TCP), -EBADMSG);
	collecting_deinit(&scene);
	buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_file_is_its_lines_and_damage_is_counted),
		TREE_TEST(what_was_not_asked_for_is_passed_over),
		TREE_TEST(each_protocol_and_family_has_its_own_file),
		TREE_TEST(ipv6_may_be_absent_as_a_whole_but_not_in_part),
		TREE_TEST(what_cannot_be_read_is_an_error),
		TREE_TEST(lines_are_whole_over_the_edges_of_reads),
		TREE_TEST(a_line_without_end_does_not_fill_the_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
