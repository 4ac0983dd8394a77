/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where output goes: standard output, or a file that is replaced as a whole. */
#ifndef LSPORTS_CLI_OUTPUT_H
#define LSPORTS_CLI_OUTPUT_H
#pragma once

#include "atomic.h"

#include "view/view.h"

struct output {
	const char *path; /* borrowed; NULL: standard output */
	struct atomic file;
	struct sink sink;
};

/*
 * output_sanitize_std_fds() - descriptors 0 to 2 that are closed are opened, so that no file of
 * ours takes their place; writing to standard output still fails then. To be called first of all.
 * Return: 0 or a negative errno.
 */
int output_sanitize_std_fds(void);

/* output_open() - Return: 0, or a negative errno: then there is nothing to close. */
int output_open(struct output *output, const char *path);

/*
 * output_close() - what the sink holds is written, and the file is in place or the old one
 * untouched. After it nothing can be written to standard output.
 * Return: 0, or the first negative errno since output_open().
 */
int output_close(struct output *output);

#endif
