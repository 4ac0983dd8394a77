/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes that need no visit, found by several threads at once. */
#ifndef LSPORTS_OWNERS_PREFILTER_H
#define LSPORTS_OWNERS_PREFILTER_H
#pragma once

#include "intmap.h"
#include "owners/procfs.h"
#include "owners/wanted.h"

/*
 * prefilter_run() - PIDs of processes in whose tables nothing is wanted go into @checked, each with
 * value 0. In a whole pass those with a ring or with threads do not. Where there are few processes,
 * or few that may be read, none does.
 * @deadline: after it no process is read. @budget: nanoseconds that one may take; one that takes
 * longer needs a visit.
 * Return: 0 or -ENOMEM.
 */
int prefilter_run(const struct procfs *proc, const struct wanted *wanted, int64_t deadline,
		  int64_t budget, struct intmap *checked);

#endif
