/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --complete word: what can stand at the cursor, a line "value<TAB>description" each. A value is a
 * whole word, which begins with what is there. A line whose value is empty asks the shell for names
 * of files ("FILE") or directories ("DIR") besides.
 */
#ifndef LSPORTS_CLI_COMPLETE_H
#define LSPORTS_CLI_COMPLETE_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

bool complete_is_asked(const struct options *options);

/* complete_run() - options->selectors are the words. Fails in silence. */
enum status complete_run(const struct options *options, const struct target *target,
			 struct buf *messages);

#endif
