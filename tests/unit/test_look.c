/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/look: rules, sockets and selected rows of a recorded machine. */
#include "support.h"

#include "look.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Three listeners without owners, as /proc/net tells them; the third of a user without a name. */
static const char tcp[] = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
			  "retrnsmt   uid  timeout "
			  "inode\n"
			  "   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 "
			  "00000000     0        0 "
			  "11 1 0 100 0 0 10 0\n"
			  "   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 "
			  "00000000    33        0 "
			  "12 1 0 100 0 0 10 0\n"
			  "   2: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 "
			  "00000000    77        0 "
			  "13 1 0 100 0 0 10 0\n";

static void make_machine(void **state)
{
	tree_write_text(*state, "proc/net/tcp", tcp);
	tree_write_text(*state, "proc/net/tcp6", "header\n");
	tree_write_text(*state, "proc/net/udp", "header\n");
	tree_write_text(*state, "proc/net/udp6", "header\n");
	tree_write_text(*state, "proc/sys/kernel/hostname", "recorded\n");
	tree_write_text(*state, "etc/services", "ssh 22/tcp\n");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\nweb:x:33:33::/:/bin/sh\n");
}

/* One look of that machine, and what was said. */
struct call {
	struct options options;
	struct look look;
	struct buf messages;
	int result;
};

static void look_at(struct call *call, void **state, char *const *selectors, size_t count)
{
	static const struct query_output output = {0};

	*call = (struct call){
		.options = {.sysroot = *state,
			    .source = LSP_SOURCE_PROC,
			    .owners = LSP_OWNERS_PROC,
			    .selectors = selectors,
			    .selector_count = count},
		.messages = BUF_INIT,
	};
	call->result = look_init(&call->look, &call->options, &output, &call->messages);
}

static void look_end(struct call *call)
{
	look_deinit(&call->look);
	look_deinit(&call->look);
	buf_deinit(&call->messages);
}

static void expect_ports(const struct call *call, const uint16_t *ports, size_t count)
{
	const struct view *view = &call->look.query.view;

	expect(call->result == 0, "%s", call->messages.data);
	assert_non_null(view->rows);
	assert_int_equal(view->row_count, count);
	for (size_t i = 0; i < count; i++) {
		struct lsp_socket socket;

		lsp_snapshot_socket(call->look.snapshot, view->rows[i], &socket);
		assert_int_equal(socket.local.port, ports[i]);
	}
}

static void without_selectors_all_is_shown(void **state)
{
	struct call call;

	make_machine(state);
	look_at(&call, state, NULL, 0);
	expect(call.result == 0, "%s", call.messages.data);
	assert_int_equal(lsp_snapshot_count(call.look.snapshot), 3);
	assert_null(call.look.query.view.rows);
	assert_string_equal(call.look.query.view.host, "recorded");
	assert_int_equal(call.look.unknown, 0);
	assert_false(look_is_blind(call.look.snapshot));
	look_end(&call);
}

static void what_holds_is_selected_in_order(void **state)
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
	assert_int_equal(call.look.unknown, 0);
	look_end(&call);
}

/* What cannot be told is neither shown nor forgotten. */
static void what_cannot_be_told_is_counted(void **state)
{
	static char automatic[] = "auto=yes", ports[] = "8080-";
	struct call call;

	make_machine(state);
	look_at(&call, state, (char *const[]){automatic}, 1);
	expect_ports(&call, NULL, 0);
	assert_int_equal(call.look.unknown, 3);
	look_end(&call);
	/* a term that is false decides, whatever the other one is */
	look_at(&call, state, (char *const[]){automatic, ports}, 2);
	expect_ports(&call, NULL, 0);
	assert_int_equal(call.look.unknown, 2);
	look_end(&call);
}

static void a_bad_selector_is_said(void **state)
{
	static char bad[] = "prt=1";
	struct call call;

	make_machine(state);
	look_at(&call, state, (char *const[]){bad}, 1);
	assert_int_equal(call.result, -EINVAL);
	assert_non_null(strstr(buf_text(&call.messages), "lsports: \"prt=1\": "));
	assert_null(call.look.snapshot);
	look_end(&call);
}

/* --- rules ------------------------------------------------------------------------------------ */

static void look_with_rules(struct call *call, void **state, const char **files, size_t count)
{
	static const struct query_output output = {0};

	*call = (struct call){
		.options = {.sysroot = *state,
			    .source = LSP_SOURCE_PROC,
			    .owners = LSP_OWNERS_PROC,
			    .is_check = true,
			    .expected = {.items = files, .count = count}},
		.messages = BUF_INIT,
	};
	call->result = look_init(&call->look, &call->options, &output, &call->messages);
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
	expect(call.result == 0, "%s", call.messages.data);
	assert_true(call.look.query.view.has_rules);
	lsp_snapshot_judgement(call.look.snapshot, 0, &judgement);
	assert_int_equal(judgement.verdict, LSP_VERDICT_EXPECTED);
	lsp_snapshot_judgement(call.look.snapshot, 1, &judgement);
	assert_int_equal(judgement.verdict, LSP_VERDICT_UNEXPECTED);
	look_end(&call);
	look_with_rules(&call, state, NULL, 0);
	expect(call.result == 0, "%s", call.messages.data);
	assert_false(call.look.query.view.has_rules);
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
	text = buf_text(&call.messages);
	assert_non_null(text);
	assert_non_null(strstr(text, "bad.rules:1: "));
	assert_null(strstr(text, "bad.rules:2: "));
	assert_non_null(strstr(text, "bad.rules:3: "));
	assert_non_null(strstr(text, "absent.rules"));
	assert_null(call.look.snapshot);
	look_end(&call);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(without_selectors_all_is_shown),
		TREE_TEST(what_holds_is_selected_in_order),
		TREE_TEST(what_cannot_be_told_is_counted),
		TREE_TEST(a_bad_selector_is_said),
		TREE_TEST(rules_are_loaded_and_judge),
		TREE_TEST(bad_rules_are_all_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
