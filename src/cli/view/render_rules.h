/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules that expect what is listed. */
#ifndef LSPORTS_CLI_VIEW_RENDER_RULES_H
#define LSPORTS_CLI_VIEW_RENDER_RULES_H
#pragma once

#include "view/render.h"

render_function render_rules;

#endif
