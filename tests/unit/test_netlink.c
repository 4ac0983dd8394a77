/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect/netlink: a dump is complete or an error. Each letter is one message, so that a row of the
 * table reads like the traffic.
 */
#include "support.h"

#include "collect/netlink.h"
#include "fakediag.h"

#include <errno.h>
#include <linux/sock_diag.h>

#define OUR_PORTID 4242
#define DATAGRAMS_MAX 8

static const struct root recorded = {.fd = -1};
static const struct diag_request everything = {
	.family = LSP_FAMILY_IPV4, .states = LSP_BIT(LSP_STATE_LISTEN), .ports = {0, 65535}};

/* --- replies by letters --- */

static void append_message(struct buf *out, char letter, uint32_t seq)
{
	struct lsp_socket socket = {.state = LSP_STATE_LISTEN, .local.port = 22};
	struct reply ours = {.seq = seq, .portid = OUR_PORTID}, as = ours;
	size_t start = out->size;
	uint32_t length;

	as.flags = letter == 'i' || letter == 'j' || letter == 'J' ? NLM_F_DUMP_INTR : 0;
	as.seq += letter == 'S' || letter == 'X' || letter == 'J' ? 1 : 0;
	as.portid += letter == 'P' || letter == 'F' ? 1 : 0;
	switch (letter) {
	case 's': /* a socket */
	case 'i': /* one of an interrupted dump */
	case 'S': /* of another sequence */
	case 'J': /* of another sequence that was interrupted */
	case 'P': /* to another port id */
		reply_socket(out, &as, &socket, 0);
		break;
	case 'd': /* the end */
	case 'j': /* of an interrupted dump */
	case 'X': /* of another sequence */
	case 'F': /* to another port id */
		reply_done(out, &as, 0);
		break;
	case 'D': /* the end with an error number */
		reply_done(out, &ours, -ENOENT);
		break;
	case 'p': /* with one that is none */
		reply_done(out, &ours, 2);
		break;
	case 'q':
		reply_done(out, &ours, -4096);
		break;
	case 'E':
		reply_error(out, &ours, -EPERM);
		break;
	case 'e': /* an acknowledgement */
		reply_error(out, &ours, 0);
		break;
	case 'c': /* the end without its number */
		reply_header(out, &ours, NLMSG_DONE, 0);
		break;
	case 'k': /* with half of it */
		reply_header(out, &ours, NLMSG_DONE, 2);
		buf_append(out, "\0\0\0", 4);
		break;
	case 'o':
		reply_header(out, &ours, NLMSG_OVERRUN, 0);
		break;
	case 'n':
		reply_header(out, &ours, NLMSG_NOOP, 0);
		break;
	case 'u': /* of no known type */
		reply_header(out, &ours, 4711, 0);
		break;
	case 't': /* a socket without a body */
		reply_header(out, &ours, SOCK_DIAG_BY_FAMILY, 0);
		break;
	case '+': /* bytes that are no message */
		buf_append(out, "\0\0\0", 4);
		break;
	case 'l': /* longer than it is */
	case 'm': /* shorter than a header */
	case 'h': /* half of the address space */
		reply_done(out, &ours, 0);
		length = letter == 'l' ? 24 : letter == 'm' ? 15 : 0x80000010;
		memcpy(out->data + start, &length, sizeof(length));
		break;
	default:
		fail_msg("no message %c", letter);
	}
}

struct wire {
	struct buf bytes[DATAGRAMS_MAX];
	struct datagram datagrams[DATAGRAMS_MAX];
	size_t count;
};

/* "|" ends a datagram; A, B, N and 0 stand for what receive says instead of one. */
static void wire_write(struct wire *wire, const char *letters, uint32_t seq)
{
	*wire = (struct wire){0};
	for (const char *at = letters; *at; wire->count++) {
		struct datagram *datagram = &wire->datagrams[wire->count];

		assert_true(wire->count < DATAGRAMS_MAX);
		if (strchr("ABN0", *at)) {
			datagram->size = *at == 'A'   ? -EAGAIN
					 : *at == 'B' ? -ENOBUFS
					 : *at == 'N' ? -ENOSPC
						      : 0;
			at++;
		} else {
			while (*at && *at != '|')
				append_message(&wire->bytes[wire->count], *at++, seq);
			datagram->bytes = wire->bytes[wire->count].data;
			datagram->size = (ssize_t)wire->bytes[wire->count].size;
		}
		at += *at == '|';
	}
}

