/* SPDX-License-Identifier: GPL-2.0-or-later */
/* host/capabilities: the effective set is read, and no other line. */
#include "support.h"

#include "host/capabilities.h"

#include <string.h>

static void the_effective_ones_stand_on_their_line(void **state)
{
	static const char status[] = "Name:\tCapEff:\t1\nCapPrm:\t0\nCapEff:\t000001fffeffffff\n";
	uint64_t effective = 0;

	(void)state;
	assert_true(capabilities_parse(status, strlen(status), "CapEff:", &effective));
	assert_true(effective == 0x1fffeffffffu);
	assert_true(capabilities_parse(status, strlen(status), "CapPrm:", &effective));
	assert_true(effective == 0);
	/* The rest of the number may be missing. */
	assert_false(capabilities_parse(status, strlen(status) - 1, "CapEff:", &effective));
	assert_false(capabilities_parse("CapEff:\tx\n", 10, "CapEff:", &effective));
	assert_false(capabilities_parse("", 0, "CapEff:", &effective));
}

static void none_are_known_without_the_file(void **state)
{
	uint64_t effective = 1;
	struct root root;

	assert_int_equal(root_init(&root, *state), 0);
	assert_false(capabilities_read(&root, &effective));
	assert_true(effective == 0);
	tree_write_text(*state, "proc/self/status", "Name:\tx\n");
	effective = 1;
	assert_false(capabilities_read(&root, &effective));
	assert_true(effective == 0);
	tree_write_text(*state, "proc/self/status", "Name:\tx\nCapEff:\t0000000000000401\n");
	assert_true(capabilities_read(&root, &effective));
	assert_true(effective == 0x401);
	root_deinit(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_effective_ones_stand_on_their_line),
		TREE_TEST(none_are_known_without_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
