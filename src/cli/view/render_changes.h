/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Differences as lines for people. */
#ifndef LSPORTS_CLI_VIEW_RENDER_CHANGES_H
#define LSPORTS_CLI_VIEW_RENDER_CHANGES_H
#pragma once

#include "view/render.h"

render_function render_changes;

#endif
