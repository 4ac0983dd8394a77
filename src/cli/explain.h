/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --explain: a look at one port, and all that is known about it. */
#ifndef LSPORTS_CLI_EXPLAIN_H
#define LSPORTS_CLI_EXPLAIN_H
#pragma once

#include "check.h"

/*
 * explain_run() - looks, and tells all about options->explain. Where nobody listens and the machine
 * is our own it may try a bind.
 * Return: STATUS_FOUND when nobody listens.
 */
enum status explain_run(const struct options *options, const struct query_output *output,
			struct buf *messages);

/*
 * explain_parse_port() - "22", "tcp/22" or "ssh": one port, with its protocols as bits.
 * @message: on -EINVAL what is wrong and the way out, not escaped; owned by the caller.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int explain_parse_port(const char *text, const char *sysroot, uint16_t *port, unsigned *protos,
		       char **message);

#endif
