/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/diag, replies: each is parsed completely or refused. They lie in memory of their exact
 * size, so that a read past the end is detected.
 */
#include "protocols.h"
#include "support.h"

#include "collect/diag.h"
#include "fakediag.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <stdlib.h>
#include <sys/socket.h>

static int parse(const struct buf *message, unsigned proto, struct lsp_socket *socket)
{
	struct nlmsghdr *exact = malloc(message->size);
	int r;

	assert_non_null(exact);
	memcpy(exact, message->data, message->size);
	memset(socket, 0xaa, sizeof(*socket));
	r = diag_parse_socket(exact, proto, socket);
	free(exact);
	return r;
}

static const struct lsp_socket listener_ipv6 = {
	.local.family = LSP_FAMILY_IPV6,
	.state = LSP_STATE_LISTEN,
	.local.address = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x42},
	.local.port = 0x1234,
	.v6only = LSP_YES,
	.is_auto = LSP_NO,
	.has_uid = true,
	.has_cookie = true,
	.has_cgroup = true,
	.has_backlog = true,
	.uid = 4294967294u,
	.inode = 4294967295u,
	.cookie = 0x1122334455667788u,
	.cgroup_id = 0x99aabbccddeeff00u,
	.recv_queue = 3,
	.backlog = 4096,
};

static const struct lsp_socket connection_ipv4 = {
	.state = LSP_STATE_ESTABLISHED,
	.local.address = {192, 0, 2, 1},
	.local.port = 65535,
	.peer.address = {198, 51, 100, 2},
	.peer.port = 1,
	.has_uid = true,
	.has_cookie = true,
	.inode = 1,
	.recv_queue = 7,
	.send_queue = 9,
};

static void expect_parsed(const struct lsp_socket *expected, uint32_t ifindex)
{
	struct buf message = BUF_INIT;
	struct lsp_socket socket;

	reply_socket(&message, &(struct reply){0}, expected, ifindex);
	assert_int_equal(parse(&message, expected->proto, &socket), 0);
	assert_int_equal(socket.local.zone_index, ifindex);
	assert_int_equal(socket.proto, expected->proto);
	assert_int_equal(socket.local.family, expected->local.family);
	assert_int_equal(socket.state, expected->state);
	assert_memory_equal(socket.local.address, expected->local.address, 16);
	assert_memory_equal(socket.peer.address, expected->peer.address, 16);
	assert_int_equal(socket.local.port, expected->local.port);
	assert_int_equal(socket.peer.port, expected->peer.port);
	assert_int_equal(socket.v6only, expected->v6only);
	assert_int_equal(socket.is_auto, expected->is_auto);
	assert_int_equal(socket.has_uid, expected->has_uid);
	assert_int_equal(socket.uid, expected->uid);
	assert_int_equal(socket.inode, expected->inode);
	assert_true(socket.has_cookie);
	assert_true(socket.cookie == expected->cookie);
	assert_int_equal(socket.has_cgroup, expected->has_cgroup);
	assert_true(socket.cgroup_id == expected->cgroup_id);
	assert_int_equal(socket.recv_queue, expected->recv_queue);
	assert_int_equal(socket.send_queue, expected->send_queue);
	assert_int_equal(socket.has_backlog, expected->has_backlog);
	assert_true(socket.has_interface);
	assert_int_equal(socket.backlog, expected->backlog);
	assert_null(socket.local.zone);
	assert_int_equal(socket.netns, 0);
	buf_deinit(&message);
}

static void every_fact_of_a_reply_is_understood(void **state)
{
	(void)state;
	expect_parsed(&listener_ipv6, 0);
	expect_parsed(&listener_ipv6, UINT32_MAX);
	expect_parsed(&connection_ipv4, 2);
}

/* The kernel leaves what it likes in the bytes that IPv4 does not use. */
static void an_ipv4_address_is_four_bytes(void **state)
{
	struct lsp_socket noisy = connection_ipv4, socket;
	struct buf message = BUF_INIT;

	(void)state;
	memset(noisy.local.address + 4, 0xff, 12);
	memset(noisy.peer.address + 4, 0xff, 12);
	reply_socket(&message, &(struct reply){0}, &noisy, 0);
	assert_int_equal(parse(&message, LSP_PROTO_TCP, &socket), 0);
	assert_memory_equal(socket.local.address, connection_ipv4.local.address, 16);
	assert_memory_equal(socket.peer.address, connection_ipv4.peer.address, 16);
	buf_deinit(&message);
}

