/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --explain as one JSON object. */
#ifndef LSPORTS_CLI_VIEW_RENDER_EXPLAIN_JSON_H
#define LSPORTS_CLI_VIEW_RENDER_EXPLAIN_JSON_H
#pragma once

#include "view/explanation.h"
#include "view/render.h"

void render_explain_json(const struct explanation *explanation, const struct view *view,
			 const struct lsp_snapshot *snapshot, struct sink *sink);

#endif
