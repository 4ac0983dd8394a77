/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cli/learn: views from which nothing is learned. */
#include "support.h"

#include "learn.h"
#include "proctree.h"

#include <lsports/lsports.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_machine(void **state)
{
	static const struct lsp_socket ssh = {
		.state = LSP_STATE_LISTEN, .local.port = 22, .inode = 11};

	proctree_sockets(*state, &ssh, 1);
	tree_write_text(*state, "etc/services", "");
	tree_write_text(*state, "etc/passwd", "root:x:0:0::/:/bin/sh\n");
}

static char *refused_to_learn(void **state, struct options options)
{
	static const struct target output = {0};
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

static void an_incomplete_view_is_never_learned(void **state)
{
	char *text;

	make_machine(state);
	text = refused_to_learn(state, (struct options){0});
	assert_non_null(strstr(text, "/proc/net"));
	assert_non_null(strstr(text, "nothing learned"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(an_incomplete_view_is_never_learned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
