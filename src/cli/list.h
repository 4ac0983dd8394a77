/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The listing: sockets that are there. */
#ifndef LSPORTS_CLI_LIST_H
#define LSPORTS_CLI_LIST_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

/*
 * list_run() - shows what the selectors choose.
 * @messages: what could not be done or seen, a line each.
 */
enum status list_run(const struct options *options, const struct target *target,
		     struct buf *messages);

#endif
