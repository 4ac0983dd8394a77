/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as CSV (RFC 4180). */
#ifndef LSPORTS_CLI_VIEW_RENDER_CSV_H
#define LSPORTS_CLI_VIEW_RENDER_CSV_H
#pragma once

#include "view/render.h"

render_function render_csv;

#endif
