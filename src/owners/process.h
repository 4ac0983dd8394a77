/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that one process holds. */
#ifndef LSPORTS_OWNERS_PROCESS_H
#define LSPORTS_OWNERS_PROCESS_H
#pragma once

#include "owners/walk.h"

/* process_read() - as far as the pass goes; what could not be read is noted in @visit. */
int process_read(struct walk *walk, struct visit *visit);

#endif
