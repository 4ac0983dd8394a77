/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where output goes to, and who is asked for names. */
#ifndef LSPORTS_CLI_TARGET_H
#define LSPORTS_CLI_TARGET_H
#pragma once

#include "options.h"

#include <lsports/lsports.h>

#include <stdbool.h>

struct target {
	bool is_terminal;
	unsigned width;          /* columns of the terminal, 0: unknown */
	const char *term;        /* TERM, NULL: unset */
	const char *no_color;    /* NO_COLOR, NULL: unset */
	struct lsp_names *names; /* for queries; NULL: no name service is asked */
};

/* Asks the environment and standard output; texts are borrowed from the environment. No names. */
void target_init(struct target *target, const struct options *options);

#endif
