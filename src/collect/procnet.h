/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The collector that reads /proc/net. */
#ifndef LSPORTS_COLLECT_PROCNET_H
#define LSPORTS_COLLECT_PROCNET_H
#pragma once

#include "collect/collection.h"

extern const struct collector procnet_collector;

#endif
