/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector that asks the kernel by netlink (sock_diag(7)). */
#ifndef LSPORTS_COLLECT_SOCKDIAG_H
#define LSPORTS_COLLECT_SOCKDIAG_H
#pragma once

#include "collect/collection.h"

extern const struct collector sockdiag_collector;

#endif
