/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/protocol and model/socket: the rows, and what they say about a socket. */
#include "protocols.h"
#include "support.h"

#include <lsports/lsports.h>

#include <netdb.h>
#include <netinet/in.h>

static void rows_are_what_tests_call_them(void **state)
{
	(void)state;
	assert_string_equal(lsp_protocol_word(LSP_PROTO_TCP), "tcp");
	assert_string_equal(lsp_protocol_word(LSP_PROTO_UDP), "udp");
	assert_string_equal(lsp_protocol_word(LSP_PROTO_UDPLITE), "udplite");
	assert_int_equal(lsp_protocol_count(), LSP_PROTO_COUNT);
	assert_int_equal(lsp_protocol_all(), LSP_PROTO_ALL);
}

static void every_row_is_whole_and_found_by_its_word(void **state)
{
	const struct lsp_protocol *row;

	(void)state;
	assert_null(lsp_protocol_at(lsp_protocol_count()));
	for (size_t i = 0; (row = lsp_protocol_at(i)); i++) {
		assert_int_equal(lsp_protocol_find(row->word, strlen(row->word)), i);
		assert_int_equal(lsp_protocol_find(row->title, strlen(row->title)),
				 strcasecmp(row->title, row->word) ? lsp_protocol_count() : i);
		assert_true(row->number > 0 && row->socket_type && row->listen_state);
		assert_true(*row->listen_word && *row->proc_name && *row->services_word);
		assert_true(lsp_protocol_all() & LSP_BIT(i));
		assert_true(lsp_protocol_listeners(row->listen_state) & LSP_BIT(i));
	}
	assert_int_equal(lsp_protocol_find("tc", 2), lsp_protocol_count());
	assert_int_equal(lsp_protocol_find("tcpx", 4), lsp_protocol_count());
	assert_int_equal(lsp_protocol_find("TCP/22", 3), LSP_PROTO_TCP);
}

static void a_listener_is_tcp_in_listen_or_udp_without_peer(void **state)
{
	(void)state;
	for (int s = 0; s < LSP_STATE_COUNT; s++) {
		struct lsp_socket tcp = {.proto = LSP_PROTO_TCP, .state = (enum lsp_state)s};
		struct lsp_socket udp = {.proto = LSP_PROTO_UDP, .state = (enum lsp_state)s};

		expect(lsp_socket_is_listener(&tcp) == (s == LSP_STATE_LISTEN), "tcp state %d", s);
		expect(lsp_socket_is_listener(&udp) == (s == LSP_STATE_CLOSE), "udp state %d", s);
	}
}

static void a_listener_in_close_is_unconnected(void **state)
{
	(void)state;
	assert_string_equal(lsp_socket_state_word(LSP_PROTO_TCP, LSP_STATE_LISTEN), "listen");
	assert_string_equal(lsp_socket_state_word(LSP_PROTO_TCP, LSP_STATE_CLOSE), "close");
	assert_string_equal(lsp_socket_state_word(LSP_PROTO_UDP, LSP_STATE_CLOSE), "unconnected");
	assert_string_equal(lsp_socket_state_word(LSP_PROTO_UDP, LSP_STATE_ESTABLISHED),
			    "established");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_what_tests_call_them),
		cmocka_unit_test(every_row_is_whole_and_found_by_its_word),
		cmocka_unit_test(a_listener_is_tcp_in_listen_or_udp_without_peer),
		cmocka_unit_test(a_listener_in_close_is_unconnected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
