/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as JSON. */
#ifndef LSPORTS_CLI_VIEW_RENDER_JSON_H
#define LSPORTS_CLI_VIEW_RENDER_JSON_H
#pragma once

#include "view/render.h"

render_function render_json;       /* one object */
render_function render_json_lines; /* one object a line and socket */

#endif