static void every_state_is_judged_by_itself(void **state)
{
	(void)state;
	for (unsigned s = 0; s <= UINT8_MAX; s++) {
		for (int p = 0; p < (int)lsp_protocol_count(); p++) {
			struct lsp_socket told = {.proto = p,
						  .state = (enum lsp_state)s,
						  .send_queue = 5,
						  .backlog = 5};
			bool is_listener = s == (p == LSP_PROTO_TCP ? 10 : 7), is_listen = s == 10;
			struct buf message = BUF_INIT;
			struct lsp_socket socket;
			int r;

			reply_socket(&message, &(struct reply){0}, &told, 0);
			r = parse(&message, told.proto, &socket);
			buf_deinit(&message);
			expect(r == (s == 0 || s > 13 ? -EBADMSG : 0), "state %u: %d", s, r);
			if (r < 0)
				continue;
			expect(socket.has_uid == (s != 3 && s != 6 && s != 12), "uid of %u", s);
			expect(socket.has_backlog == is_listen, "backlog of %u", s);
			expect(socket.backlog == (is_listen ? 5 : 0), "backlog of %u", s);
			expect(socket.send_queue == (is_listen ? 0 : 5), "send queue of %u", s);
			expect(socket.is_auto == (is_listener ? LSP_NO : LSP_UNKNOWN),
			       "auto of proto %d state %u", p, s);
		}
	}
}

static void a_family_that_was_not_asked_for_is_refused(void **state)
{
	(void)state;
	for (unsigned family = 0; family <= UINT8_MAX; family++) {
		struct buf message = BUF_INIT;
		struct lsp_socket socket;
		int r;

		reply_socket(&message, &(struct reply){0}, &connection_ipv4, 0);
		message.data[NLMSG_HDRLEN] = (char)family;
		r = parse(&message, LSP_PROTO_TCP, &socket);
		expect(r == (family == AF_INET || family == AF_INET6 ? 0 : -EBADMSG), "family %u",
		       family);
		buf_deinit(&message);
	}
}

static void a_short_body_is_refused_at_every_length(void **state)
{
	const size_t whole = NLMSG_HDRLEN + sizeof(struct inet_diag_msg);

	(void)state;
	for (size_t size = NLMSG_HDRLEN; size <= whole; size++) {
		struct buf message = BUF_INIT;
		struct lsp_socket socket;
		uint32_t length = (uint32_t)size;

		reply_socket(&message, &(struct reply){0}, &connection_ipv4, 0);
		message.size = size;
		memcpy(message.data, &length, sizeof(length));
		expect(parse(&message, LSP_PROTO_TCP, &socket) == (size == whole ? 0 : -EBADMSG),
		       "size %zu", size);
		buf_deinit(&message);
	}
}

/* --- attributes --- */

#define ID_BYTES "\x01\0\0\0\0\0\0\x80"

static const struct {
	const char *name;
	uint16_t type;
	size_t size;
	const char *bytes;
	enum lsp_tristate v6only;
	uint64_t cgroup_id; /* 0: none */
} attributes[] = {
	{"v6only no", INET_DIAG_SKV6ONLY, 1, "\0", LSP_NO, 0},
	{"v6only yes", INET_DIAG_SKV6ONLY, 1, "\1", LSP_YES, 0},
	{"v6only any", INET_DIAG_SKV6ONLY, 1, "\xff", LSP_YES, 0},
	{"v6only without a byte", INET_DIAG_SKV6ONLY, 0, "", LSP_UNKNOWN, 0},
	{"v6only that grew", INET_DIAG_SKV6ONLY, 4, "\1\0\0", LSP_YES, 0},
	{"cgroup", INET_DIAG_CGROUP_ID, 8, ID_BYTES, LSP_UNKNOWN, 0x8000000000000001u},
	{"cgroup that grew", INET_DIAG_CGROUP_ID, 9, ID_BYTES, LSP_UNKNOWN, 0x8000000000000001u},
	{"cgroup of 0", INET_DIAG_CGROUP_ID, 8, "\0\0\0\0\0\0\0", LSP_UNKNOWN, 0},
	{"cgroup cut", INET_DIAG_CGROUP_ID, 7, "\1\1\1\1\1\1\1", LSP_UNKNOWN, 0},
	{"cgroup empty", INET_DIAG_CGROUP_ID, 0, "", LSP_UNKNOWN, 0},
	{"shutdown", INET_DIAG_SHUTDOWN, 1, "\3", LSP_UNKNOWN, 0},
	{"unknown", 999, 5, "hello", LSP_UNKNOWN, 0},
	{"nested", NLA_F_NESTED | 40, 4, "abcd", LSP_UNKNOWN, 0},
	{"none", 0, 0, "", LSP_UNKNOWN, 0},
};

