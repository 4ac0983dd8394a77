/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts about the program itself: --help, --version, --list. */
#ifndef LSPORTS_CLI_HELP_H
#define LSPORTS_CLI_HELP_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

bool help_is_asked(const struct options *options);
enum status help_run(const struct options *options, const struct target *target,
		     struct buf *messages);

/* help_format() - the text of --help, at most 80 columns wide. */
void help_format(struct buf *out);

#endif
