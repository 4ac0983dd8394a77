/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card of --explain, for people. */
#ifndef LSPORTS_CLI_VIEW_RENDER_EXPLAIN_H
#define LSPORTS_CLI_VIEW_RENDER_EXPLAIN_H
#pragma once

#include "view/explanation.h"
#include "view/render.h"

void render_explain(const struct explanation *explanation, const struct view *view,
		    const struct lsp_snapshot *snapshot, struct sink *sink);

#endif
