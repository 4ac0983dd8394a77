/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which capabilities a run keeps, and says with -v that it kept. */
#ifndef LSPORTS_CLI_KEPT_H
#define LSPORTS_CLI_KEPT_H
#pragma once

#include "error.h"
#include "options.h"

/*
 * kept_limit() - gives up all capabilities that the run does not need. Before any thread is made.
 * kept_limit_again() - and those that it needed until the sockets and their owners were read.
 * Return: 0 or a negative errno, with @error.
 */
int kept_limit(const struct options *options, struct error *error);
int kept_limit_again(const struct options *options, struct error *error);

/* kept_format() - "capabilities: kept CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH" */
void kept_format(struct buf *out);

#endif
