/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing for awk and cut. */
#ifndef LSPORTS_CLI_VIEW_RENDER_RAW_H
#define LSPORTS_CLI_VIEW_RENDER_RAW_H
#pragma once

#include "view/render.h"

render_function render_raw;

#endif
