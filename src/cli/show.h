/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was inspected, on its way out: in the format of the query, and as messages. */
#ifndef LSPORTS_CLI_SHOW_H
#define LSPORTS_CLI_SHOW_H
#pragma once

#include "inspection.h"
#include "status.h"

/* show_write() - what the query's format makes of the inspection, or of its differences. */
int show_write(const struct inspection *inspection, const struct options *options);

/* The exit status of a run that failed, by the format. */
enum status show_failure_status(const struct inspection *inspection);

/*
 * show_failure() - why this run failed, as messages and in the formats that have a word for it: who
 * scrapes must see that, and not the figures of the last run that did not fail.
 * Return: show_failure_status().
 */
enum status show_failure(const struct inspection *inspection, const struct options *options,
			 const struct error *error, struct buf *messages);

/* show_messages() - what could not be seen, and with --verbose how the data was obtained. */
void show_messages(const struct inspection *inspection, const struct options *options,
		   struct buf *messages);

#endif
