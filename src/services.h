/* SPDX-License-Identifier: GPL-2.0-or-later */
/* port -> registered service name. */
#ifndef LSPORTS_SERVICES_H
#define LSPORTS_SERVICES_H
#pragma once

#include "root.h"

#include <lsports/lsports.h>

/*
 * services_load() - names of etc/services below the root, then of the shipped list
 * (LSP_SERVICES_FILE) for ports that it lacks, marked as a guess. A file that is absent is empty; one that cannot be read is
 * a gap that hides nothing.
 * Return: 0 or -ENOMEM.
 */
int services_load(const struct root *root, struct lsp_snapshot *snapshot);

/*
 * services_parse() - pure: text of services(5) into the snapshot. Lines that are not of that form are passed over.
 */
int services_parse(const char *text, size_t size, bool is_guess, struct lsp_snapshot *snapshot);

#endif
