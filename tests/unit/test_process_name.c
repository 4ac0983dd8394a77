/* SPDX-License-Identifier: GPL-2.0-or-later */
/* model/process: what a process is called, and how a selector meets both of its names. */
#include "support.h"

#include <lsports/socket.h>

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *comm, *exe;
	const char *name, *alias, *text;
} rows[] = {
	{"sshd", "/usr/sbin/sshd", "sshd", "sshd", "sshd(7)"},
	{"MainThread", "/usr/bin/node", "MainThread", "node", "MainThread(7)"},
	{"python3", "/usr/bin/python3.11", "python3", "python3.11", "python3(7)"},
	/* cut at 15 bytes: the name of the file, unless it is another one */
	{"prometheus-node", "/usr/bin/prometheus-node-exporter", "prometheus-node-exporter",
	 "prometheus-node", "prometheus-node-exporter(7)"},
	{"prometheus-node", "/usr/bin/prometheus-node", "prometheus-node", "prometheus-node",
	 "prometheus-node(7)"},
	{"prometheus-node", "/usr/bin/node", "prometheus-node", "node", "prometheus-node(7)"},
	{"prometheus-nod", "/usr/bin/prometheus-node", "prometheus-nod", "prometheus-node",
	 "prometheus-nod(7)"},
	/* what is not known */
	{"sshd", NULL, "sshd", NULL, "sshd(7)"},
	{NULL, "/usr/sbin/sshd", "sshd", NULL, "sshd(7)"},
	{NULL, NULL, NULL, NULL, "?(7)"},
	/* bytes that processes chose */
	{"", "/a", "", "a", "(7)"},
	{"a", "/", "a", NULL, "a(7)"},
	{"a)b(1", "/x/y", "a)b(1", "y", "a)b(1(7)"},
	{"a", "memfd", "a", NULL, "a(7)"},
};

static void expect_text(size_t row, const char *what, const char *found, const char *expected)
{
	expect(found && expected ? strcmp(found, expected) == 0 : found == expected,
	       "row %zu: %s is %s", row, what, found ? found : "NULL");
}

static void a_name_is_that_which_a_person_knows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct lsp_process process = {
			.pid = 7, .comm = rows[i].comm, .exe = rows[i].exe};
		char text[LSP_PROCESS_SIZE];

		expect_text(i, "name", lsp_process_name(&process), rows[i].name);
		expect_text(i, "alias", lsp_process_alias(&process), rows[i].alias);
		assert_int_equal(lsp_process_format(&process, text), strlen(rows[i].text));
		expect_text(i, "text", text, rows[i].text);
	}
}

/* A path may be as long as the kernel allows, the name of a file 255 bytes. */
static void the_longest_name_has_room(void **state)
{
	char exe[400], text[LSP_PROCESS_SIZE];
	struct lsp_process process = {.pid = UINT32_MAX, .exe = exe};

	(void)state;
	memset(exe, 'x', sizeof(exe));
	exe[0] = '/';
	exe[256] = '\0';
	assert_int_equal(lsp_process_format(&process, text), 255 + strlen("(4294967295)"));
	assert_string_equal(text + 255, "(4294967295)");
	/* what no kernel gives is cut, and the number stays */
	exe[256] = 'x';
	exe[sizeof(exe) - 1] = '\0';
	assert_in_range(lsp_process_format(&process, text), 255, LSP_PROCESS_SIZE - 1);
	assert_non_null(strstr(text, "(4294967295)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_that_which_a_person_knows),
		cmocka_unit_test(the_longest_name_has_room),
	};

	return cmocka_run_group_tests_name("process_name", tests, NULL, NULL);
}
