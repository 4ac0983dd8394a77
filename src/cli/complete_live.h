/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values that the machine has. */
#ifndef LSPORTS_CLI_COMPLETE_LIVE_H
#define LSPORTS_CLI_COMPLETE_LIVE_H
#pragma once

#include "complete_line.h"
#include "options.h"

/* complete_live_add() - what the machine that @options mean has. Fails in silence. */
void complete_live_add(const struct completion *completion, const struct options *options);

#endif
