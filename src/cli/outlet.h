/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where output goes: standard output, or a file that is replaced when all is well. */
#ifndef LSPORTS_CLI_OUTLET_H
#define LSPORTS_CLI_OUTLET_H
#pragma once

#include "atomic.h"

#include "view/view.h"

struct outlet {
	const char *path; /* borrowed; NULL: standard output */
	struct atomic file;
	struct sink sink;
};

/*
 * outlet_settle_standard() - descriptors 0 to 2 that are closed are opened, so that no file of ours
 * takes their place; writing to standard output still fails then. To be called first of all.
 * Return: 0 or a negative errno.
 */
int outlet_settle_standard(void);

/* outlet_open() - Return: 0, or a negative errno: then there is nothing to close. */
int outlet_open(struct outlet *outlet, const char *path);

/*
 * outlet_close() - what the sink holds is written, and the file is in place or the old one
 * untouched. After it nothing can be written to standard output.
 * Return: 0, or the first negative errno since outlet_open().
 */
int outlet_close(struct outlet *outlet);

#endif
