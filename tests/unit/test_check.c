/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/check: output, remembered reports, exit status, and the limit of lines. */
#include "protocols.h"
#include "proctree.h"
#include "support.h"

#include "check.h"
#include "options.h"

#include "view/render_monitoring.h"

#include <lsports/lsports.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 1500

/* Listeners of root on 1, 2, ... as /proc/net shows them. */
static void make_machine(void **state, unsigned count)
{
	static struct lsp_socket sockets[MANY];

	assert_true(count <= MANY);
	for (unsigned i = 0; i < count; i++)
		sockets[i] = (struct lsp_socket){.state = LSP_STATE_LISTEN,
						 .local.port = (uint16_t)(i + 1),
						 .inode = i + 101};
	proctree_sockets(*state, sockets, count);
	tree_write_text(*state, "etc/services", "");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\n");
}

/* One run. */
struct call {
	struct options options;
	struct buf messages;
	enum status status;
	char *text; /* what was written */
	char output[256], reported[256], rules[256];
	const char *expected[1];
};

static void check(struct call *call, void **state, const char *format, bool reports_once)
{
	static const struct target output = {0};

	snprintf(call->output, sizeof(call->output), "%s/out", (char *)*state);
	snprintf(call->reported, sizeof(call->reported), "%s/reported", (char *)*state);
	snprintf(call->rules, sizeof(call->rules), "%s/a.rules", (char *)*state);
	call->expected[0] = call->rules;
	call->messages = BUF_INIT;
	call->options = (struct options){
		.sysroot = *state,
		.source = LSP_SOURCE_PROC,
		.owners = LSP_OWNERS_PROC,
		.format = format,
		.is_check = true,
		.expected = {.data = call->expected, .count = 1},
		.output_file = call->output,
		.report_once = reports_once ? call->reported : NULL,
	};
	call->status = check_run(&call->options, &output, &call->messages);
	call->text = tree_read_text(*state, "out");
	assert_non_null(buf_text(&call->messages));
}

static void call_end(struct call *call)
{
	buf_deinit(&call->messages);
	free(call->text);
}

static size_t count_lines(const char *text, char sign)
{
	size_t count = 0;

	for (; *text; text += strcspn(text, "\n") + 1)
		count += *text == sign;
	return count;
}

/* One run reports some lines, low ports first, and counts the others; the next run has no news. */
static void a_flood_is_reported_once(void **state)
{
	static const size_t reported[] = {20, 0, 0};
	struct call call;

	make_machine(state, MANY);
	tree_write_text(*state, "a.rules", "tcp/65535 user=root\n");
	for (size_t i = 0; i < ROWS(reported); i++) {
		check(&call, state, NULL, true);
		expect(count_lines(call.text, '+') == reported[i], "run %zu: %zu", i,
		       count_lines(call.text, '+'));
		if (i == 0)
			expect(!strncmp(call.text, "+ tcp 0.0.0.0:1 ", 16) &&
				       strstr(call.text,
					      "\n... and 1480 more of user root, unit -, "
					      "program -\n"),
			       "%s", call.text);
		else
			assert_string_equal(call.text, "");
		/* /proc/net can miss a socket */
		assert_int_equal(call.status, STATUS_INCOMPLETE);
		call_end(&call);
	}
	check(&call, state, "jsonl", false);
	assert_int_equal(count_lines(call.text, '{'), MANY);
	call_end(&call);
}

/* If the reports cannot be remembered, all are printed, with a message. */
static void a_report_that_cannot_be_kept_is_an_error(void **state)
{
	struct call call;

	make_machine(state, 3);
	tree_write_text(*state, "a.rules", "tcp/1 user=root\n");
	tree_mkdir(*state, "reported");
	check(&call, state, NULL, true);
	assert_int_equal(count_lines(call.text, '+'), 2);
	assert_int_equal(call.status, STATUS_FAILED);
	assert_non_null(strstr(call.messages.data, "reported: "));
	assert_non_null(strstr(call.messages.data, "every difference is reported"));
	call_end(&call);
}

static void an_incomplete_view_is_never_all_right(void **state)
{
	struct call call;

	make_machine(state, 2);
	tree_write_text(*state, "a.rules", "tcp/1-2 user=root\n");
	check(&call, state, NULL, false);
	assert_string_equal(call.text, "");
	assert_int_equal(call.status, STATUS_INCOMPLETE);
	call_end(&call);
	check(&call, state, "monitoring", false);
	assert_int_equal(strncmp(call.text, "LSPORTS UNKNOWN - ", 18), 0);
	assert_int_equal((int)call.status, (int)RENDER_MONITORING_UNKNOWN);
	call_end(&call);
}

/* A difference that an incomplete view does not show is not forgotten. */
static void an_incomplete_view_forgets_nothing(void **state)
{
	struct call call;

	tree_write_text(*state, "a.rules", "tcp/1 user=root\n");
	make_machine(state, 3);
	check(&call, state, NULL, true);
	assert_int_equal(count_lines(call.text, '+'), 2);
	call_end(&call);
	make_machine(state, 1);
	check(&call, state, NULL, true);
	assert_string_equal(call.text, "");
	call_end(&call);
	make_machine(state, 4);
	check(&call, state, NULL, true);
	assert_int_equal(count_lines(call.text, '+'), 1);
	assert_non_null(strstr(call.text, "+ tcp 0.0.0.0:4 "));
	call_end(&call);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_flood_is_reported_once),
		TREE_TEST(a_report_that_cannot_be_kept_is_an_error),
		TREE_TEST(an_incomplete_view_is_never_all_right),
		TREE_TEST(an_incomplete_view_forgets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
