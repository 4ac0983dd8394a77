/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --report-once: which differences an earlier run has reported. */
#ifndef LSPORTS_CLI_REPORT_H
#define LSPORTS_CLI_REPORT_H
#pragma once

#include "error.h"
#include "view/changes.h"

struct report {
	const char *path; /* borrowed */
	int lock;         /* -1: none */
	unsigned wait_seconds;
};

/* Runs that overlap wait for each other, but not forever. */
#define REPORT_INIT ((struct report){.lock = -1, .wait_seconds = 20})

/*
 * report_open() - marks the changes that stand in the file @path as reported. @report: REPORT_INIT.
 * A damaged line marks nothing: a damaged file makes a check louder.
 * @error: why, with the way out.
 * Return: 0, or a negative errno of the lock, or of a file that is there and cannot be read, could
 * be changed by others (trusted_open()), or was written by somebody else (-EEXIST).
 */
int report_open(struct report *report, const char *path, struct changes *changes,
		struct error *error);

/*
 * report_commit() - writes the changes of this run, those that were only counted too.
 * @keeps_old: the lines that are in the file stay. A difference that this run could not see has not
 *             ended.
 * Return and @error: as report_open(); the old file is then untouched.
 */
int report_commit(struct report *report, const struct changes *changes, bool keeps_old,
		  struct error *error);

void report_deinit(struct report *report); /* takes REPORT_INIT too */

#endif
