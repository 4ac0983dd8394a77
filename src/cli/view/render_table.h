/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A listing as a table. */
#ifndef LSPORTS_CLI_VIEW_RENDER_TABLE_H
#define LSPORTS_CLI_VIEW_RENDER_TABLE_H
#pragma once

#include "view/render.h"

render_function render_table;

#endif