static void wire_deinit(struct wire *wire)
{
	for (size_t i = 0; i < DATAGRAMS_MAX; i++)
		buf_deinit(&wire->bytes[i]);
}

/* --- one dump --- */

struct seen {
	size_t sockets;
	int64_t *deadline; /* NULL, or what is over with the first socket */
	size_t fail_at;    /* the ordinal that is answered with -ENOMEM; 0 none */
};

static int count_socket(const struct lsp_socket *socket, void *data)
{
	struct seen *seen = data;

	assert_int_equal(socket->local.port, 22);
	assert_int_equal(socket->local.zone_index, 0);
	seen->sockets++;
	if (seen->deadline)
		*seen->deadline = 1;
	return seen->sockets == seen->fail_at ? -ENOMEM : 0;
}

static int dump(struct netlink *netlink, struct script *script, const char *letters,
		struct seen *seen, struct dump_result *result)
{
	struct wire wire;
	int r;

	wire_write(&wire, letters, netlink->seq + 1);
	script_init(script, wire.datagrams, wire.count);
	script->transport.portid = OUR_PORTID;
	netlink->transport = &script->transport;
	r = netlink_dump(netlink, &everything, count_socket, seen, result);
	wire_deinit(&wire);
	return r;
}

static const struct {
	const char *letters;
	int expected;
	size_t sockets, batches;
	bool was_interrupted;
} rows[] = {
	{"d", 0, 0, 0, false},
	{"sd", 0, 1, 1, false},
	{"s|d", 0, 1, 1, false},
	{"ss|s|sss|d", 0, 6, 3, false},
	{"nsnd", 0, 1, 1, false},
	{"D", -ENOENT, 0, 0, false},
	{"s|D", -ENOENT, 1, 1, false},
	{"sD", -ENOENT, 1, 0, false},
	{"E", -EPERM, 0, 0, false},
	{"s|E", -EPERM, 1, 1, false},
	{"e", -ETIMEDOUT, 0, 0, false},
	{"ese|d", 0, 1, 1, false},
	{"c", -EBADMSG, 0, 0, false},
	{"k", -EBADMSG, 0, 0, false},
	{"s|c", -EBADMSG, 1, 1, false},
	{"p", -EBADMSG, 0, 0, false},
	{"q", -EBADMSG, 0, 0, false},
	{"o", -ENOBUFS, 0, 0, false},
	{"s|o", -ENOBUFS, 1, 1, false},
	{"u", -EBADMSG, 0, 0, false},
	{"sud", -EBADMSG, 1, 0, false},
	{"t", -EBADMSG, 0, 0, false},
	{"+", -EBADMSG, 0, 0, false},
	{"s+", -EBADMSG, 1, 0, false},
	{"s+d", -EBADMSG, 1, 0, false},
	{"d+", 0, 0, 0, false},
	{"ds", 0, 0, 0, false},
	{"l", -EBADMSG, 0, 0, false},
	{"m", -EBADMSG, 0, 0, false},
	{"sm", -EBADMSG, 1, 0, false},
	{"h", -EBADMSG, 0, 0, false},
	{"sh", -EBADMSG, 1, 0, false},
	{"S|d", 0, 0, 0, false},
	{"SsSd", 0, 1, 1, false},
	{"P|d", 0, 0, 0, false},
	{"PsPd", 0, 1, 1, false},
	{"X|s|d", 0, 1, 1, false},
	{"F|s|d", 0, 1, 1, false},
	{"X", -ETIMEDOUT, 0, 0, false},
	{"F", -ETIMEDOUT, 0, 0, false},
	{"i|d", 0, 1, 1, true},
	{"s|j", 0, 1, 1, true},
	{"is|s|d", 0, 3, 2, true},
	{"J|s|d", 0, 1, 1, false},
	{"", -ETIMEDOUT, 0, 0, false},
	{"A", -ETIMEDOUT, 0, 0, false},
	{"s|A|d", -ETIMEDOUT, 1, 1, false},
	{"s", -ETIMEDOUT, 1, 1, false},
	{"B", -ENOBUFS, 0, 0, false},
	{"s|B|d", -ENOBUFS, 1, 1, false},
	{"N", -ENOSPC, 0, 0, false},
	{"s|N|d", -ENOSPC, 1, 1, false},
	{"0", -EIO, 0, 0, false},
	{"s|0|d", -EIO, 1, 1, false},
};

