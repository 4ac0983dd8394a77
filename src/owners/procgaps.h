/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a finished walk could not see. */
#ifndef LSPORTS_OWNERS_PROCGAPS_H
#define LSPORTS_OWNERS_PROCGAPS_H
#pragma once

#include "owners/walk.h"

/*
 * procgaps_report() - gaps and notes of the snapshot, and what lsp_snapshot_owner_gap() needs.
 * @is_by_kernel: the kernel named the processes, so those without descriptors are not among them.
 */
int procgaps_report(const struct walk *walk, bool is_by_kernel);

#endif
