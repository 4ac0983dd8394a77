/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collect/recording: each recorded run is answered once, and a damaged file is an error. */
#include "protocols.h"
#include "support.h"

#include "collect/diag.h"
#include "collect/recording.h"
#include "fakediag.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <stdlib.h>

static const struct diag_request tcp = {.states = 1u << 10, .ports = {0, 65535}};
static const struct diag_request udp = {
	.proto = LSP_PROTO_UDP, .states = 1u << 7, .ports = {0, 65535}};
static const struct diag_request narrow = {.states = 1u << 10, .ports = {1, 1023}};

/* --- making a recording --- */

static void append_record(struct buf *file, const void *bytes, size_t size)
{
	uint32_t length = (uint32_t)size;

	buf_append(file, &length, sizeof(length));
	buf_append(file, bytes, size);
}

static void append_request(struct buf *file, const struct diag_request *request, uint32_t seq)
{
	uint8_t bytes[DIAG_REQUEST_SIZE];

	append_record(file, bytes, diag_format_request(request, seq, bytes));
}

/* A run with two datagrams: sockets on @port and @port + 1, then the end. */
static void append_run(struct buf *file, const struct diag_request *request, uint16_t port)
{
	struct reply as = {.seq = 9000u + port, .portid = 77};
	struct lsp_socket socket = {.state = LSP_STATE_LISTEN, .local.port = port};
	struct buf datagram = BUF_INIT;

	append_request(file, request, as.seq);
	reply_socket(&datagram, &as, &socket, 0);
	socket.local.port++;
	reply_socket(&datagram, &as, &socket, 0);
	append_record(file, datagram.data, datagram.size);
	buf_reset(&datagram);
	reply_done(&datagram, &as, 0);
	append_record(file, datagram.data, datagram.size);
	append_record(file, NULL, 0);
	buf_deinit(&datagram);
}

static int open_tree(const char *tree, struct transport **transport)
{
	struct root root;
	int r;

	assert_int_equal(root_init(&root, tree), 0);
	r = recording_open(&root, transport);
	root_deinit(&root);
	return r;
}

static int open_file(const char *tree, const struct buf *file, struct transport **transport)
{
	tree_write(tree, "netlink", file->data, file->size);
	return open_tree(tree, transport);
}

/* --- asking it --- */

static int ask(struct transport *transport, const struct diag_request *request, uint32_t seq)
{
	uint8_t bytes[DIAG_REQUEST_SIZE];

	return transport->ops->send(transport, bytes, diag_format_request(request, seq, bytes));
}

/* Every message of a datagram must carry @seq, port id 0 and @type. Return: how many. */
static size_t count_messages(const uint8_t *bytes, size_t size, uint32_t seq, uint16_t type)
{
	size_t count = 0;

	for (size_t at = 0; at < size; count++) {
		struct nlmsghdr header;

		memcpy(&header, bytes + at, sizeof(header));
		assert_int_equal(header.nlmsg_seq, seq);
		assert_int_equal(header.nlmsg_pid, 0);
		assert_int_equal(header.nlmsg_type, type);
		at += NLMSG_ALIGN(header.nlmsg_len);
	}
	return count;
}

static void expect_run(struct transport *transport, const struct diag_request *request,
		       uint32_t seq, uint16_t port)
{
	uint8_t bytes[1024];
	struct lsp_socket socket;
	ssize_t n;

	assert_int_equal(ask(transport, request, seq), 0);
	n = transport->ops->receive(transport, bytes, sizeof(bytes));
	assert_true(n > 0);
	assert_int_equal(count_messages(bytes, (size_t)n, seq, SOCK_DIAG_BY_FAMILY), 2);
	assert_int_equal(diag_parse_socket((const void *)bytes, LSP_PROTO_TCP, &socket), 0);
	assert_int_equal(socket.local.port, port);
	n = transport->ops->receive(transport, bytes, sizeof(bytes));
	assert_int_equal(count_messages(bytes, (size_t)n, seq, NLMSG_DONE), 1);
	assert_int_equal(transport->ops->receive(transport, bytes, sizeof(bytes)), -EAGAIN);
}

