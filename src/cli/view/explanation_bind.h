/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Could the port be bound? In words. */
#ifndef LSPORTS_CLI_VIEW_EXPLANATION_BIND_H
#define LSPORTS_CLI_VIEW_EXPLANATION_BIND_H
#pragma once

#include "view/explanation.h"

#include "buf.h"

/*
 * explanation_bind_format() - "yes", "no" or "unknown".
 * @reason: why; appended, with nothing foreign in it.
 */
const char *explanation_bind_format(const struct explanation *explanation, unsigned proto,
				    struct buf *reason);

#endif
