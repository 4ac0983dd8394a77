/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the renderers have in common: one file a format. What goes wrong is the sink's error. */
#ifndef LSPORTS_CLI_VIEW_RENDER_H
#define LSPORTS_CLI_VIEW_RENDER_H
#pragma once

#include "view/view.h"

#include "error.h"

typedef void render_function(const struct view *view, const struct lsp_snapshot *snapshot,
			     struct sink *sink);

/* What a format says of a run that failed. */
typedef void render_failure_function(const struct view *view, const struct error *error,
				     struct sink *sink);

/* An error that is not the sink's own becomes its error; the first one sticks. */
static inline void render_fail(struct sink *sink, int error)
{
	if (!sink->error)
		sink->error = error;
}

#endif
