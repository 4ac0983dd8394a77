/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/procline: lines as the kernel writes them are parsed, all others are refused. Lines lie
 * in memory of their exact size, so that a read past the end is detected.
 */
#include "protocols.h"
#include "support.h"

#include "collect/procline.h"

#include <errno.h>
#include <stdlib.h>

static int parse(const char *line, size_t size, unsigned proto, enum lsp_family family,
		 struct lsp_socket *socket)
{
	char *exact = malloc(size ? size : 1);
	int r;

	assert_non_null(exact);
	memcpy(exact, line, size);
	memset(socket, 0xaa, sizeof(*socket));
	r = procline_parse(exact, size, proto, family, socket);
	free(exact);
	return r;
}

/* Addresses as the 32-bit words that the kernel prints, in any byte order. */
struct row {
	const char *name, *line;
	unsigned proto;
	enum lsp_family family;
	enum lsp_state state;
	uint32_t local[4], peer[4];
	uint16_t local_port, peer_port;
	uint32_t send_queue, recv_queue, inode, uid;
	bool has_uid;
};

#define TCP .proto = LSP_PROTO_TCP
#define UDP .proto = LSP_PROTO_UDP
#define IPV6 .family = LSP_FAMILY_IPV6
#define ZERO32 "00000000000000000000000000000000"
#define QUIET " 00000000:00000000 00:00000000 00000000 "

static const struct row good[] = {
	{.name = "tcp listener",
	 .line = "   0: 0100007F:1F90 00000000:0000 0A" QUIET
		 " 1000        0 12345 1 0000000000000000 100 0 0 10 0                     ",
	 TCP,
	 .state = LSP_STATE_LISTEN,
	 .local = {0x0100007f},
	 .local_port = 8080,
	 .inode = 12345,
	 .uid = 1000,
	 .has_uid = true},
	{.name = "tcp connection with queues",
	 .line = "  71: 0101A8C0:0016 0201A8C0:C350 01 0000002C:00000A10 01:00000014 00000000     "
		 "0        0 4294967295 4 ffff888012345678 20 4 29 10 -1",
	 TCP,
	 .state = LSP_STATE_ESTABLISHED,
	 .local = {0x0101a8c0},
	 .peer = {0x0201a8c0},
	 .local_port = 22,
	 .peer_port = 50000,
	 .send_queue = 0x2c,
	 .recv_queue = 0xa10,
	 .inode = UINT32_MAX,
	 .has_uid = true},
	{.name = "tcp time-wait",
	 .line = "   2: 0100007F:1F90 0100007F:C352 06 00000000:00000000 03:00000F1E 00000000     "
		 "0        0 0 3 0000000000000000",
	 TCP,
	 .state = LSP_STATE_TIME_WAIT,
	 .local = {0x0100007f},
	 .peer = {0x0100007f},
	 .local_port = 8080,
	 .peer_port = 0xc352},
	{.name = "tcp request",
	 .line = "   3: 0100007F:1F90 0100007F:C354 03 00000000:00000000 01:00000063 00000000  "
		 "1000        0 0 1 0000000000000000",
	 TCP,
	 .state = LSP_STATE_SYN_RECV,
	 .local = {0x0100007f},
	 .peer = {0x0100007f},
	 .local_port = 8080,
	 .peer_port = 0xc354,
	 .uid = 1000},
	{.name = "tcp6 listener on any address",
	 .line = "   0: " ZERO32 ":0016 " ZERO32 ":0000 0A" QUIET
		 "    0        0 20123 1 0000000000000000 100 0 0 10 0",
	 TCP,
	 IPV6,
	 .state = LSP_STATE_LISTEN,
	 .local_port = 22,
	 .inode = 20123,
	 .has_uid = true},
	{.name = "tcp6 connection",
	 .line = "  12: B80D0120000000000000000001000000:0050 "
		 "0000000000000000FFFF00000100007F:FFFF 08 00000000:00000001 00:00000000 00000000 "
		 "65534        0 1 1 0000000000000000 20 4 30 10 -1",
	 TCP,
	 IPV6,
	 .state = LSP_STATE_CLOSE_WAIT,
	 .local = {0xb80d0120, 0, 0, 0x01000000},
	 .peer = {0, 0, 0xffff0000, 0x0100007f},
	 .local_port = 80,
	 .peer_port = 65535,
	 .recv_queue = 1,
	 .inode = 1,
	 .uid = 65534,
	 .has_uid = true},
	{.name = "udp",
	 .line = "  485: 00000000:0044 00000000:0000 07" QUIET
		 "    0        0 19876 2 0000000000000000 0         ",
	 UDP,
	 .state = LSP_STATE_CLOSE,
	 .local_port = 68,
	 .inode = 19876,
	 .has_uid = true},
	{.name = "udp of a bucket beyond 16 bits, with the largest uid",
	 .line = "131071: 0100007F:FFFF 00000000:0000 07 FFFFFFFF:FFFFFFFE 00:00000000 00000000 "
		 "4294967295        0 7 2 0000000000000000 12",
	 UDP,
	 .state = LSP_STATE_CLOSE,
	 .local = {0x0100007f},
	 .local_port = 65535,
	 .send_queue = UINT32_MAX,
	 .recv_queue = UINT32_MAX - 1,
	 .inode = 7,
	 .uid = UINT32_MAX,
	 .has_uid = true},
	{.name = "udp6 with peer",
	 .line = " 1200: 000080FE00000000FF00FE0001020304:0222 "
		 "000080FE000000000000000001000000:0223 01" QUIET
		 "  100        0 31337 2 0000000000000000 0",
	 UDP,
	 IPV6,
	 .state = LSP_STATE_ESTABLISHED,
	 .local = {0x000080fe, 0, 0xff00fe00, 0x01020304},
	 .peer = {0x000080fe, 0, 0, 0x01000000},
	 .local_port = 546,
	 .peer_port = 547,
	 .inode = 31337,
	 .uid = 100,
	 .has_uid = true},
};

