/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --watch: drawn again and again on a terminal, else one line for each event. */
#ifndef LSPORTS_CLI_WATCH_H
#define LSPORTS_CLI_WATCH_H
#pragma once

#include "check.h"

/*
 * watch_parse_seconds() - "2", "0.5": milliseconds. @message: on -EINVAL as query_init().
 * Return: 0, -EINVAL, -ENOMEM.
 */
int watch_parse_seconds(const char *text, int64_t *msec, char **message);

/*
 * watch_run() - until somebody ends it.
 * @messages: what could not be done, a line each; empty while it runs.
 */
enum status watch_run(const struct options *options, const struct query_output *output,
		      struct buf *messages);

#endif