static void a_dump_is_whole_or_an_error(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct dump_result result;
		struct netlink netlink;
		struct script script;
		struct seen seen = {0};
		int r;

		assert_int_equal(netlink_init(&netlink, &recorded), 0);
		r = dump(&netlink, &script, rows[i].letters, &seen, &result);
		expect(r == rows[i].expected, "\"%s\": %d", rows[i].letters, r);
		expect(seen.sockets == rows[i].sockets, "\"%s\": %zu sockets", rows[i].letters,
		       seen.sockets);
		expect(result.batches == rows[i].batches, "\"%s\": %zu batches", rows[i].letters,
		       result.batches);
		expect(result.was_interrupted == rows[i].was_interrupted, "\"%s\"",
		       rows[i].letters);
		/* Replies may still arrive after a failure, so that transport is not used again. */
		expect((netlink.transport == NULL) == (r < 0), "\"%s\": transport",
		       rows[i].letters);
		expect(script.frees == (r < 0), "\"%s\": freed", rows[i].letters);
		netlink_deinit(&netlink);
		expect(script.frees == 1, "\"%s\": freed twice or never", rows[i].letters);
	}
}

static void the_largest_datagram_is_remembered(void **state)
{
	const size_t message = NLMSG_HDRLEN + 72;
	struct dump_result result;
	struct netlink netlink;
	struct script script;
	struct seen seen = {0};

	(void)state;
	assert_int_equal(netlink_init(&netlink, &recorded), 0);
	assert_int_equal(
		dump(&netlink, &script, "s|sss|nnnnnnnnnnnnnnnnnnnnnnnnnnn|ss|d", &seen, &result),
		0);
	assert_int_equal(result.largest, 3 * message);
	assert_int_equal(result.batches, 3);
	assert_int_equal(dump(&netlink, &script, "d", &seen, &result), 0);
	assert_int_equal(result.largest, 0);
	netlink_deinit(&netlink);
}

static void the_request_goes_out_as_asked_and_each_has_its_sequence(void **state)
{
	struct dump_result result;
	struct netlink netlink;
	struct script script;
	struct seen seen = {0};
	uint8_t expected[DIAG_REQUEST_SIZE];

	(void)state;
	assert_int_equal(netlink_init(&netlink, &recorded), 0);
	for (uint32_t seq = 1; seq <= 3; seq++) {
		size_t size = diag_format_request(&everything, seq, expected);

		assert_int_equal(dump(&netlink, &script, "d", &seen, &result), 0);
		assert_int_equal(script.asked_count, 1);
		assert_int_equal(script.asked_size[0], size);
		assert_memory_equal(script.asked[0], expected, size);
	}
	netlink_deinit(&netlink);
}

static void an_error_of_the_reader_ends_the_dump(void **state)
{
	struct seen seen = {.fail_at = 2};
	struct dump_result result;
	struct netlink netlink;
	struct script script;

	(void)state;
	assert_int_equal(netlink_init(&netlink, &recorded), 0);
	assert_int_equal(dump(&netlink, &script, "sss|s|d", &seen, &result), -ENOMEM);
	assert_int_equal(seen.sockets, 2);
	assert_int_equal(script.frees, 1);
	netlink_deinit(&netlink);
}