static void expect_unknown(struct transport *transport, const struct diag_request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} answer;

	assert_int_equal(ask(transport, request, 31), 0);
	assert_int_equal(transport->ops->receive(transport, &answer, sizeof(answer)),
			 sizeof(answer));
	assert_int_equal(answer.header.nlmsg_len, sizeof(answer));
	assert_int_equal(answer.header.nlmsg_type, NLMSG_ERROR);
	assert_int_equal(answer.header.nlmsg_seq, 31);
	assert_int_equal(answer.error.error, -ENOENT);
	assert_int_equal(transport->ops->receive(transport, &answer, sizeof(answer) - 1), -ENOSPC);
}

static void each_request_gets_its_own_run_in_any_order(void **state)
{
	struct transport *transport;
	struct buf file = BUF_INIT;

	append_run(&file, &tcp, 22);
	append_run(&file, &udp, 53);
	append_run(&file, &narrow, 80);
	assert_int_equal(open_file(*state, &file, &transport), 0);
	expect_run(transport, &narrow, 5, 80);
	expect_run(transport, &tcp, 6, 22);
	expect_run(transport, &udp, 0xffffffffu, 53);
	transport_free(transport);
	buf_deinit(&file);
}

static void a_request_asked_again_gets_the_next_run(void **state)
{
	struct transport *transport;
	struct buf file = BUF_INIT;

	append_run(&file, &tcp, 22);
	append_run(&file, &udp, 53);
	append_run(&file, &tcp, 23);
	assert_int_equal(open_file(*state, &file, &transport), 0);
	expect_run(transport, &tcp, 1, 22);
	expect_run(transport, &tcp, 2, 23);
	expect_unknown(transport, &tcp);
	expect_run(transport, &udp, 3, 53);
	transport_free(transport);
	buf_deinit(&file);
}

static void an_unknown_request_has_no_handler(void **state)
{
	struct transport *transport;
	struct buf file = BUF_INIT;
	struct diag_request other = tcp;

	append_run(&file, &tcp, 22);
	assert_int_equal(open_file(*state, &file, &transport), 0);
	expect_unknown(transport, &udp);
	expect_unknown(transport, &narrow);
	other.states |= 1;
	expect_unknown(transport, &other);
	other = tcp;
	other.only_auto = true;
	expect_unknown(transport, &other);
	expect_run(transport, &tcp, 2, 22);
	transport_free(transport);
	transport_free(NULL);
	buf_deinit(&file);
}

static void an_empty_recording_knows_nothing_and_an_absent_one_is_an_error(void **state)
{
	struct transport *transport = NULL;
	struct buf file = BUF_INIT;

	assert_int_equal(open_tree(*state, &transport), -ENOENT);
	assert_null(transport);
	buf_reserve(&file, 1);
	assert_int_equal(open_file(*state, &file, &transport), 0);
	expect_unknown(transport, &tcp);
	transport_free(transport);
	buf_deinit(&file);
}

static void a_reply_larger_than_the_buffer_says_so(void **state)
{
	struct transport *transport;
	struct buf file = BUF_INIT;
	uint8_t bytes[100];

	append_run(&file, &tcp, 22);
	assert_int_equal(open_file(*state, &file, &transport), 0);
	assert_int_equal(ask(transport, &tcp, 1), 0);
	assert_int_equal(transport->ops->receive(transport, bytes, sizeof(bytes)), -ENOSPC);
	transport_free(transport);
	buf_deinit(&file);
}

/* Reads @transport to its end; only the way it ends may differ. */
static int drain(struct transport *transport, const struct diag_request *request, size_t *datagrams)
{
	static uint8_t bytes[65536];
	int r = ask(transport, request, 1);

	*datagrams = 0;
	while (r >= 0) {
		ssize_t n = transport->ops->receive(transport, bytes, sizeof(bytes));

		if (n <= 0)
			return n < 0 ? (int)n : -EIO;
		(*datagrams)++;
		expect(*datagrams < 100, "it never ends");
		/* An unknown request is answered every time. */
		if (((const struct nlmsghdr *)(const void *)bytes)->nlmsg_type == NLMSG_ERROR)
			return -ENOENT;
	}
	return r;
}

