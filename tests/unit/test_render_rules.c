/* SPDX-License-Identifier: GPL-2.0-or-later */
/* view/render_rules: one line per rule, without facts that change with a restart. */
#include "rendered.h"

#include "view/render_rules.h"

#include <stdlib.h>
#include <string.h>

static const struct machine_row rows[] = {
	{.socket = {MACHINE_TCP(22), .unit = "ssh.service"},
	 .user = "root",
	 .owners = {{.pid = 8, .comm = "sshd", .exe = "/usr/sbin/sshd"}}},
	/* a group, and ports that the kernel chose */
	{.socket = {MACHINE_TCP(8080)}, .user = "root"},
	{.socket = {MACHINE_TCP(8080)}, .user = "root"},
	{.socket = {MACHINE_UDP_AUTO(40000)}, .user = "root"},
	{.socket = {MACHINE_UDP_AUTO(50000)}, .user = "root"},
	/* no listeners */
	{.socket = {.netns = MACHINE_OWN,
		    .state = LSP_STATE_ESTABLISHED,
		    .local.port = 22,
		    .peer.port = 1,
		    .has_uid = true}},
	/* a name that looks like a line of its own */
	{.socket = {MACHINE_TCP(9000)},
	 .user = "root",
	 .owners = {{.pid = 9, .comm = "x", .exe = "/tmp/a b\ntcp/1-65535 #"}}},
};

static const struct machine machine = {.rows = rows, .count = ROWS(rows)};

static void test_lines(void **state)
{
	char *text = rendered_text(render_rules, (struct view){0}, &machine);
	const char *at = text;

	static const char *const starts[] = {"tcp/22 ", "tcp/8080 ", "tcp/9000 ", "udp/auto "};

	(void)state;
	for (size_t i = 0; i < ROWS(starts); i++) {
		expect(!strncmp(at, starts[i], strlen(starts[i])), "%zu: %s", i, at);
		at = strchr(at, '\n') + 1;
	}
	assert_int_equal(*at, '\0');
	assert_non_null(strstr(text, " scope=any user=root unit=ssh.service exe=/usr/sbin/sshd\n"));
	assert_non_null(strstr(text, " exe=/tmp/a\\x20b\\x0atcp/1-65535\\x20\\x23\n"));
	free(text);
}

/* The lines are the same as those of --learn. */
static void test_same_as_learned(void **state)
{
	struct lsp_snapshot *snapshot = machine_snapshot(&machine);
	char *text = rendered_text(render_rules, (struct view){0}, &machine);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *rule = lsp_rule_format(snapshot, i);
		struct lsp_socket socket;

		lsp_snapshot_socket(snapshot, i, &socket);
		expect(rendered_count(text, rule) == (lsp_socket_is_listener(&socket) ? 1 : 0),
		       "%s", rule);
		free(rule);
	}
	free(text);
	lsp_snapshot_free(snapshot);
}

static void test_selected(void **state)
{
	static const uint32_t selected[] = {0, 2};
	const struct view view = {.rows = selected, .row_count = 2};
	char *text = rendered_text(render_rules, view, &machine);

	(void)state;
	assert_int_equal(rendered_count(text, "\n"), 2);
	assert_int_equal(rendered_count(text, "tcp/22 "), 1);
	assert_int_equal(rendered_count(text, "tcp/8080 "), 1);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_same_as_learned),
		cmocka_unit_test(test_selected),
	};

	return cmocka_run_group_tests_name("render_rules", tests, NULL, NULL);
}
