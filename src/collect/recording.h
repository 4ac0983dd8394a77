/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A recording of what the kernel answered once, as a transport. */
#ifndef LSPORTS_COLLECT_RECORDING_H
#define LSPORTS_COLLECT_RECORDING_H
#pragma once

#include "collect/transport.h"

/*
 * recording_open() - the recording "netlink" below the root: runs of {request, replies}, each
 * length-prefixed by 32 bits in host byte order, a run ended by length 0. A request is answered by
 * the first unused run that has it, its sequence number aside; an unknown one is answered with
 * ENOENT.
 * Return: 0 or a negative errno.
 */
int recording_open(const struct root *root, struct transport **out);

#endif
