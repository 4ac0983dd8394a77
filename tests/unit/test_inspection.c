/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/inspection: rules, sockets and selected rows of a recorded machine. */
#include "proctree.h"
#include "support.h"

#include "inspection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct lsp_socket listeners[] = {
	{.state = LSP_STATE_LISTEN, .local.port = 22, .inode = 11},
	{.state = LSP_STATE_LISTEN,
	 .local.address = {127, 0, 0, 1},
	 .local.port = 8080,
	 .uid = 33,
	 .inode = 12},
	/* of a user without a name */
	{.state = LSP_STATE_LISTEN,
	 .local.address = {127, 0, 0, 1},
	 .local.port = 9000,
	 .uid = 77,
	 .inode = 13},
};

static void make_machine(void **state)
{
	proctree_sockets(*state, listeners, ROWS(listeners));
	tree_write_text(*state, "proc/sys/kernel/hostname", "recorded\n");
	tree_write_text(*state, "etc/services", "ssh 22/tcp\n");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n");
}

/* One inspection of that machine, and its messages. */
struct call {
	struct options options;
	struct inspection inspection;
	struct error error;
	int result;
};

static void look_at(struct call *call, void **state, char *const *selectors, size_t count)
{
	static const struct target output = {0};

	*call = (struct call){
		.options = {.sysroot = *state,
			    .source = LSP_SOURCE_PROC,
			    .owners = LSP_OWNERS_PROC,
			    .selectors = selectors,
			    .selector_count = count},
		.error = ERROR_INIT,
	};
	call->result = inspection_init(&call->inspection, &call->options, &output, &call->error);
}

static void look_end(struct call *call)
{
	inspection_deinit(&call->inspection);
	inspection_deinit(&call->inspection);
	error_deinit(&call->error);
}

static void expect_ports(const struct call *call, const uint16_t *ports, size_t count)
{
	const struct view *view = &call->inspection.query.view;

	expect(call->result == 0, "%s", error_text(&call->error));
	assert_non_null(view->rows);
	assert_int_equal(view->row_count, count);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(call->inspection.snapshot, view->rows[i], &socket);
		assert_int_equal(socket.local.port, ports[i]);
	}
}

static void without_selectors_all_is_shown(void **state)
{
	struct call call;

	make_machine(state);
	look_at(&call, state, NULL, 0);
	expect(call.result == 0, "%s", error_text(&call.error));
	assert_int_equal(lsp_snapshot_count(call.inspection.snapshot), 3);
	assert_null(call.inspection.query.view.rows);
	assert_string_equal(call.inspection.query.view.host, "recorded");
	assert_int_equal(call.inspection.unknown, 0);
	assert_false(lsp_snapshot_is_blind(call.inspection.snapshot));
	look_end(&call);
}

static void matching_sockets_are_selected_in_order(void **state)
{
	static char user[] = "user=web", not_root[] = "user!=root", ports[] = "22,8080",
		    nothing[] = "port=1";
	struct call call;

	make_machine(state);
	look_at(&call, state, (char *const[]){user}, 1);
	expect_ports(&call, (const uint16_t[]){8080}, 1);
	look_end(&call);
	look_at(&call, state, (char *const[]){ports}, 1);
	expect_ports(&call, (const uint16_t[]){22, 8080}, 2);
	look_end(&call);
	look_at(&call, state, (char *const[]){ports, not_root}, 2);
	expect_ports(&call, (const uint16_t[]){8080}, 1);
	look_end(&call);
	look_at(&call, state, (char *const[]){nothing}, 1);
	expect_ports(&call, NULL, 0);
	assert_int_equal(call.inspection.unknown, 0);
	look_end(&call);
}

/* A socket that may match is not shown, but counted. */
static void undecided_sockets_are_counted(void **state)
{
	static char automatic[] = "auto=yes", ports[] = "8080-";
	struct call call;

	make_machine(state);
	look_at(&call, state, (char *const[]){automatic}, 1);
	expect_ports(&call, NULL, 0);
	assert_int_equal(call.inspection.unknown, 3);
	look_end(&call);
	/* a term that is false decides, whatever the other one is */
	look_at(&call, state, (char *const[]){automatic, ports}, 2);
	expect_ports(&call, NULL, 0);
	assert_int_equal(call.inspection.unknown, 2);
	look_end(&call);
}

static void a_bad_selector_is_said(void **state)
{
	static char bad[] = "prt=1";
	struct call call;

	make_machine(state);
	look_at(&call, state, (char *const[]){bad}, 1);
	assert_int_equal(call.result, -EINVAL);
	assert_non_null(strstr(error_text(&call.error), "\"prt=1\": "));
	assert_null(call.inspection.snapshot);
	look_end(&call);
}

/* --- rules ------------------------------------------------------------------------------------ */

static void look_with_rules(struct call *call, void **state, const char **files, size_t count)
{
	static const struct target output = {0};

	*call = (struct call){
		.options = {.sysroot = *state,
			    .source = LSP_SOURCE_PROC,
			    .owners = LSP_OWNERS_PROC,
			    .is_check = true,
			    .expected = {.data = files, .count = count}},
		.error = ERROR_INIT,
	};
	call->result = inspection_init(&call->inspection, &call->options, &output, &call->error);
}

static void rules_are_loaded_and_judge(void **state)
{
	struct lsp_judgement judgement;
	char path[256];
	const char *files[] = {path};
	struct call call;

	make_machine(state);
	tree_write_text(*state, "web.rules", "tcp/22 user=root\ntcp/8080 user=root\n");
	snprintf(path, sizeof(path), "%s/web.rules", (char *)*state);
	look_with_rules(&call, state, files, 1);
	expect(call.result == 0, "%s", error_text(&call.error));
	assert_true(call.inspection.query.view.has_rules);
	lsp_snapshot_judgement(call.inspection.snapshot, 0, &judgement);
	assert_int_equal(judgement.verdict, LSP_VERDICT_EXPECTED);
	lsp_snapshot_judgement(call.inspection.snapshot, 1, &judgement);
	assert_int_equal(judgement.verdict, LSP_VERDICT_UNEXPECTED);
	look_end(&call);
	look_with_rules(&call, state, NULL, 0);
	expect(call.result == 0, "%s", error_text(&call.error));
	assert_false(call.inspection.query.view.has_rules);
	look_end(&call);
}

/* Every error of every file, a line each. */
static void bad_rules_are_all_said(void **state)
{
	char path[256], absent[256];
	const char *files[] = {path, absent};
	const char *text;
	struct call call;

	make_machine(state);
	tree_write_text(*state, "bad.rules", "tcp/99999\ntcp/22\nusr=root\n");
	snprintf(path, sizeof(path), "%s/bad.rules", (char *)*state);
	snprintf(absent, sizeof(absent), "%s/absent.rules", (char *)*state);
	look_with_rules(&call, state, files, 2);
	assert_true(call.result < 0);
	text = error_text(&call.error);
	assert_non_null(strstr(text, "bad.rules:1: "));
	assert_null(strstr(text, "bad.rules:2: "));
	assert_non_null(strstr(text, "bad.rules:3: "));
	assert_non_null(strstr(text, "absent.rules"));
	assert_null(call.inspection.snapshot);
	look_end(&call);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(without_selectors_all_is_shown),
		TREE_TEST(matching_sockets_are_selected_in_order),
		TREE_TEST(undecided_sockets_are_counted),
		TREE_TEST(a_bad_selector_is_said),
		TREE_TEST(rules_are_loaded_and_judge),
		TREE_TEST(bad_rules_are_all_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
