/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check and --learn: a look, and what follows from it. */
#ifndef LSPORTS_CLI_CHECK_H
#define LSPORTS_CLI_CHECK_H
#pragma once

#include "look.h"

/* The same in every mode; with --format monitoring they are those of a plugin. */
enum status {
	STATUS_SHOWN = 0,
	STATUS_FOUND = 1, /* --check found something, or selectors found nothing */
	STATUS_FAILED = 2,
	STATUS_INCOMPLETE = 3,
};

/*
 * check_run() - writes the differences that @look holds, and keeps what was told.
 * @messages: what could not be done, a line each.
 */
enum status check_run(struct look *look, const struct options *options, struct buf *messages);

/* learn_run() - looks and learns. */
enum status learn_run(const struct options *options, const struct query_output *output,
		      struct buf *messages);

/* show_write() - what the query's format makes of the look, or of its differences. */
int show_write(const struct look *look, const struct options *options);

/*
 * show_write_failure() - for the formats that say so: this run failed. Who scrapes must see that,
 * and not the figures of the last one that did not.
 */
void show_write_failure(const struct look *look, const struct options *options,
			const struct buf *messages);

#endif
