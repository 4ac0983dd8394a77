/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses a command line into options and a query. */
#include "query_call.h"

#include <string.h>

int query_call_init(struct query_call *call, const char *line, const struct target *output)
{
	char *rest = NULL;
	int argc = 0;

	call->error = ERROR_INIT;
	assert_true(strlen(line) < sizeof(call->text));
	strcpy(call->text, line);
	for (char *word = strtok_r(call->text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		assert_true(argc < QUERY_CALL_ARGS_MAX);
		call->argv[argc++] = word;
	}
	call->argv[argc] = NULL;
	expect(arguments_parse(argc, call->argv, &call->options, &call->error) == 0, "%s: %s", line,
	       error_text(&call->error));
	return query_init(&call->query, &call->options, output, &call->error);
}

void query_call_deinit(struct query_call *call)
{
	query_deinit(&call->query);
	options_deinit(&call->options);
	error_deinit(&call->error);
}

void query_call_expect(struct query_call *call, const char *line)
{
	static const struct target pipe = {.width = 100, .term = "xterm"};

	expect(query_call_init(call, line, &pipe) == 0, "%s: %s", line, error_text(&call->error));
	expect(!call->error.number, "%s: %s", line, error_text(&call->error));
}
