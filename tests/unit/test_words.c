/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/words: each value has the word of the contract. */
#include "protocols.h"
#include "support.h"

#include <lsports/lsports.h>

static void every_state_has_its_word(void **state)
{
	static const struct {
		enum lsp_state state;
		const char *tcp, *udp;
	} rows[] = {
		{LSP_STATE_UNKNOWN, "unknown", "unknown"},
		{LSP_STATE_ESTABLISHED, "established", "established"},
		{LSP_STATE_SYN_SENT, "syn-sent", "syn-sent"},
		{LSP_STATE_SYN_RECV, "syn-recv", "syn-recv"},
		{LSP_STATE_FIN_WAIT1, "fin-wait-1", "fin-wait-1"},
		{LSP_STATE_FIN_WAIT2, "fin-wait-2", "fin-wait-2"},
		{LSP_STATE_TIME_WAIT, "time-wait", "time-wait"},
		{LSP_STATE_CLOSE, "close", "unconnected"},
		{LSP_STATE_CLOSE_WAIT, "close-wait", "close-wait"},
		{LSP_STATE_LAST_ACK, "last-ack", "last-ack"},
		{LSP_STATE_LISTEN, "listen", "listen"},
		{LSP_STATE_CLOSING, "closing", "closing"},
		{LSP_STATE_NEW_SYN_RECV, "syn-recv", "syn-recv"},
		{LSP_STATE_BOUND_INACTIVE, "bound", "bound"},
	};

	(void)state;
	assert_int_equal(ROWS(rows), LSP_STATE_COUNT);
	for (size_t i = 0; i < ROWS(rows); i++) {
		expect(strcmp(lsp_socket_state_word(LSP_PROTO_TCP, rows[i].state), rows[i].tcp) ==
			       0,
		       "tcp state %zu", i);
		expect(strcmp(lsp_socket_state_word(LSP_PROTO_UDP, rows[i].state), rows[i].udp) ==
			       0,
		       "udp state %zu", i);
	}
}

static void the_numbers_of_states_are_the_kernels(void **state)
{
	(void)state;
	assert_int_equal(LSP_STATE_ESTABLISHED, 1);
	assert_int_equal(LSP_STATE_TIME_WAIT, 6);
	assert_int_equal(LSP_STATE_CLOSE, 7);
	assert_int_equal(LSP_STATE_LISTEN, 10);
	assert_int_equal(LSP_STATE_NEW_SYN_RECV, 12);
}

static void every_other_value_has_its_word(void **state)
{
	(void)state;
	assert_string_equal(lsp_protocol_word(LSP_PROTO_TCP), "tcp");
	assert_string_equal(lsp_protocol_word(LSP_PROTO_UDP), "udp");
	assert_string_equal(lsp_endpoint_family_word(LSP_FAMILY_IPV4), "ipv4");
	assert_string_equal(lsp_endpoint_family_word(LSP_FAMILY_IPV6), "ipv6");
	assert_string_equal(lsp_words_category(LSP_CATEGORY_WELL_KNOWN), "well-known");
	assert_string_equal(lsp_words_category(LSP_CATEGORY_REGISTERED), "registered");
	assert_string_equal(lsp_words_category(LSP_CATEGORY_DYNAMIC), "dynamic");
	assert_string_equal(lsp_words_scope(LSP_SCOPE_LOOPBACK), "loopback");
	assert_string_equal(lsp_words_scope(LSP_SCOPE_LINK), "link");
	assert_string_equal(lsp_words_scope(LSP_SCOPE_PRIVATE), "private");
	assert_string_equal(lsp_words_scope(LSP_SCOPE_PUBLIC), "public");
	assert_string_equal(lsp_words_scope(LSP_SCOPE_ANY), "any");
	assert_null(lsp_words_owner_gap(LSP_OWNER_GAP_NONE));
	assert_string_equal(lsp_words_owner_gap(LSP_OWNER_GAP_UNASKED), "unasked");
	assert_string_equal(lsp_words_owner_gap(LSP_OWNER_GAP_PERMISSION), "permission");
	assert_string_equal(lsp_words_owner_gap(LSP_OWNER_GAP_KERNEL), "kernel");
	assert_string_equal(lsp_words_owner_gap(LSP_OWNER_GAP_NAMESPACE), "namespace");
	assert_string_equal(lsp_words_owner_gap(LSP_OWNER_GAP_UNKNOWN), "unknown");
	assert_string_equal(lsp_words_owner_gap(LSP_OWNER_GAP_CLOSED), "closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_state_has_its_word),
		cmocka_unit_test(the_numbers_of_states_are_the_kernels),
		cmocka_unit_test(every_other_value_has_its_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