static void a_request_that_cannot_be_sent_is_an_error(void **state)
{
	struct dump_result result;
	struct netlink netlink;
	struct script script;

	(void)state;
	assert_int_equal(netlink_init(&netlink, &recorded), 0);
	script_init(&script, NULL, 0);
	script.send_error = -EACCES;
	netlink.transport = &script.transport;
	assert_int_equal(netlink_dump(&netlink, &everything, count_socket, NULL, &result), -EACCES);
	assert_null(netlink.transport);
	netlink_deinit(&netlink);
	assert_int_equal(script.frees, 1);
}

static void nothing_is_asked_after_three_timeouts(void **state)
{
	struct dump_result result;
	struct netlink netlink;
	struct script script;
	struct seen seen = {0};

	(void)state;
	assert_int_equal(netlink_init(&netlink, &recorded), 0);
	for (int i = 0; i < 6; i++) {
		int r;

		/* Other failures do not count. */
		if (i == 1)
			assert_int_equal(dump(&netlink, &script, "E", &seen, &result), -EPERM);
		r = dump(&netlink, &script, "s|A|d", &seen, &result);
		expect(r == -ETIMEDOUT, "dump %d: %d", i, r);
		expect(script.asked_count == (i < 3), "dump %d was asked %zu times", i,
		       script.asked_count);
	}
	assert_int_equal(seen.sockets, 3);
	netlink_deinit(&netlink);
	netlink_deinit(NULL);
}

static void a_dump_ends_at_the_deadline(void **state)
{
	static const struct {
		const char *letters;
		int expected;
		size_t sockets;
	} late[] = {{"s|s|d", -ETIME, 1}, {"ss|A", -ETIME, 2}, {"s|E", -ETIME, 1}, {"sd", 0, 1}};
	struct dump_result result;
	struct netlink netlink;
	struct script script;

	(void)state;
	for (size_t i = 0; i < ROWS(late); i++) {
		struct seen seen = {.deadline = &netlink.deadline};
		int r;

		assert_int_equal(netlink_init(&netlink, &recorded), 0);
		r = dump(&netlink, &script, late[i].letters, &seen, &result);
		expect(r == late[i].expected, "\"%s\": %d", late[i].letters, r);
		expect(seen.sockets == late[i].sockets, "\"%s\": %zu sockets", late[i].letters,
		       seen.sockets);
		/* That the kernel was silent is something else. */
		expect(netlink.timeouts == 0, "\"%s\"", late[i].letters);
		netlink_deinit(&netlink);
	}
}

static void after_the_deadline_nothing_is_asked(void **state)
{
	struct dump_result result;
	struct netlink netlink;
	struct script script;
	struct seen seen = {0};

	(void)state;
	assert_int_equal(netlink_init(&netlink, &recorded), 0);
	netlink.deadline = 1;
	assert_int_equal(dump(&netlink, &script, "s|d", &seen, &result), -ETIME);
	assert_int_equal(script.asked_count, 0);
	assert_int_equal(seen.sockets, 0);
	netlink_deinit(&netlink);
}

static void without_a_recording_there_is_an_error(void **state)
{
	struct dump_result result;
	struct netlink netlink;
	struct root root;

	assert_int_equal(root_init(&root, *state), 0);
	assert_int_equal(netlink_init(&netlink, &root), 0);
	assert_int_equal(netlink_dump(&netlink, &everything, count_socket, NULL, &result), -ENOENT);
	assert_null(netlink.transport);
	netlink_deinit(&netlink);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dump_is_whole_or_an_error),
		cmocka_unit_test(the_largest_datagram_is_remembered),
		cmocka_unit_test(the_request_goes_out_as_asked_and_each_has_its_sequence),
		cmocka_unit_test(an_error_of_the_reader_ends_the_dump),
		cmocka_unit_test(a_request_that_cannot_be_sent_is_an_error),
		cmocka_unit_test(nothing_is_asked_after_three_timeouts),
		cmocka_unit_test(a_dump_ends_at_the_deadline),
		cmocka_unit_test(after_the_deadline_nothing_is_asked),
		TREE_TEST(without_a_recording_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
