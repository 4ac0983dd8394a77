/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that one process holds. */
#ifndef LSPORTS_OWNERS_PROCESS_H
#define LSPORTS_OWNERS_PROCESS_H
#pragma once

#include "owners/walk.h"

/*
 * process_is_empty() - is it known, without a visit, that it has no descriptor, and in a whole pass
 * no thread that could have one? Most kernel threads and all zombies are.
 */
bool process_is_empty(const struct procfs *proc, uint32_t pid, bool is_whole);

/* process_read() - as far as the pass goes; what could not be read is noted in @visit. */
int process_read(struct walk *walk, struct visit *visit);

#endif
