/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences as JSON. */
#ifndef LSPORTS_CLI_VIEW_RENDER_CHANGES_JSON_H
#define LSPORTS_CLI_VIEW_RENDER_CHANGES_JSON_H
#pragma once

#include "view/render.h"

render_function render_changes_json;       /* one object */
render_function render_changes_json_lines; /* one object a line and difference */

#endif