static void a_file_cut_at_any_byte_is_an_error_or_whole(void **state)
{
	struct buf file = BUF_INIT;
	size_t first_end, whole;

	append_run(&file, &tcp, 22);
	first_end = file.size;
	append_run(&file, &udp, 53);
	whole = file.size;
	for (size_t size = 0; size <= whole; size++) {
		struct transport *transport;
		size_t tcp_count, udp_count;
		int tcp_end, udp_end;

		file.size = size;
		assert_int_equal(open_file(*state, &file, &transport), 0);
		tcp_end = drain(transport, &tcp, &tcp_count);
		udp_end = drain(transport, &udp, &udp_count);
		transport_free(transport);
		if (size >= first_end)
			expect(tcp_end == -EAGAIN && tcp_count == 2, "tcp at %zu: %d", size,
			       tcp_end);
		else
			expect(tcp_end == (size ? -EBADMSG : -ENOENT), "tcp at %zu: %d", size,
			       tcp_end);
		if (size == whole)
			expect(udp_end == -EAGAIN && udp_count == 2, "udp: %d", udp_end);
		else
			expect(udp_end == (size == 0 || size == first_end ? -ENOENT : -EBADMSG),
			       "udp at %zu: %d", size, udp_end);
	}
	buf_deinit(&file);
}

static void a_file_with_any_byte_changed_ends(void **state)
{
	static const uint8_t changes[] = {0x01, 0x80, 0xff};
	struct buf file = BUF_INIT;

	append_run(&file, &tcp, 22);
	append_run(&file, &udp, 53);
	for (size_t at = 0; at < file.size; at++) {
		for (size_t c = 0; c < ROWS(changes); c++) {
			struct transport *transport;
			size_t count;
			int r;

			file.data[at] = (char)(file.data[at] ^ changes[c]);
			assert_int_equal(open_file(*state, &file, &transport), 0);
			r = drain(transport, &udp, &count);
			expect(r == -EAGAIN || r == -ENOENT || r == -EBADMSG || r == -EIO,
			       "byte %zu: %d", at, r);
			transport_free(transport);
			file.data[at] = (char)(file.data[at] ^ changes[c]);
		}
	}
	buf_deinit(&file);
}

/* Message lengths inside a datagram are untrusted too. */
static void a_datagram_of_any_bytes_is_handed_out_as_it_is(void **state)
{
	static const uint32_t lengths[] = {0, 15, 16, 17, 20, 24, 32, UINT32_MAX, UINT32_MAX - 3};

	for (size_t i = 0; i < ROWS(lengths); i++) {
		struct transport *transport;
		struct buf file = BUF_INIT;
		uint8_t datagram[32] = {0}, bytes[64];

		memcpy(datagram, &lengths[i], sizeof(lengths[i]));
		append_request(&file, &tcp, 1);
		for (size_t size = 1; size <= sizeof(datagram); size++)
			append_record(&file, datagram, size);
		append_record(&file, NULL, 0);
		assert_int_equal(open_file(*state, &file, &transport), 0);
		assert_int_equal(ask(transport, &tcp, 1), 0);
		for (size_t size = 1; size <= sizeof(datagram); size++)
			expect(transport->ops->receive(transport, bytes, sizeof(bytes)) ==
				       (ssize_t)size,
			       "length %u, size %zu", lengths[i], size);
		transport_free(transport);
		buf_deinit(&file);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(each_request_gets_its_own_run_in_any_order),
		TREE_TEST(a_request_asked_again_gets_the_next_run),
		TREE_TEST(an_unknown_request_has_no_handler),
		TREE_TEST(an_empty_recording_knows_nothing_and_an_absent_one_is_an_error),
		TREE_TEST(a_reply_larger_than_the_buffer_says_so),
		TREE_TEST(a_file_cut_at_any_byte_is_an_error_or_whole),
		TREE_TEST(a_file_with_any_byte_changed_ends),
		TREE_TEST(a_datagram_of_any_bytes_is_handed_out_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
