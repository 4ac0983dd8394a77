/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --explain: everything that is known about one port. */
#ifndef LSPORTS_CLI_EXPLAIN_H
#define LSPORTS_CLI_EXPLAIN_H
#pragma once

#include "status.h"
#include "target.h"

#include "buf.h"

bool explain_is_asked(const struct options *options);

/*
 * explain_run() - shows everything about options->explain. Where nothing listens, and the machine
 * is our own, it may try a bind. Return: STATUS_FOUND when nothing listens.
 */
enum status explain_run(const struct options *options, const struct target *target,
			struct buf *messages);

/*
 * explain_parse_port() - "22", "tcp/22" or "ssh": one port, with its protocols as bits.
 * @error: what is wrong and the way out.
 * Return: 0, -EINVAL or -ENOMEM.
 */
int explain_parse_port(const char *text, const char *sysroot, uint16_t *port, unsigned *protos,
		       struct error *error);

#endif
