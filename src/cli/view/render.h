/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The renderers of formats[], one file a format. What goes wrong is the sink's error. */
#ifndef LSPORTS_CLI_VIEW_RENDER_H
#define LSPORTS_CLI_VIEW_RENDER_H
#pragma once

#include "view/emit.h"
#include "view/view.h"

typedef void render_function(const struct view *view, const struct lsp_snapshot *snapshot,
			     struct sink *sink);

render_function render_table, render_raw, render_json, render_jsonl, render_csv;
render_function render_rules, render_prometheus, render_monitoring;

/* What --check writes: only the differences. */
render_function render_changes, render_changes_json, render_changes_jsonl;

/* @messages: lines as message.h makes them. */
typedef void render_failure_function(const struct view *view, const struct buf *messages,
				     struct sink *sink);
render_failure_function render_prometheus_failure, render_monitoring_failure;

/* One socket in the words of --check: where it is, who has it, since when. */
void render_listener(struct buf *out, const struct lsp_snapshot *snapshot, size_t index);

/* One socket as the JSON object that the columns make of it. */
void render_socket_json(struct emit *emit, const struct view *view,
			const struct lsp_snapshot *snapshot, size_t index, struct buf *scratch);

/* An error that is not the sink's own becomes its error; the first one sticks. */
static inline void render_fail(struct sink *sink, int error)
{
	if (!sink->error)
		sink->error = error;
}

#endif
