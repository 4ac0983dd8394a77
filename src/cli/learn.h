/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --learn FILE: rules for the listeners that no rule covers. */
#ifndef LSPORTS_CLI_LEARN_H
#define LSPORTS_CLI_LEARN_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

bool learn_is_asked(const struct options *options);

/*
 * learn_run() - adds rules to options->learn.
 * @messages: how many, or why none, a line each.
 */
enum status learn_run(const struct options *options, const struct target *target,
		      struct buf *messages);

#endif
