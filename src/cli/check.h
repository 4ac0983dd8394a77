/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check: the differences between what listens and what the rules expect. */
#ifndef LSPORTS_CLI_CHECK_H
#define LSPORTS_CLI_CHECK_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

bool check_is_asked(const struct options *options);

/*
 * check_run() - writes the differences, and keeps which ones were reported.
 * @messages: what could not be done or seen, a line each.
 */
enum status check_run(const struct options *options, const struct target *target,
		      struct buf *messages);

#endif
