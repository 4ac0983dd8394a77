/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of the JSON object that more than one renderer writes. */
#ifndef LSPORTS_CLI_VIEW_JSON_H
#define LSPORTS_CLI_VIEW_JSON_H
#pragma once

#include "view/emit.h"
#include "view/view.h"

/* json_emit_head() - opens the object, with the members that are true of the whole snapshot. */
void json_emit_head(struct emit *emit, const struct view *view,
		    const struct lsp_snapshot *snapshot);

/* json_emit_socket() - one socket with the columns of @list. @scratch: as in column_ask(). */
void json_emit_socket(struct emit *emit, const struct column_list *list, const struct row *row,
		      struct buf *scratch);

/* json_emit_socket_at() - the same of socket @index, with the columns of the view. */
void json_emit_socket_at(struct emit *emit, const struct view *view,
			 const struct lsp_snapshot *snapshot, size_t index, struct buf *scratch);

#endif
