/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The owner source that walks /proc. */
#ifndef LSPORTS_OWNERS_PROC_H
#define LSPORTS_OWNERS_PROC_H
#pragma once

#include "owners/owner_source.h"

extern const struct owner_source proc_source;

#endif
