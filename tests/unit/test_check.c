/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/check: what a check says and keeps, its exit status, and that it has an end. */
#include "support.h"

#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 1500

/* Listeners of root on 1, 2, ... as /proc/net tells them. */
static void make_machine(void **state, unsigned count)
{
	static const char *const empty[] = {"proc/net/tcp6", "proc/net/udp", "proc/net/udp6"};
	struct buf tcp = BUF_INIT;

	buf_append_text(&tcp, "header\n");
	for (unsigned i = 1; i <= count; i++)
		buf_printf(&tcp,
			   "%4u: 00000000:%04X 00000000:0000 0A 00000000:00000000 00:00000000 "
			   "00000000     0        0 %u 1 0 100 0 0 10 0\n",
			   i - 1, i, i + 100);
	assert_non_null(buf_text(&tcp));
	tree_write(*state, "proc/net/tcp", tcp.data, tcp.size);
	buf_deinit(&tcp);
	for (size_t i = 0; i < ROWS(empty); i++)
		tree_write_text(*state, empty[i], "header\n");
	tree_write_text(*state, "etc/services", "");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\n");
}

/* One run. */
struct call {
	struct options options;
	struct buf messages;
	enum status status;
	char *text; /* what was written */
	char output[256], told[256], rules[256];
	const char *expected[1];
};

static void check(struct call *call, void **state, const char *format, bool reports_once)
{
	static const struct query_output output = {0};
	struct look look;

	snprintf(call->output, sizeof(call->output), "%s/out", (char *)*state);
	snprintf(call->told, sizeof(call->told), "%s/told", (char *)*state);
	snprintf(call->rules, sizeof(call->rules), "%s/a.rules", (char *)*state);
	call->expected[0] = call->rules;
	call->messages = BUF_INIT;
	call->options = (struct options){
		.sysroot = *state,
		.source = LSP_SOURCE_PROC,
		.owners = LSP_OWNERS_PROC,
		.format = format,
		.is_check = true,
		.expected = {.items = call->expected, .count = 1},
		.output_file = call->output,
		.report_once = reports_once ? call->told : NULL,
	};
	expect(look_init(&look, &call->options, &output, &call->messages) == 0, "%s",
	       buf_text(&call->messages));
	call->status = check_run(&look, &call->options, &call->messages);
	look_deinit(&look);
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

/* 1,000 lines a run, low ports first; the next run tells the rest, and then all is told. */
static void a_flood_is_told_in_parts(void **state)
{
	static const size_t told[] = {1000, 500, 0, 0};
	struct call call;

	make_machine(state, MANY);
	tree_write_text(*state, "a.rules", "tcp/65535 user=root\n");
	for (size_t i = 0; i < ROWS(told); i++) {
		check(&call, state, NULL, true);
		expect(count_lines(call.text, '+') == told[i], "run %zu: %zu", i,
		       count_lines(call.text, '+'));
		assert_int_equal(strstr(call.text, "... and 500 more\n") != NULL, i == 0);
		if (i < 2)
			expect(!strncmp(call.text, i ? "+ tcp 0.0.0.0:1001 " : "+ tcp 0.0.0.0:1 ",
					i ? 19 : 16),
			       "%.60s", call.text);
		else
			assert_string_equal(call.text, "");
		/* /proc/net can pass over a socket */
		assert_int_equal(call.status, STATUS_INCOMPLETE);
		call_end(&call);
	}
	check(&call, state, "jsonl", false);
	assert_int_equal(count_lines(call.text, '{'), MANY);
	call_end(&call);
}

/* What cannot be kept is told, and said. */
static void a_report_that_cannot_be_kept_is_an_error(void **state)
{
	struct call call;

	make_machine(state, 3);
	tree_write_text(*state, "a.rules", "tcp/1 user=root\n");
	tree_mkdir(*state, "told");
	check(&call, state, NULL, true);
	assert_int_equal(count_lines(call.text, '+'), 2);
	assert_int_equal(call.status, STATUS_FAILED);
	assert_non_null(strstr(call.messages.data, "told: "));
	assert_non_null(strstr(call.messages.data, "everything is told"));
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
	assert_int_equal((int)call.status, (int)MONITORING_UNKNOWN);
	call_end(&call);
}

/* What an incomplete view does not show is not forgotten. */
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

/* --- learning --------------------------------------------------------------------------------- */

static char *refused_to_learn(void **state, struct options options)
{
	static const struct query_output output = {0};
	struct buf messages = BUF_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/learned.rules", (char *)*state);
	options.sysroot = *state;
	options.source = LSP_SOURCE_PROC;
	options.owners = LSP_OWNERS_PROC;
	options.learn = path;
	assert_int_not_equal(learn_run(&options, &output, &messages), STATUS_SHOWN);
	assert_non_null(buf_text(&messages));
	/* the lock alone, at most */
	tree_remove(*state, "learned.rules.lock");
	assert_int_equal(tree_count(*state, "."), 2);
	return buf_take_text(&messages);
}

static void a_part_is_never_learned(void **state)
{
	static char port[] = "22";
	static char *selectors[] = {port};
	const struct options parts[] = {
		{.selectors = selectors, .selector_count = 1},
		{.protos = LSP_BIT(LSP_PROTO_TCP)},
		{.families = LSP_BIT(LSP_FAMILY_IPV6)},
		{.states = OPTIONS_STATE_LISTENERS | OPTIONS_STATE_OTHERS},
		{.states = OPTIONS_STATE_OTHERS},
	};

	make_machine(state, 2);
	for (size_t i = 0; i < ROWS(parts); i++) {
		char *text = refused_to_learn(state, parts[i]);

		expect(strstr(text, "--learn learns all listeners"), "part %zu: %s", i, text);
		free(text);
	}
}

static void an_incomplete_view_is_never_learned(void **state)
{
	char *text;

	make_machine(state, 2);
	text = refused_to_learn(state, (struct options){0});
	assert_non_null(strstr(text, "/proc/net"));
	assert_non_null(strstr(text, "nothing was learned"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_flood_is_told_in_parts),
		TREE_TEST(a_report_that_cannot_be_kept_is_an_error),
		TREE_TEST(an_incomplete_view_is_never_all_right),
		TREE_TEST(an_incomplete_view_forgets_nothing),
		TREE_TEST(a_part_is_never_learned),
		TREE_TEST(an_incomplete_view_is_never_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
