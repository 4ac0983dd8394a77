/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line, split at blanks, and the query that is made of it. */
#ifndef LSPORTS_TESTS_QUERY_CALL_H
#define LSPORTS_TESTS_QUERY_CALL_H
#pragma once

#include "support.h"

#include "arguments.h"
#include "query.h"

#define QUERY_CALL_ARGS_MAX 12

/* One call, which owns what the query borrows. */
struct query_call {
	char text[200];
	char *argv[QUERY_CALL_ARGS_MAX + 1];
	struct options options;
	struct query query;
	struct error error;
};

/* Return: that of query_init(). query_call_deinit() is the caller's in any case. */
int query_call_init(struct query_call *call, const char *line, const struct target *output);
void query_call_deinit(struct query_call *call);

/* For output into a pipe; fails the test unless it is accepted without a message. */
void query_call_expect(struct query_call *call, const char *line);

#endif
