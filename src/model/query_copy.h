/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A query that borrows nothing: the question as a snapshot keeps it beside its answer. */
#ifndef LSPORTS_MODEL_QUERY_COPY_H
#define LSPORTS_MODEL_QUERY_COPY_H
#pragma once

#include <lsports/lsports.h>

struct query_copy {
	struct lsp_query query; /* its arrays and texts are owned */
};

/* query_copy_init() - Return: 0 or -ENOMEM; @copy is then zeroed. */
int query_copy_init(struct query_copy *copy, const struct lsp_query *query);

void query_copy_deinit(struct query_copy *copy); /* takes a zeroed one too, leaves it zeroed */

#endif
