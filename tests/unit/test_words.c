/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/words: each value has the word of the contract. */
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
		struct lsp_socket tcp = {.proto = LSP_PROTO_TCP, .state = rows[i].state};
		struct lsp_socket udp = {.proto = LSP_PROTO_UDP, .state = rows[i].state};

		expect(strcmp(lsp_state_word(&tcp), rows[i].tcp) == 0, "tcp state %zu", i);
		expect(strcmp(lsp_state_word(&udp), rows[i].udp) == 0, "udp state %zu", i);
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
	assert_string_equal(lsp_proto_word(LSP_PROTO_TCP), "tcp");
	assert_string_equal(lsp_proto_word(LSP_PROTO_UDP), "udp");
	assert_string_equal(lsp_family_word(LSP_FAMILY_IPV4), "ipv4");
	assert_string_equal(lsp_family_word(LSP_FAMILY_IPV6), "ipv6");
	assert_string_equal(lsp_category_word(LSP_CATEGORY_WELL_KNOWN), "well-known");
	assert_string_equal(lsp_category_word(LSP_CATEGORY_REGISTERED), "registered");
	assert_string_equal(lsp_category_word(LSP_CATEGORY_DYNAMIC), "dynamic");
	assert_string_equal(lsp_scope_word(LSP_SCOPE_LOOPBACK), "loopback");
	assert_string_equal(lsp_scope_word(LSP_SCOPE_LINK), "link");
	assert_string_equal(lsp_scope_word(LSP_SCOPE_PRIVATE), "private");
	assert_string_equal(lsp_scope_word(LSP_SCOPE_PUBLIC), "public");
	assert_string_equal(lsp_scope_word(LSP_SCOPE_ANY), "any");
	assert_null(lsp_owner_gap_word(LSP_OWNER_GAP_NONE));
	assert_string_equal(lsp_owner_gap_word(LSP_OWNER_GAP_UNASKED), "unasked");
	assert_string_equal(lsp_owner_gap_word(LSP_OWNER_GAP_PERMISSION), "permission");
	assert_string_equal(lsp_owner_gap_word(LSP_OWNER_GAP_KERNEL), "kernel");
	assert_string_equal(lsp_owner_gap_word(LSP_OWNER_GAP_NAMESPACE), "namespace");
	assert_string_equal(lsp_owner_gap_word(LSP_OWNER_GAP_UNKNOWN), "unknown");
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
