/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --report-once: which differences an earlier run has told already. */
#ifndef LSPORTS_CLI_REPORT_H
#define LSPORTS_CLI_REPORT_H
#pragma once

#include "view/changes.h"

struct report {
	const char *path; /* borrowed */
	int lock;         /* -1: none */
	unsigned wait_seconds;
};

/* Runs that overlap wait for each other, but not for ever. */
#define REPORT_INIT ((struct report){.lock = -1, .wait_seconds = 20})

/*
 * report_open() - marks the changes that stand in the file @path. @report: REPORT_INIT. What cannot
 * be read marks nothing: a damaged file makes a check louder. Return: 0, or a negative errno of the
 * lock, or of a file that is there and cannot be read.
 */
int report_open(struct report *report, const char *path, struct changes *changes);

/*
 * report_commit() - the file holds the changes of this run and, as @keeps_old says, those that were
 * in it: when not all could be seen, what is not seen has not ended.
 * Return: 0 or a negative errno; the old file is then untouched.
 */
int report_commit(struct report *report, const struct changes *changes, bool keeps_old);

void report_deinit(struct report *report); /* takes REPORT_INIT too */

#endif