/* Does @socket match @row? Facts that the file does not have must be unknown. */
static void expect_row(const struct row *row, const struct lsp_socket *socket)
{
	size_t size = row->family == LSP_FAMILY_IPV6 ? 16 : 4;

	expect(socket->proto == row->proto && socket->local.family == row->family, "%s", row->name);
	expect(socket->state == row->state, "%s: state %d", row->name, socket->state);
	expect(memcmp(socket->local.address, row->local, size) == 0, "%s: local", row->name);
	expect(memcmp(socket->peer.address, row->peer, size) == 0, "%s: peer", row->name);
	expect(socket->local.port == row->local_port, "%s: port", row->name);
	expect(socket->peer.port == row->peer_port, "%s: peer's port", row->name);
	expect(socket->send_queue == row->send_queue, "%s: send queue", row->name);
	expect(socket->recv_queue == row->recv_queue, "%s: receive queue", row->name);
	expect(socket->inode == row->inode, "%s: inode %u", row->name, socket->inode);
	expect(socket->uid == row->uid, "%s: uid %u", row->name, socket->uid);
	expect(socket->has_uid == row->has_uid, "%s: has uid", row->name);
	expect(!socket->has_cookie && !socket->has_cgroup && !socket->has_backlog &&
		       !socket->v6only && !socket->is_auto && !socket->local.zone &&
		       !socket->has_interface && !socket->netns,
	       "%s: more than the line says", row->name);
	for (size_t i = size; i < 16; i++)
		expect(!socket->local.address[i] && !socket->peer.address[i], "%s: byte %zu",
		       row->name, i);
}

static void lines_of_the_kernel_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		struct lsp_socket socket;

		expect(parse(good[i].line, strlen(good[i].line), good[i].proto, good[i].family,
			     &socket) == 0,
		       "%s is refused", good[i].name);
		expect_row(&good[i], &socket);
	}
}

static void a_line_cut_anywhere_is_refused_or_says_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		size_t size = strlen(good[i].line), equal = 0;

		for (size_t cut = 0; cut < size; cut++) {
			struct lsp_socket socket;

			if (parse(good[i].line, cut, good[i].proto, good[i].family, &socket) < 0)
				continue;
			expect_row(&good[i], &socket);
			equal++;
		}
		expect(equal > 0 && equal < size / 2, "%s: %zu of %zu", good[i].name, equal, size);
	}
}

static void a_line_of_the_other_family_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		enum lsp_family other =
			good[i].family == LSP_FAMILY_IPV6 ? LSP_FAMILY_IPV4 : LSP_FAMILY_IPV6;
		struct lsp_socket socket;

		expect(parse(good[i].line, strlen(good[i].line), good[i].proto, other, &socket) ==
			       -EBADMSG,
		       "%s", good[i].name);
	}
}

