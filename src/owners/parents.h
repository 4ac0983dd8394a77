/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who started an owner, and who started that process, up to the first one. */
#ifndef LSPORTS_OWNERS_PARENTS_H
#define LSPORTS_OWNERS_PARENTS_H
#pragma once

#include "owners/procfs.h"

#include <lsports/lsports.h>

/*
 * parents_add() - the chain of parents of process @index of the snapshot, whose directory is @dir.
 * Return: 0 or -ENOMEM.
 */
int parents_add(const struct procfs *proc, struct lsp_snapshot *snapshot, int dir, uint32_t index);

#endif
