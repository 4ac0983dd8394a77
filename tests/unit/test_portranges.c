/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/portranges: each namespace has its own set, and an empty set is not an unknown one. */
#include "support.h"

#include "model/portranges.h"
#include "model/builder.h"

static void each_namespace_has_its_own(void **state)
{
	static const struct lsp_port_range one[] = {{10, 20}, {22, 22}, {65535, 65535}};
	static const struct lsp_port_range two[] = {{0, 0}, {100, 200}};
	static const struct {
		uint32_t netns;
		uint16_t port;
		enum lsp_tristate expected;
	} rows[] = {
		{1, 9, LSP_NO},   {1, 10, LSP_YES},     {1, 20, LSP_YES},    {1, 21, LSP_NO},
		{1, 22, LSP_YES}, {1, 65534, LSP_NO},   {1, 65535, LSP_YES}, {1, 100, LSP_NO},
		{2, 0, LSP_YES},  {2, 1, LSP_NO},       {2, 200, LSP_YES},   {2, 65535, LSP_NO},
		{3, 0, LSP_NO},   {4, 10, LSP_UNKNOWN},
	};
	struct portranges set = {0};

	(void)state;
	assert_int_equal(portranges_set(&set, 1, one, ROWS(one)), 0);
	assert_int_equal(portranges_set(&set, 3, NULL, 0), 0);
	assert_int_equal(portranges_set(&set, 2, two, ROWS(two)), 0);
	for (size_t i = 0; i < ROWS(rows); i++)
		expect(portranges_has(&set, rows[i].netns, rows[i].port) == rows[i].expected,
		       "row %zu", i);
	portranges_deinit(&set);
	assert_int_equal(portranges_has(&set, 1, 10), LSP_UNKNOWN);
}

static void a_policy_is_what_was_set(void **state)
{
	static const struct lsp_port_range range = {32768, 60999}, reserved = {8080, 8081};
	struct lsp_port_policy policy;
	struct lsp_snapshot *snapshot;

	(void)state;
	assert_int_equal(builder_new(&snapshot), 0);
	assert_int_equal(builder_set_unprivileged_start(snapshot, 7, 80), 0);
	assert_int_equal(builder_set_local_range(snapshot, 7, &range), 0);
	assert_int_equal(builder_set_reserved(snapshot, 7, &reserved, 1), 0);
	lsp_snapshot_port_policy(snapshot, 7, 8080, &policy);
	assert_true(policy.has_start && policy.has_range);
	assert_int_equal(policy.start, 80);
	assert_int_equal(policy.range.first, 32768);
	assert_int_equal(policy.range.last, 60999);
	assert_int_equal(policy.is_reserved, LSP_YES);
	lsp_snapshot_port_policy(snapshot, 7, 8082, &policy);
	assert_int_equal(policy.is_reserved, LSP_NO);
	lsp_snapshot_port_policy(snapshot, 8, 8080, &policy);
	assert_false(policy.has_start || policy.has_range);
	assert_int_equal(policy.is_reserved, LSP_UNKNOWN);
	lsp_snapshot_free(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_namespace_has_its_own),
		cmocka_unit_test(a_policy_is_what_was_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
