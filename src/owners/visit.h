/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One process while it is being read, and what could not be read of it. */
#ifndef LSPORTS_OWNERS_VISIT_H
#define LSPORTS_OWNERS_VISIT_H
#pragma once

#include "owners/procfs.h"

#include <stdbool.h>
#include <stdint.h>

struct visit {
	uint32_t pid;  /* 0: there is no process */
	int dir;       /* owned: /proc/PID, -1 when it could not be opened */
	bool is_added; /* the snapshot has it as @index */
	uint32_t index;
	bool is_gone, is_refused, is_overmounted; /* it, or a part of it */
	int64_t start, end;                       /* of its time; @end is 0 for never */
	unsigned steps;                           /* at which that was asked */
	bool is_late;                             /* that ended the reading of it */
	int error; /* the last failure of another kind: positive errno */
};

#define VISIT_NONE ((struct visit){.dir = -1})

/*
 * visit_begin() - opens the directory of a process. Everything else is opened below it, so a PID
 * that is used again is an error and no other process. @name: the PID as text.
 */
void visit_begin(struct visit *visit, const struct procfs *proc, const char *name, uint32_t pid);
void visit_end(struct visit *visit); /* takes VISIT_NONE too, leaves it */

/* visit_check_time() - is there time to go on? Return: false when there is none: it is late. */
bool visit_check_time(struct visit *visit);

/*
 * Keep what a failed call says about the process; @error is positive.
 * visit_note_refusal: of a call that the kernel may refuse to us.
 * visit_note_failure: of a call that it never refuses, or no longer once a file is open.
 */
void visit_note_refusal(struct visit *visit, int error);
void visit_note_failure(struct visit *visit, int error);

#endif
