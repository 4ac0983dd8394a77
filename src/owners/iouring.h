/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sockets that are registered with an io_uring: they are held without a descriptor. */
#ifndef LSPORTS_OWNERS_IOURING_H
#define LSPORTS_OWNERS_IOURING_H
#pragma once

#include "owners/walk.h"

/*
 * iouring_add_owners() - the process owns the sockets of the ring that is descriptor @name of @dir:
 * of the process, or of one of its threads. Return: as walk_add_owner().
 */
int iouring_add_owners(struct walk *walk, struct visit *visit, int dir, const char *name);

#endif
