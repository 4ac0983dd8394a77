/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --watch: drawn again and again on a terminal, else one line for each event. */
#ifndef LSPORTS_CLI_WATCH_H
#define LSPORTS_CLI_WATCH_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

/*
 * watch_parse_seconds() - "2", "0.5": milliseconds. @error: as query_init().
 * Return: 0, -EINVAL, -ENOMEM.
 */
int watch_parse_seconds(const char *text, int64_t *msec, struct error *error);

bool watch_is_asked(const struct options *options);

/*
 * watch_run() - until somebody ends it.
 * @messages: what could not be done, a line each, printed at the end.
 */
enum status watch_run(const struct options *options, const struct target *target,
		      struct buf *messages);

#endif
