/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that cannot be combined. */
#ifndef LSPORTS_CLI_CONFLICTS_H
#define LSPORTS_CLI_CONFLICTS_H
#pragma once

#include "options.h"

/*
 * conflicts_check() - do the options go together? Whether each of them makes sense by itself is
 * found out elsewhere.
 * @error: the first conflict, with the way out.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int conflicts_check(const struct options *options, struct error *error);

#endif
