/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the JSON object that more than one renderer writes. */
#ifndef LSPORTS_CLI_VIEW_JSON_H
#define LSPORTS_CLI_VIEW_JSON_H
#pragma once

#include "view/emit.h"
#include "view/view.h"

void json_emit_key(struct emit *emit, const char *key);

/* The object is opened, and what is true of the whole look stands in it. */
void json_emit_head(struct emit *emit, const struct view *view,
		    const struct lsp_snapshot *snapshot);

/* One socket with the columns of @list. */
void json_emit_socket(struct emit *emit, const struct column_list *list, const struct row *row,
		      struct buf *scratch);

#endif
