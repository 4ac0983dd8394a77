/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run may ask the kernel for, from the moment on that it reads anything. */
#ifndef LSPORTS_CLI_CONFINEMENT_H
#define LSPORTS_CLI_CONFINEMENT_H
#pragma once

#include "error.h"
#include "options.h"

#include <lsports/lsports.h>

/*
 * confinement_begin() - makes the child that asks name services, where the run may need one, and
 * then installs the filter of system calls. Before any thread is made. A kernel without filters is
 * no failure.
 * @names: for lsp_names_free(), or NULL where no name is needed.
 * Return: 0 or a negative errno, with @error.
 */
int confinement_begin(const struct options *options, struct lsp_names **names, struct error *error);

/* confinement_format() - "seccomp: only the system calls that lsports needs are allowed" */
void confinement_format(struct buf *out);

#endif
