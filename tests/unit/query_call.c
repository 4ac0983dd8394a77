/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owns the texts that options and query borrow from each other. */
#include "query_call.h"

#include <stdlib.h>
#include <string.h>

int query_call_init(struct query_call *call, const char *line, const struct query_output *output)
{
	char *rest = NULL;
	int argc = 0;

	assert_true(strlen(line) < sizeof(call->text));
	strcpy(call->text, line);
	for (char *word = strtok_r(call->text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < QUERY_CALL_ARGS_MAX);
		call->argv[argc++] = word;
	}
	call->argv[argc] = NULL;
	expect(options_parse(argc, call->argv, &call->options, &call->message) == 0, "%s: %s", line,
	       call->message);
	return query_init(&call->query, &call->options, output, &call->message);
}

void query_call_deinit(struct query_call *call)
{
	query_deinit(&call->query);
	options_deinit(&call->options);
	free(call->message);
}

void query_call_expect(struct query_call *call, const char *line)
{
	static const struct query_output pipe = {.width = 100, .term = "xterm"};

	expect(query_call_init(call, line, &pipe) == 0, "%s: %s", line, call->message);
	expect(!call->message, "%s: %s", line, call->message);
}
