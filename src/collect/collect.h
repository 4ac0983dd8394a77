/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel -> sockets. */
#ifndef LSPORTS_COLLECT_COLLECT_H
#define LSPORTS_COLLECT_COLLECT_H
#pragma once

#include "collect/collection.h"
#include "error.h"

/*
 * collect_sockets() - every wanted protocol, each by the first collector of the table that can.
 * @error: gets a line for every collector that failed where no other one could stand in.
 *
 * Return: 0 when at least one protocol could be read, or the kernel does not have it (each other is
 * a gap that is_blind), -ENOMEM, or the errno of the last collector.
 */
int collect_sockets(struct collection *collection, struct error *error);

#endif