/* One byte of a valid line is replaced by one that no line contains. */
static void a_foreign_byte_in_front_of_the_inodes_end_is_refused(void **state)
{
	static const char foreign[] = {'\0', '\t', '\n', '-', '+', 'x', 'G', '\x1b', '\xff'};
	char line[256];

	(void)state;
	for (size_t i = 0; i < ROWS(good); i++) {
		size_t size = strlen(good[i].line);
		struct lsp_socket socket;
		size_t needed = 0;

		while (parse(good[i].line, needed, good[i].proto, good[i].family, &socket) < 0)
			needed++;
		for (size_t at = 0; at < needed; at++) {
			for (size_t f = 0; f < sizeof(foreign); f++) {
				memcpy(line, good[i].line, size);
				line[at] = foreign[f];
				expect(parse(line, size, good[i].proto, good[i].family, &socket) ==
					       -EBADMSG,
				       "%s with byte %d at %zu", good[i].name, foreign[f], at);
			}
		}
	}
}

static void what_no_kernel_writes_is_refused(void **state)
{
#define HEAD "0: 0100007F:1F90 00000000:0000 "
#define TAIL QUIET " 1000        0 12345 1 0"
	static const struct {
		const char *name, *line;
	} rows[] = {
		{"nothing", ""},
		{"blanks", "                                        "},
		{"title", "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			  "retrnsmt   uid "
			  " timeout inode                                                     "},
		{"no ordinal", ": 0100007F:1F90 00000000:0000 0A" TAIL},
		{"no colon", "0 0100007F:1F90 00000000:0000 0A" TAIL},
		{"address of seven digits", "0: 100007F:1F90 00000000:0000 0A" TAIL},
		{"address of nine digits", "0: 00100007F:1F90 00000000:0000 0A" TAIL},
		{"port of five digits", "0: 0100007F:11F90 00000000:0000 0A" TAIL},
		{"no port", "0: 0100007F: 00000000:0000 0A" TAIL},
		{"no peer", "0: 0100007F:1F90 0A" TAIL},
		{"addresses run together", "0: 0100007F:1F9000000000:0000 0A" TAIL},
		{"state 0", HEAD "00" TAIL},
		{"state 14", HEAD "0E" TAIL},
		{"state 255", HEAD "FF" TAIL},
		{"state 256 + 10", HEAD "10A" TAIL},
		{"queue of 33 bits", HEAD "0A 100000000:00000000 00:00000000 00000000  0 0 7 1 0"},
		{"queues without colon",
		 HEAD "0A 00000000 00000000 00:00000000 00000000 0 0 7 1 0"},
		{"timer without colon", HEAD "0A 00000000:00000000 00 00000000 00000000 0 0 7 1 0"},
		{"uid of 33 bits", HEAD "0A" QUIET "4294967296 0 7 1 0"},
		{"negative uid", HEAD "0A" QUIET "-2 0 7 1 0"},
		{"hex uid", HEAD "0A" QUIET "a 0 7 1 0"},
		{"inode of 33 bits", HEAD "0A" QUIET "0 0 4294967296 1 0"},
		{"inode that wraps 64 bits", HEAD "0A" QUIET "0 0 18446744073709551617 1 0"},
		{"inode without an end", HEAD "0A" QUIET "0 0 7"},
		{"inode that goes on", HEAD "0A" QUIET "0 0 7a 1 0"},
		{"no inode", HEAD "0A" QUIET "0 0 "},
		{"tabs", "0:\t0100007F:1F90\t00000000:0000\t0A" TAIL},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct lsp_socket socket;

		expect(parse(rows[i].line, strlen(rows[i].line), LSP_PROTO_TCP, LSP_FAMILY_IPV4,
			     &socket) == -EBADMSG,
		       "%s is taken", rows[i].name);
	}
}

static void every_state_is_judged_by_itself(void **state)
{
	char line[] = HEAD "00" TAIL;
	char *digits = line + strlen(HEAD);

	(void)state;
	for (unsigned s = 0; s <= UINT8_MAX; s++) {
		struct lsp_socket socket;
		int r;

		digits[0] = "0123456789ABCDEF"[s >> 4];
		digits[1] = "0123456789ABCDEF"[s & 15];
		r = parse(line, strlen(line), LSP_PROTO_TCP, LSP_FAMILY_IPV4, &socket);
		expect(r == (s >= 1 && s <= 13 ? 0 : -EBADMSG), "state %u: %d", s, r);
		expect(r < 0 || socket.state == s, "state %u", s);
		expect(r < 0 || socket.has_uid == (s != 3 && s != 6 && s != 12), "uid of %u", s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_the_kernel_are_understood),
		cmocka_unit_test(a_line_cut_anywhere_is_refused_or_says_the_same),
		cmocka_unit_test(a_line_of_the_other_family_is_refused),
		cmocka_unit_test(a_foreign_byte_in_front_of_the_inodes_end_is_refused),
		cmocka_unit_test(what_no_kernel_writes_is_refused),
		cmocka_unit_test(every_state_is_judged_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
