/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One pass over the processes of /proc. */
#ifndef LSPORTS_OWNERS_PASS_H
#define LSPORTS_OWNERS_PASS_H
#pragma once

#include "owners/walk.h"

/* pass_run() - the pass that was begun, over all processes but those of walk->checked. */
int pass_run(struct walk *walk);

#endif