static void an_attribute_is_understood_or_passed_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(attributes); i++) {
		struct buf message = BUF_INIT;
		struct lsp_socket socket;
		uint8_t shutdown = 3;

		reply_socket(&message, &(struct reply){0}, &connection_ipv4, 0);
		reply_attribute(&message, 0, INET_DIAG_SHUTDOWN, &shutdown, 1);
		reply_attribute(&message, 0, attributes[i].type, attributes[i].bytes,
				attributes[i].size);
		reply_attribute(&message, 0, INET_DIAG_SHUTDOWN, &shutdown, 1);
		expect(parse(&message, LSP_PROTO_TCP, &socket) == 0, "%s", attributes[i].name);
		expect(socket.v6only == attributes[i].v6only, "%s: v6only %d", attributes[i].name,
		       socket.v6only);
		expect(socket.has_cgroup == (attributes[i].cgroup_id != 0), "%s",
		       attributes[i].name);
		expect(!socket.has_cgroup || socket.cgroup_id == attributes[i].cgroup_id, "%s",
		       attributes[i].name);
		buf_deinit(&message);
	}
}

static void an_attribute_that_lies_about_its_length_is_refused(void **state)
{
	static const uint16_t lies[] = {0, 1, 3, 13, 16, 255, 65535};
	const size_t at = NLMSG_HDRLEN + sizeof(struct inet_diag_msg);

	(void)state;
	for (size_t i = 0; i < ROWS(lies); i++) {
		struct buf message = BUF_INIT;
		struct lsp_socket socket;

		reply_socket(&message, &(struct reply){0}, &connection_ipv4, 0);
		reply_attribute(&message, 0, INET_DIAG_CGROUP_ID, ID_BYTES, 8);
		assert_int_equal(message.size, at + 12);
		memcpy(message.data + at, &lies[i], sizeof(lies[i]));
		expect(parse(&message, LSP_PROTO_TCP, &socket) == -EBADMSG, "length %u is believed",
		       lies[i]);
		buf_deinit(&message);
	}
}

/* Cut anywhere, a reply is parsed up to its last complete attribute, or refused. */
static void a_message_cut_at_any_byte_is_refused_or_whole(void **state)
{
	const size_t body = NLMSG_HDRLEN + sizeof(struct inet_diag_msg);
	struct buf whole = BUF_INIT;

	(void)state;
	reply_socket(&whole, &(struct reply){0}, &listener_ipv6, 0);
	assert_int_equal(whole.size, body + 8 + 12);
	for (size_t size = NLMSG_HDRLEN; size <= whole.size; size++) {
		/* The V6ONLY byte ends 3 bytes before its padding does. */
		bool is_whole = size == body || (size >= body + 5 && size <= body + 8) ||
				size == whole.size;
		struct buf cut = BUF_INIT;
		struct lsp_socket socket;
		uint32_t length = (uint32_t)size;

		buf_append(&cut, whole.data, size);
		memcpy(cut.data, &length, sizeof(length));
		expect((parse(&cut, LSP_PROTO_TCP, &socket) == 0) == is_whole, "cut at %zu", size);
		buf_deinit(&cut);
	}
	buf_deinit(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fact_of_a_reply_is_understood),
		cmocka_unit_test(an_ipv4_address_is_four_bytes),
		cmocka_unit_test(every_state_is_judged_by_itself),
		cmocka_unit_test(a_family_that_was_not_asked_for_is_refused),
		cmocka_unit_test(a_short_body_is_refused_at_every_length),
		cmocka_unit_test(an_attribute_is_understood_or_passed_over),
		cmocka_unit_test(an_attribute_that_lies_about_its_length_is_refused),
		cmocka_unit_test(a_message_cut_at_any_byte_is_refused_or_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
