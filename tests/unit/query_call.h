/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line, split at blanks, and the query that is made of it. */
#ifndef LSPORTS_TESTS_QUERY_CALL_H
#define LSPORTS_TESTS_QUERY_CALL_H
#pragma once

#include "support.h"

#include "options.h"
#include "query.h"

#define QUERY_CALL_ARGS_MAX 12

/* One call: what the query borrows lives here. */
struct query_call {
	char text[200];
	char *argv[QUERY_CALL_ARGS_MAX + 1];
	struct options options;
	struct query query;
	char *message;
};

/* The answer of query_init(). query_call_deinit() is the caller's in any case. */
int query_call_init(struct query_call *call, const char *line, const struct query_output *output);
void query_call_deinit(struct query_call *call);

/* Into a pipe; fails the test unless it is taken without a word. */
void query_call_expect(struct query_call *call, const char *line);

#endif
